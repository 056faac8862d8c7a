"""`cs-nlp newcomers`: how fast newcomers become like their team."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, REPORT, ROLE_MAP, Intake, read_options
from cs_nlp.cli.screen import out, print_json
from cs_nlp.cli.signals import MODEL, ORG, PATHS_OR_STORED, REASONS, TEAM, ZONE, reading_of, refuse_choice
from cs_nlp.cli.wish import wish_of
from cs_nlp.errors import InputError
from cs_nlp.ingest.people_file import read_people_file
from cs_nlp.pipeline import score_transcripts
from cs_nlp.pipeline.effects import newcomers_of
from cs_nlp.records import Newcomers, NewcomerWeek, NoSpeed
from cs_nlp.scoring import load_classifier
from cs_nlp.settings import read_settings
from cs_nlp.signals.newcomers_people import LATER_WEEKS, SETTLED_WEEKS, Cohorts

PEOPLE = typer.Option("--people", help="A CSV or JSON file with person, joined_on and maybe team.", show_default=False)
WEEKS = typer.Option("--weeks", min=1, help="Weeks after the one of joining in which someone is a newcomer.")
SETTLED = typer.Option("--settled", min=2, help="Weeks after which someone is an established member.")
_LIST, _IMPORT = "--people", "'cs-nlp people import'"
_FIXED = (
    "--people, --weeks and --settled go with a PATH: of what is stored joining days are imported ('cs-nlp people import'), cohorts fixed"
)
_NO_SPEED = {
    NoSpeed.TOO_FEW_WEEKS: "How fast they become like the team can't be told: too few weeks are shown.",
    NoSpeed.NO_DIFFERENCE: "How fast they become like the team can't be told: they never differ from it beyond chance.",
    NoSpeed.NO_APPROACH: "They show no approach to the team",
}


def newcomers(  # noqa: PLR0913, PLR0917 - each is an option of the command
    paths: Annotated[list[Path] | None, PATHS_OR_STORED] = None,
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    people: Annotated[Path | None, PEOPLE] = None,
    report: Annotated[Path | None, REPORT] = None,
    org: Annotated[str | None, ORG] = None,
    team: Annotated[list[str] | None, TEAM] = None,
    weeks: Annotated[int, WEEKS] = LATER_WEEKS,
    settled: Annotated[int, SETTLED] = SETTLED_WEEKS,
    tz: Annotated[str | None, ZONE] = None,
    model: Annotated[str | None, MODEL] = None,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a team.")] = False,
) -> None:
    """Print how far newcomers are from their team, by week after joining.

    Of transcripts that are read and scored now, or of those that are stored and published, with the joining days that are stored.
    """
    settings = read_settings()
    options = reading_of(settings, tz=tz)
    cohorts = Cohorts(weeks, settled, options.smallest_group).checked()
    if not paths:
        from cs_nlp.cli import store_findings as work  # noqa: PLC0415 - the database is loaded only where it is used

        if people is not None or (weeks, settled) != (LATER_WEEKS, SETTLED_WEEKS):
            raise InputError(_FIXED)
        _print(work.read_newcomers(settings, wish_of(org, team, model, tz), options), _IMPORT, as_json=as_json)
        return
    refuse_choice(org, team)
    known = {} if people is None else read_people_file(people)
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    intake = Intake(paths, read_options(settings, format_name, role_map, metadata, encoding, detect_roles))
    scored = list(score_transcripts(intake.transcripts(), classifier))
    _print(newcomers_of(scored, classifier.artefact, known, options, cohorts), _LIST, as_json=as_json)
    intake.close(report, brief=True)


def _print(found: Iterable[Newcomers], how: str, *, as_json: bool) -> None:
    for one in found:
        if as_json:
            print_json(newcomers_row(one))
        else:
            show_newcomers(one, how)


def newcomers_row(found: Newcomers) -> dict[str, Any]:
    """A team's newcomers as one JSON object."""
    return {
        "team": found.team,
        "start": found.start.isoformat() if found.start else None,
        "end": found.end.isoformat() if found.end else None,
        "half_life": found.half_life,
        "half_life_low": found.half_life_low,
        "half_life_high": found.half_life_high,
        "level": found.level,
        "reason": found.no_speed.value if found.no_speed else None,
        "method": found.method,
        "n_unknown": found.n_unknown,
        "weeks": [_week_row(entry) for entry in found.weeks],
    }


def _week_row(entry: NewcomerWeek) -> dict[str, Any]:
    interval = entry.interval
    return {
        "week": entry.week,
        "distance": entry.distance,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "by_chance": entry.by_chance,
        "p_value": entry.p_value,
        "n_statements": entry.n_statements,
        "n_newcomers": entry.n_newcomers,
        "n_established": entry.n_established,
        "reason": entry.withheld.value if entry.withheld else None,
    }


def show_newcomers(found: Newcomers, how: str = _LIST) -> None:
    """Print a team's table, and how fast the distance goes; `how` is by what to say who joined when."""
    name = found.team or "(no team)"
    if not found.weeks:
        out.print(f"{name}: nobody is known to have joined lately; say who joined when with {how}", markup=False)
        return
    if all(entry.distance is None for entry in found.weeks):
        reasons = sorted({REASONS[entry.withheld] for entry in found.weeks if entry.withheld})
        out.print(f"{name}: no week after joining can be shown: {'; '.join(reasons)}", markup=False)
        return
    title = f"{name}: distance of the newcomers' culture mix to the team's, from 0 (alike) to 100 (nothing in common)"
    table = Table(title=title, title_justify="left")
    for column in ("week after joining", "n", "newcomers", "established", "distance", "by chance up to", "p"):
        table.add_column(column, justify="right")
    for entry in found.weeks:
        table.add_row(*_cells(entry))
    out.print(table)
    out.print(_speed(found), markup=False)
    if found.n_unknown:
        out.print(f"Left out: {found.n_unknown} statements of people who joined nobody knows when.", markup=False)


def _cells(entry: NewcomerWeek) -> list[str]:
    if entry.distance is None or entry.interval is None or entry.by_chance is None or entry.p_value is None:
        return [str(entry.week), "", "", "", REASONS[entry.withheld] if entry.withheld else "", "", ""]
    return [
        str(entry.week),
        str(entry.n_statements),
        str(entry.n_newcomers),
        str(entry.n_established),
        f"{100 * entry.distance:.0f} ({100 * entry.interval.low:.0f} to {100 * entry.interval.high:.0f})",
        f"{100 * entry.by_chance:.0f}",
        f"{entry.p_value:.3f}",
    ]


def _speed(found: Newcomers) -> str:
    if found.no_speed is NoSpeed.NO_APPROACH:
        return f"{_NO_SPEED[found.no_speed]}: half of the distance takes more than {found.half_life_low or 0:.1f} weeks."
    if found.no_speed is not None or found.half_life is None:
        return _NO_SPEED[found.no_speed or NoSpeed.TOO_FEW_WEEKS]
    high = "any number" if found.half_life_high is None else f"{found.half_life_high:.1f}"
    return f"Half of the distance is gone after {found.half_life:.1f} weeks ({found.half_life_low or 0:.1f} to {high})."
