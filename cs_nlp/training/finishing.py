"""From learnt weights to a model folder: calibration, evaluation, and the files that say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import ArtefactError
from cs_nlp.records import LabelledStatement
from cs_nlp.scoring import Classifier, Scores, load_classifier
from cs_nlp.scoring.artefact import (
    CARD,
    CONFIG,
    ENCODER_FILES,
    EVALUATION,
    LABELS,
    LINEAR_FILES,
    SEEN,
    Config,
    LinearConfig,
    digest,
    labels_document,
)
from cs_nlp.scoring.doubt import fit_seen, write_seen
from cs_nlp.taxonomy import CULTURES, TAXONOMY_VERSION
from cs_nlp.training.calibration import fit_balance, fit_none_weight, fit_temperature, fit_threshold
from cs_nlp.training.card import render_card
from cs_nlp.training.data import Material, Weighted
from cs_nlp.training.documents import write_document
from cs_nlp.training.evaluation import driver_table, evaluate, figures, gold_of, macro_f1, unsure_counts
from cs_nlp.training.recipe import Recipe

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

CHECKPOINT = "checkpoint.safetensors"
_DECIMALS = 5
_DRIVER_DECIMALS = 3


def finish(recipe: Recipe, config: Config, material: Material, out: Path, *, extra: dict[str, Any], progress: Progress) -> Path:
    """Calibrate what lies in `out`, evaluate it as it will be used, and write the rest of the folder.

    Args:
        recipe: what was followed.
        config: with neutral temperature and threshold; their fitted values are filled in.
        material: the data.
        out: holds the files of the model itself.
        extra: further entries for `evaluation.json`; functions in it get the calibrated classifier and the material.
        progress: told of each step.
    """
    progress("calibrating", 0, 1)
    files = LINEAR_FILES if isinstance(config, LinearConfig) else ENCODER_FILES
    _write_seen(material, out)
    config = config.model_copy(update={"sha256": {name: digest(out / name) for name in (*files, SEEN)}, "name": recipe.name})
    write_document(out / LABELS, labels_document(TAXONOMY_VERSION))
    write_document(out / EVALUATION, {})
    write_document(out / CONFIG, config.model_dump())
    _calibrate(config, material, out)
    progress("evaluating", 0, 1)
    evaluation = _evaluation(recipe, material, load_classifier(out), extra)
    write_document(out / EVALUATION, evaluation)
    (out / CARD).write_text(render_card(recipe, evaluation), encoding="utf-8")
    progress("done", 1, 1)
    return out


def _calibrate(config: Config, material: Material, out: Path) -> None:
    """Fit temperature, driver threshold and the weight of none, in this order, and write them; `config` has none of them yet.

    The weight of none is fitted to the probabilities as they are after calibration.
    """
    rows = material.said
    statements = [row.statement for row in rows]
    gold = gold_of(statements)
    scores = _score(load_classifier(out), statements)
    temperature = fit_temperature(gold, np.log(np.maximum(scores.cultures, np.finfo(np.float32).tiny)))
    threshold = fit_threshold(driver_table(statements), scores.drivers)
    config = config.model_copy(update={"temperature": round(temperature, _DECIMALS), "driver_threshold": round(threshold, _DECIMALS)})
    write_document(out / CONFIG, config.model_dump())
    scores = _score(load_classifier(out), statements)
    weight = fit_none_weight(gold, scores.cultures, [row.statement.group for row in rows], [row.source for row in rows])
    write_document(out / CONFIG, config.model_copy(update={"none_weight": round(weight, _DECIMALS)}).model_dump())


def calibrate_again(recipe: Recipe, material: Material, out: Path) -> Path:
    """Fit temperature, driver threshold and the weight of none of a finished model folder anew, and measure it as `evaluate_again` does."""
    config = load_classifier(out).artefact.config
    neutral = config.model_copy(update={"temperature": 1.0, "driver_threshold": 0.5, "none_weight": 1.0})
    write_document(out / CONFIG, neutral.model_dump())
    _calibrate(neutral, material, out)
    return evaluate_again(recipe, material, out)


def _evaluation(recipe: Recipe, material: Material, classifier: Classifier, extra: dict[str, Any]) -> dict[str, Any]:
    rows = material.ordinary
    scores = _score(classifier, [row.statement for row in rows])
    found: dict[str, Any] = {
        "recipe": recipe.model_dump(mode="json", exclude={"data": True, "compared": True, "encoder": {"path"}, "distil": {"answers"}}),
        "learning": _learning(recipe, material),
        "code": _code_version(),
        "taxonomy": TAXONOMY_VERSION,
        **_held_out(rows, scores),
        "compared": [entry for folder in recipe.compared for entry in _compared(folder)],
    }
    if material.evaluation:
        found["evaluation"] = evaluate(classifier, material.evaluation)
        gold = np.array([CULTURES.index(item.gold.culture) for item in material.evaluation])
        found["evaluation"]["majority_macro_f1"] = _majority_macro_f1(gold)
    return found | {key: value(classifier, material) if callable(value) else value for key, value in extra.items()}


def _learning(recipe: Recipe, material: Material) -> dict[str, Any]:
    sources = {item.source: 0 for item in material.learning}
    for item in material.learning:
        sources[item.source] += 1
    files = {f"{source.path.parent.name}/{source.path.name}": digest(source.path) for source in recipe.data.sources}
    learnt = {"sha256": material.sha256, "n": len(material.learning), "sources": sources, "files": files, "seed": recipe.seed}
    if material.taught is None:
        return learnt
    return learnt | {"taught": material.taught.about, "unlabelled": len(material.unlabelled)}


def evaluate_again(recipe: Recipe, material: Material, out: Path) -> Path:
    """Measure a finished model folder anew, on the same data, without learning: figures, held-out rows, balance and card.

    Args:
        recipe: what was followed.
        material: the data, from `read_material`.
        out: the model folder.

    Returns:
        `out`.
    """
    known = json.loads((out / EVALUATION).read_text(encoding="utf-8"))
    again = _evaluation(recipe, material, load_classifier(out), {})
    found = known | {key: again[key] for key in ("held_out", "balance", "rows", "evaluation") if key in again}
    write_document(out / EVALUATION, found)
    (out / CARD).write_text(render_card(recipe, found), encoding="utf-8")
    return out


def add_seen(recipe: Recipe, material: Material, out: Path) -> Path:
    """Give a finished model folder its `seen.npz`, and nothing else: labels and probabilities stay as they are.

    Args:
        recipe: what was followed.
        material: the data, from `read_material`.
        out: the model folder.

    Returns:
        `out`.

    Raises:
        ArtefactError: the model learnt from other data.
    """
    known = json.loads((out / EVALUATION).read_text(encoding="utf-8"))
    if known["learning"]["sha256"] != material.sha256:
        raise ArtefactError(
            f"{out}: learnt from data {known['learning']['sha256'][:12]}..., not from this recipe's {material.sha256[:12]}..."
        )
    config = load_classifier(out).artefact.config
    _write_seen(material, out)
    write_document(out / CONFIG, config.model_copy(update={"sha256": {**config.sha256, SEEN: digest(out / SEEN)}}).model_dump())
    classifier = load_classifier(out)
    known["held_out"]["unsure"] = unsure_counts(_score(classifier, [row.statement for row in material.ordinary]))
    if material.evaluation:
        known["evaluation"]["unsure"] = unsure_counts(_score(classifier, material.evaluation))
    write_document(out / EVALUATION, known)
    (out / CARD).write_text(render_card(recipe, known), encoding="utf-8")
    return out


def _write_seen(material: Material, out: Path) -> None:
    learnt, held_out = ([item.statement.text for item in items] for items in (material.learning, material.ordinary))
    write_seen(fit_seen(learnt, held_out), out / SEEN)


def _held_out(rows: Sequence[Weighted], scores: Scores) -> dict[str, Any]:
    """Figures of the held-out rows, the rows, and how their probabilities are balanced."""
    statements = [row.statement for row in rows]
    balance = fit_balance(np.array([CULTURES.index(item.gold.culture) for item in statements]), scores.cultures)
    return {"held_out": figures(scores, statements), "balance": asdict(balance), "rows": _rows(rows, scores)}


def _rows(rows: Iterable[Weighted], scores: Scores) -> dict[str, Any]:
    """The held-out rows that prevalence is corrected with: gold, probabilities and what belongs together, no text.

    A row's kind is how it was chosen, or else the data set that it is from.
    """
    listed = list(rows)
    names = {name: index for index, name in enumerate(dict.fromkeys(row.statement.group for row in listed))}
    return {
        "cultures": [row.statement.gold.culture for row in listed],
        "groups": [names[row.statement.group] for row in listed],
        "channels": [row.statement.channel.value for row in listed],
        "kinds": [row.statement.slices.get("stratum") or Path(row.source).stem for row in listed],
        "drivers": [" ".join(row.statement.gold.drivers) for row in listed],
        "probabilities": [[round(float(value), _DECIMALS) for value in line] for line in scores.cultures],
        "driver_probabilities": [[round(float(value), _DRIVER_DECIMALS) for value in line] for line in scores.drivers],
    }


def _majority_macro_f1(gold: NDArray[np.int64]) -> float:
    counts = np.bincount(gold, minlength=len(CULTURES))
    return round(macro_f1(gold, np.full(len(gold), counts.argmax())), 4)


def _compared(folder: Path) -> list[dict[str, Any]]:
    """The figures of another model on the same evaluation set, where it has been trained."""
    path = folder / EVALUATION
    if not path.is_file():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))
    if "evaluation" not in found:
        return []
    judged = found["evaluation"]
    return [
        {
            "name": found["recipe"]["name"],
            "description": found["recipe"]["description"],
            "sha256": found["learning"]["sha256"],
            "n": found["learning"]["n"],
            "macro_f1": judged["macro_f1"],
            "interval": judged["interval"],
            "random_macro_f1": judged["slices"].get("stratum=random", {}).get("macro_f1"),
        }
    ]


def _score(classifier: Classifier, statements: Iterable[LabelledStatement]) -> Scores:
    listed = list(statements)
    return classifier.score([item.text for item in listed], [item.context for item in listed])


def _code_version() -> str:
    try:
        return version("cs-nlp")
    except PackageNotFoundError:
        return "unknown"
