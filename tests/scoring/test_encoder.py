"""The exported encoder at work, on a tiny one that was really trained and exported."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from cs_nlp.errors import ArtefactError
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from tests.scoring.test_artefact import sign

TEXTS = [
    "you never listen",
    "",
    "I checked it for you and it is on its way now",
    "well. if you say so.",
    "sorry sorry my fault " * 40,
    "ok",
]
CONTEXTS = ["it broke", None, "any news on my parcel", None, "you broke it", ""]


@pytest.fixture(scope="module")
def classifier(tiny_artefact: Path) -> Classifier:
    return load_classifier(tiny_artefact, threads=1)


def test_probabilities_are_probabilities(classifier: Classifier) -> None:
    scores = classifier.score(TEXTS, CONTEXTS)
    assert (scores.cultures.shape, scores.targets.shape, scores.drivers.shape) == ((6, 5), (6, 6), (6, 26))
    for part in (scores.cultures, scores.targets):
        np.testing.assert_allclose(part.sum(axis=1), 1, atol=1e-5)
    assert ((scores.drivers >= 0) & (scores.drivers <= 1)).all()


def test_a_statements_answer_does_not_depend_on_its_company(classifier: Classifier) -> None:
    together = classifier.score(TEXTS, CONTEXTS)
    for row, (text, context) in enumerate(zip(TEXTS, CONTEXTS, strict=True)):
        alone = classifier.score([text], [context])
        np.testing.assert_allclose(alone.cultures[0], together.cultures[row], atol=1e-3)
        np.testing.assert_allclose(alone.drivers[0], together.drivers[row], atol=1e-3)


def test_answers_come_in_the_order_of_the_statements(classifier: Classifier) -> None:
    texts = [f"{text} {number}" for number in range(40) for text in TEXTS]
    forth, back = classifier.score(texts), classifier.score(texts[::-1])
    np.testing.assert_allclose(forth.cultures, back.cultures[::-1], atol=1e-3)
    np.testing.assert_array_equal(forth.windows, back.windows[::-1])


def test_threads_change_nothing(classifier: Classifier, tiny_artefact: Path) -> None:
    texts = [f"{text} {number}" for number in range(40) for text in TEXTS]
    np.testing.assert_allclose(load_classifier(tiny_artefact, threads=3).score(texts).cultures, classifier.score(texts).cultures, atol=1e-5)


def test_no_context_and_an_empty_one_are_the_same_and_another_is_not(classifier: Classifier) -> None:
    without = classifier.score(["you never listen"]).cultures
    np.testing.assert_array_equal(without, classifier.score(["you never listen"], [""]).cultures)
    assert np.abs(without - classifier.score(["you never listen"], ["it broke again and again"]).cultures).max() > 1e-4


def test_a_long_statement_is_read_in_windows_and_says_so(classifier: Classifier) -> None:
    records = classifier.score(TEXTS, CONTEXTS).to_records()
    assert [record.windows > 1 for record in records] == [False, False, False, False, True, False]


def test_a_long_statement_is_not_judged_by_its_beginning_alone(classifier: Classifier) -> None:
    beginning = "right so i checked the account for you " * 5
    one, other = classifier.score([beginning + "thank you so much " * 30, beginning + "you never listen " * 30]).cultures
    assert np.abs(one - other).max() > 1e-4


def test_records_hold_what_the_arrays_hold(classifier: Classifier) -> None:
    scores = classifier.score(TEXTS, CONTEXTS)
    for row, record in enumerate(scores.to_records()):
        weighed = [
            share * (scores.none_weight if name == "none" else 1) for name, share in zip(CULTURES, record.probabilities, strict=True)
        ]
        assert record.culture == CULTURES[int(np.argmax(weighed))]
        assert record.target == TARGETS[int(np.argmax(record.target_probabilities))]
        assert record.probabilities == tuple(scores.cultures[row].tolist())
        named = zip(SIGNED_DRIVERS, record.driver_probabilities, strict=True)
        assert record.drivers == tuple(driver for driver, share in named if share >= scores.driver_threshold)


def test_no_statements_give_no_scores(classifier: Classifier) -> None:
    scores = classifier.score([])
    assert (scores.cultures.shape, scores.drivers.shape, scores.to_records()) == ((0, 5), (0, 26), [])


def test_a_graph_that_the_runtime_can_not_load_is_refused_by_name(tiny_artefact: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_artefact, tmp_path / "model"))
    (folder / "model.onnx").write_bytes(b"not a graph")
    sign(folder, "model.onnx")
    with pytest.raises(ArtefactError, match=r"model\.onnx: onnxruntime can't load it"):
        load_classifier(folder)


def test_a_model_that_asks_for_other_inputs_is_refused(tiny_artefact: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_artefact, tmp_path / "model"))
    graph = onnx.load(folder / "model.onnx")
    graph.graph.input.append(onnx.helper.make_tensor_value_info("attention_mask", onnx.TensorProto.INT64, ["n", "length"]))
    onnx.save(graph, folder / "model.onnx")
    sign(folder, "model.onnx")
    with pytest.raises(ArtefactError, match="asks for attention_mask, input_ids, token_type_ids, expected input_ids, token_type_ids"):
        load_classifier(folder)


def test_scoring_loads_neither_torch_nor_transformers(tiny_artefact: Path) -> None:
    code = (
        "import sys; from cs_nlp.scoring import load_classifier;"
        f"load_classifier({str(tiny_artefact)!r}).score(['hello there']);"
        "print(sorted({'torch', 'transformers', 'sklearn', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
