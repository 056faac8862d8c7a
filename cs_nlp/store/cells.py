"""Totals added up by team, day, channel, queue and model: what a series reads, however many statements stand behind it.

Cells are never changed by adding and subtracting: where totals have changed, the day is added up again from what is there. So they
can't drift, and an erasure leaves nothing of the erased in them. A reader adds up stale days by itself and writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from math import isnan
from typing import Final, Literal, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select

from cs_nlp.records import Cell, Channel
from cs_nlp.store.columns import UNDATED
from cs_nlp.store.dialect import AnyRow, AnySelect
from cs_nlp.store.organisations import hold
from cs_nlp.store.packing import CLASSES, FIGURES, pack_ids, unpack_ids
from cs_nlp.store.people import nobody, pseudonyms_of
from cs_nlp.store.selection import EVERYTHING, Selection
from cs_nlp.store.stale import TeamDay
from cs_nlp.store.tables import cells, stale_days, totals, transcripts

DAYS_AT_ONCE: Final = 400
_KEY: Final = ("team_id", "day", "channel", "queue", "model")
_SQUARE: Final = CLASSES * CLASSES
_IN_A_QUERY: Final = 1000
_TOLERANCE: Final = 1e-9
By = Literal["day", "week", "month"]


class CellRow(NamedTuple):
    """A row of the table `cells`, but for its organisation."""

    team_id: int
    day: date
    channel: str
    queue: str
    model: str
    transcripts: int
    n: int
    people: bytes
    figures: bytes


def read_cells(db: Connection, organisation: int, selection: Selection = EVERYTHING, *, by: By = "day") -> list[Cell]:
    """The cells of a selection, by team, day, channel, queue and model.

    Args:
        db: a transaction that reads.
        organisation: whose.
        selection: which; days are those of each team's own time zone.
        by: what a cell spans. A week's cell has the week's Monday as its day, a month's the first; days at the ends of the selection
            that do not fill one make a cell with what there is.

    Returns:
        Cells with at least one scored statement, undated ones first. Who has no name is one person for each transcript.
    """
    teams = selection.teams_of(db, organisation)
    if not teams:
        return []
    columns = [cells.c[name] for name in CellRow._fields]
    query = select(*columns).where(cells.c.organisation_id == organisation, selection.condition(cells, teams))
    stale = _stale_days(db, organisation, selection, teams)
    if not stale:
        return _records(db, organisation, db.execute(query).all(), teams, by)
    fresh = [row for row in added_up(db, organisation, stale) if selection.holds(row.channel, row.queue, row.model)]
    kept = [CellRow._make(row) for row in db.execute(query) if (row.team_id, row.day) not in stale]
    return _records(db, organisation, kept + fresh, teams, by)


def refresh_cells(db: Connection, organisation: int, days: Collection[TeamDay] | None = None) -> int:
    """Add up stale days again and keep the result.

    Call it after writing, now and then, until it returns 0: nothing depends on it but speed. Two at a time would overwrite each other's
    cells with older ones, so the second one does nothing; with `days` it waits.

    Args:
        db: a transaction that writes.
        organisation: whose.
        days: those to be done, marked or not; None for up to `DAYS_AT_ONCE` of the marked ones.

    Returns:
        How many days were done; 0 when all are fresh or another one is at work.
    """
    if not hold(db, organisation, skip=days is None):
        return 0
    if days is None:
        marked = select(stale_days.c.team_id, stale_days.c.day).where(stale_days.c.organisation_id == organisation)
        days = {(row.team_id, row.day) for row in db.execute(marked.distinct().limit(DAYS_AT_ONCE))}
    # Marks are read before totals: a change that comes in between leaves its mark standing.
    done = [
        mark for condition in on_days(stale_days, organisation, days) for mark in db.scalars(select(stale_days.c.id).where(condition)).all()
    ]
    made = [row._asdict() | {"organisation_id": organisation} for row in added_up(db, organisation, days)]
    for condition in on_days(cells, organisation, days):
        db.execute(delete(cells).where(condition))
    if made:
        db.execute(insert(cells), made)
    for start in range(0, len(done), _IN_A_QUERY):
        db.execute(delete(stale_days).where(stale_days.c.id.in_(done[start : start + _IN_A_QUERY])))
    return len(days)


def _stale_days(db: Connection, organisation: int, selection: Selection, teams: Collection[int]) -> set[TeamDay]:
    c = stale_days.c
    query = select(c.team_id, c.day).distinct()
    query = query.where(c.organisation_id == organisation, c.team_id.in_(list(teams)), *selection.days(c.day))
    return {(row.team_id, row.day) for row in db.execute(query)}


def on_days(table: Table, organisation: int, days: Iterable[TeamDay]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together are met by the rows of some days."""
    by_team: defaultdict[int, list[date]] = defaultdict(list)
    for team, day in sorted(days):
        by_team[team].append(day)
    for team, own in by_team.items():
        for start in range(0, len(own), _IN_A_QUERY):
            c = table.c
            yield (c.organisation_id == organisation) & (c.team_id == team) & c.day.in_(own[start : start + _IN_A_QUERY])


def added_up(db: Connection, organisation: int, days: Iterable[TeamDay]) -> list[CellRow]:
    """The cells of some days from their totals."""
    return [_cell(rows) for condition in on_days(transcripts, organisation, days) for rows in _by_key(db.execute(_totals_where(condition)))]


def _totals_where(condition: ColumnElement[bool]) -> AnySelect:
    keys = [transcripts.c[name] for name in _KEY]
    own = [totals.c[name] for name in ("transcript_id", "person_id", "n", "counts", "sums")]
    query = select(*keys, *own).join(transcripts, transcripts.c.id == totals.c.transcript_id).where(condition)
    return query.order_by(*keys, totals.c.transcript_id, totals.c.id)


def _by_key(rows: Iterable[AnyRow]) -> Iterator[list[AnyRow]]:
    return (list(own) for _, own in groupby(rows, key=lambda row: row[: len(_KEY)]))


def _cell(rows: list[AnyRow]) -> CellRow:
    """The cell of all totals of one key, which come transcript by transcript."""
    sums = summed(rows, lambda row: nobody(row.transcript_id))
    team, day, channel, queue, model = rows[0][: len(_KEY)]
    return CellRow(team, day, channel, queue, model, *sums)


class Summed(NamedTuple):
    """What stands in a cell: transcripts, statements, ids of people, figures."""

    transcripts: int
    n: int
    people: bytes
    figures: bytes


def is_same_sum(one: Summed, other: Summed | None) -> bool:
    """Whether two sums are the same, up to rounding."""
    if other is None or one[:3] != other[:3]:
        return False
    figures, others = np.frombuffer(one.figures, "<f8"), np.frombuffer(other.figures, "<f8")
    return np.allclose(figures, others, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)


def summed(rows: Sequence[AnyRow], nameless: Callable[[AnyRow], int]) -> Summed:
    """Totals added up.

    Args:
        rows: at least one, all of a transcript one after another, each with `transcript_id`, `person_id`, `n`, `counts` and `sums`.
        nameless: what stands among the ids of people for who has no name.
    """
    ids = np.array([row.transcript_id for row in rows])
    first = np.flatnonzero(np.diff(ids, prepend=-1))
    counts = np.array([np.frombuffer(row.counts, "<i4", CLASSES) for row in rows], dtype=np.float64)
    sums = np.array([np.frombuffer(row.sums, "<f8", CLASSES + 1) for row in rows])
    counts, sums = np.add.reduceat(counts, first), np.add.reduceat(sums, first)
    said = sums[:, :CLASSES]
    figures = np.concatenate([counts.sum(axis=0), sums.sum(axis=0), (counts.T @ counts).ravel(), (said.T @ said).ravel()])
    who = {nameless(row) if row.person_id is None else row.person_id for row in rows}
    return Summed(len(first), sum(row.n for row in rows), pack_ids(who), FIGURES.pack(*figures))


def _records(db: Connection, organisation: int, rows: Sequence[AnyRow | CellRow], teams: dict[int, str], by: By) -> list[Cell]:
    """Cells by their keys, rows of one span added up."""
    if not rows:
        return []
    team_ids, days, channels, queues, models, n_transcripts, n, crowds, figures = zip(*rows, strict=True)
    starts = {day: _START[by](day) for day in set(days)}
    keys = list(zip(team_ids, [starts[day] for day in days], channels, queues, models, strict=True))
    places = {key: place for place, key in enumerate(sorted(set(keys)))}
    spans = [places[key] for key in keys]
    summed, sizes = np.zeros((len(places), FIGURES.size // 8)), np.zeros((len(places), 2), dtype=np.int64)
    np.add.at(summed, spans, np.frombuffer(b"".join(figures), "<f8").reshape(len(rows), -1))
    np.add.at(sizes, spans, np.array([n_transcripts, n]).T)
    ids = [bytearray() for _ in places]
    for place, crowd in zip(spans, crowds, strict=True):
        ids[place] += crowd
    people = [set(unpack_ids(own)) for own in ids]
    names = pseudonyms_of(db, organisation, set[int]().union(*people))
    who = [frozenset([names[one] for one in own]) for own in people]
    rest = zip(places, sizes.tolist(), who, summed.tolist(), strict=True)
    return [_record(key, teams[key[0]], counted, own, added) for key, counted, own, added in rest]


def _record(key: tuple[int, date, str, str, str], team: str, sizes: Sequence[int], who: frozenset[str], figures: list[float]) -> Cell:
    _, day, channel, queue, model = key
    confidence = figures[2 * CLASSES]
    products = 2 * CLASSES + 1
    return Cell(
        team=team,
        day=None if day == UNDATED else day,
        channel=Channel(channel),
        queue=queue or None,
        model=model,
        transcripts=sizes[0],
        people=who,
        n=sizes[1],
        counts=tuple(map(int, figures[:CLASSES])),
        sums=tuple(figures[CLASSES : 2 * CLASSES]),
        confidence=None if isnan(confidence) else confidence,
        count_products=tuple(figures[products : products + _SQUARE]),
        sum_products=tuple(figures[products + _SQUARE :]),
    )


# The day that stands for all without one begins a week and a month itself.
_START: Final[dict[By, Callable[[date], date]]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}
