"""Figures of groups of transcripts with their intervals: prevalence, culture mix and signal rate."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.quantify import nearest_prevalence
from cs_nlp.signals.spread import Moments, design_effects, student
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
CLASSES: Final = len(CULTURES)
KINDS: Final = len(SIGNAL_CULTURES)
MIX: Final = slice(CLASSES, CLASSES + KINDS)
SIGNAL: Final = np.array([float(culture in SIGNAL_CULTURES) for culture in CULTURES])
# From a prevalence to the figures that are sums of it; under MIX stand the numerators.
TO_FIGURES: Final = np.column_stack([np.eye(CLASSES), np.eye(CLASSES)[:, :KINDS], SIGNAL])


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made.

    Attributes:
        level: share of cases in which an interval shall hold the true value.
        replicates: how many times the doubt about a figure is drawn.
        seed: of the draws; the same seed and data give the same intervals.
    """

    level: float = 0.95
    replicates: int = 1000
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
    """All figures `(groups, 10)` that follow from prevalences `(groups, 5)`; the mix is NaN where no statement carries a culture."""
    rate = prevalence @ SIGNAL[:, None]
    mix = np.divide(prevalence[:, :KINDS], rate, out=np.full((len(rate), KINDS), np.nan), where=rate > 0)
    return np.concatenate([prevalence, mix, rate], axis=1)


class Estimator:
    """Estimates the figures of groups of transcripts: by classify and count, or corrected by PACC."""

    def __init__(self, correction: Correction | None, resampling: Resampling) -> None:
        """Learns the correction.

        Args:
            correction: what is known of the classifier's errors, fit to be used; None to count.
            resampling: how intervals are made.
        """
        self._resampling = resampling
        self._corrects = correction is not None
        self._matrix, self._noise = np.eye(CLASSES), np.zeros((CLASSES, CLASSES, CLASSES))
        matrices = self._matrix[None]
        if correction is not None:
            rng = np.random.default_rng([resampling.seed, 0])
            self._matrix, self._noise = correction.matrix(), correction.noise()
            matrices = correction.resampled(resampling.replicates, rng)
        self._undo, self._undos = np.linalg.pinv(self._matrix), np.linalg.pinv(matrices)

    def __call__(self, groups: Sequence[Sequence[Totals]], keys: Sequence[str]) -> list[Estimate]:
        """The estimates of `groups` of one team.

        Args:
            groups: transcripts of each group, none empty; groups of few transcripts borrow the design effect of all.
            keys: one for each group, which seeds its draws.
        """
        if not groups:
            return []
        counts = [np.array([row.counts for row in rows], dtype=np.float64) for rows in groups]
        said = [np.array([row.sums for row in rows], dtype=np.float64) for rows in groups] if self._corrects else counts
        moments = Moments.of(said)
        prevalence = nearest_prevalence(moments.mean, self._matrix) if self._corrects else moments.mean
        value, plain = figures(prevalence), figures(Moments.of(counts).mean)
        low, high = self._intervals(moments, prevalence, value, keys)
        return [Estimate(value[g], low[g], high[g], plain[g], self._resampling.level) for g in range(len(groups))]

    def _intervals(self, moments: Moments, prevalence: Floats, value: Floats, keys: Sequence[str]) -> tuple[Floats, Floats]:
        undo, n = self._undo, moments.n[:, None, None]
        noise = undo.T @ np.einsum("gi,ijk->gjk", prevalence, self._noise) @ undo / n
        alike = (prevalence[:, :, None] * np.eye(CLASSES) - prevalence[:, :, None] * prevalence[:, None, :]) / n
        between = undo.T @ moments.between @ undo
        functionals = _functionals(np.nan_to_num(value))
        freedom, effects = design_effects(moments, functionals, between, noise + alike)
        tail = (1 - self._resampling.level) / 2
        worth = effects * (student(tail, freedom) / student(tail, np.array(np.inf)))[:, None] ** 2
        # Where the constrained solution is not the plain inverse, the inverse is the one without bias.
        doubts = (moments.mean @ undo - prevalence) + moments.mean @ (self._undos - undo)
        roots = _roots(noise)
        ends = []
        for g, key in enumerate(keys):
            rng = np.random.default_rng([self._resampling.seed, zlib.crc32(key.encode())])
            errors = rng.standard_normal((self._resampling.replicates, CLASSES)) @ roots[g]
            ends.append(self._ends(value[g], moments.n[g] / worth[g], (errors, np.sqrt(worth[g]), doubts[:, g]), rng))
        low, high = np.moveaxis(np.array(ends), 1, 0)
        return low, high

    def _ends(self, value: Floats, size: Floats, blur: tuple[Floats, Floats, Floats], rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Ends of the intervals around one group's `value`, from its effective `size` and from `blur`: errors, their scale, doubts."""
        known, rate = np.nan_to_num(value), value[-1]
        errors, scale, doubts = blur
        size = size.copy()
        size[MIX] *= rate
        shares = rng.beta(known * size + 0.5, (1 - known) * size + 0.5, (self._resampling.replicates, len(FIGURES)))
        off, shift = errors @ TO_FIGURES, doubts @ TO_FIGURES
        blurred = shares + scale * off + shift
        part = shares[:, MIX] * rate + scale[MIX] * off[:, :KINDS] + shift[:, :KINDS]
        whole = rate + scale[MIX] * off[:, -1:] + shift[:, -1:]
        blurred[:, MIX] = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
        tails = (1 - self._resampling.level) / 2, (1 + self._resampling.level) / 2
        # A draw without any culture says nothing of the mix, so it counts toward both ends. No correction makes surer than a
        # classifier without errors would: hence the ends of `shares`. And an interval holds its value.
        low = np.min([np.quantile(np.nan_to_num(blurred, nan=0.0), tails[0], axis=0), np.quantile(shares, tails[0], axis=0), known], axis=0)
        high = np.max(
            [np.quantile(np.nan_to_num(blurred, nan=1.0), tails[1], axis=0), np.quantile(shares, tails[1], axis=0), known], axis=0
        )
        return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def _functionals(value: Floats) -> Floats:
    """The linear functions of the prevalence `(groups, 10, 5)` whose errors are those of the figures; of the mix, to first order."""
    found = np.repeat(TO_FIGURES.T[None], len(value), axis=0)
    found[:, MIX] -= value[:, MIX, None] * SIGNAL
    return found


def _roots(covariances: Floats) -> Floats:
    """Square roots of positive semidefinite matrices `(groups, n, n)`."""
    values, vectors = np.linalg.eigh(covariances)
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, :, None] * np.swapaxes(vectors, 1, 2))
