"""Cells are what their totals add up to, whatever happened before, and a reader never sees an old one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update

from cs_nlp.records import Cell, Channel, Totals
from cs_nlp.store import (
    EVERYTHING,
    Selection,
    Store,
    erase_transcripts,
    faults,
    list_teams,
    read_cells,
    read_totals,
    refresh_cells,
    set_zone,
    wrong_days,
)
from cs_nlp.store.tables import cells, stale_days
from tests.store.samples import MONDAY, call, keep, only_postgresql, score_all, version, week_of_calls


def cells_of(rows: Iterable[Totals], zones: dict[str, str]) -> dict[tuple[Any, ...], Cell]:
    """The cells of totals, added up the long way."""
    groups: defaultdict[tuple[Any, ...], list[Totals]] = defaultdict(list)
    for row in rows:
        day = row.started_at.astimezone(ZoneInfo(zones[row.team])).date() if row.started_at else None
        groups[row.team, day, row.channel, row.queue, row.model].append(row)
    made = {}
    for key, own in groups.items():
        team, day, channel, queue, model = key
        counts, sums = np.array([row.counts for row in own], float), np.array([row.sums for row in own])
        made[key] = Cell(
            team=team,
            day=day,
            channel=channel,
            queue=queue,
            model=model,
            transcripts=len(own),
            people=frozenset[str]().union(*(row.people for row in own)),
            n=sum(row.n for row in own),
            counts=tuple(map(int, counts.sum(axis=0))),
            sums=tuple(sums.sum(axis=0)),
            confidence=sum(row.confidence or 0.0 for row in own),
            count_products=tuple(np.sum([np.outer(row, row) for row in counts], axis=0).ravel()),
            sum_products=tuple(np.sum([np.outer(row, row) for row in sums], axis=0).ravel()),
        )
    return made


def assert_cells_are_totals(store: Store, org: int, selection: Selection = EVERYTHING) -> list[Cell]:
    """The cells of a selection are those of its totals, read from the same database."""
    with store.reading() as db:
        found, rows = read_cells(db, org, selection), read_totals(db, org, selection)
        zones = {team.name: team.zone for team in list_teams(db, org)}
    expected = cells_of(rows, zones)
    assert {(cell.team, cell.day, cell.channel, cell.queue, cell.model) for cell in found} == expected.keys()
    for cell in found:
        other = expected[cell.team, cell.day, cell.channel, cell.queue, cell.model]
        assert (cell.transcripts, cell.n, cell.people, cell.counts) == (other.transcripts, other.n, other.people, other.counts)
        assert cell.confidence == pytest.approx(other.confidence, abs=1e-9)
        for name in ("sums", "count_products", "sum_products"):
            assert getattr(cell, name) == pytest.approx(getattr(other, name), abs=1e-9)
    return found


def refresh(store: Store, org: int) -> None:
    """Keep all cells."""
    with store.writing() as db:
        while refresh_cells(db, org):
            pass


def is_fresh(store: Store, org: int) -> bool:
    """Whether all cells are kept."""
    with store.reading() as db:
        return db.scalar(select(func.count()).where(stale_days.c.organisation_id == org)) == 0


@pytest.mark.parametrize("is_kept", [True, False])
def test_cells_are_the_sums_of_their_totals(store: Store, org: int, *, is_kept: bool) -> None:
    keep(store, org, *week_of_calls())
    score_all(store, org)
    if is_kept:
        refresh(store, org)

    found = assert_cells_are_totals(store, org)

    assert is_fresh(store, org) == is_kept
    assert len(found) == 7 * 4 + 3 - 1  # 'nameless' is of the same team, day and queue as another call
    assert sum(cell.n for cell in found) == 7 * (2 + 2 + 2 + 6) + 6


def test_totals_that_came_after_keeping_are_in_what_is_read(store: Store, org: int) -> None:
    keep(store, org, *week_of_calls())
    score_all(store, org)
    refresh(store, org)
    keep(store, org, call("late", "agent-new"), call("later", "agent-bob", started_at=MONDAY + timedelta(days=70)))
    score_all(store, org)

    with store.reading() as db:
        before = read_cells(db, org)
    refresh(store, org)
    with store.reading() as db:
        assert read_cells(db, org) == before
        assert sum(cell.n for cell in before) == 7 * 12 + 6 + 4


@pytest.mark.parametrize(
    "selection",
    [
        Selection(teams=("south",)),
        Selection(teams=("nobody knows",)),
        Selection(start=date(2026, 6, 3), end=date(2026, 6, 5)),
        Selection(start=date(2026, 6, 3)),
        Selection(end=date(2026, 6, 2)),
        Selection(channel=Channel.TEAM_CHAT),
        Selection(queue="phone"),
        Selection(queue=""),
        Selection(model="other"),
        Selection(("north",), date(2026, 6, 2), date(2026, 6, 6), Channel.CALL, "phone", "made-up@1"),
    ],
)
def test_a_selection_gives_the_same_cells_kept_or_not(store: Store, org: int, selection: Selection) -> None:
    keep(store, org, *week_of_calls())
    score_all(store, org)
    stale = assert_cells_are_totals(store, org, selection)
    refresh(store, org)

    assert assert_cells_are_totals(store, org, selection) == stale


def test_a_day_begins_in_the_zone_of_its_team(store: Store, org: int) -> None:
    night = MONDAY.replace(hour=23, minute=30)
    keep(
        store,
        org,
        call("a", team="east", zone="Asia/Tokyo", started_at=night),
        call("b", team="west", started_at=night, zone="America/Lima"),
    )
    score_all(store, org)

    with store.reading() as db:
        assert {cell.team: cell.day for cell in read_cells(db, org)} == {"east": date(2026, 6, 2), "west": date(2026, 6, 1)}


def test_another_zone_moves_days_and_loses_nothing(store: Store, org: int) -> None:
    keep(store, org, *(call(f"h{hour}", started_at=MONDAY.replace(hour=hour)) for hour in range(0, 24, 3)), call("u", started_at=None))
    score_all(store, org)
    refresh(store, org)

    with store.writing() as db:
        set_zone(db, org, "north", "Pacific/Auckland")
    found = assert_cells_are_totals(store, org)

    assert {cell.day: cell.transcripts for cell in found} == {None: 1, date(2026, 6, 1): 4, date(2026, 6, 2): 4}
    refresh(store, org)
    assert assert_cells_are_totals(store, org) == found


@pytest.mark.parametrize("by", ["week", "month"])
def test_longer_cells_are_the_days_together(store: Store, org: int, by: Literal["week", "month"]) -> None:
    keep(
        store,
        org,
        *(call(f"d{day}", f"agent-{day % 3}", started_at=MONDAY + timedelta(days=5 * day)) for day in range(20)),
        call("u", started_at=None),
    )
    score_all(store, org)
    refresh(store, org)

    with store.reading() as db:
        days, longer = read_cells(db, org), read_cells(db, org, by=by)

    def start(day: date | None) -> date | None:
        if day is None:
            return None
        return day.replace(day=1) if by == "month" else day - timedelta(days=day.weekday())

    assert [cell.day for cell in longer] == sorted({start(cell.day) for cell in days}, key=lambda day: day or date.min)
    for cell in longer:
        own = [one for one in days if start(one.day) == cell.day]
        assert cell.n == sum(one.n for one in own)
        assert cell.transcripts == sum(one.transcripts for one in own)
        assert cell.people == frozenset().union(*(one.people for one in own))
        assert cell.sum_products == pytest.approx(np.sum([one.sum_products for one in own], axis=0))


def test_a_new_version_moves_its_figures_to_its_new_day(store: Store, org: int) -> None:
    first = call("a", started_at=MONDAY)
    keep(store, org, first, call("b", started_at=MONDAY))
    score_all(store, org)
    refresh(store, org)
    keep(store, org, version(first, "a", started_at=MONDAY + timedelta(days=1)))

    assert len(assert_cells_are_totals(store, org)) == 2
    score_all(store, org)
    found = assert_cells_are_totals(store, org)

    assert [(cell.day, cell.n) for cell in found] == [(date(2026, 6, 1), 2), (date(2026, 6, 2), 2)]


def test_a_cell_that_is_not_the_sum_of_its_totals_is_found(store: Store, org: int) -> None:
    keep(store, org, *week_of_calls())
    score_all(store, org)
    refresh(store, org)
    with store.reading() as db:
        assert faults(db) == []

    with store.writing() as db:
        db.execute(update(cells).where(cells.c.day == date(2026, 6, 3), cells.c.queue == "phone").values(n=3))
        db.execute(delete(cells).where(cells.c.day == date(2026, 6, 5)))
        days = [day for _, day in wrong_days(db, org)]
        (told,) = faults(db)

    assert set(days) == {date(2026, 6, 3), date(2026, 6, 5)}
    assert "'acme': the cells of 4 days" in told


def test_no_cell_is_left_of_a_day_without_totals(store: Store, org: int) -> None:
    keep(store, org, call("a"))
    score_all(store, org)
    refresh(store, org)

    with store.writing() as db:
        erase_transcripts(db, org, ["a"])

    with store.reading() as db:
        assert db.scalar(select(func.count()).select_from(cells)) == 0
        assert read_cells(db, org) == []


@only_postgresql
def test_refreshing_is_one_at_a_time(store: Store, org: int) -> None:
    keep(store, org, *week_of_calls())
    score_all(store, org)

    with store.writing() as first, store.writing() as second:
        assert refresh_cells(first, org) > 0
        assert refresh_cells(second, org) == 0


@only_postgresql
def test_a_mark_that_comes_during_refreshing_stands(store: Store, org: int) -> None:
    keep(store, org, call("a"))
    score_all(store, org)
    keep(store, org, call("b", started_at=MONDAY + timedelta(hours=2)))

    with store.writing() as db:
        refresh_cells(db, org)
        score_all(store, org)

    assert not is_fresh(store, org)
    assert sum(cell.n for cell in assert_cells_are_totals(store, org)) == 4
