"""`/evidence`: what was said behind a bar, redacted, with what was said before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.records import Channel, ScoredStatement
from cs_nlp.taxonomy import SIGNAL_CULTURES, load_taxonomy
from service.dashboard.figures import figures_of
from service.dashboard.page import EvidenceReader, PageRoute, link, page
from service.dashboard.teams import NAMELESS, PeriodName, TeamName, check_team
from service.errors import Problem

router = APIRouter(route_class=PageRoute, include_in_schema=False)
TARGETS: Final = {
    "customer": "about customers",
    "product": "about the product",
    "company": "about the company",
    "team": "about colleagues",
    "self": "about themselves",
    "other": "about other things",
}

CHANNELS: Final[dict[Channel | None, str]] = {Channel.CALL: "to customers", Channel.TEAM_CHAT: "among staff"}


@dataclass(frozen=True, slots=True)
class Quote:
    """A statement to show; what was said before it, or "", and what it speaks of."""

    text: str
    before: str
    about: str


@router.get("/evidence")
def evidence(  # noqa: PLR0913, PLR0917 - FastAPI hands everything over so
    request: Request,
    visit: EvidenceReader,
    team: TeamName = "",
    culture: Annotated[str, Query(max_length=40)] = "",
    by: PeriodName = "",
    channel: PeriodName = "",
    start: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """What stands behind the share of a culture in a period, or over the whole time."""
    from cs_nlp.report import words  # noqa: PLC0415 - charts are heavy, and not every process draws them

    check_team(visit, team)
    if culture not in SIGNAL_CULTURES:
        raise Problem(422, "choose one of the cultures on the team's page")
    figures = figures_of(request, visit)
    span = figures.span(by, channel)
    buckets = [one for one in figures.signals(team, span) if one.measure == "mix" and one.label == culture]
    chosen = next((one for one in buckets if (one.by == "all" if not start else one.by != "all" and one.start == _day(start))), None)
    if chosen is None:
        raise Problem(404, "there is no such period on the team's page")
    found = figures.quotes(team, culture, (chosen.start, chosen.end) if start else (None, None), span.channel)
    same = {"team": team, "by": span.by, "channel": span.channel and span.channel.value}
    others = [(words.title_of(one), link("/evidence", culture=one, start=start, **same)) for one in SIGNAL_CULTURES]
    facts = {
        "title": f"{words.title_of(culture)} in {team or NAMELESS}",
        "name": team,
        "team_title": team or NAMELESS,
        "by": span.by,
        "culture": culture,
        "culture_title": words.title_of(culture),
        "meaning": load_taxonomy().cultures[culture].summary,
        "period": words.period_name(chosen),
        "share": words.between(chosen),
        "basis": words.basis(chosen),
        "quotes": [_quote(one) for one in found.statements],
        "others": others,
        "whole": link("/evidence", culture=culture, **same) if start else "",
        "channel": span.channel.value if span.channel else "",
        "channel_said": CHANNELS.get(span.channel, ""),
    }
    return page(request, "evidence.html", facts)


def _quote(one: ScoredStatement) -> Quote:
    return Quote(one.statement.text, one.statement.context or "", TARGETS[one.score.target])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
