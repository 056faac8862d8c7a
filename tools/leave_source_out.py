"""Does a model that learns from 300 of a user's own labels beat the one that never saw the user's domain?

    python -m tools.leave_source_out models/recipes/culture-en-small.toml --source kind=cs --out out/adapt

Takes the statements of one source (`kind=...` or `corpus=...`) out of all data sets of the recipe. The model without them is trained first;
then the same recipe with about 300 of them added, whole conversations, once for each weight in `--weights`. All are measured on the
statements of the source that nobody learnt from, those of the recipe's evaluation set among them, and held against the first as
`cs-nlp promote` does, without any loss allowed. With the recipe of an encoder this takes as many full trainings as there are weights and
one more; `--recipe-kind baseline` goes the same way with word counts, in minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cs_nlp.errors import CsNlpError, InputError
from cs_nlp.labelling import read_dataset
from cs_nlp.records import LabelledStatement
from cs_nlp.scoring import load_classifier
from cs_nlp.training.evaluation import evaluate
from cs_nlp.training.promotion import Bounds, judge
from cs_nlp.training.recipe import Recipe, Source, read_recipe, with_added
from cs_nlp.training.run import train

LABELS = 300


@dataclass(frozen=True, slots=True)
class Split:
    """The data sets of the experiment, as files.

    Attributes:
        rest: of each source of the recipe, what is not of the left-out source, with its weight.
        own: the labels to adapt with.
        test: what is measured on.
    """

    rest: tuple[Source, ...]
    own: Path
    test: Path


def main() -> int:
    """Split, train, compare, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--source", required=True, help="kind=NAME or corpus=NAME")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--labels", type=int, default=LABELS)
    parser.add_argument("--weights", type=float, nargs="+", default=[1.0, 3.0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recipe-kind", choices=["encoder", "baseline"], help="another kind than the recipe's")
    chosen = parser.parse_args()
    recipe = read_recipe(chosen.recipe)
    if chosen.recipe_kind:
        recipe = recipe.model_copy(update={"kind": chosen.recipe_kind})
    split = leave_out(recipe, chosen.source, chosen.labels, chosen.out, seed=chosen.seed)
    for row in compare(recipe, split, chosen.weights, chosen.out, seed=chosen.seed):
        print(json.dumps(row))
    return 0


def leave_out(recipe: Recipe, wanted: str, labels: int, out: Path, *, seed: int) -> Split:
    """Write the data sets of the experiment into `out`.

    Args:
        recipe: from `read_recipe`.
        wanted: `field=value` of the source to leave out.
        labels: about how many of its statements to adapt with: whole conversations, until there are as many.
        out: a folder.
        seed: of the draw.

    Raises:
        InputError: the source is not there, or too small.
    """
    field, _, value = wanted.partition("=")
    out.mkdir(parents=True, exist_ok=True)
    held: list[LabelledStatement] = []
    rest: list[Source] = []
    for number, source in enumerate(recipe.data.sources):
        statements = read_dataset(source.path)
        kept = [item for item in statements if item.slices.get(field) != value]
        held += [item for item in statements if item.slices.get(field) == value]
        if kept:
            path = out / f"rest_{number}_{source.path.stem}.jsonl"
            _write(path, kept)
            rest.append(source.model_copy(update={"path": path.resolve()}))
    own, left = _drawn(held, labels, seed)
    if recipe.data.evaluation is not None:
        groups = {item.group for item in own}
        judged = [item for item in read_dataset(recipe.data.evaluation) if item.slices.get(field) == value]
        left += [item for item in judged if item.group not in groups]
    if not own or len(left) < labels:
        raise InputError(
            f"{wanted}: {len(own)} statements to adapt with and {len(left)} to measure on; expected {labels} and more: name another"
        )
    _write(out / "own.jsonl", own)
    _write(out / "test.jsonl", left)
    return Split(tuple(rest), (out / "own.jsonl").resolve(), out / "test.jsonl")


def compare(recipe: Recipe, split: Split, weights: Sequence[float], out: Path, *, seed: int) -> Iterable[dict[str, Any]]:
    """Train without and with the own labels, and measure both on the test set.

    Yields:
        For each model its macro-F1 with interval, n, and (but for the first) the criteria that it is held to against the first.
    """
    data = recipe.data.model_copy(update={"sources": split.rest, "evaluation": split.test.resolve()})
    without = recipe.model_copy(update={"data": data, "name": "without", "compared": ()})
    test = read_dataset(split.test)
    first = load_classifier(train(without, out / "without"))
    yield {"model": "without", "n": len(test)} | _figures(evaluate(first, test))
    for weight in weights:
        name = f"with-{weight:g}"
        adapted = load_classifier(train(with_added(without, [split.own], name=name, weight=weight), out / name))
        criteria = judge(adapted, first, test, Bounds(loss=0, seed=seed))
        yield {"model": name, "n": len(test)} | _figures(evaluate(adapted, test)) | {"against": [one.told for one in criteria]}


def _figures(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("macro_f1", "interval", "signal_auc", "calibration_error")}


def _drawn(held: Sequence[LabelledStatement], labels: int, seed: int) -> tuple[list[LabelledStatement], list[LabelledStatement]]:
    """Whole conversations until there are enough statements, and the others."""
    groups = sorted({item.group for item in held})
    sizes = dict.fromkeys(groups, 0)
    for item in held:
        sizes[item.group] += 1
    taken: set[str] = set()
    n = 0
    for place in np.random.default_rng(seed).permutation(len(groups)):
        if n >= labels:
            break
        taken.add(groups[place])
        n += sizes[groups[place]]
    return [item for item in held if item.group in taken], [item for item in held if item.group not in taken]


def _write(path: Path, statements: Iterable[LabelledStatement]) -> None:
    """Write statements in the format of the corpus."""
    lines = []
    for item in statements:
        gold = item.gold
        row = {"text": item.text, "context": item.context, "channel": item.channel.value, "conversation": item.group, **item.slices}
        lines.append(json.dumps(row | {"culture": gold.culture, "target": gold.target, "drivers": list(gold.drivers)}, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CsNlpError as error:
        sys.exit(f"error: {error}")
