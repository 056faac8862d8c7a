from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cs_nlp.signals.interventions_panel import CORRELATIONS, DRIFTS, Mixture, Panel

Floats = NDArray[np.float64]

TEAMS, PERIODS, AFTER = 4, 12, 7


def _panel(effect: float = 0.2, seed: int = 0) -> tuple[Floats, Floats, Floats]:
    """Shares with levels of teams and periods, their variances, and which periods are treated."""
    rng = np.random.default_rng(seed)
    treated = (np.arange(PERIODS) >= AFTER).astype(float)
    variances = rng.uniform(0.001, 0.003, (TEAMS, PERIODS))
    shares = rng.uniform(0.2, 0.5, (TEAMS, 1)) + rng.normal(0, 0.05, PERIODS) + rng.normal(0, np.sqrt(variances))
    shares[0] += effect * treated
    return shares, variances, treated


def _by_textbook(shares: Floats, variances: Floats, treated: Floats, drift: float, lasting: float) -> tuple[float, float, float]:
    """The generalised least-squares estimate, its standard error and the restricted log likelihood, with all matrices written out."""
    known = np.isfinite(variances).ravel()
    n = TEAMS * PERIODS
    design = np.zeros((n, TEAMS + PERIODS))
    design[np.arange(n), np.repeat(np.arange(TEAMS), PERIODS)] = 1
    for row in range(n):
        if row % PERIODS:
            design[row, TEAMS + row % PERIODS - 1] = 1
    design[:PERIODS, -1] = treated
    lag = np.abs(np.subtract.outer(np.arange(PERIODS), np.arange(PERIODS)))
    covariance = np.kron(np.eye(TEAMS), drift**2 * lasting**lag) + np.diag(np.where(known, variances.ravel(), 0))
    x, y, inverse = design[known], shares.ravel()[known], np.linalg.inv(covariance[np.ix_(known, known)])
    information = x.T @ inverse @ x
    beta = np.linalg.solve(information, x.T @ inverse @ y)
    rest = y - x @ beta
    likelihood = 0.5 * (np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(information)[1] - rest @ inverse @ rest)
    return float(beta[-1]), float(np.sqrt(np.linalg.inv(information)[-1, -1])), float(likelihood)


@pytest.mark.parametrize("gaps", [[], [(0, 2), (0, 9), (2, 0), (3, 11)]], ids=["complete", "with gaps"])
def test_the_effect_is_the_textbooks_whatever_the_drift(gaps: list[tuple[int, int]]) -> None:
    shares, variances, treated = _panel()
    for place in gaps:
        shares[place], variances[place] = np.nan, np.inf
    grid = np.array([(0.0, 0.0), (0.03, 0.5), (0.1, 0.9)])
    found = Panel(shares, variances, grid, np.array([1.0, 1.0, 2.0])).effect(0, treated)
    means, spreads, likelihoods = zip(*(_by_textbook(shares, variances, treated, *point) for point in grid), strict=True)
    np.testing.assert_allclose(found.means, means, rtol=1e-9)
    np.testing.assert_allclose(found.spreads, spreads, rtol=1e-9)
    weights = np.exp(np.array(likelihoods) - max(likelihoods)) * [1, 1, 2]
    np.testing.assert_allclose(found.weights, weights / weights.sum(), rtol=1e-7)


def test_levers_add_up_to_the_effect_and_know_no_levels() -> None:
    shares, variances, treated = _panel()
    found = Panel(shares, variances).effect(0, treated)
    best = found.weights.argmax()
    assert (found.levers * shares).sum() == pytest.approx(found.means[best])
    np.testing.assert_allclose(found.levers.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(found.levers.sum(axis=1), 0, atol=1e-12)
    assert found.levers[0] @ treated == pytest.approx(1)


def test_levels_of_teams_and_periods_change_nothing() -> None:
    shares, variances, treated = _panel()
    moved = shares + np.arange(TEAMS)[:, None] + np.sin(np.arange(PERIODS))
    first, second = (Panel(each, variances).effect(0, treated) for each in (shares, moved))
    assert first.value == pytest.approx(second.value)
    assert first.spread == pytest.approx(second.spread)


def test_a_period_that_no_team_has_is_as_if_it_were_not_there_but_for_the_time_that_passes() -> None:
    shares, variances, treated = _panel()
    variances[:, 3] = np.inf
    left = [place for place in range(PERIODS) if place != 3]
    independent = np.array([(0.02, 0.0)])
    gap = Panel(shares, variances, independent, np.ones(1)).effect(0, treated)
    without = Panel(shares[:, left], variances[:, left], independent, np.ones(1)).effect(0, treated[left])
    assert gap.value == pytest.approx(without.value)
    lasting = np.array([(0.05, 0.9)])
    gap = Panel(shares, variances, lasting, np.ones(1)).effect(0, treated)
    without = Panel(shares[:, left], variances[:, left], lasting, np.ones(1)).effect(0, treated[left])
    assert gap.value != pytest.approx(without.value, rel=1e-6)


def test_spreads_are_those_of_the_effect_and_shrink_with_periods() -> None:
    shares, variances, treated = _panel()
    np.testing.assert_allclose(Panel(shares, variances).spreads(0, treated), Panel(shares, variances).effect(0, treated).spreads)
    longer = np.concatenate([variances, variances[:, :4]], axis=1)
    more = Panel(np.zeros_like(longer), longer).spreads(0, np.append(treated, np.ones(4)))
    assert (more < Panel(shares, variances).spreads(0, treated)).all()


def test_quantiles_of_a_mixture() -> None:
    one = Mixture(np.array([0.1]), np.array([0.02]), np.ones(1), np.zeros((1, 1)))
    assert one.ends(0.95) == pytest.approx((0.1 - 1.959964 * 0.02, 0.1 + 1.959964 * 0.02), abs=1e-6)
    two = Mixture(np.array([-1.0, 1.0]), np.array([0.01, 0.01]), np.array([0.5, 0.5]), np.zeros((1, 1)))
    assert two.value == 0
    assert two.spread == pytest.approx(1.00005, abs=1e-4)
    assert two.quantile(0.25) == pytest.approx(-1, abs=1e-6)
    assert two.widened(0.0003).spreads == pytest.approx([0.02, 0.02])


def test_each_size_of_drift_is_as_likely_beforehand_as_any_other() -> None:
    # Where nothing can be learnt of the drift, weights are those that were given: equal for each size.
    shares, _, treated = _panel(effect=0.0)
    found = Panel(shares, np.full((TEAMS, PERIODS), 1e4)).effect(0, treated)
    by_drift = np.split(found.weights, [1, *(1 + len(CORRELATIONS) * np.arange(1, len(DRIFTS) - 1))])
    assert [part.sum() for part in by_drift] == pytest.approx([1 / len(DRIFTS)] * len(DRIFTS), abs=1e-3)
