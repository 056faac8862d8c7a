"""`cs-nlp label weak`: labels by rules, and how good the rules are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cs_nlp.cli.screen import out, percent, print_json, progress, tell
from cs_nlp.labelling.annotations import read_annotations, write_annotations
from cs_nlp.labelling.weak import RuleFigures, Together, fit_weak, measure_rules, measure_together, weak_labels
from cs_nlp.labelling.weak_rules import SHIPPED, Fired, Rule, fire, read_rules
from cs_nlp.records import AnnotatedStatement


def weak(
    files: Annotated[
        list[Path], typer.Argument(help="Statements, JSON lines; gold labels in them only judge the rules.", show_default=False)
    ],
    rules: Annotated[
        Path | None, typer.Option("--rules", help="A rule file in TOML; default: the one that comes with cs_nlp.", show_default=False)
    ] = None,
    learn: Annotated[
        list[Path] | None,
        typer.Option(
            "--learn", help="A file with gold labels that says how far each rule can be trusted; may be repeated.", show_default=False
        ),
    ] = None,
    to: Annotated[Path | None, typer.Option("--out", help="Write the statements with the rules' labels there.", show_default=False)] = None,
    least: Annotated[float, typer.Option("--least", min=0, max=1, help="Probability that a culture needs to become a label.")] = 0.5,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a rule and vote, and one for all together.")] = False,
) -> None:
    """Label statements by rules; say of each rule how often it fires, overlaps, conflicts and is right.

    Rules are weighed by how far each can be trusted: learnt from --learn, or from how far rules bear one another out.
    """
    known = read_rules(rules or SHIPPED)
    statements = read_annotations(files)
    fired = _fire(known, statements, "statements")
    learnt = read_annotations(learn) if learn else []
    models = (
        fit_weak(known, _fire(known, learnt, "learning"), [one.gold for one in learnt])
        if learn
        else fit_weak(known, fired, [None] * len(statements))
    )
    gold = [one.gold for one in statements]
    figures, together = measure_rules(known, fired, models, gold), measure_together(known, fired, models, gold)
    if to is not None:
        labelled = weak_labels(known, fired, models, statements, least)
        write_annotations(to, labelled)
    if as_json:
        for row in figures:
            print_json(asdict(row))
        print_json({"together": asdict(together)})
    else:
        _show(figures, together, len(statements))
    if to is not None:
        tell(f"{to}: {len(statements)} statements, those with a vote labelled by annotator 'rules'")


def _fire(rules: Sequence[Rule], statements: Sequence[AnnotatedStatement], what: str) -> Fired:
    with progress(what, len(statements)) as bar:
        return fire(rules, statements, progress=bar)


def _show(figures: Sequence[RuleFigures], together: Together, n: int) -> None:
    table = Table("rule", "votes for")
    for name in ("fires", "of all", "overlaps", "conflicts", "right", "95 % interval", "judged", "trusted"):
        table.add_column(name, justify="right")
    for row in figures:
        interval = "-" if row.interval is None else f"{percent(row.interval.low)} to {percent(row.interval.high)}"
        shares = [percent(value) for value in (row.coverage, row.overlaps, row.conflicts, row.precision)]
        table.add_row(row.rule, row.votes, str(row.fires), *shares, interval, str(row.judged), percent(row.accuracy))
    out.print(table)
    out.print(f"{percent(together.covered)} of {n} statements have a vote for a culture.")
    if together.judged:
        told = f"Of {together.judged} of these with a gold label the weighed vote is right on {percent(together.accuracy)}"
        out.print(f"{told} (it believes {percent(together.confidence)}), the most frequent vote on {percent(together.majority_accuracy)}.")
