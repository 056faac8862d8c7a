"""Temperature and threshold are the best there are for the statements they are fitted on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn import metrics

from cs_nlp.taxonomy import name_cultures
from cs_nlp.training.calibration import fit_balance, fit_none_weight, fit_temperature, fit_threshold, log_loss
from cs_nlp.training.evaluation import calibration_error, macro_f1, micro_f1


def drawn(temperature: float, n: int = 8000) -> tuple[np.ndarray, np.ndarray]:
    """Gold classes, and logits that are right when divided by the temperature."""
    random = np.random.default_rng(3)
    logits = random.normal(scale=3, size=(n, 5))
    gold = (random.random((n, 1)) > softmax(logits / temperature, axis=1).cumsum(axis=1)).sum(axis=1)
    return np.minimum(gold, 4), logits


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_labels_is_found(temperature: float) -> None:
    gold, logits = drawn(temperature)
    assert fit_temperature(gold, logits) == pytest.approx(temperature, rel=0.08)


def test_the_temperature_makes_overconfident_probabilities_honest() -> None:
    gold, logits = drawn(2.5)
    before = calibration_error(gold, softmax(logits, axis=1))
    after = calibration_error(gold, softmax(logits / fit_temperature(gold, logits), axis=1))
    assert after < 0.02 < before


@given(temperature=st.floats(1, 5))  # below, scikit-learn cuts off the smallest probabilities
def test_log_loss_is_that_of_scikit_learn_and_lowest_at_the_fitted_temperature(temperature: float) -> None:
    gold, logits = drawn(1.4, n=300)
    expected = metrics.log_loss(gold, softmax(logits / temperature, axis=1), labels=range(5))
    assert log_loss(gold, logits, temperature) == pytest.approx(expected)
    assert log_loss(gold, logits, fit_temperature(gold, logits)) <= expected + 1e-6


def test_log_loss_of_huge_logits_is_finite() -> None:
    assert np.isfinite(log_loss(np.array([0, 1]), np.array([[1e4, 0.0], [1e4, 0.0]]), 1.0))


@given(seed=st.integers(0, 1000))
def test_no_other_threshold_names_the_drivers_better(seed: int) -> None:
    random = np.random.default_rng(seed)
    gold = random.random((30, 4)) < 0.3
    probabilities = np.clip(gold * 0.3 + random.random((30, 4)) * 0.7, 0, 1)
    best = micro_f1(gold, probabilities >= fit_threshold(gold, probabilities))
    assert best >= max(micro_f1(gold, probabilities >= threshold) for threshold in np.linspace(0.05, 0.94, 90)) - 1e-9


def test_without_any_driver_in_the_data_there_still_is_a_threshold() -> None:
    assert 0 < fit_threshold(np.zeros((5, 3), dtype=bool), np.full((5, 3), 0.2)) < 1


def test_balanced_probabilities_of_a_calibrated_classifier_lean_less_to_the_common_class() -> None:
    random = np.random.default_rng(1)
    shares = np.array([0.05, 0.1, 0.05, 0.1, 0.7])
    gold = random.choice(5, size=20_000, p=shares)
    evidence = random.normal(size=(len(gold), 5)) + 1.5 * np.eye(5)[gold]
    calibrated = softmax(1.5 * evidence + np.log(shares), axis=1)
    np.testing.assert_allclose(fit_balance(gold, calibrated)(calibrated), softmax(1.5 * evidence + 0.3 * np.log(shares), axis=1), atol=0.08)


def test_the_balance_recalibrates_too() -> None:
    random = np.random.default_rng(2)
    gold = random.integers(0, 5, size=20_000)
    evidence = 1.5 * (random.normal(size=(len(gold), 5)) + 1.5 * np.eye(5)[gold])
    balance = fit_balance(gold, softmax(3 * evidence, axis=1))
    np.testing.assert_allclose(balance.slopes, 1 / 3, atol=0.02)


def test_where_a_class_is_absent_nothing_is_balanced() -> None:
    probabilities = np.full((4, 5), 0.2)
    balance = fit_balance(np.array([0, 1, 2, 3]), probabilities)
    np.testing.assert_array_equal(balance(probabilities), probabilities)


def hidden(n: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """Gold and honest probabilities where none is so common that other classes are seldom the most probable."""
    random = np.random.default_rng(8)
    probabilities = random.dirichlet([0.5, 0.5, 0.5, 0.5, 4.0], size=n)
    gold = (random.random((n, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    return np.minimum(gold, 4), probabilities


def test_the_weight_of_none_raises_macro_f1_where_none_hides_the_others() -> None:
    gold, probabilities = hidden()
    groups, sources = [str(row // 5) for row in range(len(gold))], ["a" if row < 1000 else "b" for row in range(len(gold))]
    weight = fit_none_weight(gold, probabilities, groups, sources)
    assert weight < 0.8
    assert macro_f1(gold, name_cultures(probabilities, weight)) > macro_f1(gold, name_cultures(probabilities)) + 0.03


def test_none_keeps_its_weight_where_all_are_told_apart() -> None:
    random = np.random.default_rng(2)
    gold = random.integers(0, 5, 500)
    probabilities = np.where(np.eye(5)[gold] > 0, 0.96, 0.01) * np.array([1, 1, 1, 1, 0.5])
    found = fit_none_weight(gold, probabilities / probabilities.sum(axis=1, keepdims=True), [str(row) for row in range(500)], ["a"] * 500)
    assert found == pytest.approx(1.0)
