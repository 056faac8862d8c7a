"""A real, tiny fine-tuning run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from cs_nlp.scoring.artefact import EncoderConfig
from cs_nlp.scoring.inputs import load_tokenizer, make_windows
from cs_nlp.training.data import Material, read_material
from cs_nlp.training.encoder_run import input_config, load_checkpoint
from cs_nlp.training.finetune import Collator, Row, fine_tune, make_rows, torch_outputs
from cs_nlp.training.network import CultureNetwork
from cs_nlp.training.quantise import int8_layers
from cs_nlp.training.recipe import Recipe, read_recipe


@pytest.fixture(scope="module")
def recipe(tiny_recipe: Path) -> Recipe:
    return read_recipe(tiny_recipe)


@pytest.fixture(scope="module")
def material(recipe: Recipe) -> Material:
    return read_material(recipe)


@pytest.fixture(scope="module")
def encoder(recipe: Recipe) -> Path:
    assert recipe.encoder.path is not None
    return recipe.encoder.path


@pytest.fixture(scope="module")
def config(recipe: Recipe, encoder: Path) -> EncoderConfig:
    return input_config(recipe, encoder)


@pytest.fixture(scope="module")
def rows(encoder: Path, config: EncoderConfig, material: Material) -> list[Row]:
    return make_rows(load_tokenizer(str(encoder / "tokenizer.json")), config, material)


def learnt(recipe: Recipe, material: Material, config: EncoderConfig, encoder: Path) -> CultureNetwork:
    torch.manual_seed(recipe.seed)
    how = recipe.optimiser
    network = CultureNetwork.from_folder(
        encoder, label_smoothing=how.label_smoothing, target_weight=how.target_weight, driver_weight=how.driver_weight
    )
    fine_tune(recipe, network, config, make_rows(load_tokenizer(str(encoder / "tokenizer.json")), config, material))
    return network


def weights_differ(one: CultureNetwork, other: CultureNetwork) -> bool:
    theirs = other.state_dict()
    fine_tuned = [name for name in theirs if not name.startswith("meaning_head.")]
    return any(not torch.equal(value, theirs[name]) for name, value in one.state_dict().items() if name in fine_tuned)


def loss(network: CultureNetwork, rows: list[Row]) -> float:
    with torch.no_grad():
        return float(network.eval()(**Collator(0, 0.0, 0)(rows))["loss"])


def test_learning_lowers_the_loss_on_what_is_learnt(tiny_artefact: Path, recipe: Recipe, encoder: Path, rows: list[Row]) -> None:
    torch.manual_seed(recipe.seed)
    before = loss(CultureNetwork.from_folder(encoder), rows)
    assert loss(load_checkpoint(recipe, tiny_artefact), rows) < 0.85 * before


def test_the_same_recipe_gives_the_same_weights_and_another_seed_others(
    tiny_artefact: Path, recipe: Recipe, material: Material, config: EncoderConfig, encoder: Path
) -> None:
    first = load_checkpoint(recipe, tiny_artefact)
    assert not weights_differ(first, learnt(recipe, material, config, encoder))
    assert weights_differ(first, learnt(recipe.model_copy(update={"seed": 2}), material, config, encoder))


def test_the_last_epochs_learn_with_int8_simulated(recipe: Recipe, rows: list[Row], config: EncoderConfig, encoder: Path) -> None:
    simulated: list[bool] = []
    torch.manual_seed(recipe.seed)
    network = CultureNetwork.from_folder(encoder)

    def look(what: str, done: int, steps: int) -> None:
        if what == "learning":
            simulated.append(all(layer.simulate for layer in int8_layers(network)))
        assert done <= steps

    fine_tune(recipe, network, config, rows, progress=look)
    half = len(simulated) // 2
    assert simulated == [False] * half + [True] * half
    assert all(float(layer.high) > float(layer.low) for layer in int8_layers(network))


def test_a_statements_answer_does_not_depend_on_its_batch(tiny_artefact: Path, recipe: Recipe, config: EncoderConfig) -> None:
    network = load_checkpoint(recipe, tiny_artefact)
    texts = ["no", "you never listen to what i say", "right so i have sent it out again today and it should be with you"]
    windows = make_windows(load_tokenizer(str(tiny_artefact / "tokenizer.json")), config, texts, [None, "where is it", None])
    together = torch_outputs(network, windows, config.pad_id)
    for row, window in enumerate(windows):
        for found, alone in zip(together, torch_outputs(network, [window], config.pad_id), strict=True):
            np.testing.assert_allclose(found[row], alone[0], atol=1e-3)


def test_rows_hold_the_labels_and_the_weight(rows: list[Row], material: Material) -> None:
    assert len(rows) == len(material.learning)
    for row, item in zip(rows, material.learning, strict=True):
        assert sum(row["drivers"]) == len(set(item.statement.gold.drivers))
        assert row["weight"] == item.weight
        assert (row["second"] < len(row["input_ids"])) == (item.statement.context is not None)


def test_a_batch_hides_the_context_of_about_the_share_asked_for(rows: list[Row]) -> None:
    with_context = [row for row in rows if row["second"] < len(row["input_ids"])]
    collator = Collator(0, 0.25, seed=0)
    hidden = [collator([row])["token_type_ids"].sum() == 0 for _ in range(40) for row in with_context]
    assert np.mean(hidden) == pytest.approx(0.25, abs=0.05)


def test_statements_without_a_known_target_do_not_teach_targets(encoder: Path, rows: list[Row]) -> None:
    torch.manual_seed(0)
    network = CultureNetwork.from_folder(encoder)
    blind = [{**row, "targets": np.zeros_like(row["targets"])} for row in rows[:4]]
    network(**Collator(0, 0.0, 0)(blind))["loss"].backward()
    assert network.target_head.weight.grad is None or not network.target_head.weight.grad.any()
    assert network.culture_head.weight.grad is not None
    assert network.culture_head.weight.grad.any()


def test_the_context_is_read_but_only_the_statement_is_averaged(encoder: Path, config: EncoderConfig) -> None:
    network = CultureNetwork.from_folder(encoder).eval()
    tokenizer = load_tokenizer(str(encoder / "tokenizer.json"))
    one, other = (
        torch_outputs(network, make_windows(tokenizer, config, ["no it is not"], [context]), 0)[0] for context in ("hello", "where is it")
    )
    assert np.abs(one - other).max() > 1e-5
