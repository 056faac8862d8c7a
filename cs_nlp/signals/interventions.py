"""What came of an intervention: the change of a team's share beyond that of the other teams, with its doubt and its placebos.

docs/interventions.md explains each number, and says how often intervals hold the truth.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from cs_nlp.errors import InputError
from cs_nlp.records import Effect, Interval, Intervention, NoEffect, Placebo, Withheld
from cs_nlp.signals.adjusted import Adjustment, adjustments
from cs_nlp.signals.correction import Correction
from cs_nlp.signals.estimate import Resampling
from cs_nlp.signals.interventions_measure import FEWEST_AFTER, FEWEST_BEFORE, Measurement, detectable
from cs_nlp.signals.interventions_panel import Mixture
from cs_nlp.signals.interventions_shares import Outcome, Row, Said, transcripts_of
from cs_nlp.signals.periods import By, Period, periods_between

Buckets = Mapping[str, Mapping[Period, Sequence[Row]]]

AIM: Final = 0.1
# Two years. Days are too short: their shares are hardly known, and there are too many of them.
MOST_MORE: Final[Mapping[str, int]] = {"week": 104, "month": 24}


@dataclass(frozen=True, slots=True)
class Trial:
    """What an intervention is judged by.

    Attributes:
        measure: `prevalence`, `mix` or `signal_rate`; label: the culture, "" for `signal_rate`.
        by: length of the periods: `week` or `month`.
        leave_out: teams that it is not compared with, such as those where something was done about the same time.
        aim: the effect that one would like to be able to see, above 0 and at most 1.
        ahead: whether it is told how many more periods that takes, for which many longer panels are computed.
    """

    measure: str = "mix"
    label: str = "assertive"
    by: By = "week"
    leave_out: Collection[str] = ()
    aim: float = AIM
    ahead: bool = True


def intervention_effect(
    buckets: Buckets,
    intervention: Intervention,
    trial: Trial = Trial(),  # frozen
    *,
    correction: Correction | None = None,
    resampling: Resampling = Resampling(),  # noqa: B008  # frozen
) -> Effect:
    """The effect of an intervention on a team's share, against the other teams.

    The period that holds the day of the intervention counts as neither before nor after, unless it begins with it. At least
    `FEWEST_BEFORE` periods before and `FEWEST_AFTER` after must be shown of the team, and of each team that it is compared with.

    Args:
        buckets: transcripts (or cells) of each team by period, only periods that may be shown (see `shown_periods`).
        intervention: what was done.
        trial: what it is judged by.
        correction: as for `team_signals`; one method is chosen for all teams together.
        resampling: level of the intervals, and seed.

    Raises:
        InputError: the team or the figure is unknown, periods are days, or the aim is no share.
    """
    if intervention.team not in buckets:
        msg = f"there are no transcripts of the team {intervention.team!r}; got those of {', '.join(sorted(buckets)) or 'no team'}"
        raise InputError(msg)
    if not 0 < trial.aim <= 1:
        raise InputError(f"the effect to be seen can't be {trial.aim}; expected a share above 0 and up to 1, such as 0.1 for ten points")
    if trial.by not in MOST_MORE:
        raise InputError(f"an effect can't be measured by {trial.by!r}; expected {' or '.join(MOST_MORE)}")
    return _Study(buckets, intervention, trial, resampling).effect(correction)


class _Study:
    """One intervention with the periods and teams that it is judged by."""

    def __init__(self, buckets: Buckets, intervention: Intervention, trial: Trial, resampling: Resampling) -> None:
        self._buckets, self._intervention, self._trial, self._resampling = buckets, intervention, trial, resampling
        self._outcome = Outcome.of(trial.measure, trial.label)
        shown = sorted({period for own in buckets.values() for period in own})
        series = periods_between(shown[0].start, shown[-1].start, trial.by) if shown else []
        self._periods = [period for period in series if not period.start < intervention.on < period.end]
        self._after = np.array([period.start >= intervention.on for period in self._periods], dtype=bool)
        others = sorted(set(buckets) - {intervention.team} - set(trial.leave_out))
        self._teams = (intervention.team, *(team for team in others if not self._lacking(team)))

    def _counts(self, team: str) -> tuple[int, int]:
        """How many periods before and after are shown of a team, of those that are shown of the team of the intervention."""
        own = self._buckets[self._intervention.team]
        there = np.array([period in own and period in self._buckets[team] for period in self._periods], dtype=bool)
        return int((there & ~self._after).sum()), int((there & self._after).sum())

    def _lacking(self, team: str) -> str:
        """Which periods a team lacks, in sentences; empty when it has enough."""
        wanted = zip(self._counts(team), (FEWEST_BEFORE, FEWEST_AFTER), ("before", "from"), strict=True)
        on, by = self._intervention.on, self._trial.by
        return " ".join(
            f"{fewest} {by}s {where} {on} are needed in which enough people are heard; there are {n}."
            for n, fewest, where in wanted
            if n < fewest
        )

    def effect(self, correction: Correction | None) -> Effect:
        """The effect, or the reason why there is none."""
        none = self._withheld()
        if lacking := self._lacking(self._intervention.team):
            return replace(none, withheld=NoEffect.TOO_FEW_PERIODS, needs=lacking)
        if len(self._teams) == 1:
            needs = (
                f"Another team is needed where nothing was done, with {FEWEST_BEFORE} {self._trial.by}s before {self._intervention.on} and "
                f"{FEWEST_AFTER} from then on in which enough people are heard: else what changed for all teams would pass for the effect."
            )
            return replace(none, withheld=NoEffect.NO_COMPARISON, needs=needs)
        rows = [row for team in self._teams for period in self._periods for row in self._buckets[team].get(period, ())]
        if len({row.model for row in rows}) > 1:
            return replace(
                none, withheld=Withheld.MIXED_MODELS, needs="All these transcripts must be scored by one model: score them again."
            )
        method, ways = adjustments(rows, correction, self._resampling)
        if not ways:
            return replace(
                none, withheld=Withheld.NOT_CALIBRATED, method=method, needs="A model that knows statements like these is needed."
            )
        return self._measured(replace(none, method=method), ways)

    def _withheld(self) -> Effect:
        before, after = self._counts(self._intervention.team)
        return Effect(
            intervention=self._intervention,
            measure=self._trial.measure,
            label=self._trial.label,
            by=self._trial.by,
            value=None,
            interval=None,
            team_before=None,
            team_after=None,
            others_before=None,
            others_after=None,
            detectable=None,
            aim=self._trial.aim,
            more_periods=None,
            others=self._teams[1:],
            periods_before=before,
            periods_after=after,
            n_statements=None,
            n_transcripts=None,
            placebo_dates=(),
            placebo_teams=(),
            method="none",
        )

    def _measured(self, none: Effect, ways: Sequence[Adjustment]) -> Effect:
        made = [self._measurement(way) for way in ways]
        enough = np.all([each.enough() for each in made], axis=0)
        if not (enough[0] and enough[1:].any()):
            return replace(none, withheld=Withheld.NO_DATA, needs="More statements that carry a culture are needed in each period.")
        made = [each.only(enough) for each in made]
        teams = [team for team, is_kept in zip(self._teams, enough, strict=True) if is_kept]
        first, level = made[0], self._resampling.level
        mixtures = [each.effect() for each in made]
        ends = [mixture.ends(level) for mixture in mixtures]
        smallest = max(detectable(mixture, level) for mixture in mixtures)
        team_before, team_after, others_before, others_after = first.levels()
        own = [row for period in self._periods for row in self._buckets[teams[0]].get(period, ())]
        before = [period for period, is_after in zip(self._periods, self._after, strict=True) if not is_after]
        return replace(
            none,
            value=mixtures[0].value,
            interval=Interval(min(low for low, _ in ends), max(high for _, high in ends), level),
            team_before=team_before,
            team_after=team_after,
            others_before=others_before,
            others_after=others_after,
            detectable=smallest,
            more_periods=self._more(first, mixtures[0], smallest),
            others=tuple(teams[1:]),
            n_statements=sum(row.n for row in own),
            n_transcripts=transcripts_of(own),
            placebo_dates=tuple(self._placebo(teams[0], before[place].start, mixture) for place, mixture in first.placebo_dates()),
            placebo_teams=tuple(self._placebo(teams[place], self._intervention.on, mixture) for place, mixture in first.placebo_teams()),
        )

    def _more(self, first: Measurement, mixture: Mixture, smallest: float) -> int | None:
        return first.more_periods(mixture, self._trial.aim / smallest, MOST_MORE[self._trial.by]) if self._trial.ahead else None

    def _measurement(self, way: Adjustment) -> Measurement:
        said = Said.of([self._buckets[team] for team in self._teams], self._periods, way)
        return Measurement(said, self._outcome, way, self._after)

    def _placebo(self, team: str, on: date, mixture: Mixture) -> Placebo:
        low, high = mixture.ends(self._resampling.level)
        return Placebo(team, on, mixture.value, Interval(low, high, self._resampling.level))
