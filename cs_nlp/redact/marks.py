"""Marks that stand for something removed earlier: ours, and those of the platforms. They are never touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

NUMBERED: Final = re.compile(r"\[([A-Z]+)_(\d{1,9})\]")
_WORDS: Final = (
    r"redacted|removed|masked|hidden|anonymi[sz]ed|pii|phi|name|person|first name|last name|phone|phone number|e-?mail|email address"
    r"|address|card|card number|account|account number|number|url|ssn|date of birth|inaudible|unintelligible"
)
_MARK: Final = re.compile(
    rf"""\[[A-Z][A-Z0-9_:\- ]{{0,48}}\] | <[A-Z][A-Z0-9_:\- ]{{0,48}}> | \{{\{{?[A-Z][A-Z0-9_:\- ]{{0,48}}\}}?\}}
    | [\[<({{](?i:{_WORDS})[\]>)}}] | \*{{2,}} | \#{{3,}} | \bX{{3,}}\b | \bx{{4,}}\b | █+""",
    re.VERBOSE,
)
_STAND_IN: Final = "\ufffc"
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


def find_marks(text: str) -> list[tuple[int, int]]:
    """Half-open stretches of marks as `[PII]`, `[NAME_1]`, `<REDACTED>`, `****` and `XXXX`, in order."""
    return [match.span() for match in _MARK.finditer(text)]


def numbers_in_use(text: str) -> Iterator[tuple[str, int]]:
    """Kind and number of every numbered mark in the text."""
    return ((match[1], int(match[2])) for match in NUMBERED.finditer(text))


def cover_marks(text: str) -> str:
    """The text with marks, and code points that no library can encode, covered by as many stand-ins: same length, same offsets."""
    covered = _SURROGATES.sub("\ufffd", text)
    return _MARK.sub(lambda match: _STAND_IN * len(match[0]), covered)
