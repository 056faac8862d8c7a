"""Boundaries in recogniser text, which has no marks to go by, and in sentences that are too long."""

from __future__ import annotations

import re
from typing import Final

MAX_WORDS: Final = 60
MIN_WORDS: Final = 3
_UNPUNCTUATED_FROM: Final = 16
_WORDS_PER_MARK: Final = 30
_USUAL_WORDS: Final = 12

_OPENERS: Final = re.compile(
    r"okay|ok|so|but|and|then|because|cause|well|now|right|alright|anyway|yeah|yes|no|um|uh|i|i'm|i'll|i've|we|we're|we'll|"
    r"you|you're|he|she|they|it's|that's|there's|what|when|where|why|how|if|please|thanks?|let"
)
_LINKERS: Final = re.compile(r"the|an?|to|of|in|on|at|for|with|from|by|my|your|his|her|our|their|this|is|are|was|be|not|and|or")


def is_unpunctuated(words: list[str], breaks: int) -> bool:
    """Whether a turn is recogniser text: long enough to hold several statements, and almost without marks.

    Args:
        words: the tokens of the turn.
        breaks: how many sentence ends its marks show.
    """
    if len(words) < _UNPUNCTUATED_FROM or breaks * _WORDS_PER_MARK >= len(words):
        return False
    marks = sum(1 for word in words if word[-1] in ",;:.?!—")
    return marks * _WORDS_PER_MARK < len(words)


def speech_breaks(words: list[str]) -> list[int]:
    """Cuts a stretch of words where statements most likely begin.

    Args:
        words: tokens, with or without marks.

    Returns:
        Indices of the tokens, other than the first, that begin a statement; ascending; no stretch is longer than `MAX_WORDS`.
    """
    scores = [_gap_score(words[index - 1], words[index]) for index in range(1, len(words))]
    return best_cuts(scores)


def _gap_score(before: str, after: str) -> float:
    """How much a gap looks like a boundary; positive is likely."""
    score = -1.0
    if before[-1] in ".;:!?…—":
        score += 3.0
    elif before[-1] == ",":
        score += 1.0
    if _OPENERS.fullmatch(after.lower()):
        score += 1.5
    if _LINKERS.fullmatch(before.lower()):
        score -= 4.0
    elif _OPENERS.fullmatch(before.lower()):
        score -= 2.0
    return score


def best_cuts(scores: list[float]) -> list[int]:
    """Chooses the set of boundaries with the highest sum of scores, stretches near the usual length preferred.

    Args:
        scores: of each gap between neighbouring words.

    Returns:
        Positions (1 to `len(scores)`) of the words that begin a stretch; dynamic programming over the last boundary.
    """
    total = len(scores) + 1
    best = [0.0] * (total + 1)
    origin = [0] * (total + 1)
    for end in range(1, total + 1):
        at_end = scores[end - 1] if end < total else 0.0
        choices = range(max(0, end - MAX_WORDS), end)
        value, start = max((best[start] + _length_score(end - start), -start) for start in choices)
        best[end], origin[end] = value + at_end, -start
    cuts: list[int] = []
    position = origin[total]
    while position:
        cuts.append(position)
        position = origin[position]
    return cuts[::-1]


def _length_score(length: int) -> float:
    """Preference for a stretch of `length` words."""
    if length < MIN_WORDS:
        return -4.0
    return -abs(length - _USUAL_WORDS) / 8
