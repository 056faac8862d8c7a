"""Boundaries in recogniser text, which has no marks to go by, and in sentences that are too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cs_nlp.segment.boundary_model import boundary_model, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MAX_WORDS: Final = 60
_UNPUNCTUATED_FROM: Final = 16
_WORDS_PER_MARK: Final = 30
# Log odds added where a long sentence has a mark: a clause ends there more often than elsewhere.
_CLAUSE_MARKS: Final = ";:.…!?—–"  # noqa: RUF001 - dashes are meant
_CLAUSE_BONUS: Final = 4.0
_COMMA_BONUS: Final = 2.0


def is_unpunctuated(words: Sequence[str], breaks: int) -> bool:
    """Whether a turn is recogniser text: long enough to hold several statements, and almost without marks.

    Args:
        words: the tokens of the turn.
        breaks: how many sentence ends its marks show.
    """
    if len(words) < _UNPUNCTUATED_FROM or breaks * _WORDS_PER_MARK >= len(words):
        return False
    marks = sum(word[-1] in ",;:.?!…—" for word in words)
    return marks * _WORDS_PER_MARK < len(words)


def speech_breaks(tokens: Sequence[str]) -> list[int]:
    """Cuts a stretch of words where statements most likely begin.

    Args:
        tokens: with or without marks.

    Returns:
        Indices of the tokens, other than the first, that begin a statement; ascending; no stretch has more than `MAX_WORDS` words.
    """
    names = [normalise(token) for token in tokens]
    places = [index for index, name in enumerate(names) if name]
    model = boundary_model()
    scores = model.log_odds([names[index] for index in places])
    bonus = [_mark_bonus(tokens[index - 1]) for index in places[1:]]
    return [places[cut] for cut in best_cuts(scores + np.asarray(bonus, dtype=np.float32), model.length_scores)]


def best_cuts(scores: NDArray[np.float32], length_scores: NDArray[np.float32]) -> list[int]:
    """Chooses the boundaries with the highest sum of gap scores and length scores, by dynamic programming over the last boundary.

    Args:
        scores: `(n_words - 1,)`, of each gap; positive speaks for a boundary.
        length_scores: `(max_words,)`, of a stretch of 1, 2, ... words.

    Returns:
        Positions (1 to `n_words - 1`) of the words that begin a stretch, ascending; no stretch is longer than `max_words`.
    """
    total = len(scores) + 1
    longest = len(length_scores)
    by_distance = length_scores[::-1].astype(np.float64)
    best = np.zeros(total + 1)
    origin = [0] * (total + 1)
    for end in range(1, total + 1):
        start = max(0, end - longest)
        values = best[start:end] + by_distance[longest - (end - start) :]
        choice = int(values.argmax())
        best[end] = values[choice] + (scores[end - 1] if end < total else 0.0)
        origin[end] = start + choice
    cuts: list[int] = []
    position = origin[total]
    while position:
        cuts.append(position)
        position = origin[position]
    return cuts[::-1]


def _mark_bonus(token: str) -> float:
    """What the mark at the end of a token adds to the log odds of a boundary after it."""
    if token[-1] == ",":
        return _COMMA_BONUS
    return _CLAUSE_BONUS if token[-1] in _CLAUSE_MARKS else 0.0
