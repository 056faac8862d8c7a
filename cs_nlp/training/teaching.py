"""A teacher: a network too large to be released learns from a recipe, and what it answers is kept for smaller ones to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cs_nlp.scoring import Scores
from cs_nlp.scoring.artefact import EncoderConfig
from cs_nlp.scoring.classifier import sigmoid, softmax
from cs_nlp.scoring.encoder import merge_windows
from cs_nlp.scoring.inputs import load_tokenizer, make_windows
from cs_nlp.training.data import read_material
from cs_nlp.training.encoder_run import input_config
from cs_nlp.training.evaluation import figures
from cs_nlp.training.finetune import fine_tune, make_rows, torch_outputs
from cs_nlp.training.finishing import Progress
from cs_nlp.training.network import CultureNetwork, encoder_folder
from cs_nlp.training.recipe import Recipe
from cs_nlp.training.taught import WIDTHS, Taught, make_taught, write_taught

_TOLD = ("macro_f1", "interval", "signal_auc", "calibration_error", "target_accuracy")
_THRESHOLD = 0.5
Asked = Sequence[tuple[str, str | None]]


def teach(recipe: Recipe, out: Path, *, progress: Progress = lambda *_: None) -> Taught:
    """Fine-tune a teacher and write its answers to all that its recipe learns from, labelled or not.

    Held-out statements are neither learnt from nor answered.

    Args:
        recipe: of kind `encoder`, from `read_recipe`.
        out: the file of answers to write.
        progress: told of each step.

    Returns:
        The answers.

    Raises:
        DatasetError: a data set is damaged.
        RecipeError: the encoder is not where the recipe says.
    """
    progress("reading the data", 0, 1)
    material = read_material(recipe)
    folder = encoder_folder(recipe.encoder.path)
    config = input_config(recipe, folder)
    how = recipe.optimiser
    torch.manual_seed(recipe.seed)
    network = CultureNetwork.from_folder(
        folder, label_smoothing=how.label_smoothing, target_weight=how.target_weight, driver_weight=how.driver_weight
    )
    rows = make_rows(load_tokenizer(str(folder / "tokenizer.json")), config, material)
    fine_tune(recipe, network, config, rows, progress=progress)
    known = [(item.statement.text, item.statement.context) for item in material.learning]
    answer = _Answering(network, folder, config, bfloat16=how.bfloat16, progress=progress)
    about: dict[str, Any] = {"recipe": recipe.name, "learning": material.sha256, "n": len(known), "seed": recipe.seed}
    if material.evaluation:
        judged = answer([(item.text, item.context) for item in material.evaluation])
        found = figures(_scores(judged), material.evaluation)
        about["evaluation"] = {key: found[key] for key in _TOLD}
    asked = [*known, *material.unlabelled]
    taught = make_taught(asked, answer(asked), about)
    write_taught(taught, out)
    return taught


class _Answering:
    """A fine-tuned network that answers statements with logits of the three heads, each `(n, width)`."""

    def __init__(self, network: CultureNetwork, folder: Path, config: EncoderConfig, *, bfloat16: bool, progress: Progress) -> None:
        self._network = network
        self._tokenizer = load_tokenizer(str(folder / "tokenizer.json"))
        self._config = config
        self._bfloat16 = bfloat16
        self._progress = progress

    def __call__(self, asked: Asked) -> list[NDArray[np.float32]]:
        windows = make_windows(self._tokenizer, self._config, [text for text, _ in asked], [context for _, context in asked])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self._bfloat16):
            found = torch_outputs(self._network, windows, self._config.pad_id, self._progress)
        return [merge_windows(part, windows, len(asked)) for part in found[: len(WIDTHS)]]


def _scores(logits: Sequence[NDArray[np.float32]]) -> Scores:
    cultures, targets, drivers = logits
    windows = np.ones(len(cultures), dtype=np.int64)
    return Scores(softmax(cultures), softmax(targets), sigmoid(drivers), windows, _THRESHOLD)
