"""`/`: teams at a glance; `/team`: all that is told of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.records import Findings, Intervention, Signal
from cs_nlp.store import add_intervention, count_states, list_interventions, list_teams, remove_intervention
from cs_nlp.taxonomy import SIGNAL_CULTURES
from service.dashboard.figures import Figures, Span, figures_of
from service.dashboard.page import Labeller, PageRoute, Reader, Visit, field_of, go_to, link, page
from service.deps import Slow
from service.errors import Problem

router = APIRouter(route_class=PageRoute, include_in_schema=False)
NAMELESS: Final = "Transcripts without a team"
TeamName = Annotated[str, Query(max_length=300)]
PeriodName = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class Bar:
    """A share with its range, as the page draws it; numbers in percent, None where nothing is shown."""

    culture: str
    title: str
    low: float | None
    middle: float | None
    high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Glance:
    """A team at a glance."""

    name: str
    title: str
    headline: str
    movement: str
    basis: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the series: its row of the table, and the address of the evidence behind each of its figures."""

    row: Any
    evidence: tuple[str, ...]


@router.get("/")
def all_teams(request: Request, visit: Reader) -> Response:
    """Teams at a glance."""
    figures = figures_of(request, visit)
    with visit.service.store.reading() as db:
        states = count_states(db, visit.organisation)
        names = [team.name for team in list_teams(db, visit.organisation)]
    span = figures.span("")
    teams = [_glance(name, figures.signals(name, span)) for name in names]
    waiting = states["received"] + states["scoring"]
    facts = {"title": "Teams", "teams": [team for team in teams if team], "waiting": waiting, "states": states}
    return page(request, "teams.html", facts)


@router.get("/team")
def one_team(request: Request, visit: Reader, team: TeamName = "", by: PeriodName = "", channel: PeriodName = "") -> Response:
    """A team's page."""
    check_team(visit, team)
    figures = figures_of(request, visit)
    return page(request, "team.html", _facts(figures, visit, team, figures.span(by, channel), wait=figures.is_found(team)))


@router.get("/team/found")
async def found_in_team(
    request: Request, visit: Reader, slow: Slow, team: TeamName = "", by: PeriodName = "", channel: PeriodName = ""
) -> Response:
    """The body of a team's page with all that takes time to find: for the script of the page, and without it as a page."""
    return await slow(lambda: _found(request, visit, team, (by, channel)))


def _found(request: Request, visit: Visit, team: str, how: tuple[str, str]) -> Response:
    check_team(visit, team)
    figures = figures_of(request, visit)
    template = "team_body.html" if request.headers.get("x-requested-with") else "team.html"
    return page(request, template, _facts(figures, visit, team, figures.span(*how), wait=True))


@router.post("/team/interventions")
def note_intervention(request: Request, visit: Labeller) -> Response:
    """Something was done about a team's culture."""
    team, title = field_of(request, "team"), field_of(request, "title", 200)
    try:
        on = date.fromisoformat(field_of(request, "on"))
    except ValueError:
        raise Problem(422, "the day is missing or is none: choose it, or write it like 2026-07-13") from None
    if not title:
        raise Problem(422, "say in a few words what was done, so that others know it by its name")
    with visit.service.store.writing() as db:
        add_intervention(db, visit.organisation, Intervention(team, on, title))
    return go_to("/team", team=team, by=field_of(request, "by"), said="noted")


@router.post("/team/interventions/remove")
def forget_intervention(request: Request, visit: Labeller) -> Response:
    """It was noted by mistake."""
    with visit.service.store.writing() as db:
        if not remove_intervention(db, visit.organisation, field_of(request, "uid")):
            raise Problem(404, "this was removed before")
    return go_to("/team", team=field_of(request, "team"), by=field_of(request, "by"), said="removed")


def _facts(figures: Figures, visit: Visit, team: str, span: Span, *, wait: bool) -> dict[str, object]:
    """What the templates of a team's page show; with `wait` all of it, however long it takes."""
    from cs_nlp.report import charts, team_section  # noqa: PLC0415 - charts are heavy, and not every process draws them

    found = figures.findings(team) if wait else Findings(team)
    signals = figures.signals(team, span)
    with visit.service.store.reading() as db:
        noted = list_interventions(db, visit.organisation, team)
    # What changed was found in all channels together.
    section = team_section(signals, (), found if span.channel is None else replace(found, changes=None, differences=()))
    return {
        "title": team or NAMELESS,
        "team": section,
        "name": team,
        "by": span.by,
        "choices": span.choices,
        "channel": span.channel.value if span.channel else "",
        "has_channels": span.has_channels,
        "has_series": any(signal.by != "all" and signal.value is not None for signal in signals),
        "periods": _periods(visit, team, span, signals, section.mix),
        "whole_evidence": _evidence(visit, team, span, None),
        "found": section.found,
        "is_whole": wait,
        "noted": noted,
        "may_note": visit.may("label"),
        "cultures": SIGNAL_CULTURES,
        "palette": charts.PALETTE,
        "level": "95\N{NO-BREAK SPACE}%",
        "has_truth": False,
    }


def _periods(visit: Visit, team: str, span: Span, signals: Sequence[Signal], rows: Sequence[object]) -> list[Period]:
    starts = dict.fromkeys(signal.start for signal in signals if signal.by != "all" and signal.measure != "prevalence")
    return [Period(row, _evidence(visit, team, span, start)) for row, start in zip(rows, starts, strict=True)]


def _evidence(visit: Visit, team: str, span: Span, start: date | None) -> tuple[str, ...]:
    """The addresses of the evidence behind the shares of the four cultures in a period; () for who may not see it."""
    if not visit.may("evidence"):
        return ()
    asked = {"team": team, "by": span.by, "channel": span.channel and span.channel.value, "start": start}
    return tuple(link("/evidence", culture=culture, **asked) for culture in SIGNAL_CULTURES)


def _glance(name: str, signals: Sequence[Signal]) -> Glance | None:
    from cs_nlp.report import words  # noqa: PLC0415 - as above

    mix = words.ordered([signal for signal in signals if signal.by == "all" and signal.measure == "mix"])
    if not mix:
        return None
    leading = words.leader(mix)
    return Glance(
        name=name,
        title=name or NAMELESS,
        headline=words.headline(mix),
        movement=words.movement(signals, leading[0].label) if leading else "",
        basis=words.basis(mix[0]),
        bars=tuple(_bar(signal) for signal in mix) if leading else (),
    )


def _bar(signal: Signal) -> Bar:
    from cs_nlp.report import words  # noqa: PLC0415 - as above

    known = signal.value is not None and signal.interval is not None
    low, high = (100 * signal.interval.low, 100 * signal.interval.high) if signal.interval else (None, None)
    middle = 100 * signal.value if signal.value is not None and known else None
    return Bar(signal.label, words.title_of(signal.label).partition(",")[0], low, middle, high, words.between(signal))


def check_team(visit: Visit, team: str) -> None:
    """Go on only where there is such a team.

    Raises:
        Problem: 404.
    """
    with visit.service.store.reading() as db:
        names = {one.name for one in list_teams(db, visit.organisation)}
    if team not in names:
        raise Problem(404, "there is no team of that name; the page of teams lists those that there are")
