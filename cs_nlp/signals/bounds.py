"""Which values of a share fit with what was estimated: intervals found by testing every value, without any drawing.

A value m of a share is in the interval if the estimate x is not among the unlikely 5 % of those that m would give. That takes three things:

1. *The spread at m*, not at x: m gives a variance of its own (Wilson 1927, "Probable inference, the law of succession, and statistical
   inference", JASA 22:209-212). For ratios this is Fieller's interval (1954, J. R. Stat. Soc. B 16:175-185), which opens up where the
   denominator could be 0.
2. *The lean at m*: few statements of a rare class scatter more upward than downward. The distribution of x is taken as a gamma distribution
   with the right third moment, turned into a normal one by Wilson and Hilferty's cube root (1931, PNAS 17:684-688).
3. *The edges*: no share is below 0, so an estimate below it fits best with 0. Which 5 % are unlikely is told by the ratio to the best
   fitting value that is possible (Feldman and Cousins 1998, "Unified approach to the classical statistical analysis of small
   signals", Phys. Rev. D 57:3873): near an edge the interval becomes one-sided by itself, is never empty, and holds as often as elsewhere.

The ends are where the test tips over, found by halving.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Test = Callable[[Floats], tuple[Floats, Floats, Floats]]

HALVINGS: Final = 18
LEAST_LEAN: Final = 1e-3
LARGEST_LEAN: Final = 4.0
LEAST: Final = 1e-12
FARTHEST: Final = 12.0
GRID: Final = 241
TABLE_HALVINGS: Final = 50


def bounds(start: Floats, test: Test, level: float) -> tuple[Floats, Floats]:
    """The lowest and the highest value that fit with an estimate.

    Args:
        start: `(...)`, values from 0 to 1 that fit.
        test: from values `(2, ...)` to how far the estimate lies above what they would give on average, to its standard deviation
            under them, and to its skewness, each `(2, ...)`.
        level: share of cases in which the interval shall hold the true value.

    Returns:
        Lower and upper ends, each of the shape of `start`.
    """
    inside = np.stack([start, start])
    outside = np.stack([np.zeros_like(start), np.ones_like(start)])
    reached = _fits(outside, test, level)
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        fits = _fits(middle, test, level)
        inside, outside = np.where(fits, middle, inside), np.where(fits, outside, middle)
    return np.where(reached[0], 0.0, outside[0]), np.where(reached[1], 1.0, outside[1])


def _fits(values: Floats, test: Test, level: float) -> NDArray[np.bool_]:
    """Whether the estimate is not too high for the first half of `values`, and not too low for the second."""
    off, spread, lean = test(values)
    spread = np.maximum(spread, LEAST)
    normal = _normal(off / spread, np.clip(lean, -LARGEST_LEAN, LARGEST_LEAN))
    # The nearer edge makes the test one-sided; the other one is taken to be far.
    near, far = values / spread, (1 - values) / spread
    lowest, highest = accepted(np.minimum(near, far), level)
    return np.stack([normal[0] <= np.where(far < near, -lowest, highest)[0], normal[1] >= np.where(far < near, -highest, lowest)[1]])


def _normal(standard: Floats, lean: Floats) -> Floats:
    """The normal deviate that belongs to a standardised gamma deviate with skewness `lean`."""
    small = np.abs(lean) < LEAST_LEAN
    safe = np.where(small, 1.0, lean)
    root = np.cbrt(np.maximum(1 + safe * standard / 2, 0.0))
    return np.where(small, standard, 6 / safe * (root - 1) + safe / 6)


def accepted(distance: Floats, level: float) -> tuple[Floats, Floats]:
    """How far a normal estimate may lie below and above a true value so that it is not among the unlikely ones.

    Args:
        distance: of the true value from an edge below it, in standard deviations, at least 0.
        level: share of the estimates that are accepted.

    Returns:
        Lower and upper bounds, in standard deviations from the true value: (-inf, 1.645) at the edge, (-1.96, 1.96) far from it.
    """
    grid, lower, upper = _table(level)
    near = np.minimum(distance, grid[-1])
    return np.where(near <= grid[0], -np.inf, np.interp(near, grid, lower)), np.interp(near, grid, upper)


@lru_cache(maxsize=8)
def _table(level: float) -> tuple[Floats, Floats, Floats]:
    """Accepted deviates by distance from the edge, on a grid.

    An estimate d + z of a true distance d is ranked by its likelihood against that of the best possible value, max(d + z, 0): the
    logarithm is -z^2 / 2 above the edge, and d (z + d / 2) below it. The accepted range [a, b] has the same rank at both ends.
    """
    normal = NormalDist()
    grid = np.linspace(0.02, FARTHEST, GRID)
    lower = np.empty(GRID)
    upper = np.empty(GRID)
    for place, distance in enumerate(grid.tolist()):
        low, high = normal.inv_cdf(level), normal.inv_cdf((1 + level) / 2)
        for _ in range(TABLE_HALVINGS):
            middle = (low + high) / 2
            if normal.cdf(middle) - normal.cdf(_opposite(middle, distance)) < level:
                low = middle
            else:
                high = middle
        lower[place], upper[place] = _opposite(high, distance), high
    return grid, lower, upper


def _opposite(upper: float, distance: float) -> float:
    """The deviate below that has the same rank: -a^2 / 2 = -b^2 / 2 above the edge, d (a + d / 2) = -b^2 / 2 below it."""
    return -upper if upper <= distance else -(upper**2 + distance**2) / (2 * distance)
