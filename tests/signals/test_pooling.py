from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.records import Pooled, Totals, Withheld
from cs_nlp.signals.estimate import FIGURES
from cs_nlp.signals.pooling import FEWEST, interval_of, pooled, shrink
from cs_nlp.signals.units import units_of
from tests.signals.samples import week_of
from tools.series_study import World, pooling_gain

TEAMS = "abcdef"


def _teams(size: int = 6) -> list[Totals]:
    """Teams of which each has one transcript more with an aggressive statement in it than the one before."""
    rows = [week_of(0, 6, team=team, counts=(0, 0, 0, 2, 6)) for team in TEAMS[:size]]
    for number, own in enumerate(rows):
        own[:number] = [replace(row, counts=(2, 0, 0, 2, 4), sums=(2.0, 0.0, 0.0, 2.0, 4.0)) for row in own[:number]]
    return [row for own in rows for row in own]


def _one(found: list[Pooled], team: str, measure: str, label: str = "", by: str = "all") -> Pooled:
    (one,) = (each for each in found if (each.raw.team, each.raw.measure, each.raw.label, each.raw.by) == (team, measure, label, by))
    return one


def test_a_pooled_share_lies_between_the_raw_one_and_the_mean_and_stands_beside_it() -> None:
    found = pooled(units_of(_teams()), "teams")
    shares = [_one(found, team, "prevalence", "aggressive") for team in TEAMS]
    raw, better = np.array([[each.raw.value, each.value] for each in shares], dtype=float).T
    assert (np.abs(better - raw.mean()) < np.abs(raw - raw.mean()))[[0, -1]].all()
    assert (np.diff(better) > 0).all(), "pooling keeps the order of teams of one size"
    for each in shares:
        assert each.weight is not None
        assert 0 < each.weight < 1
        assert each.interval is not None
        assert each.value is not None
        assert each.interval.low <= each.value <= each.interval.high
        assert (each.like, each.n_like, each.method) == ("teams", 6, "plain, pooled")


def test_teams_that_are_alike_are_pooled_more_than_teams_that_differ() -> None:
    def weight(first: tuple[int, ...], second: tuple[int, ...]) -> float:
        rows = [row for number, team in enumerate(TEAMS) for row in week_of(0, 20, team=team, counts=(first, second)[number % 2])]
        found = _one(pooled(units_of(rows), "teams"), "a", "prevalence", "aggressive").weight
        assert found is not None
        return found

    assert weight((1, 0, 0, 1, 8), (1, 0, 0, 1, 8)) < 0.6
    assert weight((1, 0, 0, 1, 8), (7, 0, 0, 1, 2)) > 0.9


def test_a_large_group_keeps_more_of_its_own_share_than_a_small_one() -> None:
    shrunk = shrink(np.array([0.2, 0.4, 0.2, 0.4, 0.3, 0.3]), np.array([20.0, 2000.0, 50.0, 50.0, 50.0, 50.0]))
    assert shrunk.weight[0] < shrunk.weight[2] < shrunk.weight[1]
    np.testing.assert_allclose(shrunk.parts.sum(axis=1), 1.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.5, 5000)), min_size=2, max_size=12))
def test_pooling_gives_shares_with_a_variance_whatever_it_is_given(groups: list[tuple[float, float]]) -> None:
    shares, worth = np.array(groups).T
    shrunk = shrink(shares, worth)
    low, high = interval_of(shrunk.mean, shrunk.variance, 0.95)
    assert ((shrunk.mean >= 0) & (shrunk.mean <= 1) & (shrunk.variance > 0)).all()
    assert ((low >= 0) & (low <= high) & (high <= 1)).all()


def test_pooled_shares_of_a_group_add_up() -> None:
    found = pooled(units_of(_teams()), "teams")
    for measure in ("prevalence", "mix"):
        values = [each.value for each in found if each.raw.team == "c" and each.raw.by == "all" and each.raw.measure == measure]
        assert sum(value for value in values if value is not None) == pytest.approx(1)


def test_periods_of_a_team_borrow_from_one_another_and_the_whole_time_from_nothing() -> None:
    rows = [row for number in range(4) for row in week_of(7 * number, 6, counts=(number, 0, 0, 2, 6 - number))]
    found = pooled(units_of(rows), "periods")
    assert {(each.raw.by, each.n_like) for each in found if each.value is not None} == {("week", 4)}
    assert {each.raw.by for each in found} == {"week"}


def test_fewer_than_four_groups_are_not_pooled() -> None:
    found = pooled(units_of(_teams(FEWEST - 1)), "teams")
    assert {each.value for each in found} == {None}
    assert {each.withheld for each in found} == {Withheld.NO_DATA}
    assert len(found) == 3 * 2 * len(FIGURES)


def test_a_small_team_stays_hidden_and_lends_nothing() -> None:
    rows = [*_teams(), *week_of(0, 3, team="tiny")]
    found = pooled(units_of(rows), "teams")
    hidden = _one(found, "tiny", "signal_rate")
    assert (hidden.value, hidden.interval, hidden.weight, hidden.withheld) == (None, None, None, Withheld.SMALL_GROUP)
    assert _one(found, "a", "signal_rate").n_like == 6


def test_teams_of_another_model_are_not_pooled_with_the_rest() -> None:
    rows = [replace(row, model="newer") if row.team in "ef" else row for row in _teams()]
    found = pooled(units_of(rows), "teams")
    assert _one(found, "a", "signal_rate").n_like == 4
    assert _one(found, "e", "signal_rate").withheld is Withheld.NO_DATA


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "likeness", "most"),
    [
        pytest.param(World(1, 5, skill=0.0), 50.0, 0.6, id="few transcripts, teams alike"),
        pytest.param(World(1, 5), 50.0, 0.6, id="few transcripts, a classifier that errs"),
        pytest.param(World(1, 5), 20.0, 0.7, id="few transcripts, teams that differ"),
        pytest.param(World(1, 40), 20.0, 1.0, id="many transcripts, teams that differ"),
    ],
)
def test_pooling_lowers_the_squared_error_and_its_intervals_hold(world: World, likeness: float, most: float) -> None:
    got = pooling_gain(world, 12, likeness, 4, seed=1)
    assert got.gain < most
    assert got.held >= 0.9
