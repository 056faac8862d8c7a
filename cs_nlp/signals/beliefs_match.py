"""Beliefs are known again from run to run, so that their ids and names do not jump."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cs_nlp.records.beliefs import Belief, KnownBelief

Floats = NDArray[np.floating]

SAME: Final = 0.75


def match_beliefs(old: Sequence[Belief | KnownBelief], new: Sequence[Belief | KnownBelief]) -> dict[str, str]:
    """Which new beliefs are old ones.

    Args:
        old: of a team, from a run before.
        new: of the same team, from this run.

    Returns:
        The old belief's id by the new one's id, for those that were known again: each at most once, so that their cosines together are
        greatest, and none below 0.75. None of them where the two runs used models whose vectors differ in length.
    """
    found = match_centroids([belief.centroid for belief in old], [belief.centroid for belief in new])
    return {new[place].id: old[known].id for place, known in found.items()}


def match_centroids(old: Sequence[Sequence[float]], new: Sequence[Sequence[float]]) -> dict[int, int]:
    """Places of the new centroids and of the old ones that they are; see `match_beliefs`."""
    if not old or not new or len(old[0]) != len(new[0]):
        return {}
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - half a second to load

    likeness: Floats = np.asarray(new, dtype=np.float64) @ np.asarray(old, dtype=np.float64).T
    # What is too far counts as nothing, lest it takes part in the sum.
    rows, columns = linear_sum_assignment(np.where(likeness >= SAME, likeness, 0.0), maximize=True)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if likeness[row, column] >= SAME}
