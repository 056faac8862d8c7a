"""Signals of teams over time: complete series of buckets, each with its figures or with the reason why there are none."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from math import isnan, nan
from typing import TYPE_CHECKING, Final, TypeVar

from cs_nlp.errors import InputError
from cs_nlp.records import Cell, Interval, Signal, Totals, Withheld
from cs_nlp.signals.estimate import FIGURES, Estimate, Resampling
from cs_nlp.signals.methods import MIXED, Method, Methods
from cs_nlp.signals.periods import By, Period, local_date, period_of, periods_between
from cs_nlp.signals.privacy import Group, GroupSize, hidden_pieces
from cs_nlp.signals.privacy_plan import atom_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from cs_nlp.signals.correction import Correction

SMALLEST_GROUP: Final = 5
_NOTHING: Final = [[nan] * len(FIGURES)] * 4
Row = TypeVar("Row", bound=Totals | Cell)


def team_signals(
    totals: Iterable[Totals | Cell],
    *,
    by: By = "week",
    tz: Mapping[str, tzinfo] | tzinfo = UTC,
    k: int = SMALLEST_GROUP,
    correction: Correction | None = None,
    resampling: Resampling = Resampling(),  # noqa: B008  # frozen
) -> list[Signal]:
    """The signals of each team: over the whole time, then bucket by bucket.

    Each team's series is complete: it has every bucket from the first to the last dated transcript of all teams, and a
    bucket without transcripts says `no_data`. Transcripts without a time are in no bucket; only for a team of which no
    transcript has a time do they make up the signals over the whole time, which then have no dates.

    Args:
        totals: of scored transcripts of any number of teams, or cells of them, which give the same figures; those without a scored
            statement say nothing. Where several models scored a team's transcripts, no figure of it is given (`mixed_models`).
        by: length of the buckets; cells must not be of longer ones.
        tz: the time zone, or that of each team.
        k: groups of fewer people or transcripts are withheld.
        correction: the classifier's errors on held-out statements; without it, or when it can't be trusted for a team,
            plain counting is the answer, and `Signal.method` says so (see `methods`).
        resampling: level, replicates and seed of the intervals.

    Returns:
        Signals ordered by team, whole time first, then by start; within a period in `FIGURES` order.

    Raises:
        InputError: a time without offset, a team without a time zone, or k below 1.
    """
    if k < 1:
        msg = f"the smallest group can't be {k}; expected 1 or more people (default {SMALLEST_GROUP})"
        raise InputError(msg)
    teams = _by_team(totals)
    dated = {team: by_period(rows, by, zone_of(tz, team)) for team, rows in teams.items()}
    filled = [period for buckets in dated.values() for period in buckets]
    series = periods_between(min(filled).start, max(filled).start, by) if filled else []
    methods = Methods(correction, resampling)
    found: list[Signal] = []
    for team in sorted(teams):
        buckets: dict[Period | None, list[Totals | Cell]] = {period: dated[team].get(period, []) for period in series}
        placed = [row for rows in buckets.values() for row in rows]
        span = Period(series[0].start, series[-1].end) if placed else None
        method = methods.of(placed or teams[team])
        found += _signals_of(Series(team, "all", method, {span: placed or teams[team]}), k)
        found += _signals_of(Series(team, by, method, buckets), k)
    return found


def _by_team(totals: Iterable[Totals | Cell]) -> dict[str, list[Totals | Cell]]:
    """The transcripts that say anything, by team; sorted, since sums of floats depend on their order and the answer shall not."""
    teams: defaultdict[str, list[Totals | Cell]] = defaultdict(list)
    for row in sorted(totals, key=_order):
        if row.n > 0:
            teams[row.team].append(row)
    return teams


def _order(row: Totals | Cell) -> tuple[str, date, str, str, str]:
    if isinstance(row, Totals):
        return row.transcript_id, date.min, "", "", ""
    return "", row.day or date.min, row.channel.value, row.queue or "", row.model


@dataclass(frozen=True, slots=True)
class Series:
    """A team's buckets.

    Attributes:
        team: the team.
        by: their kind, as in `Signal.by`.
        method: by which they are estimated.
        buckets: what is in each; None for the time of undated transcripts.
    """

    team: str
    by: str
    method: Method
    buckets: Mapping[Period | None, Sequence[Totals | Cell]]


def zone_of(tz: Mapping[str, tzinfo] | tzinfo, team: str) -> tzinfo:
    """The time zone of a team, where one is given for all or one for each."""
    if isinstance(tz, tzinfo):
        return tz
    if team not in tz:
        msg = f"no time zone for the team {team!r}; got zones for {', '.join(sorted(tz)) or 'no team'}: add one for it"
        raise InputError(msg)
    return tz[team]


def by_period(rows: Iterable[Row], by: By, tz: tzinfo) -> dict[Period, list[Row]]:
    """The dated ones among `rows` by the bucket in which they began, earliest first."""
    found: defaultdict[Period, list[Row]] = defaultdict(list)
    for row in rows:
        day = _day(row, tz)
        if day is not None:
            found[period_of(day, by)].append(row)
    return dict(sorted(found.items()))


def _day(row: Totals | Cell, tz: tzinfo) -> date | None:
    """The day on which transcripts began, in their team's zone; that of a cell already is."""
    if isinstance(row, Cell):
        return row.day
    return None if row.started_at is None else local_date(row.started_at, tz)


def group_of(rows: Iterable[Totals | Cell]) -> Group:
    """Who stands behind totals or cells."""
    listed = list(rows)
    totals = Group.of(row for row in listed if isinstance(row, Totals))
    return Group.union([totals, *(atom_of(row).group for row in listed if isinstance(row, Cell))])


def _signals_of(series: Series, k: int) -> list[Signal]:
    return series_signals(series, hidden_pieces({period: group_of(rows) for period, rows in series.buckets.items()}, k))


def series_signals(series: Series, hidden: Collection[Period | None]) -> list[Signal]:
    """The signals of a team's buckets, in `FIGURES` order within each; of `hidden` ones there is nothing to see but that they are small."""
    shown = [period for period, rows in series.buckets.items() if rows and period not in hidden]
    made = series.method.estimate([series.buckets[period] for period in shown])
    estimates = dict(zip(shown, made, strict=True)) if made else {}
    found: list[Signal] = []
    for period, rows in series.buckets.items():
        size = None if period in hidden else _size_of(rows)
        found += _bucket(series, period, size, estimates.get(period))
    return found


def _bucket(series: Series, period: Period | None, size: GroupSize | None, estimate: Estimate | None) -> Iterator[Signal]:
    """The figures of one bucket; no `size` means that it is hidden, no `estimate` that there is nothing in it."""
    level = 0.0 if estimate is None else estimate.level
    numbers = _NOTHING if estimate is None else [row.tolist() for row in (estimate.value, estimate.low, estimate.high, estimate.plain)]
    for (measure, label), value, low, high, plain in zip(FIGURES, *numbers, strict=True):
        known = not isnan(value)
        yield Signal(
            team=series.team,
            start=None if period is None else period.start,
            end=None if period is None else period.end,
            measure=measure,
            label=label,
            value=value if known else None,
            interval=Interval(low, high, level) if known else None,
            plain=None if isnan(plain) else plain,
            method=series.method.name,
            n_statements=None if size is None else size.statements,
            n_transcripts=None if size is None else size.transcripts,
            n_people=None if size is None else size.people,
            withheld=None if known else _reason(size, series.method),
            by=series.by,
        )


def _size_of(rows: Iterable[Totals | Cell]) -> GroupSize:
    statements, cells = 0, 0
    people, transcripts = set[str](), set[str]()
    for row in rows:
        statements += row.n
        people |= row.people or {""}
        if isinstance(row, Cell):
            cells += row.transcripts
        else:
            transcripts.add(row.transcript_id)
    return GroupSize(statements, cells + len(transcripts), len(people))


def _reason(size: GroupSize | None, method: Method) -> Withheld:
    if size is None:
        return Withheld.SMALL_GROUP
    if method.estimators or size.statements == 0:
        return Withheld.NO_DATA
    return Withheld.MIXED_MODELS if method.name == MIXED else Withheld.NOT_CALIBRATED
