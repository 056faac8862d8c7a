from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cs_nlp.signals.quantify import nearest_prevalence

SEEDS = st.integers(0, 10_000)


def _matrix(rng: np.random.Generator, skill: float) -> NDArray[np.float64]:
    blur = rng.dirichlet(np.ones(5), size=5)
    return np.asarray(skill * np.eye(5) + (1 - skill) * blur)


@given(SEEDS)
def test_mean_probabilities_made_from_a_prevalence_give_it_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix, prevalence = _matrix(rng, 0.5), rng.dirichlet(np.full(5, 0.3), size=3)
    np.testing.assert_allclose(nearest_prevalence(prevalence @ matrix, matrix), prevalence, atol=1e-8)


@given(SEEDS)
def test_answer_is_a_distribution_and_no_other_distribution_fits_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix, q = _matrix(rng, 0.3), rng.dirichlet(np.full(5, 0.3), size=1)
    answer = nearest_prevalence(q, matrix)
    assert answer.min() >= 0
    np.testing.assert_allclose(answer.sum(), 1)
    others = np.concatenate([rng.dirichlet(np.full(5, 0.5), size=300), 0.99 * answer + 0.01 * rng.dirichlet(np.ones(5), size=300)])
    misfit = ((answer @ matrix - q) ** 2).sum()
    assert misfit <= ((others @ matrix - q) ** 2).sum(axis=1).min() + 1e-12


def test_a_classifier_without_errors_needs_no_correction() -> None:
    q = np.array([[0.0, 0.1, 0.2, 0.3, 0.4], [1.0, 0.0, 0.0, 0.0, 0.0]])
    np.testing.assert_allclose(nearest_prevalence(q, np.eye(5)), q, atol=1e-12)


def test_what_lies_beyond_every_mix_becomes_the_pure_class() -> None:
    matrix = 0.6 * np.eye(5) + 0.08
    np.testing.assert_allclose(nearest_prevalence(np.eye(5), matrix), np.eye(5), atol=1e-12)
