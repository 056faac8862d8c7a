"""Since when does a team speak differently: change points of its series, all classes together.

The series is what the classifier said on average in each period: a vector y of mean probabilities. A team whose mix stays the same keeps
the same mean, however the classifier errs, so nothing needs to be corrected to see a change. With W the covariance of what whole
transcripts say, pooled within periods, a period of n statements in transcripts of n_i has the covariance c W with c = (sum of n_i^2) / n^2;
in the coordinates W^(-1/2) y every direction counts by its noise, every period by 1 / c.

*Is there a change?* The gain of a cut is how much the weighted squared distance to the means of the pieces falls; the statistic is the
best gain of all cuts that leave two periods on each side. The periods are shuffled: the p-value is the share of orders with a
gain at least as large (Matteson and James 2014, "A nonparametric approach for multiple change point analysis of multivariate data",
JASA 109:334-345). Whole periods are shuffled, not transcripts, since real weeks differ by more than their transcripts do: one odd
week is no change, only what lasts is. With each change found the series is cut once more, and each piece is shuffled by itself.

*Where?* All cuts at once, by dynamic programming (`segments`). The interval of a cut holds the periods that carry 95 % of
exp(-D / 2s), D being the weighted squared distance with the cut there and s what is left of it per degree of freedom, at least 1
(the posterior of Smith 1975, "A Bayesian approach to inference about a change-point in a sequence of random variables",
Biometrika 62:407-416, with the most likely means).

*What would have been seen?* In simulation (`python -m tools.series_study`), a change in the middle of T periods is found in four of five
cases if its gain, in units of s, is 22 + 9 (8 / T)^2 on average. From this follows how far a share must move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Against, Cell, ChangePoint, Changes, Difference, Totals, Withheld
from cs_nlp.signals.change_search import Found, Points, likely_cuts, points_of, search
from cs_nlp.signals.comparison import difference
from cs_nlp.signals.estimate import Resampling
from cs_nlp.signals.periods import By, Period
from cs_nlp.signals.quantify import nearest_prevalence
from cs_nlp.signals.series import SMALLEST_GROUP, by_period, zone_of
from cs_nlp.signals.spread import Moments
from cs_nlp.signals.units import stretches_of, units_of
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

if TYPE_CHECKING:
    from cs_nlp.signals.correction import Correction

Floats = NDArray[np.float64]
Rows = Sequence[Totals | Cell]
Series = tuple[Sequence[Period], Sequence[Rows]]

FEWEST: Final = 8  # with fewer periods, shuffling them gives hardly an order in twenty that is worse than the best
METHOD: Final = "permutation of periods"


def find_changes(
    totals: Iterable[Totals | Cell],
    *,
    by: By = "week",
    tz: Mapping[str, tzinfo] | tzinfo = UTC,
    k: int = SMALLEST_GROUP,
    correction: Correction | None = None,
    resampling: Resampling = Resampling(),  # noqa: B008  # frozen
) -> list[Changes]:
    """The change points of each team's series.

    A steady team is said to have changed in a share 1 - `resampling.level` of cases; this holds for each team by itself.

    Args:
        totals: as for `team_signals`, likewise the other arguments. Only periods that could be shown are looked at, and none that
            several models scored. Where the model changes the series is cut: what changes there is not told.
        by: length of the periods.
        tz: the time zone, or that of each team.
        k: smallest group.
        correction: the classifier's errors: for the sizes of changes, and for what could have been found.
        resampling: level, how many orders are tried, and seed.

    Returns:
        One for each team, by name. Withheld with fewer than 8 periods to look at: for the reason that leaves most of the others out, and as
        `no_data` where there are no others.

    Raises:
        InputError: as `team_signals`.
    """
    teams: defaultdict[str, list[Totals | Cell]] = defaultdict(list)
    for row in totals:
        if row.n > 0:
            teams[row.team].append(row)
    return [_Team(team, by, zone_of(tz, team), k, correction, resampling).changes(rows) for team, rows in sorted(teams.items())]


@dataclass(frozen=True, slots=True)
class _Team:
    """A team, and how its series is looked at."""

    name: str
    by: By
    tz: tzinfo
    k: int
    correction: Correction | None
    resampling: Resampling

    def changes(self, rows: Rows) -> Changes:
        looked, reasons = self._looked(by_period(rows, self.by, self.tz))
        found = Changes(
            team=self.name,
            by=self.by,
            start=min((period.start for period in looked), default=None),
            end=max((period.end for period in looked), default=None),
            points=(),
            p_value=None,
            breaks=(),
            detectable=MappingProxyType({}),
            n_periods=len(looked),
            method=METHOD,
        )
        if len(looked) < FEWEST:
            return replace(found, withheld=max(sorted(set(reasons)), key=reasons.count, default=Withheld.NO_DATA))
        return self._searched(found, [*looked], [*looked.values()])

    def _looked(self, periods: Mapping[Period, Rows]) -> tuple[dict[Period, Rows], list[Withheld]]:
        """The periods to look at, and the reasons why others are not."""
        single = {period: rows for period, rows in periods.items() if len({row.model for row in rows}) == 1}
        reasons = [Withheld.MIXED_MODELS] * (len(periods) - len(single))
        # Each model's periods are a series of their own.
        by_model = [replace(row, team=row.model) for rows in single.values() for row in rows]
        made = units_of(by_model, by=self.by, tz=self.tz, k=self.k, correction=self.correction, resampling=self.resampling)
        units = {unit.key: unit for unit in made}
        looked: dict[Period, Rows] = {}
        for period, rows in single.items():
            unit = units[rows[0].model, self.by, period.start]
            if unit.used:
                looked[period] = rows
            else:
                reasons.append(unit.signals[-1].withheld or Withheld.NO_DATA)
        return looked, reasons

    def _searched(self, found: Changes, periods: Sequence[Period], groups: Sequence[Rows]) -> Changes:
        moments = Moments.of(groups, uses_sums=True)
        points = points_of(moments, np.array([sum(_square(row) for row in rows) for rows in groups]))
        models = [rows[0].model for rows in groups]
        breaks = [place for place in range(1, len(models)) if models[place] != models[place - 1]]
        rng = np.random.default_rng([self.resampling.seed, 1])
        got = search(points, breaks, level=self.resampling.level, shuffles=self.resampling.replicates - 1, rng=rng)
        mean = moments.n @ moments.mean / moments.n.sum()
        return replace(
            found,
            points=tuple(self._points(points, got, breaks, (periods, groups))),
            p_value=got.p_left,
            breaks=tuple(periods[place].start for place in breaks),
            detectable=MappingProxyType({} if self.correction is None else detectable(points, got.noise, mean, self.correction)),
        )

    def _points(self, points: Points, got: Found, breaks: Sequence[int], series: Series) -> Iterable[ChangePoint]:
        periods, groups = series
        level = self.resampling.level
        edges = sorted({0, *breaks, *got.cuts, len(periods)})
        for cut, p_value in zip(got.cuts, got.p_values, strict=True):
            place = edges.index(cut)
            start, end = edges[place - 1], edges[place + 1]
            first, last = likely_cuts(points, start, end, got.noise, level)
            yield ChangePoint(
                at=periods[cut].start,
                # Periods that are not looked at may lie before: the change may have come with any of them.
                earliest=periods[first - 1].end,
                latest=periods[last].start,
                level=level,
                p_value=p_value,
                shifts=self._shifts((periods[start:cut], groups[start:cut]), (periods[cut:end], groups[cut:end])),
            )

    def _shifts(self, before: Series, after: Series) -> tuple[Difference, ...]:
        """What changed between two stretches of the series."""
        parts = [
            (Period(periods[0].start, periods[-1].end), [row for rows in groups for row in rows]) for periods, groups in (before, after)
        ]
        earlier, later = stretches_of(parts, k=self.k, correction=self.correction, resampling=self.resampling)
        found = difference(later, [earlier], Against.PREVIOUS, level=self.resampling.level)
        return tuple(replace(each, by=self.by, p_value=None) for each in found)


def _square(row: Totals | Cell) -> float:
    """The sum over transcripts of their squared number of statements."""
    return float(sum(row.sum_products) if isinstance(row, Cell) else row.n**2)


def detectable(points: Points, noise: float, mean: Floats, correction: Correction) -> dict[str, float | None]:
    """How far a culture's share of all statements must move in mid-series to be found in four of five cases.

    The other classes give way in proportion to their shares.

    Args:
        points: the series.
        noise: what is left of its weighted squared distances per degree of freedom.
        mean: mean probabilities over the whole series, `(5,)`.
        correction: the classifier's errors.

    Returns:
        By culture, 0 to 1; None where no such change is possible, or where the classifier's errors can't be undone.
    """
    times = len(points.weights)
    needed = 22 + 9 * (8 / times) ** 2
    left = points.weights[: times // 2].sum()
    right = points.weights.sum() - left
    if correction.unfit():
        return dict.fromkeys(SIGNAL_CULTURES)
    matrix = correction.matrix()
    prevalence = nearest_prevalence(mean[None], matrix)[0]
    found: dict[str, float | None] = {}
    for place, culture in enumerate(CULTURES[: len(SIGNAL_CULTURES)]):
        rest = np.delete(prevalence, place).sum()
        towards = -prevalence / rest if rest > 0 else np.zeros_like(prevalence)
        towards[place] = 1.0
        size = float(np.linalg.norm(towards @ matrix @ points.axes))
        share = np.sqrt(needed * noise * (1 / left + 1 / right)) / size if size > 0 else np.inf
        found[culture] = float(share) if share <= max(rest, prevalence[place]) else None
    return found
