"""`/v1/teams/{team}/...`: drivers, beliefs, newcomers, changes, evidence and coaching, all of published transcripts."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from cs_nlp.errors import ArtefactError
from cs_nlp.pipeline.published import SeriesQuery
from cs_nlp.pipeline.published_series import PublishedChanges, published_changes
from cs_nlp.pipeline.published_words import (
    Quotes,
    published_beliefs,
    published_coaching,
    published_drivers,
    published_newcomers,
    published_quotes,
    still_quoted,
    unpublished_because,
)
from cs_nlp.records import About, Channel, DriverEvidence, Newcomers, ScoredStatement
from cs_nlp.records.beliefs import Belief, TeamBeliefs
from cs_nlp.signals import Quoting
from service.answers import Tell, either
from service.asked import Asked, QueryDay, TeamPath, TheAsked
from service.auth import Caller
from service.deps import EvidenceReader, Reader, Slow
from service.logs import log
from service.once import KeyedRoute
from service.routes.teams import differences_out, window
from service.schemas.base import problems
from service.schemas.findings import (
    AdviceOut,
    BeliefOut,
    BeliefsOut,
    ChangePointOut,
    ChangesOut,
    CoachingOut,
    DriverOut,
    DriversOut,
    EvidenceOut,
    NewcomersOut,
    QuoteOut,
    WeekOut,
)
from service.schemas.labels import Culture
from service.schemas.rows import row_of
from service.schemas.teams import DifferenceOut

router = APIRouter(prefix="/v1/teams/{team:path}", tags=["findings"], route_class=KeyedRoute)
_QUOTES: Final = 20
Unpublished = Literal["no_data", "small_group", "not_calibrated", "mixed_models"]
_TOLD: Final = problems(404, 406) | either()


@router.get("/drivers", responses=_TOLD, response_model=DriversOut)
async def drivers(team: TeamPath, caller: Reader, asked: TheAsked, slow: Slow, tell: Tell) -> DriversOut | Response:
    """What in the organisation feeds a team's culture, where to push first on top."""
    name = await slow(lambda: asked.named(caller, team))
    own = [row for row in await slow(lambda: _drivers(asked, caller)) if row.team == name]
    items = [DriverOut(**row_of(row)) for row in own]
    reason = items[0].reason if items else await slow(lambda: _because(asked, caller, name))
    found = DriversOut(team=name or None, items=items, reason=reason, **asked.facts)
    return tell(found, "drivers", DriverOut, items)


@router.get("/beliefs", responses=_TOLD, response_model=BeliefsOut)
async def beliefs(team: TeamPath, caller: Reader, asked: TheAsked, slow: Slow, tell: Tell) -> BeliefsOut | Response:
    """What a team believes: statements of several people that say the same. Their words need the scope `evidence` as well."""
    name = await slow(lambda: asked.named(caller, team))
    known = await slow(lambda: _beliefs(asked, caller, name))
    quoted = "evidence" in caller.scopes
    items = [] if known is None else [_belief(one, quoted=quoted) for one in known.beliefs]
    found = _beliefs_out(name, known, items, quoted=quoted, facts=asked.facts)
    if quoted and items:
        _note(caller, "beliefs", name, len(items))
    return tell(found, "beliefs", BeliefOut, items)


@router.get("/newcomers", responses=_TOLD, response_model=NewcomersOut)
async def newcomers(team: TeamPath, caller: Reader, asked: TheAsked, slow: Slow, tell: Tell) -> NewcomersOut | Response:
    """How newcomers become like their team, week by week after joining; cohorts, never one person."""
    name = await slow(lambda: asked.named(caller, team))

    def make(db: Connection, _: Newcomers | None) -> Newcomers:
        return published_newcomers(db, caller.organisation, asked.artefact, name, seed=asked.seed)

    known = await slow(lambda: asked.read(caller, ("newcomers", name), make, words=True))
    row = row_of(known)
    weeks = [WeekOut(**one) for one in row.pop("weeks")]
    no_speed = row.pop("no_speed")
    reason = no_speed if weeks else await slow(lambda: _because(asked, caller, name)) or "nobody_joined"
    found = NewcomersOut(**row | {"team": name or None, "weeks": weeks, "reason": reason} | asked.facts)
    return tell(found, "newcomers", WeekOut, weeks)


@router.get("/changes", responses=_TOLD, response_model=ChangesOut)
async def changes(team: TeamPath, caller: Reader, asked: TheAsked, slow: Slow, tell: Tell) -> ChangesOut | Response:
    """Since when a team speaks differently, what would have been noticed, and which differences stand. As CSV: the differences."""
    name = await slow(lambda: asked.named(caller, team))

    def make(db: Connection, _: dict[str, PublishedChanges] | None) -> dict[str, PublishedChanges]:
        return published_changes(db, caller.organisation, asked.artefact, seed=asked.seed)

    known = (await slow(lambda: asked.read(caller, ("changes",), make))).get(name)
    reason = await slow(lambda: _because(asked, caller, name)) if known is None else None
    found = _changes_out(name, known, reason, asked.facts)
    return tell(found, "changes", DifferenceOut, found.differences)


@router.get("/evidence", responses=_TOLD, response_model=EvidenceOut)
async def evidence(  # noqa: PLR0913, PLR0917 - FastAPI hands everything over so
    team: TeamPath,
    caller: EvidenceReader,
    asked: TheAsked,
    slow: Slow,
    tell: Tell,
    culture: Annotated[Culture, Query(description="The culture of the figure.")],
    start: Annotated[QueryDay | None, Query(alias="from", description="First day of the bucket or window.")] = None,
    end: Annotated[QueryDay | None, Query(alias="to", description="The day after its last.")] = None,
    channel: Annotated[Channel | None, Query(description="As for `culture`.")] = None,
    queue: Annotated[str | None, Query(min_length=1, max_length=200, description="As for `culture`.")] = None,
    limit: Annotated[int, Query(ge=1, le=_QUOTES, description="Most quotes.")] = 5,
) -> EvidenceOut | Response:
    """Quotes behind a figure: redacted, drawn among the surest statements of different people, and none behind a figure that is withheld.

    Each look is noted in the log of the server, without the quotes.
    """
    start, end = window(start, end)
    name = await slow(lambda: asked.named(caller, team))
    query = SeriesQuery(name, "week", start, end, None, channel, queue, asked.seed)

    def make(db: Connection, _: Quotes | None) -> Quotes:
        return published_quotes(db, caller.organisation, asked.artefact, query, culture, Quoting(quotes=limit, seed=asked.seed))

    # Not kept: who is erased is quoted no more.
    known = await slow(lambda: asked.now(make))
    items = [_quote(one) for one in known.statements]
    _note(caller, "evidence", name, len(items), {"culture": culture, "from": str(start), "to": str(end)})
    found = EvidenceOut(
        team=name or None,
        start=start,
        end=end,
        culture=culture,
        items=items,
        reason=None if known.withheld is None else known.withheld.value,
        **asked.facts,
    )
    return tell(found, "evidence", QuoteOut, items)


@router.get("/coaching", responses=_TOLD, response_model=CoachingOut)
async def coaching(team: TeamPath, caller: Reader, asked: TheAsked, slow: Slow, tell: Tell) -> CoachingOut | Response:
    """What to do about a team's culture, and why. Advice on beliefs quotes them, and needs the scope `evidence` as well."""
    name = await slow(lambda: asked.named(caller, team))
    rows = await slow(lambda: _drivers(asked, caller))
    quoted = "evidence" in caller.scopes
    held = await slow(lambda: _beliefs(asked, caller, name)) if quoted else None
    known = await slow(lambda: asked.now(lambda db, _: published_coaching(db, caller.organisation, asked.artefact, rows, held, name)))
    items = [AdviceOut(**row_of(one)) for one in known.advice]
    found = CoachingOut(
        team=name or None,
        items=items,
        undecided=list(known.undecided),
        quoted=quoted,
        reason=None if items else "nothing_settled",
        **asked.facts,
    )
    if any(one.about is About.BELIEF for one in known.advice):
        _note(caller, "coaching", name, len(items))
    return tell(found, "coaching", AdviceOut, items)


def _because(asked: Asked, caller: Caller, team: str) -> Unpublished | None:
    reason = asked.now(lambda db, _: unpublished_because(db, caller.organisation, asked.artefact, team))
    return None if reason is None else reason.value


def _drivers(asked: Asked, caller: Caller) -> list[DriverEvidence]:
    def make(db: Connection, _: list[DriverEvidence] | None) -> list[DriverEvidence]:
        return published_drivers(db, caller.organisation, asked.artefact)

    return asked.read(caller, ("drivers",), make, words=True)


def _beliefs(asked: Asked, caller: Caller, team: str) -> TeamBeliefs | None:
    """A team's beliefs; None where the model can't tell any."""

    def make(db: Connection, before: TeamBeliefs | None) -> TeamBeliefs | None:
        known = [] if before is None else [one.known for one in before.beliefs]
        try:
            return published_beliefs(db, caller.organisation, asked.service.classifier, team, known, seed=asked.seed)
        except ArtefactError:
            return None

    found = asked.read(caller, ("beliefs", team), make, words=True)
    # Figures stand until others are published; words go when whoever said them is erased.
    return None if found is None else asked.now(lambda db, _: still_quoted(db, caller.organisation, asked.artefact, found))


def _belief(one: Belief, *, quoted: bool) -> BeliefOut:
    row = row_of(one)
    del row["centroid"]
    return BeliefOut(**row | ({} if quoted else {"name": None, "examples": []}))


def _beliefs_out(team: str, known: TeamBeliefs | None, items: list[BeliefOut], *, quoted: bool, facts: dict[str, Any]) -> BeliefsOut:
    row = row_of(known or TeamBeliefs(team, None, None, (), None, None, None))
    reason = row["reason"] or (None if items else "nothing_shared")
    told = {"team": team or None, "items": items, "quoted": quoted, "reason": "model_gives_no_vectors" if known is None else reason}
    del row["beliefs"]
    return BeliefsOut(**row | told | facts)


def _changes_out(team: str, known: PublishedChanges | None, reason: Unpublished | None, facts: dict[str, Any]) -> ChangesOut:
    nothing: dict[str, Any] = {"start": None, "end": None, "points": [], "p_value": None, "breaks": [], "detectable": {}}
    row: dict[str, Any] = {"by": "week", **nothing, "n_periods": 0, "method": "", "reason": reason or "no_data"}
    points = []
    if known is not None:
        row = row_of(known.changes)
        points = [ChangePointOut(**row_of(one) | {"shifts": differences_out(one.shifts)}) for one in known.changes.points]
    found = differences_out(known.differences) if known is not None else []
    return ChangesOut(**{"granularity": row.pop("by"), **row, "team": team or None, "points": points, "differences": found} | facts)


def _quote(one: ScoredStatement) -> QuoteOut:
    said, score = one.statement, one.score
    return QuoteOut(text=said.text, context=said.context, culture=score.culture, target=score.target, drivers=list(score.drivers))


def _note(caller: Caller, what: str, team: str, n: int, more: dict[str, str] | None = None) -> None:
    """Note who looked at words, for whoever has to answer for it."""
    log("words read", {"what": what, "key": caller.key, "organisation": caller.organisation, "team": team, "n": n, **(more or {})})
