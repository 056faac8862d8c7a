"""`cs-nlp label next` and `shares`: what to label next, and what a labelled sample says of a team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import numpy as np
import typer
from rich.table import Table

from cs_nlp.cli.screen import Bar, out, percent, print_json, progress, shortened, tell
from cs_nlp.errors import DatasetError, InputError
from cs_nlp.labelling.annotations import read_annotations, write_annotations
from cs_nlp.labelling.choosing import (
    Choice,
    Floats,
    choose_balanced,
    choose_diverse,
    choose_for_interval,
    choose_mixed,
    choose_uncertain,
    shares_from_sample,
)
from cs_nlp.pipeline.labelling import probabilities_for, vectors_for
from cs_nlp.records import AnnotatedStatement
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.settings import read_settings
from cs_nlp.taxonomy import CULTURES

_WIDTH = 80
_DIGITS = 6
Way = Literal["mixed", "uncertain", "diverse", "balanced", "interval"]


def next_(  # noqa: PLR0913, PLR0917 - each is an option of the command
    files: Annotated[
        list[Path], typer.Argument(help="Statements to choose from, JSON lines; 'cs-nlp score --json' prints such.", show_default=False)
    ],
    n: Annotated[int, typer.Option("--count", "-n", min=1, help="How many to choose.")] = 50,
    by: Annotated[
        Way,
        typer.Option(
            "--by",
            help="mixed: unsure and unlike each other; uncertain; diverse; balanced: as many of each likely culture, to begin with; "
            "interval: a random sample that shrinks the interval of a team's shares most.",
        ),
    ] = "mixed",
    culture: Annotated[
        list[str] | None, typer.Option("--culture", help="With --by interval: whose share matters; may be repeated.", show_default=False)
    ] = None,
    labelled: Annotated[
        list[Path] | None,
        typer.Option("--labelled", help="What is labelled already; it is not chosen, nor what is like it.", show_default=False),
    ] = None,
    to: Annotated[Path | None, typer.Option("--out", help="Write the chosen statements there, to be labelled.", show_default=False)] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="A model folder, or the name of one that comes with cs_nlp.", show_default=False)
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a statement.")] = False,
) -> None:
    """Choose statements to label next. For --by interval give all statements of one team and time: the sample speaks for them."""
    settings = read_settings()
    wanted = _wanted(culture or [], by)
    done = read_annotations(labelled) if labelled else []
    pool = _open(read_annotations(files), done, everything=by == "interval")
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    with progress("statements", len(pool)) as bar:
        probabilities = probabilities_for(pool, classifier, progress=bar)
        if by == "interval":
            chosen, worth = choose_for_interval(probabilities, n, classes=wanted, seed=settings.seed)
            errors = f"expected standard error {worth.error:.4f}, of as many at random {worth.at_random:.4f}"
            tell(f"{worth.labels:.0f} labels were to be drawn; {errors}")
        else:
            chosen = _choose(by, pool, probabilities, (done, n, settings.seed), classifier, bar)
    mean = probabilities.mean(axis=0)
    made = [_chosen(pool[one.row], one, probabilities[one.row], mean, len(pool)) for one in chosen]
    if to is not None:
        tell(f"{to}: {write_annotations(to, made)} statements to label")
    _print(made, chosen, as_json=as_json)


def shares(
    files: Annotated[list[Path], typer.Argument(help="A sample from 'label next --by interval', labelled (gold).", show_default=False)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a culture.")] = False,
) -> None:
    """Say what a labelled sample tells of all statements that it was drawn from: the share of each culture.

    The shares are right on average whatever the model's errors; the better the model, the shorter the intervals.
    """
    drawn = [one for one in read_annotations(files) if "sample" in one.facts]
    gold = [(one, one.gold) for one in drawn if one.gold is not None]
    if len(gold) < len(drawn) or not gold:
        raise InputError(
            f"shares: {len(drawn)} statements of a sample, {len(gold)} with a gold label; expected one for each: label the rest"
        )
    try:
        samples = [one.facts["sample"] for one, _ in gold]
        mean, total = np.array([samples[0]["mean"][name] for name in CULTURES]), int(samples[0]["of"])
        said = np.array([[sample["said"][name] for name in CULTURES] for sample in samples])
        weights = [float(sample["weight"]) for sample in samples]
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(files[0], [f"'sample' is damaged ({error!r}); leave it as 'label next --by interval' wrote it"]) from error
    if len({(sample["of"], tuple(sample["mean"].items())) for sample in samples}) > 1:
        raise InputError("shares: the statements are of several samples; give those of one")
    found = shares_from_sample(mean, total, said, [label.culture for _, label in gold], weights)
    table = Table("culture", title=f"Shares in {total} statements, from {len(gold)} labels", title_justify="left")
    for name in ("share", "95 % interval", "as the model says"):
        table.add_column(name, justify="right")
    for name, (value, interval), model_says in zip(CULTURES, found, mean, strict=True):
        if as_json:
            print_json(
                {
                    "culture": name,
                    "share": round(value, _DIGITS),
                    "low": round(interval.low, _DIGITS),
                    "high": round(interval.high, _DIGITS),
                    "model": round(float(model_says), _DIGITS),
                    "labels": len(gold),
                    "of": total,
                }
            )
        table.add_row(name, percent(value), f"{percent(interval.low)} to {percent(interval.high)}", percent(float(model_says)))
    if not as_json:
        out.print(table)


def _wanted(cultures: Sequence[str], by: str) -> list[int]:
    """Places of the cultures whose shares matter."""
    if unknown := [name for name in cultures if name not in CULTURES]:
        raise InputError(f"--culture {unknown[0]}: expected one of {', '.join(CULTURES)}")
    if cultures and by != "interval":
        raise InputError("--culture goes with --by interval only")
    return [CULTURES.index(name) for name in cultures]


def _open(pool: Sequence[AnnotatedStatement], done: Sequence[AnnotatedStatement], *, everything: bool) -> list[AnnotatedStatement]:
    """What may be chosen: not what is labelled already, unless the sample is to speak for all."""
    if everything:
        return list(pool)
    known = {one.id for one in done if one.annotations or one.gold}
    kept = [one for one in pool if one.id not in known and not one.annotations and one.gold is None]
    if not kept:
        raise InputError(f"next: all {len(pool)} statements are labelled; give others")
    return kept


def _choose(
    by: str,
    pool: Sequence[AnnotatedStatement],
    probabilities: Floats,
    wanted: tuple[Sequence[AnnotatedStatement], int, int],
    classifier: Classifier,
    bar: Bar,
) -> list[Choice]:
    done, n, seed = wanted
    if by == "uncertain":
        return choose_uncertain(probabilities, n)
    if by == "balanced":
        return choose_balanced(probabilities, n, seed=seed)
    vectors = vectors_for(pool, classifier, progress=lambda read, total: bar(read, total, "sentence vectors"))
    near = vectors_for(done, classifier) if done else None
    return choose_diverse(vectors, n, labelled=near) if by == "diverse" else choose_mixed(probabilities, vectors, n, labelled=near)


def _chosen(one: AnnotatedStatement, choice: Choice, said: Floats, mean: Floats, total: int) -> AnnotatedStatement:
    facts: dict[str, Any] = {**one.facts, "chosen": choice.reason}
    if choice.weight is not None:
        shares_ = [{name: round(float(value), _DIGITS) for name, value in zip(CULTURES, row, strict=True)} for row in (said, mean)]
        facts["sample"] = {"weight": choice.weight, "of": total, "said": shares_[0], "mean": shares_[1]}
    return replace(one, facts=MappingProxyType(facts))


def _print(made: Sequence[AnnotatedStatement], chosen: Sequence[Choice], *, as_json: bool) -> None:
    table = Table("id", "statement", "why")
    for one, choice in zip(made, chosen, strict=True):
        if as_json:
            print_json({"id": one.id, "text": one.text, "context": one.context, "why": choice.reason, "weight": choice.weight})
        table.add_row(one.id, shortened(one.text, _WIDTH), choice.reason)
    if not as_json:
        out.print(table, markup=False)
