"""`cs-nlp teach`: a large network learns from a recipe, and its answers are kept for small ones."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Annotated

import typer

from cs_nlp.cli.screen import progress, tell
from cs_nlp.errors import MissingExtraError, RecipeError
from cs_nlp.scoring.registry import MODELS

NEEDED = ("torch", "transformers", "onnx", "safetensors", "sklearn", "scipy")
"""What learning with encoders imports."""


def teach(
    recipe: Annotated[Path, typer.Argument(help="The teacher's training recipe in TOML.")],
    to: Annotated[
        Path | None, typer.Option("--out", help="The file of answers to write; default: models/taught/NAME.npz.", show_default=False)
    ] = None,
) -> None:
    """Train a teacher, and write its answers for other recipes to learn from ([distil] in a recipe).

    The file holds hashes of statements and numbers, no text. The teacher itself is not kept.
    """
    from cs_nlp.training.recipe import read_recipe  # noqa: PLC0415 - only this command needs it

    found = read_recipe(recipe)
    if found.kind != "encoder":
        raise RecipeError(f"{recipe}: kind is {found.kind!r}, expected 'encoder': only an encoder can teach")
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise MissingExtraError("learning", "train")
    from cs_nlp.training.teaching import teach as run  # noqa: PLC0415 - needs what was just checked

    path = to or MODELS / "taught" / f"{found.name}.npz"
    with progress(found.name) as bar:
        taught = run(found, path, progress=lambda what, done, total: bar(done, total, what))
    judged = taught.about.get("evaluation")
    how_good = f"; macro-F1 of the teacher {judged['macro_f1']:.3f}" if judged else ""
    tell(f"answers: {path} ({len(taught.keys)} statements{how_good})")
