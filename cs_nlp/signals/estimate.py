"""Figures of a group with their intervals: prevalence, culture mix and signal rate from sums over transcripts."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.quantify import SimplexSolver
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Totals
    from cs_nlp.signals.correction import Correction

Floats = NDArray[np.float64]

FIGURES: Final = (
    *(("prevalence", culture) for culture in CULTURES),
    *(("mix", culture) for culture in SIGNAL_CULTURES),
    ("signal_rate", ""),
)


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made.

    Attributes:
        level: share of cases in which an interval shall hold the true value.
        replicates: how many times the transcripts and the held-out rows are resampled.
        seed: of the random weights; the same seed and data give the same intervals.
    """

    level: float = 0.95
    replicates: int = 500
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """The figures of one group, each array in `FIGURES` order; NaN where a figure has no value (the mix of nothing).

    Attributes:
        value: `(10,)`, the estimates.
        low: `(10,)`, lower ends of the intervals; high: upper ends.
        plain: `(10,)`, the same by classify and count.
        level: of the intervals.
    """

    value: Floats
    low: Floats
    high: Floats
    plain: Floats
    level: float


def figures(prevalence: Floats) -> Floats:
    """All figures `(..., 10)` that follow from prevalences `(..., 5)`; the mix is NaN where no statement carries a culture."""
    signal = prevalence[..., : len(SIGNAL_CULTURES)]
    rate = signal.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        mix = np.where(rate > 0, signal / rate, np.nan)
    return np.concatenate([prevalence, mix, rate], axis=-1)


class Estimator:
    """Estimates the figures of groups of transcripts, corrected where a trusted correction is given.

    Args:
        correction: what is known of the classifier's errors, or None.
        resampling: how intervals are made.
    """

    def __init__(self, correction: Correction | None, resampling: Resampling) -> None:
        self._resampling = resampling
        reason = "" if correction is None else correction.unfit()
        self.method = "plain" if correction is None else f"plain: {reason}" if reason else "pacc"
        if correction is not None and not reason:
            rng = np.random.default_rng([resampling.seed, 0])
            self._solve: SimplexSolver | None = SimplexSolver(correction.matrix()[None])
            self._resolve: SimplexSolver | None = SimplexSolver(correction.resampled(resampling.replicates, rng))
        else:
            self._solve = self._resolve = None

    def __call__(self, groups: Sequence[Sequence[Totals]], keys: Sequence[str]) -> list[Estimate]:
        """The estimates of `groups`, none of them empty; a group's `key` seeds its weights, whatever the other groups are."""
        if not groups:
            return []
        counts = np.array([np.sum([row.counts for row in rows], axis=0) for rows in groups], dtype=np.float64)
        plain = counts / counts.sum(axis=1, keepdims=True)
        sums = [np.array([row.counts if self._solve is None else row.sums for row in rows], dtype=np.float64) for rows in groups]
        q = np.array([rows.sum(axis=0) / rows.sum() for rows in sums])[None]
        spread = np.stack([self._replicates(rows, key) for rows, key in zip(sums, keys, strict=True)], axis=1)
        if self._solve is not None and self._resolve is not None:
            q, spread = self._solve(q), self._resolve(spread)
        value, plain = figures(q[0]), figures(plain)
        low, high = self._ends(figures(spread), [len(rows) for rows in groups])
        low, high = np.minimum(low, value), np.maximum(high, value)
        return [Estimate(value[g], low[g], high[g], plain[g], self._resampling.level) for g in range(len(groups))]

    def _replicates(self, sums: Floats, key: str) -> Floats:
        rng = np.random.default_rng([self._resampling.seed, zlib.crc32(key.encode())])
        weights = rng.standard_exponential((self._resampling.replicates, len(sums)))
        total = weights @ sums
        return np.asarray(total / total.sum(axis=1, keepdims=True))

    def _ends(self, replicates: Floats, sizes: Sequence[int]) -> tuple[Floats, Floats]:
        tail = (1 - self._resampling.level) / 2
        # A replicate without any culture says nothing of the mix: it counts toward both ends.
        low = np.quantile(np.nan_to_num(replicates, nan=0.0), tail, axis=0)
        high = np.quantile(np.nan_to_num(replicates, nan=1.0), 1 - tail, axis=0)
        return low, high
