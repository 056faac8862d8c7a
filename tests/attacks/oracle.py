"""Whether any combination of answers is of a small group: by linear algebra over all small groups there are, so for small worlds only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

import numpy as np

Unit = tuple[frozenset[str], int]
"""What can't be told apart further: who spoke in it, and how many transcripts it is."""


def some_combination_is_small(answers: Iterable[Collection[int]], units: Sequence[Unit], k: int) -> bool:
    """Whether sums and differences of answers, with any weights, give a figure of fewer than k people or k transcripts.

    Args:
        answers: each the places of the units that it adds up.
        units: all that there are.
        k: smallest group.
    """
    rows = sorted({tuple(sorted(own)) for own in answers if own})
    told = np.zeros((len(rows), len(units)))
    for row, own in enumerate(rows):
        told[row, list(own)] = 1.0
    people = sorted(frozenset[str]().union(*(unit[0] for unit in units)))
    size = min(k - 1, len(people))
    few_people = ([place for place, unit in enumerate(units) if unit[0] <= set(some)] for some in combinations(people, size))
    places = [place for own in range(1, k) for place in combinations(range(len(units)), own)]
    few_transcripts = (list(some) for some in places if sum(units[place][1] for place in some) < k)
    return any(_spans(told, group) for group in (*few_people, *few_transcripts))


def _spans(told: np.ndarray[tuple[int, int], np.dtype[np.float64]], group: Sequence[int]) -> bool:
    """Whether some combination of rows is 0 everywhere but in `group`, and not everywhere."""
    if not len(told) or not group:
        return False
    others = np.delete(told, group, axis=1)
    rank = 0 if not others.size else np.linalg.matrix_rank(others)
    return bool(np.linalg.matrix_rank(told) > rank)
