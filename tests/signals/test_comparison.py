from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.records import Against, Difference, Totals, Withheld
from cs_nlp.signals import Correction
from cs_nlp.signals.comparison import adjusted_p_values, with_other_teams, with_previous
from cs_nlp.signals.units import stretches_of, units_of
from tests.signals.samples import week_of
from tools.series_study import World, difference_coverage, false_alarms

CALM, WILD = (1, 0, 0, 2, 7), (6, 0, 0, 0, 4)


def _one(found: list[Difference], measure: str, label: str = "", **where: object) -> Difference:
    kept = [each for each in found if (each.measure, each.label) == (measure, label)]
    kept = [each for each in kept if all(getattr(each, name) == value for name, value in where.items())]
    assert len(kept) == 1
    return kept[0]


def _three_weeks() -> list[Totals]:
    return [*week_of(0, 9, counts=CALM), *week_of(7, 9, counts=WILD), *week_of(14, 9, counts=WILD)]


def test_a_period_is_held_against_the_one_before() -> None:
    found = with_previous(units_of(_three_weeks()))
    first = _one(found, "prevalence", "aggressive", start=week_of(7, 1)[0].started_at.date())  # type: ignore[union-attr]  # it has a time
    assert first.value == pytest.approx(0.5)
    assert first.against is Against.PREVIOUS
    assert (first.n_statements, first.n_transcripts, first.other_statements, first.other_transcripts) == (90, 9, 90, 9)
    assert first.interval is not None
    assert 0 < first.interval.low < 0.5 < first.interval.high <= 1
    assert first.adjusted is not None
    assert first.adjusted < 0.001
    second = _one(found, "prevalence", "aggressive", start=first.end)
    assert second.value == 0
    assert second.p_value == pytest.approx(1)
    assert first.other_start is not None
    assert not [each for each in found if each.start == first.other_start], "the first period has none before it"


def test_a_team_is_held_against_the_mean_of_the_other_teams_whatever_their_size() -> None:
    rows = [*week_of(0, 9, team="a", counts=WILD), *week_of(0, 9, team="b", counts=CALM), *week_of(0, 40, team="c", counts=(2, 0, 0, 2, 6))]
    found = _one(with_other_teams(units_of(rows)), "prevalence", "aggressive", team="a", by="all")
    assert found.value == pytest.approx(0.6 - (0.1 + 0.2) / 2)
    assert found.against is Against.OTHER_TEAMS
    assert (found.n_transcripts, found.other_transcripts) == (9, 49)


def test_only_what_is_shown_is_compared_and_the_reason_is_that_of_the_signal() -> None:
    rows = [*week_of(0, 9), *week_of(7, 2), *week_of(14, 9), *week_of(0, 3, team="tiny")]
    units = units_of(rows)
    previous = with_previous(units)
    reasons = [each.withheld for each in previous if each.team == "north" and each.measure == "signal_rate"]
    assert reasons == [Withheld.SMALL_GROUP, Withheld.SMALL_GROUP]
    assert all(each.value is None and each.interval is None and each.p_value is None for each in previous if each.withheld)
    alone = [each for each in with_other_teams(units) if each.team == "north" and each.by == "all"]
    assert {each.withheld for each in alone} == {Withheld.NO_DATA}, "the other team is too small to be in the mean"


def test_sizes_of_a_group_that_is_too_small_stay_hidden() -> None:
    found = with_previous(units_of([*week_of(0, 9), *week_of(7, 2)]))
    assert {(each.n_statements, each.n_transcripts, each.other_statements, each.other_transcripts) for each in found} == {(None,) * 4}


def test_periods_that_different_models_scored_are_not_compared() -> None:
    rows = [*week_of(0, 9), *(replace(row, model="newer") for row in week_of(7, 9))]
    found = with_previous(units_of(rows))
    assert {each.withheld for each in found} == {Withheld.MIXED_MODELS}
    assert {each.value for each in found} == {None}


def test_a_mix_of_nothing_is_not_compared_but_the_signal_rate_is() -> None:
    found = with_previous(units_of([*week_of(0, 9), *week_of(7, 9, counts=(0, 0, 0, 0, 9))]))
    assert _one(found, "mix", "assertive").withheld is Withheld.NO_DATA
    assert _one(found, "signal_rate").value == pytest.approx(-3 / 8)


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg() -> None:
    # The example of their article, section 4.1: four hypotheses are rejected at 0.05.
    p = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])
    got = adjusted_p_values(p)
    assert (got <= 0.05).sum() == 4
    np.testing.assert_allclose(got[:5], [0.0015, 0.003, 0.0095, 0.035625, 0.0603], atol=1e-6)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_adjusting_keeps_the_order_makes_nothing_surer_and_is_the_same_in_any_order(p_values: list[float]) -> None:
    p = np.array(p_values)
    got = adjusted_p_values(p)
    assert ((got >= p - 1e-12) & (got <= 1)).all()
    assert (np.diff(got[np.argsort(p)]) >= 0).all()
    np.testing.assert_allclose(adjusted_p_values(p[::-1]), got[::-1])


@pytest.mark.slow
@pytest.mark.parametrize("world", [World(4, 5, skill=0.0), World(4, 20), World(3, 60)], ids=["no errors", "errs", "many"])
def test_where_nothing_differs_one_report_in_twenty_at_most_has_a_false_alarm(world: World) -> None:
    for alarms, low in false_alarms(world, 3, 30, seed=1).values():
        assert alarms <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 30)
        assert 0.003 <= low <= 0.08


@pytest.mark.slow
@pytest.mark.parametrize("transcripts", [20, 100])
def test_intervals_hold_the_true_difference_about_19_times_in_20(transcripts: int) -> None:
    for measure, held in difference_coverage(World(2, transcripts), 40, seed=2).items():
        assert held >= 0.88, measure


def test_more_transcripts_see_a_difference_however_little_is_known_of_the_correction() -> None:
    """The doubt about the correction is the same for both periods, so it must not drown their difference."""
    few, many = (_widths(World(2, transcripts)) for transcripts in (40, 640))
    assert many < 0.5 * few


def _widths(world: World) -> float:
    rng = np.random.default_rng(3)
    mix = np.array([0.12, 0.10, 0.06, 0.15, 0.57])
    rows = world.team("t", [mix, mix], rng)
    found = with_previous(units_of(rows, k=1, correction=world.speech.correction(rng)))
    intervals = [each.interval for each in found if each.interval is not None and each.measure == "prevalence"]
    return float(np.mean([interval.high - interval.low for interval in intervals]))


def _as_said(rows: list[Totals], confidence: float) -> list[Totals]:
    """Rows as a classifier sees them that puts 0.6 on the true class and 0.1 on each other, and is as sure as told."""
    matrix = 0.5 * np.eye(5) + 0.1
    return [replace(row, sums=tuple((np.array(row.counts) @ matrix).tolist()), confidence=confidence * row.n) for row in rows]


def test_shares_that_are_estimated_in_different_ways_are_compared_by_their_counts_and_the_interval_spans_both_ways() -> None:
    labels = ["aggressive", "passive_aggressive", "submissive", "assertive", "none"]
    wobble = np.random.default_rng(0).dirichlet(np.full(5, 60.0), 200) - 0.2
    rows = (np.tile(0.5 * np.eye(5) + 0.1, (40, 1)) + wobble).tolist()
    held_out = Correction.from_rows(labels * 40, rows, [str(place) for place in range(200)])
    usual = _as_said(week_of(0, 20, team="usual", counts=(1, 0, 0, 1, 8)), 0.6)
    surer = _as_said(week_of(0, 20, team="surer", counts=(3, 0, 0, 1, 6)), 0.9)
    units = units_of([*usual, *surer], correction=held_out)
    assert {unit.used for unit in units} == {("corrected",), ("counted", "corrected")}
    found = _one(with_other_teams(units), "prevalence", "aggressive", team="surer", by="all")
    assert found.value == pytest.approx(0.2)
    assert found.interval is not None
    assert found.interval.low < 0.2 < found.interval.high


def test_parts_of_a_team_are_estimated_in_the_one_way_that_suits_them_together() -> None:
    whole = [*week_of(0, 9, counts=CALM), *week_of(7, 9, counts=WILD)]
    calm, wild = stretches_of([(None, whole[:9]), (None, whole[9:])])
    assert calm.used == wild.used == ("counted",)
    assert (calm.signals[0].value, wild.signals[0].value) == pytest.approx((0.1, 0.6))
    assert (calm.signals[0].n_transcripts, calm.signals[0].by, calm.signals[0].interval) == (9, "all", None)


def test_of_two_parts_of_a_team_none_is_shown_if_one_is_small() -> None:
    parts = stretches_of([(None, week_of(0, 9)), (None, week_of(7, 4))])
    assert {(signal.withheld, signal.value, signal.n_statements) for unit in parts for signal in unit.signals} == {
        (Withheld.SMALL_GROUP, None, None)
    }
    empty, full = stretches_of([(None, []), (None, week_of(7, 9))])
    assert {signal.withheld for signal in empty.signals} == {Withheld.NO_DATA}
    assert full.used == ("counted",)
