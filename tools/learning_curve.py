"""What does twice the data bring? Trains a recipe on 1/8, 1/4, 1/2 and all of one of its data sets and evaluates each.

    python -m tools.learning_curve models/recipes/tfidf.toml --write
    python -m tools.learning_curve models/recipes/culture-en-small.toml --write --card models/culture-en-small

Parts are whole conversations, each part within the next one; the other data sets stay whole, and so do the statements that are held out for
calibration. A seed draws the held-out statements, the parts and what is random in learning. Models lie in `--out`, and one that is there
already is taken as it is, so that a run can be ended and taken up. `--write` puts points and picture into docs/curves/ and the table into
models/README.md; `--card` puts the table on the card of a model that the recipe made.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from cs_nlp.errors import CsNlpError, InputError
from cs_nlp.labelling import read_dataset, split_by_group
from cs_nlp.scoring.artefact import CARD, EVALUATION
from cs_nlp.training.card import render_card
from cs_nlp.training.data import read_material
from cs_nlp.training.documents import write_document
from cs_nlp.training.recipe import Recipe, read_recipe
from cs_nlp.training.run import train
from tools.learning_curve_page import Point, picture, put_into, section, table
from tools.subsets import write_dataset

ROOT: Final = Path(__file__).resolve().parent.parent
CURVES: Final = ROOT / "docs" / "curves"
PAGE: Final = ROOT / "models" / "README.md"
SHARES: Final = (0.125, 0.25, 0.5, 1.0)
_DRAW: Final = 1000  # apart from the seeds that hold statements out


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained.

    Attributes:
        source: name of the data set that grows, the end of its path.
        shares: of its conversations, ascending.
        seeds: one curve each.
        out: folder of parts and models.
    """

    source: str
    shares: tuple[float, ...]
    seeds: tuple[int, ...]
    out: Path


def main() -> int:
    """Train, measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--source", default="real/train.jsonl", help="the data set that grows, as on the model card")
    parser.add_argument("--shares", type=float, nargs="+", default=list(SHARES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--out", type=Path, default=Path("out/learning_curve"))
    parser.add_argument("--write", action="store_true", help="write docs/curves/ and models/README.md")
    parser.add_argument("--card", type=Path, help="put the table on this model's card as well")
    chosen = parser.parse_args()
    recipe = read_recipe(chosen.recipe)
    plan = Plan(chosen.source, tuple(sorted(chosen.shares)), tuple(chosen.seeds), chosen.out)
    points = []
    for point in measure(recipe, plan):
        print(json.dumps(asdict(point)), flush=True)
        points.append(point)
    print(f"\n{table(points)}")
    if chosen.write:
        write(recipe, plan, points, CURVES, PAGE)
    if chosen.card:
        add_to_card(recipe, plan, points, chosen.card)
    return 0


def measure(recipe: Recipe, plan: Plan) -> Iterator[Point]:
    """Train on each part with each seed.

    Raises:
        InputError: the recipe has no such data set, or no evaluation set.
    """
    if recipe.data.evaluation is None or not recipe.data.evaluation.is_file():
        raise InputError(f"{recipe.name}: its evaluation set is not there ({recipe.data.evaluation}); a curve needs one")
    for seed in plan.seeds:
        for share in plan.shares:
            folder = plan.out / f"{recipe.name}-{share:g}-{seed}"
            smaller, n = part_of(
                recipe.model_copy(update={"seed": seed, "compared": ()}), plan.source, share, folder.with_name(f"{folder.name}.data")
            )
            yield point_of(share, seed, n, _trained(smaller, folder))


def part_of(recipe: Recipe, source: str, share: float, folder: Path) -> tuple[Recipe, int]:
    """The recipe on a part of one of its data sets.

    Args:
        recipe: from `read_recipe`, with its seed.
        source: the end of the data set's path.
        share: of its conversations that are learnt from, above 0 to 1; those that are held out stay.
        folder: gets the part as a file.

    Returns:
        The recipe, and how many statements of the data set it learns from.

    Raises:
        InputError: not exactly one data set is of that name.
    """
    found = [one for one in recipe.data.sources if one.path.as_posix().endswith(f"/{source}")]
    if len(found) != 1:
        names = ", ".join(f"{one.path.parent.name}/{one.path.name}" for one in recipe.data.sources)
        raise InputError(f"{source}: {len(found)} data sets of {recipe.name} are of that name; it has {names}")
    learning, held_out = split_by_group(read_dataset(found[0].path), recipe.data.held_out, seed=recipe.seed)
    kept = split_by_group(learning, share, seed=_DRAW + recipe.seed)[1]
    folder.mkdir(parents=True, exist_ok=True)
    path = (folder / found[0].path.name).resolve()
    write_dataset(path, [*held_out, *kept])
    sources = tuple(one.model_copy(update={"path": path}) if one is found[0] else one for one in recipe.data.sources)
    return recipe.model_copy(update={"data": recipe.data.model_copy(update={"sources": sources})}), len(kept)


def point_of(share: float, seed: int, n: int, found: dict[str, Any]) -> Point:
    """What the curve shows of a model's `evaluation.json`."""
    judged = found["evaluation"]
    random = judged["random"] or {}
    return Point(
        share=share,
        seed=seed,
        n=n,
        n_all=found["learning"]["n"],
        macro_f1=judged["macro_f1"],
        random_macro_f1=random.get("macro_f1"),
        signal_auc=judged["signal_auc"],
        random_signal_auc=random.get("signal_auc"),
        passive_aggressive=judged["average_precision"]["passive_aggressive"],
        calibration_error=judged["calibration_error"],
    )


def write(recipe: Recipe, plan: Plan, points: Sequence[Point], curves: Path, page: Path) -> None:
    """Write points (JSON) and picture (SVG) into the folder `curves` and the table into `page`."""
    curves.mkdir(parents=True, exist_ok=True)
    document = {"recipe": recipe.name, "source": plan.source, "points": [asdict(point) for point in points]}
    (curves / f"{recipe.name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    picture(points).save(str(curves / f"{recipe.name}.svg"))
    told = section(recipe.name, plan.source, points)
    page.write_text(put_into(page.read_text(encoding="utf-8"), recipe.name, told), encoding="utf-8")


def add_to_card(recipe: Recipe, plan: Plan, points: Iterable[Point], folder: Path) -> None:
    """Put the table on a model's card, and into its `evaluation.json`."""
    known = json.loads((folder / EVALUATION).read_text(encoding="utf-8"))
    known["learning_curve"] = {"source": plan.source, "seeds": list(plan.seeds), "table": table(list(points))}
    write_document(folder / EVALUATION, known)
    (folder / CARD).write_text(render_card(recipe, known), encoding="utf-8")


def _trained(recipe: Recipe, folder: Path) -> dict[str, Any]:
    """The figures of the model in `folder`; it is trained where it is not there or learnt from something else."""
    path = folder / EVALUATION
    if path.is_file():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found.get("learning", {}).get("sha256") == read_material(recipe).sha256 and "random" in found.get("evaluation", {}):
            return found
    folder.parent.mkdir(parents=True, exist_ok=True)
    train(recipe, folder, progress=lambda what, done, total: print(f"\r{folder.name}: {what} {done}/{total}   ", end="", file=sys.stderr))
    print(file=sys.stderr)
    again: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return again


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CsNlpError as error:
        sys.exit(f"error: {error}")
