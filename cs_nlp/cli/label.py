"""`cs-nlp label`: from several people's labels to ones that can be learnt from. Whatever is slow to load is loaded when a command runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cs_nlp.cli.label_choose import next_, shares
from cs_nlp.cli.label_rules import weak
from cs_nlp.cli.label_suspects import suspects
from cs_nlp.cli.label_tools import export, import_, setup
from cs_nlp.cli.screen import out, percent, print_json, progress, tell
from cs_nlp.labelling.adjudication import adjudicate as settle
from cs_nlp.labelling.agreement import REPLICATES, Agreement, Alpha, measure_agreement
from cs_nlp.labelling.annotations import read_annotations, write_annotations
from cs_nlp.records import AnnotatedStatement
from cs_nlp.settings import read_settings

FILES = typer.Argument(help="Annotation files or data sets, JSON lines; those of several annotators are read together.", show_default=False)
AS_JSON = typer.Option("--json", help="Print JSON objects, one a line.")
_SHOWN = 5

label_app = typer.Typer(
    help="Labels: who agrees, what is settled, what is wrong, what to label next, and the tools for it.", no_args_is_help=True
)


@label_app.command()
def agreement(
    files: Annotated[list[Path], FILES],
    replicates: Annotated[
        int, typer.Option("--replicates", min=0, help="Bootstrap samples behind the intervals; 0 for none.")
    ] = REPLICATES,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Say how far annotators agree: Krippendorff's alpha of all cultures, of each, of targets and drivers; pairs; what is confused."""
    statements = read_annotations(files)
    with progress("agreement") as bar:
        found = measure_agreement(
            statements, replicates=replicates, seed=read_settings().seed, progress=lambda done, total: bar(done, total, "intervals")
        )
    if as_json:
        for one in (found.culture, *found.classes, found.target, *found.drivers):
            print_json(asdict(one))
        return
    _show_agreement(found)


@label_app.command()
def adjudicate(
    files: Annotated[list[Path], FILES],
    to: Annotated[Path, typer.Option("--out", help="The file of statements with gold labels to write.", show_default=False)],
    ties: Annotated[
        Path | None, typer.Option("--ties", help="Write the statements on which nobody has a majority there.", show_default=False)
    ] = None,
    settled: Annotated[
        Path | None,
        typer.Option("--settled", help="The file of ties with a 'culture' written into each line that was decided.", show_default=False),
    ] = None,
    senior: Annotated[
        list[str] | None, typer.Option("--senior", help="An annotator whose label decides ties; may be repeated.", show_default=False)
    ] = None,
    least: Annotated[int, typer.Option("--least", min=1, help="Annotators that a statement needs.")] = 2,
) -> None:
    """Make one label of several: the majority's. Ties are named, and settled by a file of decisions or by a senior annotator."""
    found = settle(read_annotations(files), settled=read_annotations([settled]) if settled else (), senior=senior or (), least=least)
    write_annotations(to, found.gold)
    if ties is not None and found.ties:
        write_annotations(ties, found.ties)
    majority = len(found.gold) - found.settled - found.kept
    tell(f"{to}: {len(found.gold)} with a gold label ({majority} by majority, {found.settled} settled, {found.kept} that had one)")
    if found.ties:
        where = f"in {ties}: write 'culture' into each line and name the file with --settled" if ties else _named(found.ties)
        tell(f"{len(found.ties)} ties, not in {to}: {where}")
    if found.single:
        tell(f"{len(found.single)} with fewer than {least} annotators, not in {to}: {_named(found.single)}")


label_app.command()(weak)
label_app.command()(suspects)
label_app.command(name="next")(next_)
label_app.command()(shares)
label_app.command()(setup)
label_app.command()(export)
label_app.command(name="import")(import_)


def _named(statements: Iterable[AnnotatedStatement]) -> str:
    ids = [one.id for one in statements]
    return ", ".join(ids[:_SHOWN]) + (f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else "")


def _show_agreement(found: Agreement) -> None:
    table = Table("question", title="Krippendorff's alpha (1: all agree, 0: as by chance)", title_justify="left")
    for name in ("alpha", "95 % interval", "labels", "statements"):
        table.add_column(name, justify="right")
    for one in (found.culture, *found.classes, found.target, *found.drivers):
        table.add_row(*_cells(one))
    out.print(table)
    pairs = Table("annotators", title="Pairs", title_justify="left")
    for name in ("same culture", "statements"):
        pairs.add_column(name, justify="right")
    for pair in found.pairs:
        pairs.add_row(" and ".join(pair.annotators), percent(pair.agreed), str(pair.statements))
    out.print(pairs)
    if found.confused:
        out.print("Most confused: " + ", ".join(f"{mine} / {theirs} {n}" for mine, theirs, n in found.confused[:_SHOWN]))
    if found.culture.interval is not None:
        out.print("Intervals by resampling whole conversations.")


def _cells(one: Alpha) -> list[str]:
    if one.value is None:
        return [one.question, "-", "never differs" if one.given else "no labels", str(one.given), str(one.statements)]
    interval = "" if one.interval is None else f"{one.interval.low:.2f} to {one.interval.high:.2f}"
    return [one.question, f"{one.value:.2f}", interval, str(one.given), str(one.statements)]
