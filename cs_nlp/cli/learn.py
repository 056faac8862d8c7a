"""`cs-nlp predict`, `evaluate` and `train`: what data scientists use."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from rich.table import Table

from cs_nlp.cli.explain import carriers, word_rows
from cs_nlp.cli.screen import complain, listed, out, percent, print_json, progress, shortened, tell
from cs_nlp.cli.teach import NEEDED
from cs_nlp.errors import ArtefactError, InputError, MissingExtraError
from cs_nlp.pipeline import probabilities_of
from cs_nlp.records import Explanation, Score
from cs_nlp.scoring import find_artefact, load_classifier
from cs_nlp.scoring.explain import explain
from cs_nlp.scoring.registry import MODELS, REGISTRY, live_folder
from cs_nlp.settings import read_settings
from cs_nlp.taxonomy import CULTURES

MODEL = typer.Option("--model", help="A model folder, or the name of one that comes with cs_nlp.", show_default=False)
_RECIPE = MODELS / "recipes" / "culture-en-corpus.toml"
_BATCH = 512
_WIDTH = 90
Entry = tuple[int, str, str | None] | tuple[int, None, str]
"""Line number, text, context; or line number, None, and what is wrong with the line."""


def predict(
    file: Annotated[Path | None, typer.Argument(help='JSON lines {"text", "context"?}; default: stdin.', show_default=False)] = None,
    model: Annotated[str | None, MODEL] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line, in the order given.")] = False,
    why: Annotated[
        bool, typer.Option("--explain", help="Say which words carried each label; takes about a hundred times as long.")
    ] = False,
) -> None:
    """Classify single statements.

    A line that can't be read gets an object with 'error' in its place, and the exit code is 2; the others are done.
    """
    settings = read_settings()
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    name = str(file) if file is not None else "stdin"
    bad = 0
    with _open(file) as lines:
        entries = _entries(lines)
        while batch := list(islice(entries, _BATCH)):
            good = [(text, context) for _, text, context in batch if text is not None]
            texts, contexts = [text for text, _ in good], [context for _, context in good]
            scores = iter(classifier.score(texts, contexts).to_records())
            reasons = iter(explain(classifier, texts, contexts, seed=settings.seed) if why else [None] * len(good))
            for number, text, other in batch:
                if text is None:
                    bad += 1
                    complain(f"{name}, line {number}: {other}")
                    if as_json:
                        print_json({"error": f"line {number}: {other}"})
                else:
                    _print_score(text, next(scores), next(reasons), as_json=as_json)
    if bad:
        raise typer.Exit(2)


def evaluate(
    model: Annotated[str, typer.Argument(help="A model folder, or the name of one that comes with cs_nlp.")],
    dataset: Annotated[Path, typer.Argument(help="Labelled statements or documents, JSON lines.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as one JSON object.")] = False,
) -> None:
    """Measure a model on a labelled data set: figures with their intervals, by class and by slice; see docs/evaluation.md."""
    from cs_nlp.labelling import read_dataset  # noqa: PLC0415 - only this command needs it
    from cs_nlp.training.evaluation import evaluate as measure  # noqa: PLC0415 - as above

    statements = read_dataset(dataset)
    found = measure(load_classifier(model, threads=read_settings().threads), statements)
    if as_json:
        print_json(found)
    else:
        _show(found)


def train(
    recipe: Annotated[Path, typer.Argument(help="A training recipe in TOML.")] = _RECIPE,
    to: Annotated[Path | None, typer.Option("--out", help="The model folder to write; default: models/NAME.", show_default=False)] = None,
    add: Annotated[
        list[Path] | None,
        typer.Option("--add", help="Learn from your own labelled statements as well; may be repeated.", show_default=False),
    ] = None,
    weight: Annotated[float, typer.Option("--weight", min=0.01, help="How much each statement of --add counts, against 1.")] = 1.0,
    name: Annotated[
        str | None,
        typer.Option("--name", help="The model's name; default: the recipe's, with -adapted where --add is given.", show_default=False),
    ] = None,
    *,
    export_only: Annotated[bool, typer.Option("--export-only", help="Don't learn: make the folder again from its checkpoint.")] = False,
) -> None:
    """Learn from a recipe, evaluate on held-out data, and write a model folder with its card."""
    from cs_nlp.training.recipe import read_recipe, with_added  # noqa: PLC0415 - only this command needs it

    found = read_recipe(recipe)
    if add or name:
        found = with_added(found, add or [], name=name, weight=weight)
    folder = to or MODELS / found.name
    if (MODELS / REGISTRY).is_file() and live_folder() is not None and folder.resolve() == find_artefact(MODELS).resolve():
        raise ArtefactError(f"{folder}: is the live model, which is never overwritten; name another folder with --out")
    needed = NEEDED if found.kind == "encoder" else ("sklearn", "scipy")
    if any(importlib.util.find_spec(name) is None for name in needed):
        raise MissingExtraError("learning", "train")
    from cs_nlp.training.run import train as run  # noqa: PLC0415 - needs what was just checked

    with progress(found.name) as bar:
        run(found, folder, progress=lambda what, done, total: bar(done, total, what), export_only=export_only)
    tell(f"model: {folder} (its card is {folder / 'README.md'})")
    if uri := os.environ.get("MLFLOW_TRACKING_URI"):
        _track(folder, uri)


def _track(folder: Path, uri: str) -> None:
    from cs_nlp.training.tracking import can_log, log_run  # noqa: PLC0415 - only this command needs it

    if can_log():
        tell(f"MLflow has the run: {log_run(folder, uri)}")
    else:
        tell("MLFLOW_TRACKING_URI is set, but MLflow is not installed, so it has not got the run: pip install mlflow-skinny")


def _open(file: Path | None) -> TextIO:
    if file is None:
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
        return sys.stdin
    try:
        return file.open(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        raise InputError(f"{file}: can't be read ({error.strerror}); expected JSON lines with 'text'") from error


def _entries(lines: Iterable[str]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _entry(number, line)


def _entry(number: int, line: str) -> Entry:
    try:
        line.encode()
        row = json.loads(line)
    except UnicodeEncodeError as error:
        return number, None, f"not UTF-8 at character {error.start + 1}; save the file as UTF-8"
    except json.JSONDecodeError as error:
        return number, None, f'not JSON: {error.msg} at column {error.colno}; expected an object such as {{"text": "..."}}'
    except RecursionError:
        return number, None, 'nested too deeply; expected an object such as {"text": "..."}'
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        return number, None, 'no \'text\'; expected an object such as {"text": "...", "context": "..."}'
    context = row.get("context")
    if context is not None and not isinstance(context, str):
        return number, None, f"'context' is a {type(context).__name__}; expected text or null"
    return number, text, context


def _print_score(text: str, given: Score, why: Explanation | None, *, as_json: bool) -> None:
    if as_json:
        rounded = {name: round(value, 6) for name, value in probabilities_of(given).items()}
        print_json(
            {
                "culture": given.culture,
                "probabilities": rounded,
                "target": given.target,
                "drivers": list(given.drivers),
                "windows": given.windows,
                "unsure": given.unsure,
                **({"words": word_rows(why)} if why is not None else {}),
            }
        )
    else:
        doubt = f"[unsure: {given.unsure}]  " if given.unsure else ""
        because = f"  because of: {', '.join(carriers(why))}" if why is not None and carriers(why) else ""
        facts = f"{given.culture:<19}{percent(max(given.probabilities)):>6}  {given.target:<9}{listed(given.drivers)}"
        out.print(f"{facts}  {doubt}{shortened(text, _WIDTH)}{because}", markup=False)


def _show(found: dict[str, Any]) -> None:
    sure = found["intervals"]
    out.print(f"{found['n']} statements: macro-F1 {_figure(found['macro_f1'], sure['macro_f1'])}; in brackets 95 %, over conversations")
    rest = {
        "accuracy": (found["accuracy"], "accuracy"),
        "calibration error": (found["calibration_error"], "calibration_error"),
        "AUC of any culture": (found["signal_auc"], "signal_auc"),
        "target accuracy": (found["target_accuracy"], "target_accuracy"),
        "drivers' micro-F1": (found["drivers"]["micro_f1"], "drivers_micro_f1"),
    }
    out.print(", ".join(f"{name} {_figure(value, sure[key])}" for name, (value, key) in rest.items()))
    table = Table("culture", "precision", "recall", "F1", "95 %", "AP", "statements")
    counts = Table("labelled as", *(f"→ {culture}" for culture in CULTURES))
    for culture, row in zip(CULTURES, found["confusion"], strict=True):
        figures = found["classes"][culture]
        shares = [_figure(figures[key]) for key in ("precision", "recall", "f1")]
        table.add_row(culture, *shares, _span(sure["f1"][culture]), _figure(found["average_precision"][culture]), str(figures["support"]))
        counts.add_row(culture, *(str(n) for n in row))
    out.print(table, counts)
    _show_parts(found)


def _show_parts(found: dict[str, Any]) -> None:
    """Slices, and the same statements changed."""
    table = Table("slice", "statements", "with a culture", "macro-F1", "95 %", "AUC of any culture", "95 %")
    for name, part in found["slices"].items():
        sure, signals = part["intervals"], part["n"] - part["support"]["none"]
        macro, ranked = (_figure(part[key]) for key in ("macro_f1", "signal_auc"))
        table.add_row(name, str(part["n"]), str(signals), macro, _span(sure["macro_f1"]), ranked, _span(sure["signal_auc"]))
    out.print(table)
    for name, pair in found["changed"].items():
        before, after = pair["given"]["macro_f1"], pair["changed"]["macro_f1"]
        told = f"{name.replace('_', ' ')}: macro-F1 {_figure(before)} as they are, {_figure(after)} so"
        out.print(f"{told}; difference {pair['difference']:+.3f} ({_span(pair['interval'], '+.3f')}), {pair['n']} statements")


def _figure(value: float | None, interval: Sequence[float | None] | None = None) -> str:
    return "n/a" if value is None else f"{value:.3f}" + ("" if interval is None else f" ({_span(interval)})")


def _span(interval: Sequence[float | None], form: str = ".3f") -> str:
    return " to ".join("n/a" if bound is None else format(bound, form) for bound in interval)
