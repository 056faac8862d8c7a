"""`cs-nlp changes`: since when a team speaks differently, what a change is made of, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
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
from cs_nlp.pipeline.changes import WhatChanged, changes_of
from cs_nlp.records import Against, Cause, Changes, Decomposition, Difference, Interval
from cs_nlp.scoring import load_classifier
from cs_nlp.settings import read_settings

SINCE = typer.Option("--since", formats=["%Y-%m-%d"], help="Take the change at this day apart, not those found.", show_default=False)
BELIEVED = 0.05
_AGAINST = {
    Against.PREVIOUS: "the period before",
    Against.OTHER_TEAMS: "the other teams",
    Against.TEAM_CHAT: "team chat (calls less chat)",
}
_CAUSES = {
    Cause.MIX: "other queues and channels",
    Cause.PEOPLE: "other people",
    Cause.SAME_PEOPLE: "the same people",
    Cause.MODEL: "another model",
}


def changes(  # noqa: PLR0913, PLR0917 - each is an option of the command
    paths: Annotated[list[Path] | None, PATHS_OR_STORED] = None,
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    report: Annotated[Path | None, REPORT] = None,
    org: Annotated[str | None, ORG] = None,
    team: Annotated[list[str] | None, TEAM] = None,
    by: Annotated[str, typer.Option("--by", help="Length of the periods: week, month or day.")] = "week",
    since: Annotated[datetime | None, SINCE] = None,
    tz: Annotated[str | None, ZONE] = None,
    model: Annotated[str | None, MODEL] = None,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a team.")] = False,
) -> None:
    """Print since when each team speaks differently, what that is made of, and what differs.

    Of transcripts that are read and scored now; or, without what it is made of, of those that are stored and published.
    """
    settings = read_settings()
    options = reading_of(settings, by, tz)
    day = since.date() if since else None
    if not paths:
        from cs_nlp.cli import store_findings as work  # noqa: PLC0415 - the database is loaded only where it is used

        _print(work.read_changes(settings, wish_of(org, team, model, tz), options, day), as_json=as_json)
        return
    refuse_choice(org, team)
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    intake = Intake(paths, read_options(settings, format_name, role_map, metadata, encoding, detect_roles))
    scored = list(score_transcripts(intake.transcripts(), classifier))
    _print(changes_of(scored, classifier.artefact, options, day), as_json=as_json)
    intake.close(report, brief=True)


def _print(found: Iterable[WhatChanged], *, as_json: bool) -> None:
    for one in found:
        if as_json:
            print_json(changes_row(one))
        else:
            show_changes(one)


def changes_row(found: WhatChanged) -> dict[str, Any]:
    """What changed in a team as one JSON object: the change points at the top, the rest in lists."""
    rest = {name: [_row(each) for each in getattr(found, name)] for name in ("parts", "differences", "pooled")}
    return {**_row(found.changes), **rest}


def _row(record: Any) -> Any:  # noqa: ANN401 - records of records
    """A record for JSON: intervals as low, high and level, reasons by name, days as text."""
    if is_dataclass(record) and not isinstance(record, type):
        row: dict[str, Any] = {}
        for each in fields(record):
            value = getattr(record, each.name)
            if isinstance(value, Interval) or each.name == "interval":
                row |= {name: getattr(value, name, None) for name in ("low", "high", "level")}
            else:
                row["reason" if each.name == "withheld" else each.name] = _row(value)
        return row
    if isinstance(record, date):
        return record.isoformat()
    if isinstance(record, tuple):
        return [_row(each) for each in record]
    return {**record} if hasattr(record, "keys") else record


def show_changes(found: WhatChanged) -> None:
    """Print what changed in a team."""
    out.print(found.changes.team or "(no team)", style="bold", markup=False)
    for sentence in _found(found.changes):
        out.print(f"  {sentence}", markup=False)
    if found.parts:
        _show_parts(found.parts)
    clear = [each for each in found.differences if each.adjusted is not None and each.adjusted <= BELIEVED]
    compared = sum(each.p_value is not None for each in found.differences)
    if clear:
        _show_differences(clear)
    out.print(f"  {len(clear)} of {compared} differences stand when all comparisons of all teams are taken together.\n", markup=False)


def _found(changes: Changes) -> Iterable[str]:
    if changes.withheld is not None:
        yield f"Whether it changed: {REASONS[changes.withheld]} ({changes.n_periods} {changes.by}s to look at)."
        return
    for point in changes.points:
        yield f"Speaks differently from {point.at} on (between {point.earliest} and {point.latest}; p = {point.p_value:.3f})."
        for shift in point.shifts:
            if shift.measure == "mix" and shift.value is not None:
                yield f"  {shift.label}: {_points(shift.value, shift.interval)} of the mix"
    for day in changes.breaks:
        yield f"From {day} on another model scored: nothing is compared across that day."
    if not changes.points:
        yield f"No lasting change in {changes.n_periods} {changes.by}s (p = {changes.p_value:.2f})."
        known = [f"{label} {100 * share:.0f}" for label, share in changes.detectable.items() if share is not None]
        if known:
            yield f"  It would have been found four times in five, in points of all statements: {', '.join(known)}."


def _show_parts(parts: Sequence[Decomposition]) -> None:
    for start, own in groupby(parts, key=lambda part: part.start):
        rows = [*own]
        if rows[0].withheld is not None:
            out.print(f"  What the change at {start} is made of: {REASONS[rows[0].withheld]}.", markup=False)
            continue
        table = Table(title=f"  What the change at {start} is made of, in points of all statements", title_justify="left")
        for name in ("share", "change", *(_CAUSES[part.cause] for part in rows[0].parts)):
            table.add_column(name, justify="left" if name == "share" else "right")
        for row in rows:
            cells = [_points(part.value, part.interval) for part in row.parts]
            table.add_row(row.label or "carry one", _points(row.value, row.interval), *cells)
        out.print(table)
        for part in rows[0].parts:
            if part.withheld is not None:
                out.print(f"  {_CAUSES[part.cause]}: {REASONS[part.withheld]}", markup=False)


def _show_differences(differences: Sequence[Difference]) -> None:
    table = Table(title="  Differences that stand", title_justify="left")
    for name in ("from", "against", "share", "difference", "adjusted p"):
        table.add_column(name, justify="left" if name in {"from", "against", "share"} else "right")
    for each in differences:
        share = {"mix": f"{each.label}, of the mix", "prevalence": f"{each.label}, of all", "signal_rate": "carry one"}[each.measure]
        start = "all" if each.by == "all" else str(each.start)
        table.add_row(start, _AGAINST[each.against], share, _points(each.value, each.interval), f"{each.adjusted:.3f}")
    out.print(table)


def _points(value: float | None, interval: Interval | None) -> str:
    if value is None or interval is None:
        return "-"
    return f"{100 * value:+.0f} ({100 * interval.low:+.0f} to {100 * interval.high:+.0f})"
