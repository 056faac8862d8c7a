"""Adapts a trained encoder to labels of one's own: a few epochs from its checkpoint, on the labels and a part of what it learnt from."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import save_file

from cs_nlp.scoring.inputs import load_tokenizer, make_windows
from cs_nlp.training.data import read_material
from cs_nlp.training.encoder_run import export_checkpoint, input_config, load_checkpoint
from cs_nlp.training.finetune import fine_tune, make_rows
from cs_nlp.training.finishing import CHECKPOINT, Progress
from cs_nlp.training.meaning import fit_meaning, sentence_vectors
from cs_nlp.training.network import CultureNetwork, encoder_folder
from cs_nlp.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class WarmStart:
    """How a checkpoint is trained on.

    Attributes:
        epochs: passes, all with int8 arithmetic simulated, since its ranges are known.
        slower: what the recipe's learning rates are divided by, so that little is forgotten.
    """

    epochs: int = 3
    slower: float = 3.0


def adapt(recipe: Recipe, start: Path, out: Path, how: WarmStart, *, progress: Progress = lambda *_: None) -> Path:
    """Train the checkpoint in `start` on with a recipe's data, and make a model folder of it.

    Args:
        recipe: of kind `encoder`, with the encoder of the checkpoint; its data sets are all that is learnt from now.
        start: the folder of a trained model, its `checkpoint.safetensors` in it.
        out: the model folder to write.
        how: epochs and rates.
        progress: told of each step.

    Returns:
        `out`.

    Raises:
        ArtefactError: `start` has no checkpoint.
        DatasetError: a data set is damaged.
    """
    rates = recipe.optimiser
    optimiser = rates.model_copy(
        update={
            "epochs": how.epochs,
            "quantised_epochs": how.epochs,
            "learning_rate": rates.learning_rate / how.slower,
            "head_learning_rate": rates.head_learning_rate / how.slower,
        }
    )
    recipe = recipe.model_copy(update={"optimiser": optimiser})
    material = read_material(recipe)
    network = load_checkpoint(recipe, start)
    network.label_smoothing, network.target_weight, network.driver_weight = rates.label_smoothing, rates.target_weight, rates.driver_weight
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(start / "tokenizer.json", out / "tokenizer.json")
    config = input_config(recipe, out)
    tokenizer = load_tokenizer(str(out / "tokenizer.json"))
    fine_tune(recipe, network, config, make_rows(tokenizer, config, material), progress=progress)
    texts = [item.statement.text for item in material.learning]
    windows = list({window.row: window for window in reversed(make_windows(tokenizer, config, texts, [None] * len(texts)))}.values())
    before = CultureNetwork.from_folder(encoder_folder(recipe.encoder.path))
    fit_meaning(network, windows, sentence_vectors(before.encoder, windows, config.pad_id, progress), config.pad_id, progress)
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, out / CHECKPOINT)
    return export_checkpoint(recipe, material, out, progress)
