"""A training run leaves a whole model folder, whose figures are measured and whose answers are the network's."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from sklearn import metrics

from cs_nlp.errors import ArtefactError, RecipeError
from cs_nlp.scoring import load_classifier
from cs_nlp.scoring.classifier import sigmoid, softmax
from cs_nlp.scoring.encoder import OUTPUTS, EncoderClassifier
from cs_nlp.scoring.inputs import load_tokenizer, make_windows
from cs_nlp.taxonomy import CULTURES
from cs_nlp.training.data import read_material
from cs_nlp.training.encoder_run import input_config, load_checkpoint
from cs_nlp.training.evaluation import evaluate
from cs_nlp.training.finetune import torch_outputs
from cs_nlp.training.quantise import int8_layers
from cs_nlp.training.recipe import read_recipe
from cs_nlp.training.run import train


def evaluation(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    return found


def test_the_exported_graph_answers_as_the_network_with_int8_simulated(tiny_artefact: Path, tiny_recipe: Path) -> None:
    recipe = read_recipe(tiny_recipe)
    network = load_checkpoint(recipe, tiny_artefact)
    config = input_config(recipe, tiny_artefact)
    statements = read_material(recipe).evaluation
    windows = make_windows(
        load_tokenizer(str(tiny_artefact / "tokenizer.json")), config, [s.text for s in statements], [s.context for s in statements]
    )
    classifier = load_classifier(tiny_artefact)
    assert isinstance(classifier, EncoderClassifier)
    exported = classifier._run_all(windows, OUTPUTS)
    trained = torch_outputs(network, windows, config.pad_id)
    for ours, theirs, chance in zip(exported, trained, (softmax, softmax, sigmoid), strict=False):
        np.testing.assert_allclose(chance(ours), chance(theirs), atol=1e-3)
    np.testing.assert_allclose(exported[3], trained[3], atol=0.02 * np.abs(trained[3]).max())
    np.testing.assert_array_equal(exported[0].argmax(axis=1), trained[0].argmax(axis=1))


def test_every_product_of_the_encoder_and_its_big_embedding_are_integer(tiny_artefact: Path, tiny_recipe: Path) -> None:
    graph = onnx.load(tiny_artefact / "model.onnx").graph
    layers = len(list(int8_layers(load_checkpoint(read_recipe(tiny_recipe), tiny_artefact))))
    assert layers == 2 * 6
    assert sum(node.op_type == "MatMulIntegerToFloat" for node in graph.node) == layers
    big = [table for table in graph.initializer if len(table.dims) == 2 and table.dims[0] > 1000 and table.dims[1] > 1]
    assert [table.data_type for table in big] == [onnx.TensorProto.INT8]


def test_sentence_vectors_are_of_unit_length_and_know_no_context(tiny_artefact: Path) -> None:
    classifier = load_classifier(tiny_artefact)
    texts = ["they never listen", "i will call you back", "word " * 200, "they never listen"]
    found = classifier.embed(texts)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(found[0], found[3], atol=1e-6)
    assert classifier.embed([]).shape == (0, found.shape[1])


def test_every_attention_is_one_operator(tiny_artefact: Path, tiny_recipe: Path) -> None:
    graph = onnx.load(tiny_artefact / "model.onnx").graph
    attentions = load_checkpoint(read_recipe(tiny_recipe), tiny_artefact).encoder.config.num_hidden_layers  # type: ignore[union-attr]
    kinds = Counter(node.op_type for node in graph.node)
    assert (kinds["Attention"], kinds["Softmax"], kinds["Transpose"]) == (attentions, 0, 0)


@pytest.mark.parametrize("model", ["tiny_artefact", "tiny_baseline"])
def test_the_folders_figures_are_those_of_the_model_in_it(model: str, tiny_recipe: Path, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(model)
    statements = read_material(read_recipe(tiny_recipe)).evaluation
    found = evaluation(folder)["evaluation"]
    majority = found.pop("majority_macro_f1")
    assert found == evaluate(load_classifier(folder), statements)
    gold = [CULTURES.index(item.gold.culture) for item in statements]
    most = np.bincount(gold).argmax()
    assert majority == pytest.approx(
        metrics.f1_score(gold, [most] * len(gold), labels=range(5), average="macro", zero_division=0), abs=1e-4
    )


@pytest.mark.parametrize("model", ["tiny_artefact", "tiny_baseline"])
def test_rows_for_the_correction_of_prevalence_are_the_ordinary_held_out_ones(
    model: str, tiny_recipe: Path, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(model)
    rows = evaluation(folder)["rows"]
    statements = [item.statement for item in read_material(read_recipe(tiny_recipe)).ordinary]
    assert rows["cultures"] == [item.gold.culture for item in statements]
    assert len(set(rows["groups"])) == len({item.group for item in statements})
    scores = load_classifier(folder).score([item.text for item in statements], [item.context for item in statements])
    np.testing.assert_allclose(rows["probabilities"], scores.cultures, atol=1e-5)


def test_the_agreement_of_artefact_and_network_is_measured(tiny_artefact: Path) -> None:
    found = evaluation(tiny_artefact)["int8"]
    assert found["agreement"] >= 0.98
    assert found["macro_f1"]["artefact"] == evaluation(tiny_artefact)["evaluation"]["macro_f1"]
    assert found["loss"] == pytest.approx(max(found["macro_f1"]["trained"], found["macro_f1"]["float"]) - found["macro_f1"]["artefact"])


@pytest.mark.parametrize("model", ["tiny_artefact", "tiny_baseline"])
def test_the_card_shows_the_measured_figures_and_the_learning_data(model: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(model)
    card, found = (folder / "README.md").read_text(encoding="utf-8"), evaluation(folder)
    assert found["learning"]["sha256"] in card
    assert f"**{found['evaluation']['macro_f1']:.3f}**" in card
    for row in found["evaluation"]["confusion"]:
        assert f"| {' | '.join(map(str, row))} |" in card
    assert "{{" not in card
    assert "{%" not in card


def test_the_card_names_other_models_on_the_same_evaluation_set(tiny_baseline: Path, tiny_recipe: Path, tmp_path: Path) -> None:
    recipe = read_recipe(tiny_recipe.with_name("tiny-words.toml"))
    compared = recipe.model_copy(update={"compared": (tiny_baseline, tmp_path / "absent")})
    folder = train(compared, tmp_path / "again")
    [entry] = evaluation(folder)["compared"]
    assert (entry["name"], entry["macro_f1"]) == ("tiny-words", evaluation(tiny_baseline)["evaluation"]["macro_f1"])
    assert "| tiny-words | " in (folder / "README.md").read_text(encoding="utf-8")


def test_a_folder_that_holds_something_else_is_left_alone(tiny_baseline: Path, tmp_path: Path) -> None:
    recipe = read_recipe(tiny_baseline.parents[1] / "tiny-words.toml")
    (tmp_path / "letters.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(ArtefactError, match="no model folder"):
        train(recipe, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_an_earlier_model_is_replaced(tiny_baseline: Path, tmp_path: Path) -> None:
    recipe = read_recipe(tiny_baseline.parents[1] / "tiny-words.toml")
    folder = Path(shutil.copytree(tiny_baseline, tmp_path / "model"))
    (folder / "vocabulary.json").write_text("[]", encoding="utf-8")
    steps: list[str] = []
    train(recipe, folder, progress=lambda step, *_: steps.append(step))
    assert evaluation(folder) == evaluation(tiny_baseline)
    assert steps[-1] == "done"


def test_without_a_checkpoint_there_is_nothing_to_export(tiny_recipe: Path, tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"no checkpoint\.safetensors"):
        train(read_recipe(tiny_recipe), tmp_path, export_only=True)


def test_an_encoder_that_is_not_there_is_refused(tiny_recipe: Path, tmp_path: Path) -> None:
    recipe = read_recipe(tiny_recipe)
    away = recipe.model_copy(update={"encoder": recipe.encoder.model_copy(update={"path": tmp_path})})
    with pytest.raises(RecipeError, match=r"holds no config\.json"):
        train(away, tmp_path / "out")
