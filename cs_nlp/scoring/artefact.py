"""A model folder on disk: which files it has, and that they are what they claim to be. No pickle."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from cs_nlp.errors import ArtefactError
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

CONFIG, LABELS, EVALUATION, CARD = "config.json", "labels.json", "evaluation.json", "README.md"
ENCODER_FILES = ("model.onnx", "tokenizer.json")
LINEAR_FILES = ("weights.npz", "vocabulary.json")
SEEN = "seen.npz"  # what the learning data was like; models made before there was this file lack it
LEAST_ROOM = 16  # tokens, specials included


class _Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    temperature: Annotated[float, Field(gt=0)]
    driver_threshold: Annotated[float, Field(ge=0, le=1)]
    none_weight: Annotated[float, Field(gt=0, le=1)] = 1.0  # models made before there was one name the most probable culture
    sha256: dict[str, str]


class EncoderConfig(_Config):
    """`config.json` of a fine-tuned encoder.

    Attributes:
        max_length: tokens of one input, specials included.
        context_tokens: how many of the last tokens of the context go in; 0 for a model without context.
        cls_id, sep_id, pad_id: token ids of the frame.
    """

    kind: Literal["encoder"] = "encoder"
    max_length: Annotated[int, Field(ge=16, le=4096)]
    context_tokens: Annotated[int, Field(ge=0)]
    cls_id: int
    sep_id: int
    pad_id: int

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        check_room(self.max_length, self.context_tokens)
        return self


def check_room(max_length: int, context_tokens: int) -> None:
    """Refuse a context that leaves too little of an input for the statement itself.

    Raises:
        ValueError: less than `LEAST_ROOM` tokens are left.
    """
    if max_length - context_tokens < LEAST_ROOM:
        raise ValueError(
            f"context_tokens is {context_tokens} of max_length {max_length}; expected {LEAST_ROOM} tokens to be left for the statement"
        )


class LinearConfig(_Config):
    """`config.json` of the TF-IDF baseline."""

    kind: Literal["linear"] = "linear"
    ngram_max: Annotated[int, Field(ge=1, le=3)]


Config = EncoderConfig | LinearConfig
_CONFIG_ADAPTER: TypeAdapter[Config] = TypeAdapter(Annotated[Config, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True, eq=False)
class Artefact:
    """A checked model folder, the same as nothing but itself.

    Attributes:
        path: the folder.
        config: what `config.json` says.
        evaluation: `evaluation.json` as it stands: held-out figures and the rows for prevalence correction.
    """

    path: Path
    config: Config
    evaluation: dict[str, Any]

    @property
    def name(self) -> str:
        """The model's name, as `config.json` gives it."""
        return self.config.name

    @property
    def has_seen(self) -> bool:
        """Whether it says what its learning data was like."""
        return SEEN in self.config.sha256

    @classmethod
    def open(cls, path: Path) -> Artefact:
        """Read and check a model folder.

        Raises:
            ArtefactError: a file is missing or damaged, or the labels are not the taxonomy's.
        """
        if not path.is_dir():
            raise ArtefactError(f"{path}: no model folder here; expected a folder with {CONFIG}, made by 'cs-nlp train'")
        config = _read_config(path)
        files = ENCODER_FILES if isinstance(config, EncoderConfig) else LINEAR_FILES
        promised = [name for name in config.sha256 if name == SEEN]
        missing = [name for name in (*files, *promised, LABELS, EVALUATION) if not (path / name).is_file()]
        if missing:
            raise ArtefactError(
                f"{path}: {', '.join(missing)} missing; a model folder of this kind has {', '.join(files)}, {LABELS}, {EVALUATION}"
            )
        _check_labels(path)
        for name in (*files, *promised):
            _check_digest(path / name, config.sha256.get(name, ""))
        return cls(path=path, config=config, evaluation=_read_json(path / EVALUATION))


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def labels_document(taxonomy_version: str) -> dict[str, Any]:
    """What `labels.json` holds: the taxonomy's version and its labels in their order."""
    return {"taxonomy": taxonomy_version, "cultures": list(CULTURES), "targets": list(TARGETS), "drivers": list(SIGNED_DRIVERS)}


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactError(f"{path}: not readable as JSON ({error}); the model folder is damaged, get it anew or train again") from error
    if not isinstance(found, dict):
        raise ArtefactError(f"{path}: holds a {type(found).__name__}, expected a JSON object; the model folder is damaged")
    return found


def _read_config(path: Path) -> Config:
    if not (path / CONFIG).is_file():
        raise ArtefactError(f"{path}: {CONFIG} missing; expected a model folder made by 'cs-nlp train'")
    try:
        return _CONFIG_ADAPTER.validate_python(_read_json(path / CONFIG))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise ArtefactError(f"{path / CONFIG}: {faults}; the model was made by another version of cs_nlp, train it again") from error


def _check_labels(path: Path) -> None:
    found = _read_json(path / LABELS)
    expected = labels_document("")
    for kind in ("cultures", "targets", "drivers"):
        if found.get(kind) != expected[kind]:
            raise ArtefactError(
                f"{path / LABELS}: {kind} are {found.get(kind)}, the taxonomy's are {expected[kind]}; train the model again"
            )


def _check_digest(path: Path, expected: str) -> None:
    got = digest(path)
    if got != expected:
        raise ArtefactError(
            f"{path}: SHA-256 is {got[:12]}..., {CONFIG} says {expected[:12] or 'nothing'}...; the file is damaged, get the model anew"
        )
