"""`cs-nlp intervention`: what came of something that was done about a team's culture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cs_nlp.cli.files import DETECT_ROLES, ENCODING, FORMAT, METADATA, REPORT, ROLE_MAP, Intake, read_options
from cs_nlp.cli.screen import out, print_json
from cs_nlp.cli.signals import MODEL, ORG, PATHS_OR_STORED, REASONS, ZONE, reading_of, refuse_choice
from cs_nlp.cli.wish import wish_of
from cs_nlp.errors import InputError
from cs_nlp.pipeline import score_transcripts
from cs_nlp.pipeline.effects import effect_of
from cs_nlp.records import Effect, Interval, Intervention, NoEffect, Placebo
from cs_nlp.scoring import load_classifier
from cs_nlp.settings import read_settings
from cs_nlp.signals.interventions import AIM, Trial
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

TEAM = typer.Option("--team", help="The team with which it was done; without PATH and --on: all that are stored of it.", show_default=False)
ID = typer.Option("--id", help="A stored intervention, without PATH.", show_default=False)
ON = typer.Option("--on", help="The first day from which it could show, such as 2026-07-13.", show_default=False)
CULTURE = typer.Option("--culture", help=f"The culture whose share is looked at: {', '.join(SIGNAL_CULTURES)}.")
MEASURE = typer.Option("--measure", help="mix (share of statements that carry a culture), prevalence (of all), or signal_rate.")
BY = typer.Option("--by", help="Length of the periods: week or month.")
AIM_OPTION = typer.Option("--aim", help="The effect that you would like to be able to see, in percentage points.")
WITHOUT = typer.Option("--without", help="A team that it is not compared with, since something was done there too; may be repeated.")
TITLE = typer.Option("--title", help="What was done, in a few words.", show_default=False)
_HEADS = {NoEffect.NO_COMPARISON: "there is no team to compare it with", NoEffect.TOO_FEW_PERIODS: "there are too few periods"}


def intervention(  # noqa: PLR0913, PLR0917 - each is an option of the command
    paths: Annotated[list[Path] | None, PATHS_OR_STORED] = None,
    team: Annotated[str | None, TEAM] = None,
    on: Annotated[str | None, ON] = None,
    uid: Annotated[str | None, ID] = None,
    org: Annotated[str | None, ORG] = None,
    culture: Annotated[str, CULTURE] = "assertive",
    measure: Annotated[str, MEASURE] = "mix",
    by: Annotated[str, BY] = "week",
    aim: Annotated[float, AIM_OPTION] = 100 * AIM,
    without: Annotated[list[str] | None, WITHOUT] = None,
    title: Annotated[str, TITLE] = "",
    format_name: Annotated[str | None, FORMAT] = None,
    role_map: Annotated[str | None, ROLE_MAP] = None,
    metadata: Annotated[Path | None, METADATA] = None,
    encoding: Annotated[str | None, ENCODING] = None,
    report: Annotated[Path | None, REPORT] = None,
    tz: Annotated[str | None, ZONE] = None,
    model: Annotated[str | None, MODEL] = None,
    *,
    detect_roles: Annotated[bool, DETECT_ROLES] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object an intervention.")] = False,
) -> None:
    """Print by how much one team changed after a day, beyond the others.

    Of transcripts of all teams that are read and scored now, or of those that are stored and published.
    """
    settings = read_settings()
    options = reading_of(settings, by, tz)
    day = None if on is None else _day(on)
    if culture not in CULTURES:
        raise InputError(f"--culture {culture}: no such culture; expected {', '.join(CULTURES)}")
    trial = Trial(measure, "" if measure == "signal_rate" else culture, options.by, tuple(without or ()), aim / 100)
    if not paths:
        from cs_nlp.cli import store_findings as work  # noqa: PLC0415 - the database is loaded only where it is used

        wish, noted = wish_of(org, None if team is None else [team], model, tz), work.Noted(uid, team, day, title)
        _print(work.read_effects(settings, wish, options, noted, trial), as_json=as_json)
        return
    refuse_choice(org, ())
    if team is None or day is None or uid is not None:
        raise InputError("--team and --on say what was done, where a PATH is given; --id is of one that is stored")
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    intake = Intake(paths, read_options(settings, format_name, role_map, metadata, encoding, detect_roles))
    found = effect_of(
        score_transcripts(intake.transcripts(), classifier), classifier.artefact, Intervention(team, day, title), trial, options
    )
    _print([found], as_json=as_json)
    intake.close(report, brief=True)


def _print(found: Iterable[Effect], *, as_json: bool) -> None:
    for one in found:
        if as_json:
            print_json(effect_row(one))
        else:
            show_effect(one)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, not a time
    except ValueError as error:
        raise InputError(f"--on {text}: no such day; expected one such as 2026-07-13") from error


def effect_row(found: Effect) -> dict[str, Any]:
    """An effect as one JSON object."""
    interval = found.interval
    return {
        "team": found.intervention.team,
        "on": found.intervention.on.isoformat(),
        "title": found.intervention.title or None,
        "measure": found.measure,
        "label": found.label or None,
        "by": found.by,
        "value": found.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "level": interval.level if interval else None,
        "team_before": found.team_before,
        "team_after": found.team_after,
        "others_before": found.others_before,
        "others_after": found.others_after,
        "detectable": found.detectable,
        "aim": found.aim,
        "more_periods": found.more_periods,
        "others": list(found.others),
        "periods_before": found.periods_before,
        "periods_after": found.periods_after,
        "n_statements": found.n_statements,
        "n_transcripts": found.n_transcripts,
        "placebo_dates": [_placebo_row(placebo) for placebo in found.placebo_dates],
        "placebo_teams": [_placebo_row(placebo) for placebo in found.placebo_teams],
        "method": found.method,
        "reason": found.withheld.value if found.withheld else None,
        "needs": found.needs or None,
    }


def _placebo_row(placebo: Placebo) -> dict[str, Any]:
    low, high = placebo.interval.low, placebo.interval.high
    return {"team": placebo.team, "on": placebo.on.isoformat(), "value": placebo.value, "low": low, "high": high}


def show_effect(found: Effect) -> None:
    """Print the effect, what stands around it, and its placebos."""
    done = found.intervention
    what = " ".join(part for part in (found.measure, found.label) if part)
    head = f"{done.team}, {done.title + ', ' if done.title else ''}{done.on}: {what}"
    if found.value is None or found.interval is None:
        reason = _HEADS[found.withheld] if isinstance(found.withheld, NoEffect) else REASONS[found.withheld] if found.withheld else ""
        out.print(f"{head}: no effect can be told: {reason}.", markup=False)
        if found.needs:
            out.print(found.needs, markup=False)
        return
    table = Table("", "before", "after", title=f"{head}, in percent", title_justify="left")
    table.add_row(done.team, _percent(found.team_before), _percent(found.team_after))
    table.add_row(f"others ({', '.join(found.others)})", _percent(found.others_before), _percent(found.others_after))
    out.print(table)
    n = f"{found.periods_before} {found.by}s before, {found.periods_after} after, {found.n_statements} statements"
    out.print(f"Effect beyond the others: {_points(found.value, found.interval)} points ({n}).", markup=False)
    out.print(_verdict(found), markup=False)
    for name, placebos in (("on earlier days", found.placebo_dates), ("with the other teams", found.placebo_teams)):
        if placebos:
            out.print(f"Where nothing was done, {name}: {_placebos(placebos)}.", markup=False)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}"


def _points(value: float, interval: Interval) -> str:
    return f"{100 * value:+.0f} ({100 * interval.low:+.0f} to {100 * interval.high:+.0f})"


def _verdict(found: Effect) -> str:
    if found.interval is None or found.detectable is None:
        return ""
    holds_zero = found.interval.low <= 0 <= found.interval.high
    seen = "The interval holds 0: it may be nothing." if holds_zero else "The interval leaves out 0."
    smallest = f"{seen} Effects from {100 * found.detectable:.0f} points on would show in four of five cases"
    if found.more_periods == 0:
        return f"{smallest}."
    if found.more_periods is None:
        return f"{smallest}; two years more would not be enough to see {100 * found.aim:.0f} points."
    return f"{smallest}; {found.more_periods} more {found.by}s are needed to see {100 * found.aim:.0f} points."


def _placebos(placebos: Sequence[Placebo]) -> str:
    outside = sum(not placebo.interval.low <= 0 <= placebo.interval.high for placebo in placebos)
    values = ", ".join(f"{100 * placebo.value:+.0f}" for placebo in placebos)
    return f"{values} points; {outside} of {len(placebos)} intervals leave out 0"
