"""`cs-nlp signals`: each team's culture over time, and the HTML report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, REDACT, REPORT, ROLE_MAP, Intake, read_options
from cs_nlp.cli.screen import out, print_json, tell
from cs_nlp.cli.wish import Wish
from cs_nlp.cli.writers import check_output
from cs_nlp.cli.zones import read_zones
from cs_nlp.errors import InputError
from cs_nlp.pipeline import Reading, report_page, score_transcripts, signals_of
from cs_nlp.records import ScoredTranscript, Signal, Withheld
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.settings import Settings, read_settings
from cs_nlp.signals import BUCKETS
from cs_nlp.taxonomy import SIGNAL_CULTURES

MODEL = typer.Option("--model", help="A model folder, or the name of one that comes with cs_nlp.", show_default=False)
ZONE = typer.Option("--tz", help="Time zone of the periods, such as Europe/Berlin, or one a team: team=zone,...", show_default=False)
ORG = typer.Option("--org", help="Whose stored transcripts; default: CS_NLP_ORGANISATION.", show_default=False)
TEAM = typer.Option("--team", help="Only this stored team; may be repeated.", show_default=False)
PATHS_OR_STORED = typer.Argument(help="Files, folders or zips; none: what 'cs-nlp ingest' has stored.", show_default=False)
REASONS = {
    Withheld.NO_DATA: "no data",
    Withheld.SMALL_GROUP: "withheld: too few people or transcripts",
    Withheld.NOT_CALIBRATED: "withheld: not calibrated",
    Withheld.MIXED_MODELS: "withheld: several models",
}


def signals(  # noqa: PLR0913, PLR0917 - each is an option of the command
    paths: Annotated[list[Path] | None, PATHS_OR_STORED] = None,
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    report: Annotated[Path | None, REPORT] = None,
    org: Annotated[str | None, ORG] = None,
    team: Annotated[list[str] | None, TEAM] = None,
    by: Annotated[str, typer.Option("--by", help="Length of the periods: week, month or day.")] = "week",
    tz: Annotated[str | None, ZONE] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write a report with charts that opens offline.", show_default=False)] = None,
    model: Annotated[str | None, MODEL] = None,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    redact: Annotated[bool, REDACT] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a figure.")] = False,
) -> None:
    """Print each team's culture over time, with intervals: of transcripts that are read and scored now, or of those that are stored."""
    check_output(html, ".html", ".htm")
    settings = read_settings()
    options = reading_of(settings, by, tz)
    if not paths:
        from cs_nlp.cli import store_signals as work  # noqa: PLC0415 - the database is loaded only where it is used

        found, page = work.read(settings, Wish(org, tuple(team or ()), model, has_zone=tz is not None, html=html is not None), options)
        _print(found, as_json=as_json)
        _write(html, page)
        return
    refuse_choice(org, team)
    intake = Intake(paths, read_options(settings, format_name, role_map, metadata, encoding, detect_roles), redact=redact)
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    scored = list(score_transcripts(intake.transcripts(), classifier))
    found = signals_of(scored, classifier.artefact, options)
    _print(found, as_json=as_json)
    _write(html, "" if html is None else _page(list(intake.shown(scored)), found, classifier, options))
    intake.close(report, brief=True)


def _page(scored: Sequence[ScoredTranscript], found: Sequence[Signal], classifier: Classifier, options: Reading) -> str:
    return report_page(scored, found, classifier.artefact, options, classifier=classifier)


def refuse_choice(org: str | None, team: Sequence[str] | None) -> None:
    """Say that files are not chosen by organisation and team.

    Raises:
        InputError: one of them is given.
    """
    if org is not None or team:
        raise InputError("--org and --team choose among what is stored: leave out PATH to read that")


def _print(found: Sequence[Signal], *, as_json: bool) -> None:
    if not as_json:
        show_signals(found)
    for signal in found if as_json else ():
        print_json(signal_row(signal))


def _write(html: Path | None, page: str) -> None:
    if html is not None:
        html.write_text(page, encoding="utf-8", errors="backslashreplace")
        tell(f"report: {html}")


def reading_of(settings: Settings, by: str = "week", tz: str | None = None) -> Reading:
    """How to read signals, from settings and options.

    Raises:
        InputError: there is no such period or time zone.
    """
    if by not in BUCKETS:
        raise InputError(f"--by {by}: no such period; expected {', '.join(BUCKETS)}")
    return Reading(by=by, tz=read_zones(tz or settings.time_zone), smallest_group=settings.smallest_group, seed=settings.seed)


def signal_row(signal: Signal) -> dict[str, Any]:
    """A signal as one JSON object."""
    interval = signal.interval
    return {
        "team": signal.team,
        "by": signal.by,
        "start": signal.start.isoformat() if signal.start else None,
        "end": signal.end.isoformat() if signal.end else None,
        "measure": signal.measure,
        "label": signal.label or None,
        "value": signal.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "level": interval.level if interval else None,
        "plain": signal.plain,
        "method": signal.method,
        "n_statements": signal.n_statements,
        "n_transcripts": signal.n_transcripts,
        "n_people": signal.n_people,
        "reason": signal.withheld.value if signal.withheld else None,
    }


def show_signals(found: Sequence[Signal]) -> None:
    """Print a table a team: the whole time first, then period by period."""
    teams: defaultdict[str, defaultdict[tuple[str, str], dict[tuple[str, str], Signal]]] = defaultdict(lambda: defaultdict(dict))
    for signal in found:
        teams[signal.team][signal.by, str(signal.start or "")][signal.measure, signal.label] = signal
    for team, periods in teams.items():
        table = Table(
            title=f"{team or '(no team)'}: share of each culture among the statements that carry one, in percent", title_justify="left"
        )
        for name in ("from", "n", "carry one", *SIGNAL_CULTURES):
            table.add_column(name, justify="left" if name == "from" else "right")
        for (by, start), row in periods.items():
            table.add_row("all" if by == "all" else start, *_cells(row), end_section=by == "all")
        out.print(table)
    for method in sorted({signal.method for signal in found if signal.value is not None}):
        out.print(f"95 % intervals in brackets; estimated by {method}.", markup=False)


def _cells(row: dict[tuple[str, str], Signal]) -> list[str]:
    rate = row["signal_rate", ""]
    if rate.withheld is not None:
        return ["", REASONS[rate.withheld], *[""] * len(SIGNAL_CULTURES)]
    return [str(rate.n_statements), _cell(rate), *(_cell(row["mix", culture]) for culture in SIGNAL_CULTURES)]


def _cell(signal: Signal) -> str:
    if signal.value is None or signal.interval is None:
        return "-"
    return f"{100 * signal.value:.0f} ({100 * signal.interval.low:.0f} to {100 * signal.interval.high:.0f})"
