"""`cs-nlp promote`, `rollback` and `models`: which model is live, and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cs_nlp.cli.screen import out, print_json, tell
from cs_nlp.errors import ArtefactError, PromotionError
from cs_nlp.pipeline.events import announce_promoted
from cs_nlp.scoring import Artefact, load_classifier
from cs_nlp.scoring.artefact import CONFIG, digest
from cs_nlp.scoring.finding import find_artefact
from cs_nlp.scoring.registry import MODELS, RELEASED, Entry, live_entry, read_registry, record_promotion, roll_back
from cs_nlp.settings import read_settings
from cs_nlp.store import open_store

if TYPE_CHECKING:
    from cs_nlp.records import LabelledStatement
    from cs_nlp.training.promotion import Bounds, Criterion

FOLDER = typer.Option("--models", help="The folder of models; its registry.json says which is live.")
ANNOUNCE = typer.Option("--announce", help="Tell the webhooks in the database that the settings name.")
_LOSS = 0.02
_SHORT = 12
_DETAILS = ("gold set", "F1 of", "calibration error")  # of a promotion; --json has them too


def promote(  # noqa: PLR0913 - each is an option of the command
    folder: Annotated[Path, typer.Argument(help="The candidate: a model folder made by 'cs-nlp train'.")],
    gold: Annotated[Path, typer.Option("--gold", help="Labelled statements that neither model learnt from, JSON lines.")],
    models: Annotated[Path, FOLDER] = MODELS,
    bound: Annotated[
        float, typer.Option("--bound", min=0, max=1, help="Largest loss of macro-F1 that must be ruled out with 95 % confidence.")
    ] = _LOSS,
    because: Annotated[
        str | None, typer.Option("--force", help="Promote whatever the criteria say, for this reason; it is kept.", show_default=False)
    ] = None,
    *,
    announce: Annotated[bool, ANNOUNCE] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all criteria as one JSON object.")] = False,
) -> None:
    """Make a model live if it is not worse than the live one on a gold set, in no class, and calibrated; else say what it lacks."""
    from cs_nlp.labelling import read_dataset  # noqa: PLC0415 - only this command needs it
    from cs_nlp.training.promotion import Bounds  # noqa: PLC0415 - as above

    candidate = Artefact.open(find_artefact(folder))
    # A live model that was changed since is no ground for comparison: the command fails here and says what to do.
    current = Artefact.open(_current(models))
    if digest(candidate.path / CONFIG) == digest(current.path / CONFIG):
        raise ArtefactError(f"{folder}: is live already; expected another model")
    _check_apart(candidate, gold)
    criteria = _judge(candidate, current, read_dataset(gold), Bounds(loss=bound, seed=read_settings().seed))
    unmet = [one for one in criteria if not one.is_met]
    if not as_json:
        _show_criteria(criteria)
    if not unmet or because is not None:
        reason = tuple(one.told for one in criteria if one.is_met) if because is None else (f"forced: {because}",)
        entry = record_promotion(candidate, (*reason, *(f"not met: {one.told}" for one in unmet)), models)
    else:
        entry = None
    if as_json:
        print_json(
            {"promoted": entry is not None, "model": candidate.name, "live": current.name, "criteria": [asdict(one) for one in criteria]}
        )
    if entry is None:
        raise PromotionError(candidate.name, current.name, [one.told for one in unmet])
    tell(f"live since {entry.since:%Y-%m-%d %H:%M} UTC: {entry.model} (before: {entry.replaced})")
    if announce:
        _announce(entry, models)


def rollback(
    models: Annotated[Path, FOLDER] = MODELS,
    because: Annotated[str, typer.Option("--because", help="Why; it is kept.", show_default=False)] = "",
    *,
    announce: Annotated[bool, ANNOUNCE] = False,
) -> None:
    """Make the model live again that was live before the last promotion."""
    entry = roll_back(because, models)
    now = live_entry(models)
    tell(f"live: {now.model if now is not None else RELEASED} (taken back: {entry.model})")
    if announce:
        _announce(entry, models)


def list_models(
    models: Annotated[Path, FOLDER] = MODELS,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a step.")] = False,
) -> None:
    """Say which model is live, since when, what it learnt from, and what was live before."""
    entries, live = read_registry(models), live_entry(models)
    if as_json:
        for entry in entries:
            print_json(entry.model_dump(mode="json") | {"live": entry == live})
        return
    if live is None:
        out.print(f"live: {RELEASED}, the released model")
    else:
        out.print(f"live: {live.model}, since {live.since:%Y-%m-%d %H:%M} UTC, learnt from {live.learnt} statements", markup=False)
    if entries:
        out.print(_steps(entries))


def _announce(entry: Entry, models: Path) -> None:
    with open_store(read_settings().database) as store:
        tell(f"webhooks that are told: {announce_promoted(store, entry, live_entry(models))}")


def _steps(entries: tuple[Entry, ...]) -> Table:
    table = Table("when (UTC)", "step", "model", "before", "learnt from (SHA-256)", "statements", "why")
    for entry in entries:
        why = "\n".join(told for told in entry.reason if not told.startswith(_DETAILS))
        cells = (entry.action, entry.model, entry.replaced, entry.learning_sha256[:_SHORT], str(entry.learnt), why.replace("[", r"\["))
        table.add_row(f"{entry.since:%Y-%m-%d %H:%M}", *cells)
    return table


def _current(models: Path) -> Path:
    return find_artefact(models) if read_registry(models) else find_artefact(RELEASED)


def _check_apart(candidate: Artefact, gold: Path) -> None:
    """Refuse a gold set that is one of the files that the candidate learnt from."""
    files = candidate.evaluation.get("learning", {}).get("files", {})
    if gold.is_file() and digest(gold) in files.values():
        raise ArtefactError(f"{gold}: {candidate.name} learnt from this very file; expected statements that it has not seen")


def _judge(candidate: Artefact, current: Artefact, gold: list[LabelledStatement], bounds: Bounds) -> list[Criterion]:
    from cs_nlp.training.promotion import judge  # noqa: PLC0415 - only this command needs it

    threads = read_settings().threads
    return judge(load_classifier(candidate.path, threads=threads), load_classifier(current.path, threads=threads), gold, bounds)


def _show_criteria(criteria: list[Criterion]) -> None:
    for one in criteria:
        out.print(f"{'met    ' if one.is_met else 'NOT MET'}  {one.told}", markup=False)
