"""`/v1/interventions`: what was done about a team's culture, and what came of it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection
from starlette.responses import Response

from cs_nlp.pipeline.published_series import published_effect
from cs_nlp.records import Effect, Intervention
from cs_nlp.signals.interventions import AIM, Trial
from cs_nlp.store import StoredIntervention, add_intervention, list_interventions, list_teams, remove_intervention
from service.answers import Tell, either
from service.asked import NAMELESS, Asked, TheAsked
from service.auth import Caller
from service.deps import CursorText, Labeller, Limit, Reader, Slow, TheCursors, TheStore
from service.errors import Problem
from service.once import KeyedRoute
from service.schemas.base import Page, problems
from service.schemas.interventions import EffectOut, InterventionIn, InterventionOut
from service.schemas.labels import Culture
from service.schemas.rows import row_of

router = APIRouter(prefix="/v1/interventions", tags=["interventions"], route_class=KeyedRoute)
Uid = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$", examples=["iv_9Jc6yTFz1nQxkW0b"])]
_MOST_TEAMS: Final = 100


@router.post("", status_code=201, responses=problems(404, 413, 415))
def note(body: InterventionIn, caller: Labeller, store: TheStore, response: Response) -> InterventionOut:
    """Note something that was done about a team's culture, so that its effect can be told."""
    with store.writing() as db:
        teams = {team.name for team in list_teams(db, caller.organisation)}
        name = "" if body.team == NAMELESS and NAMELESS not in teams else body.team
        if name not in teams:
            raise Problem(404, "there is no team of that name; GET /v1/teams lists those that there are")
        made = add_intervention(db, caller.organisation, Intervention(name, body.on, body.title))
    response.headers["Location"] = f"/v1/interventions/{made.uid}"
    return _out(made)


@router.get("", responses=problems(406) | either(), response_model=Page[InterventionOut])
def list_all(  # noqa: PLR0913, PLR0917 - FastAPI hands everything over so
    caller: Reader,
    store: TheStore,
    cursors: TheCursors,
    tell: Tell,
    team: Annotated[str | None, Query(max_length=200, description="Only of this team.")] = None,
    cursor: CursorText = None,
    limit: Limit = 100,
) -> Page[InterventionOut] | Response:
    """Interventions by day."""
    scope = [caller.organisation, "interventions", team]
    first = cursors.read(cursor, scope)
    with store.reading() as db:
        found = list_interventions(db, caller.organisation, team)
    items = [_out(one) for one in found[first : first + limit]]
    following = cursors.write(first + limit, scope) if len(found) > first + limit else None
    page = Page[InterventionOut](items=items, next_cursor=following, has_more=following is not None)
    return tell(page, "interventions", InterventionOut, items)


@router.get("/{intervention}", responses=problems(404))
def get(intervention: Uid, caller: Reader, store: TheStore) -> InterventionOut:
    """One intervention."""
    with store.reading() as db:
        return _out(_find(db, caller, intervention))


@router.delete("/{intervention}", status_code=204, responses=problems(404))
def remove(intervention: Uid, caller: Labeller, store: TheStore) -> None:
    """Remove an intervention that was noted by mistake."""
    with store.writing() as db:
        if not remove_intervention(db, caller.organisation, intervention):
            raise _missing()


@router.get("/{intervention}/effect", responses=problems(404, 406) | either(), response_model=EffectOut)
async def effect(  # noqa: PLR0913, PLR0917 - FastAPI hands everything over so
    intervention: Uid,
    caller: Reader,
    asked: TheAsked,
    slow: Slow,
    tell: Tell,
    culture: Annotated[Culture, Query(description="The culture whose share is looked at; of no meaning for `signal_rate`.")] = "assertive",
    measure: Annotated[Literal["prevalence", "mix", "signal_rate"], Query(description="Which share of it.")] = "mix",
    aim: Annotated[float, Query(ge=0.01, le=1, description="The effect that you would like to be able to see, as a share.")] = AIM,
    without: Annotated[
        list[str] | None,
        Query(max_length=_MOST_TEAMS, description="Teams that it is not compared with, since something was done there too."),
    ] = None,
) -> EffectOut | Response:
    """By how much the team's share changed, beyond the change of the other teams, with placebos and the smallest effect that would show."""
    label = "" if measure == "signal_rate" else culture
    trial = Trial(measure, label, "week", tuple(sorted(set(without or ()))), aim)
    found = await slow(lambda: _effect(asked, caller, intervention, trial))
    return tell(found, "effect", EffectOut, [found])


def _effect(asked: Asked, caller: Caller, uid: str, trial: Trial) -> EffectOut:
    with asked.service.store.reading() as db:
        noted = _find(db, caller, uid)

    def make(db: Connection, _: Effect | None) -> Effect:
        return published_effect(db, caller.organisation, asked.artefact, noted.intervention, trial, seed=asked.seed)

    row = row_of(asked.read(caller, ("effect", noted.intervention, trial), make))
    done = row.pop("intervention")
    return EffectOut(**row | {"id": uid, "team": done["team"], "on": done["on"], "title": done["title"]} | asked.facts)


def _find(db: Connection, caller: Caller, uid: str) -> StoredIntervention:
    found = next((one for one in list_interventions(db, caller.organisation) if one.uid == uid), None)
    if found is None:
        raise _missing()
    return found


def _missing() -> Problem:
    return Problem(404, "there is no intervention of that id")


def _out(one: StoredIntervention) -> InterventionOut:
    done = one.intervention
    return InterventionOut(id=one.uid, team=done.team or None, on=done.on, title=done.title, created_at=one.created_at)
