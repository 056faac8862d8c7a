"""The classic quantifiers, QuaPy's as the oracle."""

from __future__ import annotations

import numpy as np
import pytest

from cs_nlp.signals import Correction
from cs_nlp.signals.quantifiers import QUANTIFIERS
from tools.study_data import Rows, draw
from tools.study_methods import quapys

LEARNT = (0.1, 0.15, 0.05, 0.1, 0.6)


def _rows(n: int, shares: tuple[float, ...], seed: int) -> Rows:
    """Statements, two to a conversation, as a classifier sees them whose probabilities are calibrated for the mix `LEARNT`."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(rng.choice(5, size=n // 2, p=shares), 2)
    evidence = rng.normal(size=(n, 5)) + 1.5 * np.eye(5)[truth]
    odds = np.exp(1.5 * evidence) * np.array(LEARNT)
    columns = {name: np.array(["one"] * n) for name in ("stratum", "channel")}
    return Rows(truth, odds / odds.sum(axis=1, keepdims=True), np.repeat(np.arange(n // 2), 2), columns)


HELD_OUT = _rows(1200, LEARNT, 1)
JUDGED = _rows(2000, (0.2, 0.2, 0.2, 0.2, 0.2), 2)


def _correction() -> Correction:
    return Correction(HELD_OUT.truth, HELD_OUT.probabilities, HELD_OUT.groups)


@pytest.mark.parametrize(("name", "oracle"), [("acc", "QuaPy ACC"), ("pacc", "QuaPy PACC"), ("emq", "QuaPy EMQ")])
def test_a_quantifier_answers_as_quapys_does(name: str, oracle: str) -> None:
    reference = quapys(HELD_OUT, JUDGED)[oracle]
    for sample in draw(JUDGED, 300, 8, "even", 0):
        found = QUANTIFIERS[name](JUDGED.probabilities[sample.places], _correction())
        np.testing.assert_allclose(found, reference(sample), atol=0.006)


def test_counting_counts_the_most_probable_classes_and_the_probabilistic_count_adds_probabilities_up() -> None:
    rows = JUDGED.probabilities[:50]
    np.testing.assert_allclose(QUANTIFIERS["cc"](rows, _correction()) * 50, np.bincount(rows.argmax(axis=1), minlength=5))
    np.testing.assert_allclose(QUANTIFIERS["pcc"](rows, _correction()), rows.sum(axis=0) / 50)


def test_what_is_corrected_comes_nearer_to_the_truth_than_what_is_counted() -> None:
    errors = dict.fromkeys(QUANTIFIERS, 0.0)
    for sample in draw(JUDGED, 300, 20, "even", 3):
        for name, quantifier in QUANTIFIERS.items():
            errors[name] += np.abs(quantifier(JUDGED.probabilities[sample.places], _correction()) - JUDGED.shares(sample.places)).sum()
    assert max(errors["acc"], errors["pacc"], errors["emq"]) < 0.6 * errors["cc"]
