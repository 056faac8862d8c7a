from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest

from cs_nlp.records import Changes, Totals, Withheld
from cs_nlp.signals import Correction, Resampling, cells_of
from cs_nlp.signals.change import FEWEST, find_changes
from tests.signals.samples import day, totals
from tools.series_study import World, change_search, power_at_detectable

CALM, WILD = (1, 0, 0, 3, 6), (5, 1, 0, 0, 4)
QUICK = Resampling(replicates=200)
MONDAY = date(2026, 6, 1)


def _weeks(*counts: tuple[int, ...], size: int = 6, model: str = "") -> list[Totals]:
    """A week of `size` transcripts for each of `counts`, one statement of them to another class than the rest."""
    rows = []
    for week, own in enumerate(counts):
        for place in range(size):
            moved = list(own)
            moved[(place + week) % 4] += 1
            row = totals(f"{week:02}-{place}", day(0) + timedelta(weeks=week), people=f"p{place}", counts=tuple(moved))
            rows.append(replace(row, model=model))
    return rows


def _found(rows: list[Totals], **options: object) -> Changes:
    (found,) = find_changes(rows, resampling=QUICK, **options)  # type: ignore[arg-type]  # tests name them
    return found


def test_a_team_that_turns_is_found_with_the_day_its_interval_and_what_changed() -> None:
    found = _found(_weeks(*[WILD] * 7, *[CALM] * 5))
    (point,) = found.points
    assert point.at == MONDAY + timedelta(weeks=7)
    assert point.earliest <= point.at <= point.latest
    assert point.latest - point.earliest <= timedelta(weeks=1)
    assert point.p_value <= 0.05
    (shift,) = (each for each in point.shifts if (each.measure, each.label) == ("prevalence", "aggressive"))
    assert shift.value == pytest.approx(-4 / 11, abs=0.02)
    assert shift.interval is not None
    assert shift.interval.high < 0
    assert (shift.p_value, shift.adjusted) == (None, None), "the day was chosen for the difference"
    assert (shift.team, shift.by) == ("north", "week")
    assert (shift.other_start, shift.other_end, shift.start, shift.end) == (MONDAY, point.at, point.at, MONDAY + timedelta(weeks=12))
    assert (found.start, found.end, found.n_periods, found.withheld) == (MONDAY, MONDAY + timedelta(weeks=12), 12, None)


def test_a_steady_team_shows_none_and_says_how_likely_its_strongest_change_is_by_chance() -> None:
    found = _found(_weeks(*[CALM] * 12))
    assert found.points == ()
    assert found.p_value is not None
    assert found.p_value > 0.05


def test_a_single_odd_week_is_no_change() -> None:
    assert _found(_weeks(*[CALM] * 7, WILD, *[CALM] * 6)).points == ()


def test_fewer_than_eight_weeks_are_not_looked_at() -> None:
    found = _found(_weeks(*[CALM] * (FEWEST - 1)))
    assert (found.withheld, found.points, found.p_value, found.n_periods) == (Withheld.NO_DATA, (), None, FEWEST - 1)


def test_weeks_of_small_groups_are_not_looked_at_and_are_the_reason_where_too_few_are_left() -> None:
    assert _found(_weeks(*[CALM] * 12, size=4)).withheld is Withheld.SMALL_GROUP
    undated = [replace(row, started_at=None) for row in _weeks(*[CALM] * 12)]
    assert _found(undated).withheld is Withheld.NO_DATA


def test_the_interval_reaches_back_over_weeks_that_are_not_looked_at() -> None:
    rows = _weeks(*[WILD] * 7, *[CALM] * 7)
    found = _found([row for row in rows if row.transcript_id[:2] not in {"07", "08"}])
    assert found.points[0].at == MONDAY + timedelta(weeks=9)
    assert found.points[0].earliest <= MONDAY + timedelta(weeks=7)


def test_a_change_with_the_model_is_the_models_and_a_change_within_one_is_the_teams() -> None:
    before, after = [WILD] * 8, [CALM] * 8
    rows = _weeks(*before, *after)
    switched = [replace(row, model="old" if row.transcript_id < "08" else "new") for row in rows]
    found = _found(switched)
    assert found.points == ()
    assert found.breaks == (MONDAY + timedelta(weeks=8),)
    later = [replace(row, model="old" if row.transcript_id < "02" else "new") for row in rows]
    assert [point.at for point in _found(later).points] == [MONDAY + timedelta(weeks=8)]


def test_weeks_that_two_models_scored_are_not_looked_at() -> None:
    rows = [replace(row, model="new" if row.transcript_id.endswith("0") else "old") for row in _weeks(*[CALM] * 12)]
    assert _found(rows).withheld is Withheld.MIXED_MODELS


def test_cells_give_the_same_changes_as_the_transcripts_they_are_made_of() -> None:
    rows = _weeks(*[WILD] * 7, *[CALM] * 5)
    (of_cells,) = find_changes(cells_of(rows, UTC), resampling=QUICK)
    of_rows = _found(rows)
    assert [(point.at, point.earliest, point.latest, point.p_value) for point in of_cells.points] == [
        (point.at, point.earliest, point.latest, point.p_value) for point in of_rows.points
    ]


def test_without_the_classifiers_errors_nothing_is_said_of_what_would_have_been_found() -> None:
    assert dict(_found(_weeks(*[CALM] * 12)).detectable) == {}


def test_more_transcripts_would_show_smaller_changes() -> None:
    def smallest(size: int) -> float:
        held_out = Correction.from_rows(
            ["aggressive", "passive_aggressive", "submissive", "assertive", "none"] * 20,
            [[0.6 if place == truth else 0.1 for place in range(5)] for truth in [0, 1, 2, 3, 4] * 20],
            [str(number) for number in range(100)],
        )
        rows = [replace(row, confidence=0.6 * row.n) for row in _weeks(*[CALM] * 12, size=size)]
        share = _found(rows, correction=held_out).detectable["assertive"]
        assert share is not None
        return share

    assert smallest(40) < 0.6 * smallest(10)


@pytest.mark.slow
@pytest.mark.parametrize("weeks_vary", [False, True])
def test_one_steady_team_in_twenty_shows_a_change(weeks_vary: bool) -> None:
    got = change_search(World(12, 5, weeks_vary=weeks_vary), 0.0, 60, seed=1)
    assert got.found <= 0.05 + 3 * (0.05 * 0.95 / 60) ** 0.5


@pytest.mark.slow
def test_a_team_that_turns_with_20_transcripts_a_week_is_found_where_it_does() -> None:
    got = change_search(World(12, 20), 1.0, 25, seed=2)
    assert got.found >= 0.95
    assert got.right >= 0.85
    assert got.held >= 0.88


@pytest.mark.slow
@pytest.mark.parametrize(("weeks", "transcripts"), [(12, 20), (26, 10)])
def test_what_a_steady_team_says_it_would_find_is_found_in_four_of_five_cases(weeks: int, transcripts: int) -> None:
    assert 0.6 <= power_at_detectable(World(weeks, transcripts), 3, 30, seed=3) <= 0.97
