"""An effect, its placebos, and what could have been seen, from the shares of the team (first) and of those it is compared with."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.adjusted import Adjustment
from cs_nlp.signals.interventions_panel import GRID, Mixture, Panel
from cs_nlp.signals.interventions_shares import Outcome, Said

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

FEWEST_BEFORE: Final = 6
FEWEST_AFTER: Final = 3
POWER: Final = 0.8
# Further periods are reckoned with the points of the grid that weigh as much.
LEAST_WEIGHT: Final = 1e-2


class Measurement:
    """The shares of some teams, of which the first one had the intervention.

    Args:
        said: what was said.
        outcome: the share that is looked at.
        way: how counts are adjusted.
        after: `(periods,)`, which ones lie after the intervention.
    """

    def __init__(self, said: Said, outcome: Outcome, way: Adjustment, after: Booleans) -> None:
        self._said, self._outcome, self._way, self._after = said, outcome, way, after
        self._shares, self._variances = said.shares(outcome, way.matrix)

    def enough(self) -> Booleans:
        """Which teams have a share in enough periods before and after, of those in which the first team has one, `(teams,)`."""
        known = np.isfinite(self._variances)
        return _enough(known & known[0], self._after)

    def only(self, teams: Booleans) -> Measurement:
        """The same with some of the teams."""
        said = Said(self._said.sums[teams], self._said.products[teams], self._said.transcripts[teams])
        return Measurement(said, self._outcome, self._way, self._after)

    def effect(self) -> Mixture:
        """The effect, with the doubt about the correction."""
        mixture = Panel(self._shares, self._variances).effect(0, self._after.astype(float))
        others = self._said.other_shares(self._outcome, self._way.others)
        moved = np.einsum("rgt,gt->r", others, mixture.levers)
        # Quantiles instead of the variance: a share of hardly any statements may be anywhere under one correction in many.
        low, high = np.quantile(moved, [NormalDist().cdf(-1), NormalDist().cdf(1)])
        return mixture.widened(float((high - low) / 2) ** 2)

    def levels(self) -> tuple[float, float, float, float]:
        """The team's share before and after, and the means of the others'."""
        found = []
        for when in (~self._after, self._after):
            sums = np.where((np.isfinite(self._variances) & when)[:, :, None], self._said.sums, 0.0).sum(axis=1) @ self._way.matrix
            shares = np.clip(sums @ self._outcome.part / (sums @ self._outcome.whole), 0.0, 1.0)
            found.append((float(shares[0]), float(shares[1:].mean())))
        (team_before, others_before), (team_after, others_after) = found
        return team_before, team_after, others_before, others_after

    def placebo_dates(self) -> Iterator[tuple[int, Mixture]]:
        """The place of each earlier period that could pass for the intervention's, and the effect from then on."""
        shares, variances = self._shares[:, ~self._after], self._variances[:, ~self._after]
        panel, known = Panel(shares, variances), np.isfinite(variances)
        for place in range(FEWEST_BEFORE, shares.shape[1] - FEWEST_AFTER + 1):
            since = np.arange(shares.shape[1]) >= place
            if _is_told(known, 0, since):
                yield place, panel.effect(0, since.astype(float))

    def placebo_teams(self) -> Iterator[tuple[int, Mixture]]:
        """The place of each other team, and its effect against the rest of them; none where there is only one."""
        known = np.isfinite(self._variances[1:])
        places = [place for place in range(len(known)) if _is_told(known, place, self._after)]
        if places:
            panel = Panel(self._shares[1:], self._variances[1:])
            for place in places:
                yield place + 1, panel.effect(place, self._after.astype(float))

    def more_periods(self, mixture: Mixture, shrink: float, most: int) -> int | None:
        """How many more periods after the intervention make the interval narrower by a factor.

        Args:
            mixture: the effect.
            shrink: the factor, above 0; 1 or more is there already.
            most: as far as is looked.

        Returns:
            The number, or None where `most` would not do.
        """
        kept = mixture.weights >= LEAST_WEIGHT
        weights = mixture.weights[kept] / mixture.weights[kept].sum()
        precision = np.where(np.isfinite(self._variances), 1 / self._variances, 0.0).mean(axis=1, keepdims=True)
        teams, periods = self._variances.shape

        def spread(more: int) -> float:
            variances = np.concatenate([self._variances, np.repeat(1 / precision, more, axis=1)], axis=1)
            panel = Panel(np.zeros((teams, periods + more)), variances, GRID[kept], weights)
            treated = np.concatenate([self._after, np.ones(more, dtype=bool)]).astype(float)
            return float(np.sqrt(weights @ panel.spreads(0, treated) ** 2))

        if shrink >= 1:
            return 0
        now = spread(0)
        if spread(most) > shrink * now:
            return None
        return 1 + bisect_left(range(1, most), True, key=lambda more: spread(more) <= shrink * now)


def detectable(mixture: Mixture, level: float) -> float:
    """The smallest effect whose interval leaves out 0 in a share `POWER` of cases: half the interval's width and z(POWER) spreads."""
    low, high = mixture.ends(level)
    return (high - low) / 2 + NormalDist().inv_cdf(POWER) * mixture.spread


def _enough(known: Booleans, after: Booleans) -> Booleans:
    return np.asarray((known[:, ~after].sum(axis=1) >= FEWEST_BEFORE) & (known[:, after].sum(axis=1) >= FEWEST_AFTER))


def _is_told(known: Booleans, team: int, after: Booleans) -> bool:
    """Whether a team's effect can be told: another team has shares in enough of its periods, and all teams hang together."""
    met = known.astype(int) @ known.T.astype(int) > 0
    reached = np.linalg.matrix_power(met.astype(int), len(known))[team] > 0
    compared = np.delete(_enough(known & known[team], after), team)
    return bool(compared.any() and reached.all())
