from __future__ import annotations

import numpy as np
import pytest

from cs_nlp.errors import InputError
from cs_nlp.signals import Correction
from cs_nlp.taxonomy import CULTURES


def _rows(each: int, right: float) -> tuple[list[str], list[list[float]], list[str]]:
    """`each` rows of every class, with the probability `right` on it and the rest spread evenly, two rows to a group."""
    labels = [culture for culture in CULTURES for _ in range(each)]
    probabilities = [[right if name == label else (1 - right) / 4 for name in CULTURES] for label in labels]
    return labels, probabilities, [f"talk-{index // 2}" for index in range(len(labels))]


def test_matrix_holds_the_mean_probabilities_of_each_true_class() -> None:
    labels, probabilities, groups = _rows(10, 0.6)
    probabilities[0] = [1.0, 0.0, 0.0, 0.0, 0.0]
    matrix = Correction.from_rows(labels, probabilities, groups).matrix()
    np.testing.assert_allclose(matrix[0], [0.64, 0.09, 0.09, 0.09, 0.09])
    np.testing.assert_allclose(matrix[4], [0.1, 0.1, 0.1, 0.1, 0.6])


def test_resampled_matrices_scatter_around_the_matrix_and_more_so_when_groups_are_large() -> None:
    rng = np.random.default_rng(5)
    truth = np.repeat(np.arange(5), 40)
    shared = rng.dirichlet(np.ones(5), size=20)[np.arange(200) // 10]
    probabilities = 0.5 * np.eye(5)[truth] + 0.5 * shared
    together = Correction(truth, probabilities, np.arange(200) // 10)
    apart = Correction(truth, probabilities, np.arange(200))
    scatter = [correction.resampled(400, np.random.default_rng(0)) for correction in (together, apart)]
    np.testing.assert_allclose(scatter[0].mean(axis=0), together.matrix(), atol=0.03)
    np.testing.assert_allclose(scatter[0].sum(axis=2), 1)
    assert scatter[0].std(axis=0).mean() > 2 * scatter[1].std(axis=0).mean()


def test_a_class_with_few_held_out_rows_makes_it_unfit_and_is_named() -> None:
    labels, probabilities, groups = _rows(10, 0.9)
    kept = [index for index, label in enumerate(labels) if label != "submissive"]
    correction = Correction.from_rows([labels[i] for i in kept], [probabilities[i] for i in kept], [groups[i] for i in kept])
    assert correction.unfit() == "fewer than 10 held-out rows of submissive"


def test_a_classifier_that_tells_nothing_apart_makes_it_unfit() -> None:
    assert Correction.from_rows(*_rows(10, 0.22)).unfit() == "the classifier hardly tells some classes apart"
    assert Correction.from_rows(*_rows(10, 0.5)).unfit() == ""


def test_no_rows_at_all_make_it_unfit() -> None:
    assert Correction.from_rows([], [], []).unfit().startswith("fewer than 10 held-out rows of aggressive")


@pytest.mark.parametrize(
    ("labels", "probabilities", "groups", "message"),
    [
        (["none"], [[0, 0, 0, 0, 1.0]], [], "1 labels, 1 probabilities, 0 groups"),
        (["angry"], [[0, 0, 0, 0, 1.0]], ["a"], "the labels angry; expected aggressive"),
        (["none"], [[0.5, 0.5]], ["a"], "row 1 has the probabilities .* expected 5, none negative"),
        (["none"], [[0.9, 0.9, 0, 0, 0]], ["a"], "sum to 1"),
        (["none"], [[-0.5, 0.5, 0, 0, 1.0]], ["a"], "expected 5, none negative"),
    ],
)
def test_damaged_rows_are_refused(labels: list[str], probabilities: list[list[float]], groups: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Correction.from_rows(labels, probabilities, groups)
