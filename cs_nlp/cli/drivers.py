"""`cs-nlp drivers`: what in the organisation feeds each team's culture, and where to push."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, REPORT, ROLE_MAP, Intake, read_options
from cs_nlp.cli.screen import out, print_json
from cs_nlp.cli.signals import MODEL, ORG, PATHS_OR_STORED, REASONS, TEAM, ZONE, reading_of, refuse_choice
from cs_nlp.cli.wish import wish_of
from cs_nlp.pipeline import score_transcripts
from cs_nlp.pipeline.changes import drivers_of
from cs_nlp.records import DriverEvidence
from cs_nlp.scoring import load_classifier
from cs_nlp.settings import read_settings
from cs_nlp.taxonomy import load_taxonomy


def drivers(  # noqa: PLR0913, PLR0917 - each is an option of the command
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a team and driver.")] = False,
) -> None:
    """Print what feeds each team's culture, where to push first on top.

    Of transcripts that are read and scored now, or of those that are stored and published.
    """
    settings = read_settings()
    options = reading_of(settings, tz=tz)
    if not paths:
        from cs_nlp.cli import store_findings as work  # noqa: PLC0415 - the database is loaded only where it is used

        _print(work.read_drivers(settings, wish_of(org, team, model, tz), options), as_json=as_json)
        return
    refuse_choice(org, team)
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    intake = Intake(paths, read_options(settings, format_name, role_map, metadata, encoding, detect_roles))
    _print(drivers_of(score_transcripts(intake.transcripts(), classifier), options), as_json=as_json)
    intake.close(report, brief=True)


def _print(found: Sequence[DriverEvidence], *, as_json: bool) -> None:
    if not as_json:
        show_drivers(found)
    for row in found if as_json else ():
        print_json(driver_row(row))


def driver_row(row: DriverEvidence) -> dict[str, Any]:
    """The evidence on a driver as one JSON object."""
    days = {name: day.isoformat() if day else None for name, day in (("start", row.start), ("end", row.end))}
    made = {**asdict(row), **days, "reason": row.withheld.value if row.withheld else None}
    del made["withheld"]
    return made


def show_drivers(found: Sequence[DriverEvidence]) -> None:
    """Print a table a team."""
    known = load_taxonomy()
    for team, own in groupby(found, key=lambda row: row.team):
        rows = [*own]
        if rows[0].withheld is not None:
            out.print(f"{team or '(no team)'}: {REASONS[rows[0].withheld]}", markup=False)
            continue
        table = Table(title=f"{team or '(no team)'}: statements in 100 that speak of each driver", title_justify="left")
        for name in ("push", "driver", "stands for"):
            table.add_column(name)
        for name in ("there", "missing", "net", "against other teams"):
            table.add_column(name, justify="right")
        for row in rows:
            titles = [f"{element} {known.elements[element].title}" for element in row.elements[:1]]
            amounts = [_amount(row.present), _amount(row.missing), _amount(row.net, row.low, row.high)]
            table.add_row(
                str(row.rank), known.drivers[row.driver].title, *titles, *amounts, _amount(row.apart, row.apart_low, row.apart_high)
            )
        out.print(table)
    if any(row.net is not None for row in found):
        out.print("95 % intervals by whole transcripts in brackets. The model finds drivers weakly: read order and sign, not amounts.")


def _amount(value: float | None, low: float | None = None, high: float | None = None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if low is None or high is None else f"{value:+.1f} ({low:+.1f} to {high:+.1f})"
