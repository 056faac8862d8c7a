"""What a series says: pooled shares, differences, change points and what a change is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cs_nlp.records.figures import Interval, Signal, Withheld


@dataclass(frozen=True, slots=True)
class Pooled:
    """A share that borrows strength from its like, beside the share as it stands alone.

    Attributes:
        raw: the share as it stands alone, withheld or not.
        value: the pooled share, 0 to 1, or None when withheld.
        interval: of `value`, or None when withheld.
        weight: how much of `value` comes from the group's own transcripts, 0 to 1; the rest comes from the mean of its like. None
            when withheld.
        like: what is borrowed from: `teams` (the other teams, in the same period) or `periods` (the team's other periods).
        n_like: how many groups were pooled, this one among them.
        method: how `value` was estimated.
        withheld: the reason for a missing value, or None; `no_data` also where too few groups are shown to learn from.
    """

    raw: Signal
    value: float | None
    interval: Interval | None
    weight: float | None
    like: str
    n_like: int
    method: str
    withheld: Withheld | None = None


class Against(StrEnum):
    """What a group is compared with."""

    PREVIOUS = "previous"
    OTHER_TEAMS = "other_teams"
    TEAM_CHAT = "team_chat"


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a group's share is from another one's.

    Attributes:
        team: the group's team.
        start: first day of its period; end: the day after the last; None where its transcripts have no date.
        by: kind of the period, as in `Signal`.
        against: compared with the team's period before, with the mean of the other teams in the same period, or the team's
            calls with its team chat.
        other_start: first day of the other group's period; other_end: the day after the last.
        measure: as in `Signal`; label: likewise.
        value: the group's share minus the other's, -1 to 1, or None when withheld.
        interval: of `value`, or None when withheld.
        p_value: probability of a difference at least as large where there is none, or None when withheld or when the groups
            were chosen for their difference.
        adjusted: the same after all comparisons made together (Benjamini and Hochberg): if all with at most 0.05 are
            believed, on average at most one in twenty of them is wrong. None as for `p_value`.
        n_statements: scored statements of the group; n_transcripts: its transcripts; other_statements and other_transcripts:
            the same of the other group. None when withheld for a small group.
        method: how the shares were estimated, as in `Signal`.
        withheld: the reason for a missing value, or None.
    """

    team: str
    start: date | None
    end: date | None
    by: str
    against: Against
    other_start: date | None
    other_end: date | None
    measure: str
    label: str
    value: float | None
    interval: Interval | None
    p_value: float | None
    adjusted: float | None
    n_statements: int | None
    n_transcripts: int | None
    other_statements: int | None
    other_transcripts: int | None
    method: str
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A day from which on a team speaks differently.

    Attributes:
        at: first day of the first period after the change, most probably.
        earliest: the first such day that the data allow; latest: the last one. They hold the true one in a share `level` of cases.
        level: see `earliest`.
        p_value: how often a change at least as clear turns up when the periods are shuffled.
        shifts: what changed: share after minus share before, up to the next change points; without p-values, since the
            day was chosen for its difference.
    """

    at: date
    earliest: date
    latest: date
    level: float
    p_value: float
    shifts: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """The change points of a team's series.

    Attributes:
        team: the team.
        by: length of the periods.
        start: first day of the first period that was looked at; end: the day after the last; None where there is none.
        points: the changes found, in order; none where the team is steady as far as the data show.
        p_value: of the strongest change that was not found any more: how often one as clear turns up by chance. None when withheld.
        breaks: first days of periods from which on another model scored; a change there is the model's and not looked for.
        detectable: by culture, the smallest lasting change of its share of all statements, in the middle of the series, that would be
            found in four of five cases; None for one that no change can reach. Empty when withheld.
        n_periods: how many periods were looked at.
        method: how they were looked at.
        withheld: the reason why nothing was looked for, or None.
    """

    team: str
    by: str
    start: date | None
    end: date | None
    points: tuple[ChangePoint, ...]
    p_value: float | None
    breaks: tuple[date, ...]
    detectable: Mapping[str, float | None]
    n_periods: int
    method: str
    withheld: Withheld | None = None


class Cause(StrEnum):
    """What a change can be made of.

    `MIX`: other queues or channels than before. `PEOPLE`: other people spoke, or some spoke more. `SAME_PEOPLE`: the same
    people spoke differently on the same work. `MODEL`: another model scored.
    """

    MIX = "mix"
    PEOPLE = "people"
    SAME_PEOPLE = "same_people"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a change.

    Attributes:
        cause: what it comes from.
        value: by how much it alone moved the share, -1 to 1, or None when withheld.
        interval: of `value`, or None when withheld.
        withheld: the reason for a missing value, or None; `no_data` where the data cannot tell it from the others.
    """

    cause: Cause
    value: float | None
    interval: Interval | None
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A change of a share between two periods, and what it is made of. The parts that are not withheld add up to `value` if all are given.

    Attributes:
        team: the team.
        start: first day of the later period's transcripts; end: the day after the last; other_start and other_end: the same of
            the earlier. None where they have no date.
        measure: `prevalence` or `signal_rate`; label: the culture, "" for `signal_rate`.
        value: share in the later period minus share in the earlier, -1 to 1, or None when withheld.
        interval: of `value`, or None when withheld.
        parts: one of each cause, in the order of `Cause`; without `model` where one model scored both periods.
        n_transcripts: transcripts of the later period; other_transcripts: of the earlier. None when withheld for a small group.
        method: how it was estimated.
        withheld: the reason for a missing value, or None.
    """

    team: str
    start: date | None
    end: date | None
    other_start: date | None
    other_end: date | None
    measure: str
    label: str
    value: float | None
    interval: Interval | None
    parts: tuple[Part, ...]
    n_transcripts: int | None
    other_transcripts: int | None
    method: str
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True)
class DriverEvidence:
    """What a team's words say of one driver. All amounts are per 100 statements, -100 to 100.

    Attributes:
        team: the team.
        start: first day of the transcripts' period; end: the day after the last; None where they have no date.
        driver: one of `taxonomy.DRIVERS`.
        elements: ids of the elements that it stands for, those of the foundation first.
        present: how often words say that it is there and working; missing: that it is missing or broken. None when withheld.
        net: `present - missing`, or None when withheld.
        low: lower end of the interval of `net`; high: its upper end; None when withheld.
        level: of the intervals.
        rank: 1 where to push first, and so on; None when withheld.
        n_statements: scored statements; n_transcripts: transcripts; n_people: people. None when withheld for a small group.
        method: how the amounts were estimated.
        withheld: the reason for missing values, or None.
        apart: `net` minus the mean net of the other teams; None where no other team is shown.
        apart_low: lower end of the interval of `apart`; apart_high: its upper end; None as for `apart`.
    """

    team: str
    start: date | None
    end: date | None
    driver: str
    elements: tuple[str, ...]
    present: float | None
    missing: float | None
    net: float | None
    low: float | None
    high: float | None
    level: float
    rank: int | None
    n_statements: int | None
    n_transcripts: int | None
    n_people: int | None
    method: str
    withheld: Withheld | None = None
    apart: float | None = None
    apart_low: float | None = None
    apart_high: float | None = None
