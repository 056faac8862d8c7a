"""Dated actions, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cs_nlp.records.figures import Interval, Withheld


@dataclass(frozen=True, slots=True)
class Intervention:
    """Something that was done about a team's culture.

    Attributes:
        team: with whom.
        on: the first day from which it could show, in the team's time zone.
        title: what was done, in a few words.
    """

    team: str
    on: date
    title: str = ""


class NoEffect(StrEnum):
    """Why an effect can't be told, beside the reasons of `Withheld`."""

    NO_COMPARISON = "no_comparison"
    TOO_FEW_PERIODS = "too_few_periods"


@dataclass(frozen=True, slots=True)
class Placebo:
    """An effect measured where nothing was done: it shows what chance and ordinary change look like.

    Attributes:
        team: the team that is taken for the one where something was done.
        on: the day that is taken for the day when it was done.
        value: the effect, -1 to 1; interval: of `value`.
    """

    team: str
    on: date
    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Effect:
    """By how much a team's share changed after an intervention, beyond the change of the other teams in the same periods.

    Attributes:
        intervention: what was done.
        measure: as in `Signal`; label: likewise.
        by: length of the periods: `day`, `week` or `month`.
        value: the effect, -1 to 1, or None when withheld.
        interval: of `value`, or None when withheld.
        team_before: the team's share before, over all its periods; team_after: after; others_before and others_after: the mean of the
            other teams' shares. 0 to 1, or None when withheld.
        detectable: the smallest effect whose interval would leave out 0 in four of five cases, with this volume and these periods;
            above 1 where none would. None when withheld.
        aim: the effect that one would like to be able to see, 0 to 1.
        more_periods: how many more periods after the intervention, with the same volume, `detectable` needs to come down to `aim`; 0
            when it has; None where two years would not do, when withheld, or where the trial did not ask for it.
        others: the teams that it is compared with, in order.
        periods_before: the team's periods that are used; periods_after: likewise.
        n_statements: scored statements of the team in those periods; n_transcripts: its transcripts. None when withheld.
        placebo_dates: the same measurement of the same team on earlier days, of the periods before the intervention alone.
        placebo_teams: the same measurement of each other team on the same day, against the rest of the other teams.
        method: how the shares were estimated, as in `Signal.method`.
        withheld: why there is no value, or None; needs: what would be needed, in sentences, or "".
    """

    intervention: Intervention
    measure: str
    label: str
    by: str
    value: float | None
    interval: Interval | None
    team_before: float | None
    team_after: float | None
    others_before: float | None
    others_after: float | None
    detectable: float | None
    aim: float
    more_periods: int | None
    others: tuple[str, ...]
    periods_before: int
    periods_after: int
    n_statements: int | None
    n_transcripts: int | None
    placebo_dates: tuple[Placebo, ...]
    placebo_teams: tuple[Placebo, ...]
    method: str
    withheld: Withheld | NoEffect | None = None
    needs: str = ""
