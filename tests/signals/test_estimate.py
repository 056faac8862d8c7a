"""Small, seeded versions of `python -m tools.coverage`."""

from __future__ import annotations

import numpy as np
import pytest

from cs_nlp.signals import Resampling, team_signals
from cs_nlp.signals.spread import student
from tests.signals.samples import correction, week_of
from tools.coverage import MIXES, World, simulate


def test_intervals_hold_the_truth_about_19_times_in_20_from_half_a_percent_to_60_percent() -> None:
    worlds = {
        "20 transcripts, no errors": (World(MIXES["rich"], 20, skill=0.0), 80),
        "20 transcripts, little culture, no errors": (World(MIXES["plain"], 20, skill=0.0), 80),
        "20 transcripts, a classifier that errs": (World(MIXES["rich"], 20, skill=2.0), 60),
        "100 transcripts, a poor classifier": (World(MIXES["rich"], 100, skill=1.5), 60),
        "12 weeks of 5 transcripts": (World(MIXES["rich"], 5, weeks=12, skill=2.0), 10),
    }
    covered = {name: simulate(world, runs, seed=1).covered for name, (world, runs) in worlds.items()}
    assert 0.93 <= np.mean([*covered.values()]) <= 0.975, covered
    assert min(each.min() for each in covered.values()) >= 0.85, covered  # three standard errors of so small a simulation below 95 %


def test_intervals_hold_where_the_teams_text_is_easier_than_the_held_out_one() -> None:
    got = simulate(World(MIXES["rich"], 100, skill=3.0, held_out_skill=1.5), 20, seed=4)
    assert got.covered.min() >= 0.9


def test_correction_takes_most_of_the_error_off_plain_counting() -> None:
    got = simulate(World(MIXES["plain"], 100, skill=1.5), 20, seed=2)
    assert got.error[:5].mean() < 0.35 * got.plain_error[:5].mean()


def test_more_transcripts_make_narrower_intervals_and_a_higher_level_makes_wider_ones() -> None:
    few, many = (simulate(World(MIXES["rich"], size, skill=2.0), 5, seed=3).width.mean() for size in (20, 200))
    assert many < 0.6 * few
    widths = []
    for level in (0.8, 0.95, 0.99):
        signals = team_signals(week_of(0, 9), resampling=Resampling(level=level))
        intervals = [signal.interval for signal in signals if signal.interval is not None]
        assert {interval.level for interval in intervals} == {level}
        widths.append(sum(interval.high - interval.low for interval in intervals))
    assert widths == sorted(widths)


def test_same_seed_gives_the_same_intervals_and_another_seed_nearly_the_same() -> None:
    one, again, other = (team_signals(week_of(0, 9), correction=correction(), resampling=Resampling(seed=seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    for left, right in zip(one, other, strict=True):
        if left.interval is not None and right.interval is not None:
            assert left.value == pytest.approx(right.value, abs=0.01)
            assert abs(left.interval.high - right.interval.high) < 0.03


def test_quantiles_of_students_t_agree_with_the_tables() -> None:
    np.testing.assert_allclose(student(0.025, np.array([5.0, 10.0, 30.0])), [2.5706, 2.2281, 2.0423], atol=3e-3)
    np.testing.assert_allclose(student(0.05, np.array([np.inf])), [1.6449], atol=1e-4)
