"""Which words carried a label."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordWeight:
    """A word and what it did for a label.

    Attributes:
        text: the word, without the marks at its edges.
        start_char, end_char: where it stands in the statement, half-open.
        weight: by how much it raises the label's log odds (below 0: lowers them).
    """

    text: str
    start_char: int
    end_char: int
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a statement has a label.

    Attributes:
        label: the culture that is explained.
        probability: of the label.
        words: all words of the statement in their order; () where it has none.
        method: how the weights were found.
    """

    label: str
    probability: float
    words: tuple[WordWeight, ...]
    method: str
