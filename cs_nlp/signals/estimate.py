"""Figures of groups of transcripts with their intervals: prevalence, culture mix and signal rate.

With q the mean (balanced) probabilities of a group and M their means by true class on held-out statements, x = q U with U the inverse of M
is the prevalence without bias, and may lie outside the simplex; the value shown is the likeliest prevalence (see `quantify`). Where
nothing is corrected, q is the share of statements by most probable class, and M is the identity.

A figure is a linear function c of the prevalence: the share of a class k has c_k = 1 and c_i = 0; the signal rate c_i = 1 for all cultures;
and the share m of culture k in the mix is where c x = 0 for c_k = 1 - m and c_i = -m for the other cultures. If p is the true
prevalence, three things move c x away from c p:

    var(c x) = d / n (sum_i p_i c_i^2 - (c p)^2 + sum_i p_i c' U' C_i U c) + sum_ij p_i p_j c' U' cov(M_i, M_j) U c

1. *Which transcripts were heard*: n statements, worth n / d independent ones (see `spread`), with d enlarged for the degrees of freedom
   by Student's t against the normal distribution.
2. *What the classifier says of a statement of a known class*: C_i is the covariance of its answers among held-out statements of class i.
3. *How well M is known*: its covariance over resampled held-out groups and, where text is of several kinds, over their weights. Where the
   text fits none of them, t C_i is added for each class, with t as the misfit tells (`strange`, see `kinds`). Differences of groups don't
   count all that: it moves both to the same side.

The interval is made of the values that fit with x under this variance (see `bounds`). The third central moment of c x, from the first two
sources, is (sum_i p_i (c_i - c p)^3 + 3 sum_i p_i (c_i - c p) c' U' C_i U c) d^2 / n^2. The classes that a figure says nothing of are taken
to be mixed as in the likeliest prevalence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.bounds import bounds
from cs_nlp.signals.quantify import likeliest_prevalence
from cs_nlp.signals.spread import Moments, design_effects, student
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Cell, Totals
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
HALF: Final = 0.5
LEAST: Final = 1e-6
DEGREE: Final = 4


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made.

    Attributes:
        level: share of cases in which an interval shall hold the true value.
        replicates: how many times the held-out statements are resampled.
        seed: of the resampling; the same seed and data give the same intervals.
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
    """Estimates the figures of groups of transcripts: by classify and count, or corrected by the probabilistic adjusted count."""

    def __init__(self, correction: Correction | None, resampling: Resampling, shares: Floats | None = None) -> None:
        """Learns the correction.

        Args:
            correction: what is known of the classifier's errors, fit to be used; None to count.
            resampling: how intervals are made.
            shares: from `resampled_shares` of the same rows; None to resample them here.
        """
        self._level = resampling.level
        self._corrects = correction is not None
        self._matrix, self._noise = np.eye(CLASSES), np.zeros((CLASSES, CLASSES, CLASSES))
        self._doubt = np.zeros((CLASSES,) * 4)
        if correction is not None:
            self._matrix, self._noise = correction.matrix(), correction.noise()
            shares = resampled_shares(correction, resampling) if shares is None else shares
            shifts = correction.matrices(shares, np.random.default_rng([resampling.seed, 0])) - self._matrix
            self._doubt = np.tensordot(shifts, shifts, axes=(0, 0)) / len(shifts)
            same = np.arange(CLASSES)
            self._doubt[same, :, same, :] += correction.strange * self._noise
        self._undo: Floats = np.asarray(np.linalg.pinv(self._matrix), dtype=np.float64)
        self._variances = _Variances(self._undo, self._noise, self._doubt)

    def __call__(self, groups: Sequence[Sequence[Totals | Cell]]) -> list[Estimate]:
        """The estimates of `groups` of one team, none empty; groups of few transcripts borrow the design effect of all."""
        if not groups:
            return []
        counted = Moments.of(groups, uses_sums=False)
        moments = Moments.of(groups, uses_sums=True) if self._corrects else counted
        unbiased = moments.mean @ self._undo
        prevalence, freedom, effects = self._prevalence(moments, unbiased)
        value, plain = (np.clip(figures(shares), 0.0, 1.0) for shares in (prevalence, counted.mean))  # sums of floats may pass 1
        tail = (1 - self._level) / 2
        effects = effects * (student(tail, freedom) / student(tail, np.array(np.inf)))[:, None] ** 2
        smooth = (prevalence * moments.n[:, None] + HALF) / (moments.n[:, None] + CLASSES * HALF)
        tested = _Tested(self._variances, unbiased, smooth, moments.n[:, None] / effects)
        low, high = bounds(tested.start, tested, self._level)
        low, high = np.fmin(low, value), np.fmax(high, value)
        return [Estimate(value[g], low[g], high[g], plain[g], self._level) for g in range(len(groups))]

    def _prevalence(self, moments: Moments, unbiased: Floats) -> tuple[Floats, Floats, Floats]:
        """The likeliest prevalence of each group `(groups, 5)`, degrees of freedom `(groups,)` and design effects `(groups, 10)`."""
        if not self._corrects:
            return moments.mean, *self._effects(moments, moments.mean)
        rough = np.maximum(unbiased, 0.0) + HALF / moments.n[:, None]
        freedom, effects = self._effects(moments, rough / rough.sum(axis=1, keepdims=True))
        return self._likeliest(moments, moments.n / effects.mean(axis=1)), freedom, effects

    def _likeliest(self, moments: Moments, worth: Floats) -> Floats:
        free = slice(0, CLASSES - 1)  # the last probability follows from the others
        columns = CLASSES - 1, CLASSES - 1
        noise = self._noise[:, free, free].reshape(CLASSES, -1)

        def covariance(p: Floats) -> Floats:
            return ((p / worth[:, None]) @ noise).reshape(-1, *columns) + LEAST * np.eye(CLASSES - 1)

        return likeliest_prevalence(moments.mean[:, free], self._matrix[:, free], covariance)

    def _effects(self, moments: Moments, prevalence: Floats) -> tuple[Floats, Floats]:
        noise = np.einsum("gk,kij->gij", prevalence, self._variances.noise)
        spread = prevalence[:, :, None] * np.eye(CLASSES) - prevalence[:, :, None] * prevalence[:, None, :]
        alike = (spread + noise) / moments.n[:, None, None]
        functionals = _functionals(np.nan_to_num(figures(prevalence)))
        return design_effects(moments, functionals, self._undo.T @ moments.between @ self._undo, alike)


class _Variances:
    """What moves a figure, as a function of the prevalence p and the figure's c = first + m * second: both for all figures.

    Quadratic forms in c are kept by powers of m, `(3, figures, ...)`.
    """

    def __init__(self, undo: Floats, noise: Floats, doubt: Floats) -> None:
        self.noise = undo.T @ noise @ undo
        self.first, self.second = TO_FIGURES.T, np.zeros((len(FIGURES), CLASSES))
        self.second[MIX] = -SIGNAL
        pairs = ((self.first, self.first), (2 * self.first, self.second), (self.second, self.second))
        self._noises = np.array([np.einsum("fa,jab,fb->fj", one, self.noise, other) for one, other in pairs])
        doubts = np.einsum("jalb,ac,bd->jcld", doubt, undo, undo, optimize=True)
        self._doubts = np.array([np.einsum("fa,jalb,fb->fjl", one, doubts, other, optimize=True) for one, other in pairs])
        self._doubts = (self._doubts + np.swapaxes(self._doubts, 2, 3)) / 2

    def __call__(self, shares: Floats, m: Floats, worth: Floats) -> tuple[Floats, Floats]:
        """Variance and third central moment of c x.

        Args:
            shares: p, `(..., figures, 5)`.
            m: values of the figures, `(..., figures)`.
            worth: how many independent statements there are, `(..., figures)`.
        """
        c = self.first + m[..., None] * self.second
        powers = np.stack([np.ones_like(m), m, m**2])
        noise = np.einsum("x...f,xfj->...fj", powers, self._noises)
        doubt = np.einsum("x...f,xfjl->...fjl", powers, self._doubts)
        off = c - (shares * c).sum(axis=-1, keepdims=True)
        own = (shares * (off**2 + noise)).sum(axis=-1)
        shared = np.einsum("...j,...jl,...l->...", shares, doubt, shares)
        third = (shares * off * (off**2 + 3 * noise)).sum(axis=-1)
        return own / worth + shared, third / worth**2


class _Tested:
    """The test of values of all figures of all groups (see `bounds`).

    Along the prevalences that are tested, variance and third moment are polynomials of the value, of degree 4 at most.
    """

    def __init__(self, variances: _Variances, unbiased: Floats, prevalence: Floats, worth: Floats) -> None:
        base, slope = _lines(prevalence)
        scale = np.ones_like(worth)
        scale[:, MIX] = np.maximum(unbiased @ SIGNAL, LEAST)[:, None]
        self._scale = scale
        self._estimate = unbiased @ TO_FIGURES / scale
        self.start = np.clip(self._estimate, 0.0, 1.0)
        self._rate = np.ones_like(worth)
        self._rate[:, MIX] = (unbiased @ SIGNAL)[:, None] / scale[:, MIX]
        nodes = np.linspace(0.0, 1.0, DEGREE + 1)
        values = np.broadcast_to(nodes[:, None, None], (len(nodes), *worth.shape))
        found = variances(base + values[..., None] * slope, values, worth)
        self._variance, self._third = (np.tensordot(np.linalg.inv(np.vander(nodes)), each, axes=1) for each in found)

    def __call__(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """How far the estimates lie above `values` `(2, groups, 10)`, their standard deviation under them, and their skewness."""
        spread = np.sqrt(np.maximum(_polynomial(self._variance, values), LEAST**2))
        return self._estimate - values * self._rate, spread / self._scale, _polynomial(self._third, values) / spread**3


def _polynomial(coefficients: Floats, values: Floats) -> Floats:
    found = np.zeros_like(values)
    for coefficient in coefficients:
        found = found * values + coefficient
    return found


def _lines(prevalence: Floats) -> tuple[Floats, Floats]:
    """The prevalences `(groups, 10, 5)` under which each figure has the value m, as base + m * slope.

    Whatever a figure says nothing of keeps its proportions.
    """
    eye = np.eye(CLASSES)
    rate = (prevalence @ SIGNAL)[:, None, None]
    rest = prevalence[:, None, :] * (1 - eye)
    rest = rest / rest.sum(axis=2, keepdims=True)
    cultures = prevalence[:, None, :] * SIGNAL
    others = cultures * (1 - eye[:KINDS])
    others = others / others.sum(axis=2, keepdims=True)
    silent = np.broadcast_to(1 - SIGNAL, cultures.shape)
    base = np.concatenate([rest, rate * others + (1 - rate) * (1 - SIGNAL), silent], axis=1)
    slope = np.concatenate([eye - rest, rate * (eye[:KINDS] - others), cultures / rate - silent], axis=1)
    return base, slope


def _functionals(value: Floats) -> Floats:
    """The linear functions of the prevalence `(groups, 10, 5)` whose errors are those of the figures; of the mix, to first order."""
    found = np.repeat(TO_FIGURES.T[None], len(value), axis=0)
    found[:, MIX] -= value[:, MIX, None] * SIGNAL
    return found


@lru_cache(maxsize=4)
def resampled_shares(correction: Correction, resampling: Resampling) -> Floats:
    """The resampled sums of the held-out groups (see `Correction.shares`): the same whatever the weights of kinds."""
    return correction.shares(resampling.replicates, np.random.default_rng([resampling.seed, 1]))
