"""What is known of a model: where it comes from, how well it was found to work, and the errors that figures are corrected for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cs_nlp.errors import ArtefactError
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.signals import correction_of
from cs_nlp.scoring import Artefact
from cs_nlp.taxonomy import CULTURES


@dataclass(frozen=True, slots=True)
class Trial:
    """How a model did on labelled statements that it had not seen.

    Attributes:
        n: statements.
        macro_f1: mean over the cultures, 0 to 1; low and high: the ends of its interval.
        low: as above; high: as above.
        accuracy: share of right labels.
        calibration_error: mean distance of confidence and accuracy, 0 to 1.
        classes: by culture: precision, recall, f1 and support.
        confusion: statements by right culture (rows) and culture said (columns), in `CULTURES` order.
    """

    n: int
    macro_f1: float
    low: float
    high: float
    accuracy: float
    calibration_error: float
    classes: Mapping[str, Mapping[str, float]]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a model.

    Attributes:
        name: of the artefact; model: the same with the mark that stands in figures and changes with weights and calibration.
        model: as above.
        kind: `encoder` or `linear`.
        taxonomy: version of the labels that it was trained on.
        code: version of cs_nlp that trained it.
        weights: SHA-256 of its files, by name.
        training: SHA-256 of the training data, hexadecimal; n_training: its statements; seed: of the training.
        n_training: as above; seed: as above.
        temperature: by which its scores are calibrated.
        held_out: on the statements that prevalence is corrected with.
        evaluation: on a further set that nothing was chosen on; None where there was none.
        correction: mean probabilities said (columns) of statements of each culture (rows), used to correct prevalence; None where nothing
            can be corrected.
        uncorrected: why not, or None.
    """

    name: str
    model: str
    kind: str
    taxonomy: str
    code: str
    weights: Mapping[str, str]
    training: str
    n_training: int
    seed: int
    temperature: float
    held_out: Trial
    evaluation: Trial | None
    correction: tuple[tuple[float, ...], ...] | None
    uncorrected: str | None


def facts_of(artefact: Artefact) -> ModelFacts:
    """What an artefact says of itself.

    Raises:
        ArtefactError: its `evaluation.json` lacks something.
    """
    known, correction = artefact.evaluation, correction_of(artefact)
    unfit = "the artefact holds no held-out rows" if correction is None else correction.unfit()
    try:
        return ModelFacts(
            name=artefact.name,
            model=model_of(artefact),
            kind=artefact.config.kind,
            taxonomy=str(known["taxonomy"]),
            code=str(known["code"]),
            weights=artefact.config.sha256,
            training=str(known["learning"]["sha256"]),
            n_training=int(known["learning"]["n"]),
            seed=int(known["recipe"]["seed"]),
            temperature=artefact.config.temperature,
            held_out=_trial(known["held_out"]),
            evaluation=_trial(known["evaluation"]) if known.get("evaluation") else None,
            correction=None if correction is None or unfit else tuple(map(tuple, correction.matrix().tolist())),
            uncorrected=unfit or None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtefactError(f"{artefact.path}/evaluation.json: {error!r}; the model was made by another version, train it again") from error


def _trial(found: Mapping[str, Any]) -> Trial:
    low, high = found["interval"]
    return Trial(
        n=found["n"],
        macro_f1=found["macro_f1"],
        low=low,
        high=high,
        accuracy=found["accuracy"],
        calibration_error=found["calibration_error"],
        classes={culture: dict(found["classes"][culture]) for culture in CULTURES},
        confusion=tuple(map(tuple, found["confusion"])),
    )
