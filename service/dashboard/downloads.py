"""`/download/...`: the numbers as CSV, the chart as a picture, the report as one HTML file."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.records import Signal
from cs_nlp.store import list_teams
from service.answers import table
from service.dashboard.figures import Figures, figures_of
from service.dashboard.page import PageRoute, Reader, Visit
from service.dashboard.static_files import chart_script
from service.dashboard.teams import PeriodName, TeamName, check_team
from service.deps import Slow
from service.errors import Problem
from service.schemas.rows import row_of
from service.schemas.teams import FigureOut

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_DRAWING_S: Final = 120
_DRAW: Final = (
    "import json, sys; import vl_convert; spec = json.load(sys.stdin); "
    "sys.stdout.buffer.write(vl_convert.vegalite_to_png(spec, scale=2, allowed_base_urls=[]))"
)


@router.get("/download/series.csv")
def series_table(request: Request, visit: Reader, team: TeamName = "", by: PeriodName = "") -> Response:
    """A team's numbers, with the columns that `/v1/teams/{team}/culture` gives as CSV."""
    check_team(visit, team)
    figures = figures_of(request, visit)
    rows = []
    for signal in figures.signals(team, figures.span(by)):
        row = row_of(signal)
        rows.append(FigureOut(**{"granularity": row.pop("by"), **row}, **figures.facts))
    return _file(table(FigureOut, rows), "text/csv; charset=utf-8", team, "csv")


@router.get("/download/series.png")
async def series_picture(request: Request, visit: Reader, slow: Slow, team: TeamName = "", by: PeriodName = "") -> Response:
    """A team's culture over time as a picture."""
    return await slow(lambda: _picture(request, visit, team, by))


@router.get("/download/report")
async def report(request: Request, visit: Reader, slow: Slow, by: PeriodName = "") -> Response:
    """The report on all teams: one HTML file that opens anywhere, without a connection."""
    return await slow(lambda: _report(request, visit, by))


def _picture(request: Request, visit: Visit, team: str, by: str) -> Response:
    """It is drawn in a process of its own: what draws takes 150 MB and keeps them."""
    from cs_nlp.report import charts  # noqa: PLC0415 - charts are heavy, and not every process draws them

    check_team(visit, team)
    figures = figures_of(request, visit)
    signals = figures.signals(team, figures.span(by))
    if all(signal.value is None for signal in signals):
        raise Problem(404, "there is no figure to draw yet: a week is shown when it has ended and enough people stand behind it")
    spec = charts.mix_over_time(signals, changes=figures.changes(team)).properties(background="white", title=team).to_dict(validate=False)
    made = subprocess.run(  # noqa: S603 - fixed words, and the chart as data
        [sys.executable, "-c", _DRAW], input=json.dumps(spec).encode(), check=True, capture_output=True, timeout=_DRAWING_S
    )
    return _file(made.stdout, "image/png", team, "png")


def _report(request: Request, visit: Visit, by: str) -> Response:
    from cs_nlp.report import render_report  # noqa: PLC0415 - charts are heavy, and not every process draws them

    figures = figures_of(request, visit)
    span = figures.span(by)
    with visit.service.store.reading() as db:
        teams = [team.name for team in list_teams(db, visit.organisation)]
    signals = [signal for team in teams for signal in figures.signals(team, span)]
    found = {team: figures.findings(team) for team in teams}
    html = render_report(
        signals, found, title="Team culture", model_name=_model(figures), notes=_notes(visit, signals), script=chart_script()
    )
    return _file(html, "text/html; charset=utf-8", "team-culture", "html")


def _model(figures: Figures) -> str:
    return str(figures.facts["model"])


def _notes(visit: Visit, signals: list[Signal]) -> list[str]:
    notes = [] if visit.may("evidence") else ["What was said is left out: the key of whoever made this report does not show words."]
    if not any(signal.value is not None for signal in signals):
        notes.append("There is no figure to show yet: a week is shown when it has ended and enough people stand behind it.")
    return notes


def _file(body: str | bytes, kind: str, name: str, ending: str) -> Response:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80] or "team"
    return Response(body, headers={"Content-Disposition": f'attachment; filename="{plain}.{ending}"'}, media_type=kind)
