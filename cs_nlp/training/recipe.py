"""A training recipe: one TOML file says what is learnt from, how, and how it is judged."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cs_nlp.errors import RecipeError
from cs_nlp.scoring.artefact import check_room

Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """One data set to learn from.

    Attributes:
        path: JSON lines, relative to the recipe's folder.
        weight: how much each of its statements counts in the loss.
        pointed: whether its statements were picked or written for their contrast. What users have is not like that, so they are
            learnt from but take no part in calibration and in the correction of prevalence.
        written: whether its statements were written for a corpus, so that their class is plainer than in what people say. Where there are
            others, probabilities are calibrated on those alone.
    """

    path: Path
    weight: Positive = 1.0
    pointed: bool = False
    written: bool = False


class Data(_Part):
    """What is learnt from and what is judged on.

    Attributes:
        sources: the data sets.
        unlabelled: statements without labels, JSON lines with `text` and `context`; a teacher answers them, and who learns from its answers
            learns from them too.
        held_out: share of each source's groups kept for calibration and held-out figures.
        evaluation: a further data set, only ever evaluated on; left out with a note where the file does not exist.
    """

    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    unlabelled: tuple[Path, ...] = ()
    held_out: Annotated[float, Field(gt=0, lt=0.5)] = 0.1
    evaluation: Path | None = None


class Encoder(_Part):
    """The pre-trained encoder and its input.

    Attributes:
        path: a folder in Hugging Face layout, relative to the recipe's folder; None for the base encoder all-MiniLM-L6-v2.
        max_length: tokens of one input.
        context_tokens: tokens of what was said before; 0 leaves it out.
        drop_context: share of statements whose context is hidden in an epoch, so that scoring works without it too.
    """

    path: Path | None = None
    max_length: Annotated[int, Field(ge=16, le=512)] = 128
    context_tokens: Annotated[int, Field(ge=0, le=256)] = 40
    drop_context: Share = 0.15

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        check_room(self.max_length, self.context_tokens)
        return self


class Optimiser(_Part):
    """How the encoder is fine-tuned.

    Attributes:
        epochs: passes over the data; the last `quantised_epochs` of them with int8 arithmetic simulated.
        batch_size: statements a step.
        learning_rate: peak for the encoder; `head_learning_rate` for the new heads.
        warmup: share of the steps in which the rate climbs.
        label_smoothing: of the culture head.
        target_weight, driver_weight: of these heads' losses against the culture head's.
        bfloat16: compute in bfloat16 where the processor can.
    """

    epochs: Annotated[int, Field(ge=1)] = 3
    quantised_epochs: Annotated[int, Field(ge=0)] = 1
    batch_size: Annotated[int, Field(ge=1)] = 32
    learning_rate: Positive = 1e-4
    head_learning_rate: Positive = 1e-3
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    warmup: Share = 0.06
    label_smoothing: Share = 0.05
    target_weight: Annotated[float, Field(ge=0)] = 0.3
    driver_weight: Annotated[float, Field(ge=0)] = 2.0
    bfloat16: bool = True


class Baseline(_Part):
    """The TF-IDF baseline: word n-grams and logistic regression.

    Attributes:
        ngram_max: longest n-gram in words.
        min_documents: statements an n-gram must stand in.
        strength: inverse of the regularisation (scikit-learn's C).
    """

    ngram_max: Annotated[int, Field(ge=1, le=3)] = 2
    min_documents: Annotated[int, Field(ge=1)] = 2
    strength: Positive = 10.0


class Distil(_Part):
    """What a larger network, the teacher, answered, to be learnt beside the labels.

    See Hinton et al., 2015, "Distilling the Knowledge in a Neural Network".

    Attributes:
        answers: the file that `cs-nlp teach` wrote, relative to the recipe's folder.
        share: how much of a labelled statement's aim is the teacher's answer, 0 to 1; the rest is the label.
    """

    answers: Path
    share: Annotated[float, Field(ge=0, le=1)] = 0.5


class Recipe(_Part):
    """All that makes a model: the same recipe, data and seed give the same model on the same machine.

    Attributes:
        name: the model's name and folder.
        kind: `encoder` or `baseline`.
        description: one sentence for the card.
        compared: folders of other models whose figures stand on the card beside this one's; those that do not exist are left out.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    kind: Literal["encoder", "baseline"]
    description: str = ""
    compared: tuple[Path, ...] = ()
    seed: int = 0
    data: Data
    encoder: Encoder = Encoder()
    optimiser: Optimiser = Optimiser()
    baseline: Baseline = Baseline()
    distil: Distil | None = None


def read_recipe(path: Path) -> Recipe:
    """Read and check a recipe; its paths come back absolute.

    Raises:
        RecipeError: it is not there, not TOML, or wrong; all faults are listed with their places.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: can't be read ({error.strerror}); expected a training recipe in TOML") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not TOML: {error}") from error
    try:
        recipe = Recipe.model_validate(found)
    except ValidationError as error:
        faults = "\n  ".join(f"{' -> '.join(map(str, fault['loc']))}: {fault['msg']} (got {fault['input']!r})" for fault in error.errors())
        raise RecipeError(f"{path}: {error.error_count()} fault(s)\n  {faults}") from error
    return _resolve(recipe, path.resolve().parent)


def with_added(recipe: Recipe, files: Sequence[Path], *, name: str | None = None, weight: float = 1.0) -> Recipe:
    """A recipe that learns from further files as well, from `read_recipe`.

    Args:
        recipe: what else is learnt from, and how.
        files: the user's own labelled statements, JSON lines.
        name: of the model; None for the recipe's with `-adapted`.
        weight: how much each of their statements counts, against 1 for others.

    Raises:
        RecipeError: a file is not there, is there already, or is what the model is judged by.
    """
    known = {source.path.resolve() for source in recipe.data.sources}
    judged = recipe.data.evaluation.resolve() if recipe.data.evaluation else None
    for path in files:
        if not path.is_file():
            raise RecipeError(f"{path}: no such file; expected labelled statements, JSON lines")
        if path.resolve() == judged:
            raise RecipeError(f"{path}: the model is judged by it, so it must not learn from it; take other statements")
        if path.resolve() in known:
            raise RecipeError(f"{path}: the recipe learns from it already; leave it out")
        known.add(path.resolve())
    sources = (*recipe.data.sources, *(Source(path=path.resolve(), weight=weight) for path in files))
    told = f"{recipe.description} Also learnt from {', '.join(path.name for path in files)}.".strip()
    data = recipe.data.model_copy(update={"sources": sources})
    changed = recipe.model_copy(update={"name": name or f"{recipe.name}-adapted", "description": told, "data": data})
    try:
        return Recipe.model_validate(changed.model_dump())
    except ValidationError as error:
        raise RecipeError(f"{name or weight}: {error.errors()[0]['msg']}") from error


def _resolve(recipe: Recipe, folder: Path) -> Recipe:
    data = recipe.data.model_copy(
        update={
            "sources": tuple(source.model_copy(update={"path": folder / source.path}) for source in recipe.data.sources),
            "unlabelled": tuple(folder / path for path in recipe.data.unlabelled),
            "evaluation": folder / recipe.data.evaluation if recipe.data.evaluation else None,
        }
    )
    encoder = recipe.encoder.model_copy(update={"path": folder / recipe.encoder.path if recipe.encoder.path else None})
    distil = recipe.distil.model_copy(update={"answers": folder / recipe.distil.answers}) if recipe.distil else None
    needed = [*(source.path for source in data.sources), *data.unlabelled]
    missing = [str(path) for path in needed if not path.is_file()]
    if missing:
        raise RecipeError(f"data: no such file: {', '.join(missing)}; take it out of the recipe or get the file")
    compared = tuple(folder / other for other in recipe.compared)
    return recipe.model_copy(update={"data": data, "encoder": encoder, "compared": compared, "distil": distil})
