"""What to label next: the unsure, the unlike, and samples from which shares can be told; and labels that are probably wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cs_nlp.errors import InputError
from cs_nlp.labelling.annotations import read_annotations
from cs_nlp.labelling.choosing import (
    choose_balanced,
    choose_diverse,
    choose_for_interval,
    choose_mixed,
    choose_uncertain,
    shares_from_sample,
    uncertainty,
)
from cs_nlp.labelling.suspects import find_suspects, out_of_fold
from cs_nlp.taxonomy import CULTURES
from tests.labelling.samples import said

CORPUS = Path(__file__).resolve().parents[2] / "data" / "corpus"
EVEN, SURE, HALF = [0.2] * 5, [0.96, 0.01, 0.01, 0.01, 0.01], [0.49, 0.0, 0.0, 0.02, 0.49]


def test_the_least_sure_come_first() -> None:
    found = choose_uncertain(np.array([SURE, EVEN, HALF]), 2)
    assert [one.row for one in found] == [1, 2]
    assert found[1].reason == "aggressive 0.49 or none 0.49"
    assert uncertainty(np.array([EVEN])) == pytest.approx(1.0)


def _circle(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)


def test_diverse_ones_are_far_from_each_other_and_from_what_is_labelled() -> None:
    assert sorted(one.row for one in choose_diverse(_circle(0, 1, 2, 90, 91, 180), 3)) in (
        [0, 3, 5],
        [2, 3, 5],
        [1, 3, 5],
        [0, 4, 5],
        [2, 4, 5],
        [1, 4, 5],
    )
    assert [one.row for one in choose_diverse(_circle(0, 90, 180), 1, labelled=_circle(0, 90))] == [2]


def test_mixed_ones_are_unsure_and_do_not_say_the_same() -> None:
    probabilities = np.array([EVEN, EVEN, EVEN, HALF, *[SURE] * 40])
    vectors = _circle(0, 0.1, 0.2, 90, *range(100, 140))
    assert 3 in [one.row for one in choose_mixed(probabilities, vectors, 2)]


def test_no_statement_is_chosen_twice() -> None:
    vectors = _circle(0, 0, 0, 0)
    assert sorted(one.row for one in choose_diverse(vectors, 9)) == [0, 1, 2, 3]
    assert sorted(one.row for one in choose_balanced(np.array([EVEN] * 4), 9)) == [0, 1, 2, 3]


def test_a_first_batch_holds_as_many_of_each_likely_class_as_there_are() -> None:
    likely = [0] * 3 + [1] * 50 + [4] * 500
    probabilities = np.eye(5)[likely]
    chosen = [likely[one.row] for one in choose_balanced(probabilities, 30)]
    assert [chosen.count(place) for place in (0, 1, 4)] == [3, 14, 13]


def _team(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A model's calibrated answers on a team's statements, and the truth."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet([0.15, 0.2, 0.1, 0.25, 1.2], n)
    truth = (rng.random(n)[:, None] > probabilities.cumsum(axis=1)).sum(axis=1)
    return probabilities, truth


def _misses(classes: tuple[int, ...], *, at_random: bool, bias: float = 0.0) -> tuple[float, float, float]:
    """Over many samples: root of the mean squared error, mean error, and how often the interval holds the truth, for `aggressive`."""
    probabilities, truth = _team(2000, 1)
    if bias:
        probabilities = probabilities + bias * np.eye(5)[0]
        probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    share, errors, held = float((truth == 0).mean()), [], 0
    for seed in range(200):
        chosen, _ = choose_for_interval(np.full_like(probabilities, 0.2) if at_random else probabilities, 150, classes=classes, seed=seed)
        rows = [one.row for one in chosen]
        weights = [one.weight for one in chosen if one.weight is not None]
        found = shares_from_sample(probabilities.mean(axis=0), 2000, probabilities[rows], [CULTURES[truth[row]] for row in rows], weights)
        value, interval = found[0]
        errors.append(value - share)
        held += interval.low <= share <= interval.high
    return float(np.sqrt(np.mean(np.square(errors)))), float(np.mean(errors)), held / 200


def test_a_sample_chosen_for_a_class_tells_its_share_better_than_one_at_random() -> None:
    chosen, bias, held = _misses((0,), at_random=False)
    at_random, _, _ = _misses((0,), at_random=True)
    assert chosen < 0.85 * at_random
    assert abs(bias) < 0.002
    assert held >= 0.9


def test_shares_are_right_whatever_the_models_errors() -> None:
    _, bias, held = _misses((0,), at_random=False, bias=0.3)
    assert abs(bias) < 0.005
    assert held >= 0.9


def test_the_expected_error_is_the_one_that_comes() -> None:
    probabilities, _ = _team(2000, 1)
    _, worth = choose_for_interval(probabilities, 150, classes=(0,))
    assert worth.error < worth.at_random
    assert worth.error == pytest.approx(_misses((0,), at_random=False)[0], rel=0.25)
    assert worth.labels == pytest.approx(150, abs=0.1)


def test_a_sample_of_everything_leaves_no_doubt() -> None:
    probabilities, truth = _team(50, 2)
    chosen, worth = choose_for_interval(probabilities, 500)
    assert len(chosen) == 50
    assert worth.error == pytest.approx(0.0, abs=1e-6)
    labels = [CULTURES[place] for place in truth]
    found = shares_from_sample(probabilities.mean(axis=0), 50, probabilities, labels, [one.weight or 0.0 for one in chosen])
    assert [value for value, _ in found] == pytest.approx(np.bincount(truth, minlength=5) / 50)


def test_shares_of_no_labels_are_refused() -> None:
    with pytest.raises(InputError, match="0 answers"):
        shares_from_sample(np.full(5, 0.2), 9, np.empty((0, 5)), [], [])


def test_planted_label_errors_are_found() -> None:
    statements = read_annotations([CORPUS / "documents_2.jsonl"])[:1500]
    rng = np.random.default_rng(0)
    labels = [one.gold.culture for one in statements if one.gold is not None]
    planted = set(rng.choice(len(labels), 75, replace=False).tolist())
    wrong = [
        CULTURES[(CULTURES.index(label) + 1 + int(rng.integers(4))) % 5] if row in planted else label for row, label in enumerate(labels)
    ]
    found = find_suspects(wrong, out_of_fold(statements, wrong))
    hits = [one.row in planted for one in found]
    assert sum(hits) >= 0.5 * len(planted)
    assert sum(hits[:50]) / 50 > 5 * len(planted) / len(labels)  # five times what chance would find
    assert [one.quality for one in found] == sorted(one.quality for one in found)


def test_suspects_need_two_classes_and_two_conversations() -> None:
    with pytest.raises(InputError, match="of 1 culture"):
        find_suspects(["none"] * 3, np.full((3, 5), 0.2))
    with pytest.raises(InputError, match="one conversation"):
        out_of_fold([said(1, group="c"), said(2, group="c")], ["none", "assertive"])
