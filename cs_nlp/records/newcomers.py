"""How far newcomers are from their team, and how fast they become like it. Cohorts only, never one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cs_nlp.records.figures import Interval, Withheld


class NoSpeed(StrEnum):
    """Why there is no half-life."""

    TOO_FEW_WEEKS = "too_few_weeks"
    NO_DIFFERENCE = "no_difference"
    NO_APPROACH = "no_approach"


@dataclass(frozen=True, slots=True)
class NewcomerWeek:
    """How far a team's newcomers were from its established members in one week after joining.

    Attributes:
        week: calendar weeks since the one in which each of them joined; 0 for that week itself.
        distance: between the two culture mixes, 0 (alike) to 1 (nothing in common), or None when withheld.
        interval: of the distance, or None when withheld.
        by_chance: below this lie 95 % of the distances that chance alone gives, when the same people are shuffled between the
            two groups within each calendar week; None when withheld.
        p_value: share of shuffles that set the groups at least as far apart, or None when withheld.
        n_statements: scored statements of the newcomers; n_newcomers and n_established: people; None when withheld for a small group.
        withheld: the reason for a missing distance, or None.
    """

    week: int
    distance: float | None
    interval: Interval | None
    by_chance: float | None
    p_value: float | None
    n_statements: int | None
    n_newcomers: int | None
    n_established: int | None
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class Newcomers:
    """A team's newcomers, week by week after joining.

    Attributes:
        team: the team.
        start: first day of the first calendar week in which newcomers were heard; end: the day after the last such week; None where
            there are none.
        weeks: one entry for each week after joining, from 0, complete up to the last in which newcomers were heard.
        half_life: weeks in which half of the distance is lost, or None.
        half_life_low: lower end of its interval; half_life_high: upper end, None where the data set no upper bound. Both are None
            where there is no figure, save that `half_life_low` stands by itself where only a lower bound is known (`no_approach`).
        level: share of cases in which the intervals hold the true value.
        method: how the mixes were estimated, as in `Signal.method`.
        n_unknown: scored statements left out because nobody knows when their speaker joined.
        no_speed: why there is no half-life, or None.
    """

    team: str
    start: date | None
    end: date | None
    weeks: tuple[NewcomerWeek, ...]
    half_life: float | None
    half_life_low: float | None
    half_life_high: float | None
    level: float
    method: str
    n_unknown: int
    no_speed: NoSpeed | None = None
