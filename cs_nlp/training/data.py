"""What a recipe learns from, calibrates on and is judged by."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cs_nlp.labelling import read_dataset, read_unlabelled, split_by_group
from cs_nlp.records import LabelledStatement
from cs_nlp.training.recipe import Recipe
from cs_nlp.training.taught import Taught, read_taught


@dataclass(frozen=True, slots=True)
class Weighted:
    """A statement to learn from, the data set it is from, how much it counts, whether it is pointed or written (see `recipe.Source`)."""

    statement: LabelledStatement
    source: str
    weight: float
    pointed: bool = False
    written: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """All data of a training run.

    Attributes:
        learning: what is learnt from.
        held_out: never learnt from: calibration, thresholds, prevalence correction.
        evaluation: the evaluation set; empty where the recipe has none or its file is absent.
        sha256: of the learning data: sources, rows and order, and what a teacher answered.
        unlabelled: text and context of statements that only a teacher has answered.
        taught: the teacher's answers, or None.
    """

    learning: tuple[Weighted, ...]
    held_out: tuple[Weighted, ...]
    evaluation: tuple[LabelledStatement, ...]
    sha256: str
    unlabelled: tuple[tuple[str, str | None], ...] = ()
    taught: Taught | None = None

    @property
    def ordinary(self) -> tuple[Weighted, ...]:
        """The held-out statements that are like what users have; all of them where none is."""
        return tuple(item for item in self.held_out if not item.pointed) or self.held_out

    @property
    def said(self) -> tuple[Weighted, ...]:
        """The ordinary held-out statements that people really said, for calibration; all ordinary ones where none is."""
        return tuple(item for item in self.ordinary if not item.written) or self.ordinary


def read_material(recipe: Recipe) -> Material:
    """Read a recipe's data and split it by group.

    Raises:
        DatasetError: a data set is damaged.
        RecipeError: a teacher's answers are missing or damaged.
    """
    learning: list[Weighted] = []
    held_out: list[Weighted] = []
    for source in recipe.data.sources:
        name = f"{source.path.parent.name}/{source.path.name}"
        for side, part in zip(
            (learning, held_out), split_by_group(read_dataset(source.path), recipe.data.held_out, seed=recipe.seed), strict=True
        ):
            side.extend(Weighted(statement, name, source.weight, source.pointed, source.written) for statement in part)
    path = recipe.data.evaluation
    evaluation = read_dataset(path) if path is not None and path.is_file() else []
    unlabelled = tuple(found for path in recipe.data.unlabelled for found in read_unlabelled(path))
    taught = read_taught(recipe.distil.answers) if recipe.distil else None
    return Material(tuple(learning), tuple(held_out), tuple(evaluation), _digest(learning, taught), unlabelled, taught)


def _digest(learning: Sequence[Weighted], taught: Taught | None) -> str:
    total = hashlib.sha256()
    if taught is not None:
        total.update(taught.keys.tobytes() + taught.logits.tobytes())
    for item in learning:
        total.update(f"{item.source}\0{item.weight}\0{item.statement.text}\0{item.statement.context}\0{item.statement.gold}\n".encode())
    return total.hexdigest()
