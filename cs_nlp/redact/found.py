"""What a finder hands over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KINDS: Final = ("NAME", "PHONE", "EMAIL", "ADDRESS", "CARD", "ACCOUNT", "NATIONAL", "URL", "BIRTHDATE")


@dataclass(frozen=True, slots=True)
class Found:
    """Something that should not be kept.

    Attributes:
        start: offset; `end`: end of the half-open stretch.
        kind: one of `KINDS`.
        score: 0 to 1; of two that overlap, the kind of the higher one is kept.
    """

    start: int
    end: int
    kind: str
    score: float
