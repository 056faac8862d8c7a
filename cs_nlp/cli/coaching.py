"""`cs-nlp coaching`: what to do about each team's culture, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, REPORT, ROLE_MAP, Intake, read_options
from cs_nlp.cli.screen import out, print_json, tell
from cs_nlp.cli.signals import MODEL, ORG, PATHS_OR_STORED, TEAM, ZONE, reading_of, refuse_choice
from cs_nlp.cli.wish import wish_of
from cs_nlp.errors import ArtefactError, MissingExtraError
from cs_nlp.pipeline import Reading, score_transcripts
from cs_nlp.pipeline.beliefs import beliefs_of
from cs_nlp.pipeline.effects import coaching_of
from cs_nlp.pipeline.redacting import quote_redaction
from cs_nlp.records import Advice, Coaching, Evidence, ScoredTranscript
from cs_nlp.records.beliefs import TeamBeliefs
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.settings import read_settings


def coaching(  # noqa: PLR0913, PLR0917 - each is an option of the command
    paths: Annotated[list[Path] | None, PATHS_OR_STORED] = None,
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    report: Annotated[Path | None, REPORT] = None,
    org: Annotated[str | None, ORG] = None,
    team: Annotated[list[str] | None, TEAM] = None,
    tz: Annotated[str | None, ZONE] = None,
    model: Annotated[str | None, MODEL] = None,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a team.")] = False,
) -> None:
    """Print what to do about each team's culture, with the evidence that calls for it.

    Of transcripts that are read and scored now, or of those that are stored and published.
    """
    settings = read_settings()
    options = reading_of(settings, tz=tz)
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    if not paths:
        from cs_nlp.cli import store_findings as work  # noqa: PLC0415 - the database is loaded only where it is used

        _print(work.read_coaching(settings, wish_of(org, team, model, tz), options, classifier), as_json=as_json)
        return
    refuse_choice(org, team)
    intake = Intake(paths, read_options(settings, format_name, role_map, metadata, encoding, detect_roles))
    scored = list(score_transcripts(intake.transcripts(), classifier))
    _print(coaching_of(scored, classifier.artefact, options, _beliefs(scored, classifier, options)), as_json=as_json)
    intake.close(report, brief=True)


def _print(found: Iterable[Coaching], *, as_json: bool) -> None:
    for one in found:
        if as_json:
            print_json(coaching_row(one))
        else:
            show_coaching(one)


def _beliefs(scored: Sequence[ScoredTranscript], classifier: Classifier, options: Reading) -> list[TeamBeliefs]:
    """What the teams believe, where that can be quoted and the model tells it."""
    try:
        return beliefs_of(scored, classifier, quote_redaction(one.transcript for one in scored), options)
    except (ArtefactError, MissingExtraError) as error:
        tell(f"beliefs are left out: {error}")
        return []


def coaching_row(found: Coaching) -> dict[str, Any]:
    """A team's advice as one JSON object."""
    row = asdict(found)
    for advice in row["advice"]:
        for figure in advice["evidence"]:
            figure |= {name: figure[name].isoformat() if figure[name] else None for name in ("start", "end")}
    return row


def show_coaching(found: Coaching) -> None:
    """Print a team's advice."""
    out.print(f"{found.team or '(no team)'}", style="bold", markup=False)
    for advice in found.advice:
        _show_advice(advice)
    for sentence in found.undecided:
        out.print(f"  {sentence}", markup=False)
    out.print()


def _show_advice(advice: Advice) -> None:
    out.print(f"  {advice.about.value.capitalize()}: {advice.title}", style="bold", markup=False)
    first = advice.evidence[0]
    period = f", {first.start} to {first.end - timedelta(days=1)}" if first.start and first.end else ""
    out.print(f"    Heard in {first.n_statements} statements of {first.n_people} people{period}:", markup=False)
    for figure in advice.evidence:
        out.print(f"    {_figure(figure)}", markup=False)
    out.print(f"    What it does: {advice.meaning}", markup=False)
    out.print(f"    What is wanted: {advice.wanted}", markup=False)
    for name, texts in (("Do", advice.actions), ("Leave", advice.avoid)):
        for text in texts:
            out.print(f"    {name}: {text}", markup=False)


def _figure(figure: Evidence) -> str:
    scale, unit = (100, " %") if figure.unit == "share" else (1, f" {figure.unit}")
    value, low, high = (f"{scale * number:.0f}" if scale > 1 else f"{number:+.1f}" for number in (figure.value, figure.low, figure.high))
    return f"{figure.what}: {value} ({low} to {high}){unit}"
