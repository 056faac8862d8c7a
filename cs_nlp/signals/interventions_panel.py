"""Difference in differences over a panel of teams and periods, with drift that lasts.

Model, for team g in period t (fixed effects of both, as in Bertrand, Duflo and Mullainathan 2004, "How much should we trust
differences-in-differences estimates?", Quarterly Journal of Economics 119:249-275):

    y_gt = team_g + period_t + effect * treated_gt + u_gt + e_gt

e is the sampling error of a period's share; its variance v_gt is known from the differences between transcripts. u is a team's own
drift: it lasts from one period to the next (AR(1) with standard deviation s and correlation r, as the paper shows that ignoring
this gives false alarms). s and r are known badly from few teams and periods, so no single value is taken: each pair on a grid counts
by its restricted likelihood (Patterson and Thompson 1971, Biometrika 58:545-554), all values of s, and for each all of r, being equally
likely beforehand. Given s and r, the effect has a normal distribution about its generalised least-squares estimate; the intervals are
those of the mixture. docs/interventions.md has the coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRIFTS: Final = (0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.2)
CORRELATIONS: Final = (0.0, 0.3, 0.5, 0.7, 0.85, 0.95)
# Pairs of drift and correlation, and how likely each is beforehand.
GRID: Final = np.array([(s, r) for s in DRIFTS for r in (CORRELATIONS if s > 0 else (0.0,))])
PRIOR: Final = np.array([1.0 if s == 0 else 1 / len(CORRELATIONS) for s, _ in GRID])
# Points of the grid that weigh less change no figure that is shown.
LEAST_WEIGHT: Final = 1e-4
HALVINGS: Final = 32
_CUMULATIVE: Final = np.vectorize(NormalDist().cdf, otypes=[float])


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is known of an effect: normal distributions, each with its weight.

    Attributes:
        means: `(grid,)`; spreads: standard deviations, `(grid,)`; weights: `(grid,)`, summing to 1.
        levers: `(teams, periods)`, by how much the effect moves with each share, at the likeliest point of the grid.
    """

    means: Floats
    spreads: Floats
    weights: Floats
    levers: Floats

    @property
    def value(self) -> float:
        """The mean."""
        return float(self.weights @ self.means)

    @property
    def spread(self) -> float:
        """The standard deviation."""
        return float(np.sqrt(self.weights @ (self.spreads**2 + (self.means - self.value) ** 2)))

    def widened(self, variance: float) -> Mixture:
        """The same with an error of its own, of this variance, added."""
        return Mixture(self.means, np.sqrt(self.spreads**2 + variance), self.weights, self.levers)

    def quantile(self, share: float) -> float:
        """The value below which this share of the mixture lies, by bisection."""
        reach = 10 * self.spreads.max()
        kept = self.weights > LEAST_WEIGHT
        weights, means, spreads = self.weights[kept] / self.weights[kept].sum(), self.means[kept], self.spreads[kept]
        low, high = float(self.means.min() - reach), float(self.means.max() + reach)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if float(weights @ _CUMULATIVE((middle - means) / spreads)) < share:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def ends(self, level: float) -> tuple[float, float]:
        """The interval that leaves equal shares out on both sides."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)


class Panel:
    """Shares of teams by period, each with its sampling variance.

    Args:
        shares: `(teams, periods)`; what stands where there is no share does not matter.
        variances: `(teams, periods)`, above 0; infinite where there is no share. Each team needs a share.
        grid: pairs of drift and correlation, `(grid, 2)`; prior: their weights, `(grid,)`.
    """

    def __init__(self, shares: Floats, variances: Floats, grid: Floats = GRID, prior: Floats = PRIOR) -> None:
        known = np.isfinite(variances)
        self._used = np.flatnonzero(known.any(axis=0))
        self._shape, known = known.shape, known[:, self._used]
        self._shares, self._prior = np.where(known, shares[:, self._used], 0.0), prior
        precision, self._logdet = _precisions(np.where(known, variances[:, self._used], 1.0), known, self._used, grid)
        ones = precision.sum(axis=3)
        totals = ones.sum(axis=2)
        # Without the teams' own levels: Q = P - P 1 1' P / 1' P 1.
        self._within = precision - ones[:, :, :, None] * ones[:, :, None] / totals[:, :, None, None]
        # One period's level is set by the teams': the first is left out.
        periods = self._within.sum(axis=1)[:, 1:, 1:]
        self._periods = np.linalg.inv(periods)
        self._logdet -= np.log(totals).sum(axis=1) + np.linalg.slogdet(periods)[1]

    def effect(self, team: int, treated: Floats) -> Mixture:
        """The effect on a team.

        Args:
            team: its place.
            treated: `(periods,)`, 1 for periods with the effect and 0 for others. The team needs shares in some of both, and in
                some of both another team needs one as well.
        """
        weight, own, mixed = self._treated(team, treated)
        response = np.einsum("sgtu,gu->sgt", self._within, self._shares)
        moved = response.sum(axis=1)
        cross, _ = self._product(response[:, team] @ treated[self._used], own, moved)
        square, _ = self._product(np.einsum("sgt,gt->s", response, self._shares), moved, moved)
        means = cross / weight
        likelihood = 0.5 * (self._logdet - np.log(weight) - square + cross * means)
        weights = self._prior * np.exp(likelihood - likelihood.max())
        best = int(weights.argmax())
        levers = np.zeros(self._shape)
        levers[:, self._used] = -self._within[best][:, :, 1:] @ mixed[best]
        levers[team, self._used] += own[best]
        return Mixture(means, 1 / np.sqrt(weight), weights / weights.sum(), levers / weight[best])

    def spreads(self, team: int, treated: Floats) -> Floats:
        """What `effect` would give as standard deviations, `(grid,)`, whatever the shares."""
        return np.asarray(1 / np.sqrt(self._treated(team, treated)[0]))

    def _treated(self, team: int, treated: Floats) -> tuple[Floats, Floats, Floats]:
        """Information on the effect `(grid,)`, and what it is made of."""
        own = self._within[:, team] @ treated[self._used]
        weight, mixed = self._product(own @ treated[self._used], own, own)
        return weight, own, mixed

    def _product(self, whole: Floats, left: Floats, right: Floats) -> tuple[Floats, Floats]:
        """Products of two vectors without what the periods' own levels explain, `(grid,)`, and those levels for the second one."""
        levels = (self._periods @ right[:, 1:, None])[:, :, 0]
        return whole - (left[:, 1:] * levels).sum(axis=1), levels


def _precisions(variances: Floats, known: NDArray[np.bool_], place: NDArray[np.intp], grid: Floats) -> tuple[Floats, Floats]:
    """The inverse covariances of each team's shares, `(grid, teams, periods, periods)` and 0 where there is no share; log determinants.

    A share that is not there has variance 1 and covariance 0, so that it adds nothing to the determinant.
    """
    lasting = grid[:, 1, None, None] ** np.abs(place[:, None] - place)
    drift = (grid[:, 0, None, None] ** 2 * lasting)[:, None]
    both = known[:, :, None] & known[:, None, :]
    covariance = np.where(both, drift, 0.0) + np.eye(len(place)) * variances[:, :, None]
    precision = np.linalg.inv(covariance)
    return np.where(both, precision, 0.0), -np.linalg.slogdet(covariance)[1].sum(axis=1)
