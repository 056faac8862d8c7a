"""Shares and trends of beliefs: intervals that cover, and no trend where there is none."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from cs_nlp.signals.beliefs_figures import Said, share_of, trend_of

START = date(2026, 6, 1)
DAYS = [START + timedelta(days=day) for day in range(80)]


def _world(rng: np.random.Generator, shares: np.ndarray, spread: float = 10.0) -> Said:
    """Transcripts of a few statements each, whose own shares scatter around `shares` (beta-binomial)."""
    whole = rng.integers(1, 6, len(shares)).astype(float)
    own = rng.beta(np.maximum(shares * spread, 1e-9), (1 - shares) * spread)
    return Said(rng.binomial(whole.astype(int), own).astype(float), whole, DAYS[: len(shares)])


@pytest.mark.parametrize("share", [0.03, 0.1, 0.4])
def test_intervals_of_shares_hold_the_true_share(share: float) -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        _, interval = share_of(_world(rng, np.full(80, share)))
        held += interval.low <= share <= interval.high
    assert 0.92 <= held / 400 <= 0.99


def test_a_share_is_what_was_said_of_it_and_sharper_where_transcripts_agree() -> None:
    whole = np.full(60, 4.0)
    even, uneven = Said(np.ones(60), whole, [None] * 60), Said(np.repeat([4.0, 0.0], [15, 45]), whole, [None] * 60)
    assert share_of(even)[0] == share_of(uneven)[0] == 0.25
    width = [interval.high - interval.low for _, interval in (share_of(even), share_of(uneven))]
    assert width[0] < width[1]
    nothing, interval = share_of(Said(np.zeros(60), whole, [None] * 60))
    assert (nothing, interval.low) == (0.0, 0.0)
    assert 0 < interval.high < 0.05


def test_a_trend_is_found_and_where_there_is_none_it_is_seldom_found() -> None:
    rng = np.random.default_rng(2)
    rising = [trend_of(_world(rng, np.linspace(0.02, 0.4, 80))) for _ in range(100)]
    assert np.mean([trend is not None and trend.low > 0 for trend in rising]) > 0.9
    steady = [trend_of(_world(rng, np.full(80, 0.1))) for _ in range(400)]
    false = np.mean([trend is not None and not trend.low <= 0 <= trend.high for trend in steady])
    assert 0.01 <= false <= 0.08


def test_a_trend_tells_the_first_and_the_last_share() -> None:
    rng = np.random.default_rng(3)
    found = [trend_of(_world(rng, 1 / (1 + np.exp(-np.linspace(-3, 0, 80))), 1e6)) for _ in range(100)]
    known = [trend for trend in found if trend is not None]
    assert np.median([trend.first for trend in known]) == pytest.approx(1 / (1 + np.exp(3)), abs=0.02)
    assert np.median([trend.last for trend in known]) == pytest.approx(0.5, abs=0.04)
    assert np.median([trend.change for trend in known]) == pytest.approx(3, abs=0.3)


def test_there_is_no_trend_without_dates_or_of_one_day_or_of_too_few_transcripts() -> None:
    whole, part = np.full(8, 2.0), np.array([1.0, 1, 1, 1, 1, 0, 0, 0])
    assert trend_of(Said(part, whole, [None] * 8)) is None
    assert trend_of(Said(part, whole, [START] * 8)) is None
    assert trend_of(Said(np.array([1.0, 1, 1, 0, 0, 0, 0, 0]), whole, DAYS[:8])) is None
    assert trend_of(Said(part, whole, DAYS[:8])) is not None


@pytest.mark.parametrize("part", [np.full(8, 2.0), np.array([0.0, 0, 0, 0, 2, 2, 2, 2])])
def test_a_team_that_says_nothing_else_has_finite_figures(part: np.ndarray) -> None:
    said = Said(part, np.full(8, 2.0), DAYS[:8])
    trend = trend_of(said)
    assert trend is not None
    assert np.isfinite([trend.first, trend.last, trend.change, trend.low, trend.high]).all()
    share, interval = share_of(said)
    assert 0 <= interval.low <= share <= interval.high <= 1
