from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_nlp.signals.change_search import Points, gains, likely_cuts, points_of, search
from cs_nlp.signals.segments import best_cuts
from cs_nlp.signals.spread import Moments
from tests.signals.samples import week_of

DIMENSIONS = 4


def _points(levels: list[float], noise: float = 1.0, seed: int = 0) -> Points:
    """A series with a level a point along the first axis."""
    rng = np.random.default_rng(seed)
    places = noise * rng.standard_normal((len(levels), DIMENSIONS))
    places[:, 0] += levels
    return Points(places, np.ones(len(levels)), np.eye(5)[:, :DIMENSIONS])


def _search(points: Points, fixed: tuple[int, ...] = (), shuffles: int = 199) -> tuple[int, ...]:
    return search(points, fixed, level=0.95, shuffles=shuffles, rng=np.random.default_rng(1)).cuts


def _cost(points: Points, cuts: list[int]) -> float:
    edges = [0, *cuts, len(points.weights)]
    total = 0.0
    for start, end in pairwise(edges):
        own, weights = points.places[start:end], points.weights[start:end]
        total += float((weights[:, None] * (own - np.average(own, axis=0, weights=weights)) ** 2).sum())
    return total


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_a_gain_is_what_a_cut_takes_off_the_weighted_distances(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = Points(rng.standard_normal((9, DIMENSIONS)), rng.uniform(0.1, 5, 9), np.eye(5)[:, :DIMENSIONS])
    got = gains(points.places, points.weights)
    np.testing.assert_allclose(got, [_cost(points, []) - _cost(points, [cut]) for cut in range(2, 8)])
    assert best_cuts(points.places, points.weights, 1, 2) == [2 + int(got.argmax())]


def test_the_best_two_cuts_are_better_than_any_other_two() -> None:
    rng = np.random.default_rng(3)
    points = Points(rng.standard_normal((10, DIMENSIONS)), rng.uniform(0.1, 5, 10), np.eye(5)[:, :DIMENSIONS])
    pairs = [[a, b] for a in range(2, 7) for b in range(a + 2, 9)]
    assert best_cuts(points.places, points.weights, 2, 2) == min(pairs, key=lambda pair: _cost(points, pair))


def test_a_clear_change_is_found_where_it_is() -> None:
    assert _search(_points([0.0] * 7 + [8.0] * 5)) == (7,)


def test_two_changes_are_found_one_after_the_other() -> None:
    assert _search(_points([0.0] * 10 + [9.0] * 10 + [20.0] * 10)) == (10, 20)


def test_a_single_odd_period_is_no_change() -> None:
    levels = [0.0] * 24
    levels[15] = 12.0
    assert _search(_points(levels)) == ()


def test_what_changes_at_a_known_break_is_not_found_and_what_changes_elsewhere_is() -> None:
    levels = [0.0] * 12 + [9.0] * 12
    assert _search(_points(levels), fixed=(12,)) == ()
    assert _search(_points(levels[:20] + [20.0] * 8), fixed=(12,)) == (20,)


def test_too_few_periods_to_shuffle_show_no_change_however_large_it_is() -> None:
    assert _search(_points([0.0] * 3 + [50.0] * 3)) == ()


def test_one_steady_series_in_twenty_shows_a_change() -> None:
    found = [bool(_search(_points([0.0] * 12, seed=seed), shuffles=99)) for seed in range(200)]
    assert 0.01 <= np.mean(found) <= 0.1


def test_so_does_one_in_twenty_whose_periods_differ_by_more_than_their_noise() -> None:
    found = [bool(_search(_points([0.0] * 12, noise=3.0, seed=seed), shuffles=99)) for seed in range(200)]
    assert 0.01 <= np.mean(found) <= 0.1


@pytest.mark.parametrize("shift", [2.5, 4.0])
def test_the_likeliest_cuts_hold_the_true_one_about_19_times_in_20(shift: float) -> None:
    held, width = [], []
    for seed in range(200):
        first, last = likely_cuts(_points([0.0] * 9 + [shift] * 7, seed=seed), 0, 16, 1.0, 0.95)
        held.append(first <= 9 <= last)
        width.append(last - first + 1)
    assert np.mean(held) >= 0.93
    assert np.mean(width) < 8


def test_noise_of_a_series_in_its_coordinates_is_one_over_its_weights() -> None:
    rng = np.random.default_rng(5)
    groups = []
    for size in [40] * 30 + [10] * 30:
        counts = rng.multinomial(8, [0.2, 0.1, 0.1, 0.2, 0.4], size)
        groups.append([row for place, own in enumerate(counts) for row in week_of(place % 28, 1, counts=tuple(own.tolist()))])
    squares = np.array([float(sum(row.n**2 for row in rows)) for rows in groups])
    points = points_of(Moments.of(groups, uses_sums=True), squares)
    assert points.places.shape == (60, DIMENSIONS)
    scaled = points.places * np.sqrt(points.weights)[:, None]
    np.testing.assert_allclose((scaled**2).mean(), 1.0, atol=0.15)
    np.testing.assert_allclose(points.weights[0] / points.weights[-1], 4.0)


def test_a_series_of_single_transcripts_takes_them_for_independent_statements() -> None:
    moments = Moments(np.full(10, 8.0), np.ones(10), np.tile([0.2, 0.1, 0.1, 0.2, 0.4], (10, 1)), np.zeros((10, 5, 5)))
    assert np.isfinite(points_of(moments, np.full(10, 64.0)).axes).all()
