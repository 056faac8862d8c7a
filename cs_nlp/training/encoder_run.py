"""The part of a training run that is particular to encoders: fine-tuning, checkpoint, export, and agreement of the two."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from cs_nlp.errors import ArtefactError, RecipeError
from cs_nlp.records import LabelledStatement
from cs_nlp.scoring.artefact import EncoderConfig
from cs_nlp.scoring.classifier import Classifier, softmax
from cs_nlp.scoring.inputs import load_tokenizer, make_windows
from cs_nlp.taxonomy import CULTURES, name_cultures
from cs_nlp.training.data import Material
from cs_nlp.training.evaluation import macro_f1
from cs_nlp.training.export import export
from cs_nlp.training.finetune import fine_tune, make_rows, torch_outputs
from cs_nlp.training.finishing import CHECKPOINT, Progress, finish
from cs_nlp.training.meaning import fit_meaning, sentence_vectors
from cs_nlp.training.network import CultureNetwork, encoder_folder
from cs_nlp.training.quantise import prepare, simulate_int8
from cs_nlp.training.recipe import Recipe

_FRAMES = (("[CLS]", "[SEP]", "[PAD]"), ("<s>", "</s>", "<pad>"))  # BERT's; MPNet's and RoBERTa's


def run(recipe: Recipe, material: Material, out: Path, progress: Progress) -> Path:
    """Fine-tune an encoder, keep the trained network as a checkpoint, and make the model folder."""
    folder = encoder_folder(recipe.encoder.path)
    shutil.copyfile(folder / "tokenizer.json", out / "tokenizer.json")
    config = input_config(recipe, out)
    torch.manual_seed(recipe.seed)
    how = recipe.optimiser
    network = CultureNetwork.from_folder(
        folder, label_smoothing=how.label_smoothing, target_weight=how.target_weight, driver_weight=how.driver_weight
    )
    tokenizer = load_tokenizer(str(out / "tokenizer.json"))
    texts = [item.statement.text for item in material.learning]
    windows = list({window.row: window for window in reversed(make_windows(tokenizer, config, texts, [None] * len(texts)))}.values())
    vectors = sentence_vectors(network.encoder, windows, config.pad_id, progress)
    rows = make_rows(tokenizer, config, material, recipe.distil.share if recipe.distil else 0.0)
    fine_tune(recipe, network, config, rows, progress=progress)
    fit_meaning(network, windows, vectors, config.pad_id, progress)
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, out / CHECKPOINT)
    return _export_and_finish(recipe, network, config, material, out, progress)


def export_checkpoint(recipe: Recipe, material: Material, out: Path, progress: Progress) -> Path:
    """Make the model folder again from the checkpoint of an earlier run, without learning anew."""
    network = load_checkpoint(recipe, out)
    return _export_and_finish(recipe, network, input_config(recipe, out), material, out, progress)


def load_checkpoint(recipe: Recipe, out: Path) -> CultureNetwork:
    """The trained network of a model folder, in evaluation mode with int8 simulated.

    Raises:
        ArtefactError: the folder has no checkpoint.
    """
    if not (out / CHECKPOINT).is_file():
        raise ArtefactError(f"{out}: no {CHECKPOINT} here, so there is nothing to export; train the model first")
    network = CultureNetwork.from_folder(encoder_folder(recipe.encoder.path))
    prepare(network.encoder)
    network.load_state_dict(load_file(out / CHECKPOINT))
    network.eval()
    simulate_int8(network, on=True)
    return network


def input_config(recipe: Recipe, out: Path) -> EncoderConfig:
    """How inputs are framed, from the recipe and the folder's tokenizer; calibration is still neutral."""
    tokenizer = load_tokenizer(str(out / "tokenizer.json"))
    cls_id, sep_id, pad_id = _special_ids(tokenizer)
    return EncoderConfig(
        name=recipe.name,
        temperature=1.0,
        driver_threshold=0.5,
        sha256={},
        max_length=recipe.encoder.max_length,
        context_tokens=recipe.encoder.context_tokens,
        cls_id=cls_id,
        sep_id=sep_id,
        pad_id=pad_id,
    )


def _special_ids(tokenizer: Tokenizer) -> tuple[int, int, int]:
    """Ids of the tokens that frame an input: its start, the end of a segment, padding."""
    for frame in _FRAMES:
        start, end, padding = (tokenizer.token_to_id(token) for token in frame)
        if start is not None and end is not None and padding is not None:
            return start, end, padding
    known = "; ".join(", ".join(frame) for frame in _FRAMES)
    raise RecipeError(f"encoder -> path: its tokenizer.json has none of these sets of special tokens: {known}; take another encoder")


def _export_and_finish(
    recipe: Recipe, network: CultureNetwork, config: EncoderConfig, material: Material, out: Path, progress: Progress
) -> Path:
    progress("exporting", 0, 1)
    export(network, out / "model.onnx")

    def agreement(classifier: Classifier, material: Material) -> dict[str, Any]:
        judged = material.evaluation or tuple(item.statement for item in material.ordinary)
        return compare(network, classifier, judged, config)

    return finish(recipe, config, material, out, extra={"int8": agreement}, progress=progress)


def compare(
    network: CultureNetwork, classifier: Classifier, statements: tuple[LabelledStatement, ...], config: EncoderConfig
) -> dict[str, Any]:
    """How far the artefact's answers are from the trained network's.

    Returns:
        `agreement`: share of statements with the same top culture as the network as it was trained (with int8 simulated), and
        `agreement_float`: as the same network computes without any rounding; `macro_f1` of the artefact, of the network, and of
        the network without rounding, and the artefact's `loss` against the better of the two.
    """
    texts, contexts = [item.text for item in statements], [item.context for item in statements]
    gold = np.array([CULTURES.index(item.gold.culture) for item in statements])
    scores = classifier.score(texts, contexts)
    artefact = scores.named
    tokenizer = load_tokenizer(str(classifier.artefact.path / "tokenizer.json"))
    windows = make_windows(tokenizer, config, texts, contexts)
    rows = np.array([window.row for window in windows])
    weight = np.array([window.n_tokens for window in windows], dtype=np.float64)
    weight /= np.bincount(rows, weights=weight, minlength=len(statements))[rows]
    tops = {}
    for name, simulated in (("float", False), ("trained", True)):
        simulate_int8(network, on=simulated)
        logits = np.zeros((len(statements), len(CULTURES)))
        np.add.at(logits, rows, torch_outputs(network, windows, config.pad_id)[0] * weight[:, None])
        tops[name] = name_cultures(softmax((logits / classifier.artefact.config.temperature).astype(np.float32)), scores.none_weight)
    f1 = {name: macro_f1(gold, top) for name, top in {**tops, "artefact": artefact}.items()}
    return {
        "n": len(statements),
        "agreement": round(float((artefact == tops["trained"]).mean()), 4),
        "agreement_float": round(float((artefact == tops["float"]).mean()), 4),
        "macro_f1": {name: round(value, 4) for name, value in f1.items()},
        "loss": round(max(f1["trained"], f1["float"]) - f1["artefact"], 4),
    }
