"""The figures are what scikit-learn says they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from sklearn import metrics

from cs_nlp.records import Annotation, Channel, LabelledStatement
from cs_nlp.scoring import Scores
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from cs_nlp.training.evaluation import auc, calibration_error, confusion, evaluate, figures, macro_f1, micro_f1
from cs_nlp.training.resampling import f1_by_class

Ints = NDArray[np.int64]
CLASSES = list(range(len(CULTURES)))
_pairs = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*(arrays.arrays(np.int64, n, elements=st.integers(0, len(CULTURES) - 1)) for _ in range(2)))
)


@given(pair=_pairs)
def test_f1_and_confusion_are_those_of_scikit_learn(pair: tuple[Ints, Ints]) -> None:
    gold, predicted = pair
    np.testing.assert_array_equal(confusion(gold, predicted), metrics.confusion_matrix(gold, predicted, labels=CLASSES))
    by_class = metrics.f1_score(gold, predicted, labels=CLASSES, average=None, zero_division=0)
    np.testing.assert_allclose(f1_by_class(confusion(gold, predicted)), by_class)
    assert macro_f1(gold, predicted) == pytest.approx(by_class.mean())


@given(data=st.data(), n=st.integers(2, 40))
def test_auc_is_that_of_scikit_learn_with_ties(data: st.DataObject, n: int) -> None:
    positive = np.array([True, False, *data.draw(st.lists(st.booleans(), min_size=n, max_size=n))])
    score = data.draw(arrays.arrays(np.float64, n + 2, elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0])))
    assert auc(positive, score) == pytest.approx(metrics.roc_auc_score(positive, score))


@pytest.mark.parametrize("kind", [True, False])
def test_auc_of_one_kind_alone_is_not_a_number(kind: bool) -> None:
    assert np.isnan(auc(np.full(3, kind), np.array([0.1, 0.2, 0.3])))


@given(table=arrays.arrays(np.bool_, (12, 6)), named=arrays.arrays(np.bool_, (12, 6)))
def test_micro_f1_is_that_of_scikit_learn(table: NDArray[np.bool_], named: NDArray[np.bool_]) -> None:
    assert micro_f1(table, named) == pytest.approx(metrics.f1_score(table, named, average="micro", zero_division=0))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.65, 0.35], [0.35, 0.65]])
    gold = np.array([0, 1, 0, 1])
    # Two at 0.95 of which one is right, two at 0.65 of which both are right.
    assert calibration_error(gold, probabilities) == pytest.approx(0.5 * abs(0.5 - 0.95) + 0.5 * abs(1 - 0.65))


def test_probabilities_that_mean_what_they_say_have_no_calibration_error() -> None:
    random = np.random.default_rng(0)
    probabilities = random.dirichlet(np.ones(5), size=40_000)
    gold = (random.random((40_000, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    assert calibration_error(gold, probabilities) < 0.01
    assert calibration_error(gold, probabilities**3 / (probabilities**3).sum(axis=1, keepdims=True)) > 0.1


def scores_for(cultures: NDArray[np.float64], drivers: NDArray[np.float64] | None = None) -> Scores:
    n = len(cultures)
    return Scores(
        cultures=cultures.astype(np.float32),
        targets=np.tile(np.eye(len(TARGETS), dtype=np.float32)[0], (n, 1)),
        drivers=(np.zeros((n, len(SIGNED_DRIVERS))) if drivers is None else drivers).astype(np.float32),
        windows=np.ones(n, dtype=np.int64),
        driver_threshold=0.5,
    )


def statements_for(gold: Sequence[int], *, groups: int = 10, context: bool = False) -> list[LabelledStatement]:
    return [
        LabelledStatement(
            text=str(row),
            context="before" if context and row % 2 else None,
            channel=Channel.CALL,
            gold=Annotation(CULTURES[culture], None if row % 3 == 0 else TARGETS[row % 2]),
            group=str(row % groups),
            slices={"style": "asr" if row % 2 else "clean", "rare": "yes" if row < 5 else "no"},
        )
        for row, culture in enumerate(gold)
    ]


@pytest.fixture
def sample() -> tuple[Scores, list[LabelledStatement]]:
    random = np.random.default_rng(5)
    return scores_for(random.dirichlet(np.ones(5), size=80)), statements_for(random.integers(0, 5, 80).tolist(), context=True)


def test_the_figures_of_a_set_are_those_of_scikit_learn(sample: tuple[Scores, list[LabelledStatement]]) -> None:
    scores, statements = sample
    found = figures(scores, statements, replicates=50)
    gold, predicted = [CULTURES.index(item.gold.culture) for item in statements], scores.cultures.argmax(axis=1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(gold, predicted, labels=CLASSES, zero_division=0)
    for index, culture in enumerate(CULTURES):
        expected = {"precision": precision[index], "recall": recall[index], "f1": f1[index], "support": support[index]}
        assert found["classes"][culture] == pytest.approx(expected, abs=1e-4)
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(gold, predicted), abs=1e-4)
    # Every target is said to be the first; statements whose target is not known do not count.
    assert found["target_accuracy"] == pytest.approx(np.mean([row % 2 == 0 for row in range(80) if row % 3]), abs=1e-4)
    json.dumps(found, allow_nan=False)


def test_slices_are_figures_of_their_statements_and_small_ones_are_left_out(sample: tuple[Scores, list[LabelledStatement]]) -> None:
    scores, statements = sample
    found = figures(scores, statements, replicates=2)["slices"]
    assert set(found) == {"context=yes", "context=no", "medium=call", "style=asr", "style=clean", "rare=no"}
    odd = np.arange(1, 80, 2)
    gold = np.array([CULTURES.index(item.gold.culture) for item in statements])
    assert found["style=asr"]["macro_f1"] == pytest.approx(macro_f1(gold[odd], scores.cultures.argmax(axis=1)[odd]), abs=1e-4)
    assert found["style=asr"] == found["context=yes"]


def test_the_interval_holds_the_figure_and_is_the_same_for_a_seed(sample: tuple[Scores, list[LabelledStatement]]) -> None:
    found = figures(*sample, replicates=300, seed=1)
    low, high = found["interval"]
    assert low < found["macro_f1"] < high
    assert figures(*sample, replicates=300, seed=1)["interval"] == [low, high]
    assert figures(*sample, replicates=300, seed=2)["interval"] != [low, high]


def test_the_interval_resamples_groups_not_statements(sample: tuple[Scores, list[LabelledStatement]]) -> None:
    scores, statements = sample
    one_group = statements_for([CULTURES.index(item.gold.culture) for item in statements], groups=1)
    found = figures(scores, one_group, replicates=20)
    assert found["interval"] == [found["macro_f1"]] * 2


def test_what_can_not_be_measured_is_null_not_zero() -> None:
    found = figures(scores_for(np.eye(5)[[0, 0]]), statements_for([4, 4]), replicates=5)
    assert found["classes"]["none"]["precision"] is None
    assert found["classes"]["aggressive"]["recall"] is None
    assert found["signal_auc"] is None
    assert found["drivers"] == {"precision": None, "recall": None, "micro_f1": 0.0, "support": 0}


def test_average_precision_of_each_class_is_that_of_scikit_learn(sample: tuple[Scores, list[LabelledStatement]]) -> None:
    scores, statements = sample
    found = figures(scores, statements, replicates=5)["average_precision"]
    gold = np.array([CULTURES.index(item.gold.culture) for item in statements])
    for index, culture in enumerate(CULTURES):
        assert found[culture] == pytest.approx(metrics.average_precision_score(gold == index, scores.cultures[:, index]), abs=1e-4)


def test_the_interval_of_each_figure_holds_it(sample: tuple[Scores, list[LabelledStatement]]) -> None:
    found = figures(*sample, replicates=200)
    intervals = found["intervals"]
    assert intervals["macro_f1"] == found["interval"]
    pairs = [(found[name], intervals[name]) for name in ("accuracy", "signal_auc", "target_accuracy")]
    pairs += [(found["classes"][name]["f1"], intervals["f1"][name]) for name in CULTURES]
    pairs += [(found["average_precision"][name], intervals["average_precision"][name]) for name in CULTURES]
    pairs += [(part["macro_f1"], part["intervals"]["macro_f1"]) for part in found["slices"].values()]
    assert [(value, bounds) for value, bounds in pairs if not bounds[0] <= value <= bounds[1] or bounds[0] == bounds[1]] == []


def test_the_random_part_has_the_figures_of_its_statements_alone(sample: tuple[Scores, list[LabelledStatement]]) -> None:
    scores, statements = sample
    assert figures(scores, statements, replicates=2)["random"] is None
    marked = [replace(item, slices={"stratum": "random" if row < 40 else "selected"}) for row, item in enumerate(statements)]
    alone = figures(scores_for(scores.cultures[:40].astype(np.float64)), marked[:40], replicates=20)
    found = figures(scores, marked, replicates=20)["random"]
    assert found["n"] == 40
    for name in ("macro_f1", "signal_auc", "calibration_error", "classes", "average_precision"):
        assert found[name] == alone[name]
    assert found["intervals"]["average_precision"] == alone["intervals"]["average_precision"]


class Reader:
    """Says `aggressive` of shouted words and `submissive` of what follows a question, and else `none`."""

    def score(self, texts: Sequence[str], contexts: Sequence[str | None]) -> Scores:
        named = [
            "aggressive" if text.isupper() else "submissive" if context else "none" for text, context in zip(texts, contexts, strict=True)
        ]
        return scores_for(np.eye(len(CULTURES))[[CULTURES.index(name) for name in named]])


def test_the_same_statements_are_measured_without_context_and_as_recogniser_text() -> None:
    shouted = [
        LabelledStatement(f"NO {row}", None, Channel.CALL, Annotation("aggressive", None), group=f"a{row}", slices={}) for row in range(20)
    ]
    asked = [
        LabelledStatement(f"fine {row}", "Is it?", Channel.CALL, Annotation("submissive", None), group=f"b{row}", slices={})
        for row in range(20)
    ]
    found = evaluate(Reader(), shouted + asked, replicates=20)["changed"]  # type: ignore[arg-type]
    # Only what follows a question is changed by hiding it, and then none of it is right.
    assert found["context_hidden"] | {"interval": None} == {
        "n": 20,
        "given": {"macro_f1": 0.2, "signal_auc": None},
        "changed": {"macro_f1": 0.0, "signal_auc": None},
        "difference": -0.2,
        "interval": None,
    }
    assert found["context_hidden"]["interval"] == [-0.2, -0.2]
    # In small letters nobody shouts; what is small already stays as it is, but for its context.
    assert found["recogniser_text"]["n"] == 40
    assert found["recogniser_text"]["given"]["macro_f1"] == pytest.approx(0.4)
    assert found["recogniser_text"]["changed"]["macro_f1"] == pytest.approx(0.2)
