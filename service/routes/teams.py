"""`/v1/teams` and their culture over time: published figures only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from cs_nlp.pipeline.published import SeriesQuery, published_signals
from cs_nlp.pipeline.published_series import compared_with_previous, compared_with_window
from cs_nlp.pipeline.publishing import rules_of
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.records import Channel, Difference, Signal
from cs_nlp.store import count_waiting, list_teams, read_published
from service.answers import Tell, either
from service.asked import NAMELESS, Asked, QueryDay, TeamPath, TheAsked
from service.auth import Caller
from service.deps import Reader, Slow
from service.errors import Problem
from service.once import KeyedRoute
from service.schemas.base import problems
from service.schemas.items import Zone
from service.schemas.rows import row_of
from service.schemas.teams import By, CultureOut, DifferenceOut, FigureOut, TeamOut, TeamsOut

router = APIRouter(prefix="/v1/teams", tags=["teams"], route_class=KeyedRoute)
MOST_BUCKETS: Final = 1000
_SOON: Final = timedelta(days=40)  # no bucket that ends later has ended
_DAYS: Final = {"day": 1, "week": 7, "month": 28}
_COMPARE: Final = r"^(previous|(19|20)\d\d-\d\d-\d\d\.\.(19|20)\d\d-\d\d-\d\d)$"


@router.get("", responses=problems(406) | either(), response_model=TeamsOut)
async def teams(caller: Reader, asked: TheAsked, slow: Slow, tell: Tell) -> TeamsOut | Response:
    """Teams with stored transcripts, and by which rules their figures are published."""
    found = await slow(lambda: _teams(asked, caller))
    return tell(found, "teams", TeamOut, found.items)


def _teams(asked: Asked, caller: Caller) -> TeamsOut:
    with asked.service.store.reading() as db:
        items = [_team(db, asked, caller, team.name, team.zone) for team in list_teams(db, caller.organisation)]
        rules = rules_of(db, caller.organisation)
    return TeamsOut(items=items, granularity=rules.grain, split=rules.split, smallest_group=rules.k, **asked.facts)


def _team(db: Connection, asked: Asked, caller: Caller, name: str, zone: str) -> TeamOut:
    sums = read_published(db, caller.organisation, name, model_of(asked.artefact))
    start = min((one.start for one in sums if one.start is not None), default=None)
    end = max((one.end for one in sums if one.end is not None), default=None)
    path = f"/v1/teams/{quote(name or NAMELESS, safe='')}"
    return TeamOut(name=name or None, path=path, time_zone=zone, start=start, end=end)


@router.get("/{team:path}/culture", responses=problems(404, 406) | either(), response_model=CultureOut)
async def culture(  # noqa: PLR0913, PLR0917 - FastAPI hands everything over so
    team: TeamPath,
    caller: Reader,
    asked: TheAsked,
    slow: Slow,
    tell: Tell,
    start: Annotated[QueryDay | None, Query(alias="from", description="First day, in the team's time zone.")] = None,
    end: Annotated[QueryDay | None, Query(alias="to", description="The day after the last.")] = None,
    granularity: Annotated[By, Query(description="Not shorter than what is published: see `GET /v1/teams`.")] = "week",
    tz: Annotated[
        Zone | None, Query(description="The team's own, or the request is refused: other days would cut what is published.")
    ] = None,
    channel: Annotated[Channel | None, Query(description="Only what was said there.")] = None,
    queue: Annotated[str | None, Query(min_length=1, max_length=200, description="Only what came by it.")] = None,
    compare: Annotated[
        str | None,
        Query(
            pattern=_COMPARE,
            description="`previous`: each bucket with the one before; or another window, such as 2026-05-01..2026-06-01.",
        ),
    ] = None,
) -> CultureOut | Response:
    """A team's culture over time: for each bucket and culture its share with interval, or the reason why there is none.

    Only buckets that lie in `from` to `to` (half-open) as a whole and have ended are told, each of them, also the empty ones. As CSV
    it is one figure a row, the whole window first; with `compare` it is the differences.
    """
    start, end = window(start, end, granularity)
    name = await slow(lambda: asked.named(caller, team))
    query = SeriesQuery(name, granularity, start, end, tz, channel, queue, asked.seed)
    hour = f"{datetime.now(UTC):%Y-%m-%dT%H}"  # buckets end as time goes on
    key = ("culture", name, granularity, start, end, tz, channel, queue, compare)
    found = await slow(lambda: asked.read(caller, key, lambda db, _: _culture(db, asked, caller, query, compare), also=hour))
    waiting = await slow(lambda: _waiting(asked, caller))
    found = found.model_copy(update={"waiting": waiting})
    if found.differences is not None:
        return tell(found, "culture", DifferenceOut, found.differences)
    return tell(found, "culture", FigureOut, [*found.whole, *found.buckets])


def window(start: date | None, end: date | None, by: str = "day") -> tuple[date | None, date | None]:
    """A window that holds something and not too much, cut off where nothing has ended yet.

    Raises:
        Problem: 422, it is no window.
    """
    soon = datetime.now(UTC).date() + _SOON
    if start is not None and end is not None and start >= end:
        raise _wrong("to", f"from {start} to {end} is no time: `to` is the day after the last one")
    last = min(end or soon, soon)
    if start is not None and (last - start).days > MOST_BUCKETS * _DAYS[by]:
        raise _wrong("from", f"more than {MOST_BUCKETS} buckets by {by} lie between {start} and {last}; ask for fewer, or for longer ones")
    return (None if start is None else min(start, last)), (None if end is None else last)


def _culture(db: Connection, asked: Asked, caller: Caller, query: SeriesQuery, compare: str | None) -> CultureOut:
    signals = published_signals(db, caller.organisation, asked.artefact, query)
    figures = figures_out(signals, asked)
    whole = [one for one in figures if one.granularity == "all"]
    return CultureOut(
        team=query.team or None,
        time_zone=asked.team(db, caller, query.team or NAMELESS).zone,
        granularity=query.by,
        channel=query.channel,
        queue=query.queue,
        start=whole[0].start,
        end=whole[0].end,
        smallest_group=rules_of(db, caller.organisation).k,
        waiting=0,
        whole=whole,
        buckets=[one for one in figures if one.granularity != "all"],
        differences=None if compare is None else _differences(db, asked, caller, query, compare),
        **asked.facts,
    )


def _differences(db: Connection, asked: Asked, caller: Caller, query: SeriesQuery, compare: str) -> list[DifferenceOut]:
    if compare == "previous":
        return differences_out(compared_with_previous(db, caller.organisation, asked.artefact, query))
    try:
        first, last = (date.fromisoformat(day) for day in compare.split(".."))
    except ValueError as error:
        raise _wrong("compare", "holds a day that no calendar has; expected two such as 2026-05-01..2026-06-01") from error
    return differences_out(compared_with_window(db, caller.organisation, asked.artefact, query, (first, last)))


def _waiting(asked: Asked, caller: Caller) -> int:
    with asked.service.store.reading() as db:
        return count_waiting(db, caller.organisation)


def _wrong(name: str, detail: str) -> Problem:
    return Problem(422, detail, errors=[{"pointer": f"query/{name}", "detail": detail}])


def figures_out(signals: Iterable[Signal], asked: Asked) -> list[FigureOut]:
    """Signals as they go out."""
    return [FigureOut(**_by(row_of(one)), **asked.facts) for one in signals]


def differences_out(found: Iterable[Difference]) -> list[DifferenceOut]:
    """Differences as they go out."""
    return [DifferenceOut(**_by(row_of(one))) for one in found]


def _by(row: dict[str, Any]) -> dict[str, Any]:
    return {"granularity": row.pop("by"), **row}
