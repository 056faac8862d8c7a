"""A training run, from recipe to model folder."""

from __future__ import annotations

from pathlib import Path

from cs_nlp.errors import ArtefactError
from cs_nlp.scoring.artefact import CONFIG, Config, LinearConfig
from cs_nlp.training.data import read_material
from cs_nlp.training.finishing import CHECKPOINT, Progress, finish
from cs_nlp.training.recipe import Recipe


def train(recipe: Recipe, out: Path, *, progress: Progress = lambda *_: None, export_only: bool = False) -> Path:
    """Learn, calibrate, evaluate, export, and write the model folder with its card.

    Args:
        recipe: from `read_recipe`.
        out: the model folder; files of an earlier run are replaced.
        progress: told of each step.
        export_only: make the folder again from the checkpoint of an earlier run, without learning anew.

    Returns:
        `out`.

    Raises:
        DatasetError: a data set is damaged.
        RecipeError: the encoder is not where the recipe says.
        ArtefactError: `out` holds something else.
    """
    progress("reading the data", 0, 1)
    material = read_material(recipe)
    _make_room(out)
    if recipe.kind == "baseline":
        from cs_nlp.training.baseline import fit_baseline, write_baseline  # noqa: PLC0415 - scikit-learn only where it is used

        progress("fitting the baseline", 0, 1)
        write_baseline(fit_baseline(recipe, material.learning), out)
        config: Config = LinearConfig(
            name=recipe.name, temperature=1.0, driver_threshold=0.5, sha256={}, ngram_max=recipe.baseline.ngram_max
        )
        return finish(recipe, config, material, out, extra={}, progress=progress)
    from cs_nlp.training import encoder_run  # noqa: PLC0415 - torch only where it is used

    step = encoder_run.export_checkpoint if export_only else encoder_run.run
    return step(recipe, material, out, progress)


def _make_room(out: Path) -> None:
    """An empty folder, or one with an earlier model, whose files will be replaced."""
    if out.is_dir() and any(out.iterdir()) and not (out / CONFIG).is_file() and not (out / CHECKPOINT).is_file():
        raise ArtefactError(f"{out}: is not empty and no model folder; name another folder with --out")
    out.mkdir(parents=True, exist_ok=True)
