"""Does a model that learns from 300 of a user's own labels beat the one that never saw the user's domain?

    python -m tools.leave_source_out models/recipes/tfidf.toml --sources kind=cs kind=retold kind=cand --out out/adapt
    python -m tools.leave_source_out models/recipes/culture-en-small.toml --sources kind=retold --warm --out out/adapt

The statements of one source (`kind=...` or `corpus=...`), and all others of their conversations, are taken out of every data set of
the recipe, and what a teacher answered of them with it. The model without them is trained once. Then, for each seed, about 300 of the
source's labels are drawn, whole conversations, and a model learns from them too; a tenth of them goes into calibration, as with any data
set. Both are measured on the statements of the source that neither learnt from, those of the recipe's evaluation set among them; no
conversation is on both sides.

Without `--warm` the second model is trained anew from the recipe with the labels added (`cs-nlp train --add`), each counting `--weight`
times. With it (encoders) the first one's checkpoint is trained on for a few epochs, on the labels and on `--replay` of what it had learnt
from, so that a seed takes minutes. Weight, epochs and replay are to be chosen before looking: the best of many tries is no test.

Prints for each seed both models' figures and the difference of macro-F1 with its 95 % interval (paired bootstrap over conversations), and
the mean over the seeds with its interval, from draws that all seeds share. A model without the source that lies in `--out` is used again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cs_nlp.errors import CsNlpError, InputError
from cs_nlp.labelling import read_dataset, split_by_group
from cs_nlp.records import LabelledStatement
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.scoring.artefact import EVALUATION
from cs_nlp.taxonomy import CULTURES
from cs_nlp.training.data import read_material
from cs_nlp.training.evaluation import Floats, Ints, figures, gold_of, macro_f1
from cs_nlp.training.recipe import Recipe, Source, read_recipe, with_added
from cs_nlp.training.resampling import Draws, bounds
from cs_nlp.training.run import train
from tools.subsets import write_dataset

LABELS = 300
REPLICATES = 2000
_DRAW = 2000  # apart from the seeds that hold statements out


@dataclass(frozen=True, slots=True)
class How:
    """How the second model learns.

    Attributes:
        labels: about how many of the source's labels it gets.
        weight: how much each counts, against 1.
        warm: from the first model's checkpoint instead of anew.
        replay: share of the other conversations that a warm start learns from again.
    """

    labels: int = LABELS
    weight: float = 1.0
    warm: bool = False
    replay: float = 0.1


@dataclass(frozen=True, slots=True)
class Parted:
    """A recipe's data, parted by source.

    Attributes:
        recipe: without the source, as files.
        held: the source's statements that may be learnt from.
        judged: those of the evaluation set, never learnt from.
    """

    recipe: Recipe
    held: tuple[LabelledStatement, ...]
    judged: tuple[LabelledStatement, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What two models say of one seed's test statements.

    Attributes:
        groups: conversation of each statement.
        gold: culture; before: what the first model says; after: the second.
        before: as above; after: as above.
    """

    groups: tuple[str, ...]
    gold: Ints
    before: Ints
    after: Ints


def main() -> int:
    """For each source: part, train, compare, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--sources", nargs="+", required=True, help="kind=NAME or corpus=NAME")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--labels", type=int, default=LABELS)
    parser.add_argument("--weight", type=float, default=1.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--warm", action="store_true", help="train the first model's checkpoint on")
    parser.add_argument("--replay", type=float, default=0.1, help="share of the other conversations that --warm learns from again")
    chosen = parser.parse_args()
    how = How(chosen.labels, chosen.weight, chosen.warm, chosen.replay)
    for source in chosen.sources:
        for row in experiment(read_recipe(chosen.recipe), source, chosen.seeds, chosen.out / source.replace("=", "-"), how):
            print(json.dumps({"source": source} | row), flush=True)
    return 0


def experiment(recipe: Recipe, source: str, seeds: Sequence[int], out: Path, how: How) -> Iterator[dict[str, Any]]:
    """Train without the source once, and with some of its labels for each seed.

    Yields:
        For each seed the figures of both models and their difference; at last the mean over the seeds.
    """
    parted = part(recipe, source, out)
    folder = out / "without"
    first = load_classifier(folder if _is_trained(folder, parted.recipe) else train(parted.recipe, folder, progress=_told))
    trials = []
    for seed in seeds:
        own, test = draw(parted, how.labels, seed)
        second = load_classifier(_learn(parted.recipe, own, folder, out / f"with-{seed}", (how, seed)))
        before, after = (_figures(model, test) for model in (first, second))
        trials.append(_trial(first, second, test))
        yield {"seed": seed, "labels": len(own), "n": len(test), "without": before, "with": after} | difference(trials[-1:])
    yield {"seeds": list(seeds)} | difference(trials)


def part(recipe: Recipe, wanted: str, out: Path) -> Parted:
    """Take a source out of a recipe's data; what is left is written into `out`.

    Args:
        recipe: from `read_recipe`.
        wanted: `field=value` of the source to leave out.
        out: a folder.
    """
    field, _, value = wanted.partition("=")
    out.mkdir(parents=True, exist_ok=True)
    whole = [(source, read_dataset(source.path)) for source in recipe.data.sources]
    evaluation = read_dataset(recipe.data.evaluation) if recipe.data.evaluation is not None else []
    held = [item for _, statements in whole for item in statements if item.slices.get(field) == value]
    judged = [item for item in evaluation if item.slices.get(field) == value]
    theirs = {item.group for item in (*held, *judged)}
    rest: list[Source] = []
    for number, (source, statements) in enumerate(whole):
        if kept := [item for item in statements if item.group not in theirs]:
            path = (out / f"rest_{number}_{source.path.stem}.jsonl").resolve()
            write_dataset(path, kept)
            rest.append(source.model_copy(update={"path": path}))
    # A teacher has seen the source, and unlabelled text may be of its conversations: both are left out.
    untaught = Recipe.model_validate(recipe.model_dump(exclude={"distil": True, "data": {"unlabelled"}}))
    data = untaught.data.model_copy(update={"sources": tuple(rest), "evaluation": None})
    without = untaught.model_copy(update={"data": data, "compared": (), "name": "without"})
    return Parted(without, tuple(held), tuple(judged))


def draw(parted: Parted, labels: int, seed: int) -> tuple[list[LabelledStatement], list[LabelledStatement]]:
    """Whole conversations until there are enough statements to adapt with, and all statements of the source's other conversations.

    Raises:
        InputError: the source is not there, or too small.
    """
    groups = sorted({item.group for item in parted.held})
    sizes = dict.fromkeys(groups, 0)
    for item in parted.held:
        sizes[item.group] += 1
    taken: set[str] = set()
    for place in np.random.default_rng(seed).permutation(len(groups)):
        if sum(sizes[group] for group in taken) >= labels:
            break
        taken.add(groups[place])
    own = [item for item in parted.held if item.group in taken]
    test = [item for item in (*parted.held, *parted.judged) if item.group not in taken]
    if not own or len(test) < labels:
        raise InputError(f"{len(own)} statements to adapt with, {len(test)} to measure on; expected {labels} of each: name another source")
    return own, test


def difference(trials: Sequence[Trial]) -> dict[str, Any]:
    """Macro-F1 with the labels minus without, mean of the trials, with its 95 % interval; all trials share the draws of conversations."""
    names = sorted({group for trial in trials for group in trial.groups})
    shared = Draws.of(names, REPLICATES, seed=0).drawn
    drawn: list[Floats] = []
    exact = []
    for trial in trials:
        draws = Draws(np.searchsorted(names, trial.groups).astype(np.int64), shared)
        after, before = (draws.f1(trial.gold, said, len(CULTURES)).mean(axis=1) for said in (trial.after, trial.before))
        drawn.append(after - before)
        exact.append(macro_f1(trial.gold, trial.after) - macro_f1(trial.gold, trial.before))
    low, high = bounds(np.mean(drawn, axis=0))
    return {"difference": round(float(np.mean(exact)), 4), "interval": [round(low, 4), round(high, 4)]}


def _learn(recipe: Recipe, own: list[LabelledStatement], start: Path, out: Path, chosen: tuple[How, int]) -> Path:
    how, seed = chosen
    labels = out.with_name(f"{out.name}.own.jsonl")
    write_dataset(labels, own)
    if not how.warm:
        return train(with_added(recipe, [labels], name=out.name, weight=how.weight), out, progress=_told)
    from cs_nlp.training.adapting import WarmStart, adapt  # noqa: PLC0415 - torch only where it is used

    replayed = recipe.model_copy(update={"data": recipe.data.model_copy(update={"sources": _replayed(recipe, how, seed, out)})})
    return adapt(with_added(replayed, [labels], name=out.name, weight=how.weight), start, out, WarmStart(), progress=_told)


def _replayed(recipe: Recipe, how: How, seed: int, out: Path) -> tuple[Source, ...]:
    """Some conversations of each data set, and all that are held out, so that calibration stays as good as it was."""
    sources = []
    for source in recipe.data.sources:
        learning, held_out = split_by_group(read_dataset(source.path), recipe.data.held_out, seed=recipe.seed)
        path = out.with_name(f"{out.name}.{source.path.name}")
        write_dataset(path, [*held_out, *split_by_group(learning, how.replay, seed=_DRAW + seed)[1]])
        sources.append(source.model_copy(update={"path": path.resolve()}))
    return tuple(sources)


def _is_trained(folder: Path, recipe: Recipe) -> bool:
    """Whether the folder's model learnt from just this recipe's data."""
    path = folder / EVALUATION
    found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return bool(found) and found["learning"]["sha256"] == read_material(recipe).sha256


def _figures(model: Classifier, test: Sequence[LabelledStatement]) -> dict[str, Any]:
    found = figures(model.score([item.text for item in test], [item.context for item in test]), test)
    return {name: found[name] for name in ("macro_f1", "interval", "signal_auc", "calibration_error")}


def _trial(first: Classifier, second: Classifier, test: Sequence[LabelledStatement]) -> Trial:
    texts, contexts = [item.text for item in test], [item.context for item in test]
    before, after = (model.score(texts, contexts).named for model in (first, second))
    return Trial(tuple(item.group for item in test), gold_of(test), before, after)


def _told(what: str, done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        print(f"{what} {done}/{total}", file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CsNlpError as error:
        sys.exit(f"error: {error}")
