from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from cs_nlp.errors import InputError
from cs_nlp.records import Newcomers, NoSpeed, Totals, Withheld
from cs_nlp.signals import Resampling
from cs_nlp.signals.newcomers import team_newcomers
from cs_nlp.signals.newcomers_people import Cohorts
from tests.signals.samples import day, totals
from tools.simulate_newcomers import World, simulate
from tools.simulated_speech import Speech

MONDAY = date(2026, 6, 1)
LONG_AGO = date(2020, 1, 6)
ANGRY, KIND = (8, 0, 0, 2, 10), (2, 0, 0, 8, 10)
NEW = [f"new{place}" for place in range(5)]
OLD = [f"old{place}" for place in range(6)]
JOINED = dict.fromkeys(NEW, MONDAY) | dict.fromkeys(OLD, LONG_AGO)


def _said(people: list[str], week: int, counts: tuple[int, ...], weekday: int = 0) -> list[Totals]:
    """A transcript of each person in a week, no two quite alike."""
    shift = np.array([1, 0, 0, -1, 0])
    return [
        totals(
            f"{week}/{weekday}/{person}",
            day(weekday) + timedelta(weeks=week),
            people=person,
            counts=tuple((counts + (-1) ** place * shift).tolist()),
        )
        for place, person in enumerate(people)
    ]


def _read(rows: list[Totals], joined: dict[str, date] | None = None, cohorts: Cohorts = Cohorts()) -> Newcomers:  # noqa: B008 - frozen
    (found,) = team_newcomers(rows, {"north": joined or JOINED}, cohorts=cohorts)
    return found


def test_the_distance_between_two_known_mixes_is_found_with_its_sizes() -> None:
    found = _read(_said(NEW, 0, ANGRY) + _said(OLD, 0, KIND))
    (week,) = found.weeks
    assert week.distance == pytest.approx(0.6, abs=0.02)
    assert week.interval is not None
    assert week.interval.low <= 0.6 <= week.interval.high
    assert (week.week, week.n_statements, week.n_newcomers, week.n_established) == (0, 100, 5, 6)
    assert (found.start, found.end, found.method) == (MONDAY, MONDAY + timedelta(days=7), "plain")
    # Of the 462 ways to choose five of eleven people, one sets them as far apart.
    assert week.p_value is not None
    assert week.p_value < 0.02
    assert week.by_chance is not None
    assert 0 < week.by_chance < 0.6


def test_alike_groups_are_at_no_distance_beyond_chance() -> None:
    (week,) = _read(_said(NEW, 0, KIND) + _said(OLD, 0, KIND)).weeks
    assert week.distance is not None
    assert week.interval is not None
    assert week.p_value is not None
    assert week.distance < 0.05
    assert week.interval.low == 0
    assert week.p_value > 0.2


def test_newcomers_are_held_against_the_team_of_their_own_calendar_week() -> None:
    # The whole team turns from one week to the next, and the newcomers with it.
    rows = [row for week, counts in enumerate((ANGRY, KIND)) for row in _said(NEW, week, counts) + _said(OLD, week, counts)]
    assert all(entry.distance is not None and entry.distance < 0.05 for entry in _read(rows).weeks)


def test_cohorts_that_joined_at_different_times_are_taken_together_by_the_time_since() -> None:
    joined = JOINED | {"new3": MONDAY + timedelta(days=16), "new4": MONDAY + timedelta(days=14)}
    rows = _said(NEW[:3], 0, ANGRY) + _said(NEW[3:], 2, ANGRY, weekday=3) + [row for week in (0, 2) for row in _said(OLD, week, KIND)]
    found = _read(rows, joined)
    assert [(week.week, week.n_newcomers) for week in found.weeks] == [(0, 5)]
    assert found.end == MONDAY + timedelta(days=21)


def test_small_groups_on_either_side_are_withheld_with_their_sizes() -> None:
    for new, old in ((NEW[:4], OLD), (NEW, OLD[:4])):
        (week,) = _read(_said(new, 0, ANGRY) + _said(old, 0, KIND)).weeks
        assert week.withheld is Withheld.SMALL_GROUP
        assert (week.distance, week.interval, week.by_chance, week.p_value) == (None, None, None, None)
        assert (week.n_statements, week.n_newcomers, week.n_established) == (None, None, None)


def test_a_cohort_in_which_one_person_does_most_of_the_talking_is_withheld() -> None:
    loud = [totals(f"loud/{place}", day(1), people="new0", counts=(80, 0, 0, 20, 100)) for place in range(5)]
    (week,) = _read(_said(NEW, 0, ANGRY) + loud + _said(OLD, 0, KIND)).weeks
    assert week.withheld is Withheld.SMALL_GROUP


def test_weeks_are_complete_and_an_empty_one_says_so() -> None:
    rows = _said(NEW, 0, ANGRY) + _said(NEW, 2, KIND) + [row for week in range(3) for row in _said(OLD, week, KIND)]
    assert [week.withheld for week in _read(rows).weeks] == [None, Withheld.NO_DATA, None]


def test_who_joined_nobody_knows_when_or_later_or_is_in_between_is_in_neither_group() -> None:
    odd = ["unknown", "later", "between"]
    joined = JOINED | {"later": MONDAY + timedelta(days=30), "between": MONDAY - timedelta(weeks=20)}
    plain = _said(NEW, 0, ANGRY) + _said(OLD, 0, KIND)
    found = _read(plain + _said(odd, 0, KIND), joined)
    assert found.weeks == _read(plain).weeks
    assert found.n_unknown == 40
    assert _read(_said(odd, 0, KIND), joined).weeks == ()


def test_one_model_for_all_or_nothing() -> None:
    rows = _said(NEW, 0, ANGRY) + [replace(row, model="other") for row in _said(OLD, 0, KIND)]
    assert [week.withheld for week in _read(rows).weeks] == [Withheld.MIXED_MODELS]


def test_parts_of_several_people_and_cohorts_without_sense_are_refused() -> None:
    with pytest.raises(InputError, match="a part has 2 people; expected the words of one person"):
        _read([totals("a", day(0), people="ann bob")])
    with pytest.raises(InputError, match="established after 12"):
        _read([], cohorts=Cohorts(weeks=12, settled=12))


def test_order_of_parts_and_other_teams_change_nothing() -> None:
    rows = _said(NEW, 0, ANGRY) + _said(OLD, 0, KIND)
    other = [replace(row, team="south") for row in rows]
    both = team_newcomers([*reversed(rows), *other], {"north": JOINED, "south": JOINED})
    assert both[0] == _read(rows)
    assert [each.team for each in both] == ["north", "south"]


def test_times_follow_the_teams_clock() -> None:
    late = [replace(row, started_at=datetime.fromisoformat("2026-06-07T23:30:00-05:00")) for row in _said(NEW, 0, ANGRY)]
    # By UTC it is Monday already, in the second calendar week.
    assert [week.week for week in _read(late + _said(OLD, 1, KIND)).weeks] == [0, 1]


def test_a_known_speed_is_given_back() -> None:
    world = World(half_life=2.0, newcomers=12, established=20, transcripts=10.0, speech=Speech(skill=3.0))
    found = [simulate(world, np.random.default_rng([7, run]), run) for run in range(8)]
    values = [each.half_life for each in found if each.half_life is not None]
    assert len(values) == 8
    assert float(np.median(values)) == pytest.approx(2.0, rel=0.2)
    held = [each.half_life_low <= 2.0 <= (each.half_life_high or np.inf) for each in found if each.half_life_low is not None]
    assert sum(held) >= 7
    narrow = [each for each in found if each.half_life_high is not None and each.half_life_high < 8]
    assert len(narrow) >= 6


def test_distances_are_held_by_their_intervals_and_fall_with_time() -> None:
    world = World(half_life=2.0, speech=Speech(skill=3.0))
    found = simulate(world, np.random.default_rng(3), 0)
    held = [week.interval.low <= world.distance(week.week) <= week.interval.high for week in found.weeks if week.interval is not None]
    assert len(held) == 13
    assert sum(held) >= 11
    assert found.weeks[0].distance is not None
    assert found.weeks[8].distance is not None
    assert found.weeks[8].distance < 0.5 * found.weeks[0].distance


def test_without_a_difference_or_with_few_weeks_there_is_no_half_life() -> None:
    alike = [row for week in range(6) for row in _said(NEW, week, KIND) + _said(OLD, week, KIND)]
    assert _read(alike).no_speed is NoSpeed.NO_DIFFERENCE
    assert _read(_said(NEW, 0, ANGRY) + _said(OLD, 0, KIND)).no_speed is NoSpeed.TOO_FEW_WEEKS


def test_newcomers_who_stay_as_they_are_have_a_lower_bound_only() -> None:
    rng = np.random.default_rng(0)
    rows = []
    for week in range(9):
        for people, counts in ((NEW, ANGRY), (OLD, KIND)):
            for person in people:
                said = rng.multinomial(40, np.array(counts) / sum(counts))
                rows.append(totals(f"{week}/{person}", day(0) + timedelta(weeks=week), people=person, counts=tuple(said.tolist())))
    found = _read(rows)
    assert found.half_life_high is None
    assert found.half_life_low is not None
    assert found.half_life_low > 4
    if found.half_life is None:
        assert found.no_speed is NoSpeed.NO_APPROACH


def test_the_same_seed_gives_the_same_and_another_one_nearly_so() -> None:
    rows = _said(NEW, 0, ANGRY) + _said(OLD, 0, KIND)
    first, again, other = (
        team_newcomers(rows, {"north": JOINED}, resampling=Resampling(seed=seed))[0].weeks[0].interval for seed in (1, 1, 2)
    )
    assert first == again
    assert first is not None
    assert other is not None
    assert first.low == pytest.approx(other.low, abs=0.05)
