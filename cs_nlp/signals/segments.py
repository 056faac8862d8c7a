"""Where to cut a weighted series of vectors: change points of its mean, by ruptures.

This module loads ruptures, which takes seconds: import it where it is needed.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from ruptures.base import BaseCost
from ruptures.detection import Dynp

Floats = NDArray[np.float64]


def best_cuts(points: Floats, weights: Floats, cuts: int, shortest: int) -> list[int]:
    """The cuts that leave least weighted squared distance to the means of the pieces, exactly (dynamic programming).

    Source: Truong, Oudre and Vayatis 2020, "Selective review of offline change point detection methods", Signal Processing 167:107299.

    Args:
        points: `(times, dimensions)`.
        weights: `(times,)`, above 0: one over the variance of each point.
        cuts: how many.
        shortest: fewest points in a piece.

    Returns:
        The indices of the first points after each cut, rising.
    """
    search = Dynp(custom_cost=_Weighted(weights), min_size=shortest, jump=1).fit(points)
    found = [int(place) for place in search.predict(n_bkps=cuts)]
    search.seg.cache_clear()  # ruptures keeps every search it has made
    return found[:-1]


class _Weighted(BaseCost):  # type: ignore[misc]  # ruptures has no types
    """Weighted squared distance to the weighted mean."""

    model: Final = "weighted"
    min_size: Final = 1

    def __init__(self, weights: Floats) -> None:
        self._weights = weights

    def fit(self, signal: Floats) -> _Weighted:
        """Add up once what each piece is a difference of."""
        self.signal = signal
        columns = np.column_stack([np.ones(len(signal)), signal, (signal**2).sum(axis=1)]) * self._weights[:, None]
        self._sums = np.vstack([np.zeros(columns.shape[1]), np.cumsum(columns, axis=0)])
        return self

    def error(self, start: int, end: int) -> Any:  # noqa: ANN401 - as ruptures wants it
        """The cost of the piece from `start` to before `end`."""
        weight, *moments, squares = self._sums[end] - self._sums[start]
        return squares - np.square(moments).sum() / weight
