"""`cs-nlp label suspects`: labels that are probably wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import typer
from numpy.typing import NDArray
from rich.table import Table

from cs_nlp.cli.screen import Bar, out, print_json, progress, shortened, tell
from cs_nlp.errors import InputError
from cs_nlp.labelling.annotations import read_annotations
from cs_nlp.labelling.suspects import find_suspects, out_of_fold
from cs_nlp.pipeline.labelling import probabilities_for, vectors_for
from cs_nlp.records import AnnotatedStatement
from cs_nlp.scoring import load_classifier
from cs_nlp.settings import Settings, read_settings

_WIDTH = 80
_SHOWN = 30


def suspects(
    files: Annotated[list[Path], typer.Argument(help="Labelled statements or documents, JSON lines.", show_default=False)],
    by: Annotated[
        Literal["out-of-fold", "words", "model"],
        typer.Option(
            "--by",
            help="What doubts them: classifiers that learnt from the other conversations (vectors and words, or words), or the model.",
        ),
    ] = "out-of-fold",
    annotator: Annotated[str | None, typer.Option("--annotator", help="Whose labels; default: the gold ones.", show_default=False)] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="A model folder, or the name of one that comes with cs_nlp.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to print.")] = _SHOWN,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a label, all of them.")] = False,
) -> None:
    """Find labels that are probably wrong (confident learning), the worst first. Look at them: an unusual statement is no wrong label.

    A model believes the labels that it learnt from: '--by model' is for statements that it never saw.
    """
    settings = read_settings()
    statements, labels = _labelled(read_annotations(files), annotator)
    with progress("labels") as bar:
        found = find_suspects(labels, _probabilities(statements, labels, by, model, settings, bar))
    if as_json:
        for one in found:
            own = statements[one.row]
            print_json({"id": own.id, "text": own.text, "given": one.given, "likely": one.likely, "quality": round(one.quality, 6)})
        return
    table = Table("id", "given", "likely", "fits", "statement")
    for one in found[:limit]:
        table.add_row(statements[one.row].id, one.given, one.likely, f"{one.quality:.3f}", shortened(statements[one.row].text, _WIDTH))
    out.print(table, markup=False)
    tell(f"{len(found)} of {len(labels)} labels are suspect" + (f"; {limit} are shown, --json prints all" if len(found) > limit else ""))


def _labelled(statements: Sequence[AnnotatedStatement], annotator: str | None) -> tuple[list[AnnotatedStatement], list[str]]:
    kept, labels = [], []
    for one in statements:
        label = one.gold if annotator is None else next((own for own in one.annotations if own.annotator == annotator), None)
        if label is not None:
            kept.append(one)
            labels.append(label.culture)
    if not kept:
        raise InputError(
            f"suspects: none of {len(statements)} statements has {'a gold label' if annotator is None else f'a label of {annotator!r}'}; "
            "see 'cs-nlp label adjudicate', or name an annotator with --annotator"
        )
    return kept, labels


def _probabilities(
    statements: Sequence[AnnotatedStatement], labels: Sequence[str], by: str, model: str | None, settings: Settings, bar: Bar
) -> NDArray[np.float64]:
    if by == "words":
        return out_of_fold(statements, labels, seed=settings.seed, progress=lambda done, total: bar(done, total, "parts"))
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    if by == "model":
        return probabilities_for(statements, classifier, progress=lambda done, total: bar(done, total, "scored"))
    vectors = vectors_for(statements, classifier, progress=lambda done, total: bar(done, total, "read"))
    return out_of_fold(statements, labels, vectors, seed=settings.seed, progress=lambda done, total: bar(done, total, "parts"))
