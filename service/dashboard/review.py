"""`/review`: statements of which the classifier is unsure, one after the other, to be labelled by keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.pipeline.review import next_to_label
from cs_nlp.records import Annotation, Channel
from cs_nlp.store import StoredStatement, give_feedback, statements_of
from cs_nlp.taxonomy import CULTURES, TARGETS, load_taxonomy
from service.dashboard.evidence import TARGETS as ABOUT
from service.dashboard.page import Labeller, PageRoute, Visit, field_of, go_to, page
from service.errors import Problem

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_SKIPPED: Final = 40
_NONE: Final = ("None of them", "Routine: greetings, checks, facts, or nothing that shows a stance.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A culture to choose; `key` chooses it by keyboard."""

    name: str
    title: str
    meaning: str
    key: str


@router.get("/review")
def review(
    request: Request,
    visit: Labeller,
    at: Annotated[str, Query(max_length=100)] = "",
    skipped: Annotated[str, Query(max_length=4000)] = "",
    last: Annotated[str, Query(max_length=100)] = "",
    n: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The next statement, or the one that is asked for."""
    passed = skipped.split(" ") if skipped else []
    with visit.service.store.reading() as db:
        shown = _find(db, visit, at) if at else _next(db, visit, passed)
        before = _look_up(db, visit, last) if last else None
    facts = {
        "title": "Review",
        "item": shown,
        "place": _place(shown) if shown else "",
        "in_chat": shown is not None and shown.scored.statement.channel is Channel.TEAM_CHAT,
        "choices": _choices(),
        "targets": [(target, ABOUT[target]) for target in TARGETS],
        "skipped": " ".join(passed),
        "n": n,
        "last": last,
        "guess": _title(before.scored.score.culture) if before else "",
        "gave": _title(request.query_params.get("gave", "")),
    }
    return page(request, "review.html", facts)


@router.post("/review")
def label(request: Request, visit: Labeller) -> Response:
    """Somebody says what a statement shows, or passes it by."""
    place, skipped = field_of(request, "place", 100), field_of(request, "skipped", 4000)
    n = int(number) if (number := field_of(request, "n", 7)).isdecimal() else 0
    culture = field_of(request, "culture")
    if culture == "skip":
        return go_to("/review", skipped=" ".join([*skipped.split(), place][-_SKIPPED:]), n=n or None)
    target = field_of(request, "target")
    if culture not in CULTURES or target not in {"", *TARGETS}:
        raise Problem(422, "choose one of the cultures that are shown")
    with visit.service.store.writing() as db:
        given = Annotation(culture, target or None, (), visit.caller.key)
        give_feedback(db, visit.organisation, _find(db, visit, place), given)
    return go_to("/review", skipped=skipped, n=n + 1, last=place, gave=culture)


def _next(db: Connection, visit: Visit, passed: list[str]) -> StoredStatement | None:
    found = next_to_label(db, visit.organisation, limit=len(passed) + 1)
    return next((one for one in found if _place(one) not in passed), None)


def _place(one: StoredStatement) -> str:
    said = one.scored.statement
    return f"{said.transcript_id}.{said.turn}.{said.start_char}"


def _look_up(db: Connection, visit: Visit, place: str) -> StoredStatement | None:
    said = statements_of(db, visit.organisation, place.partition(".")[0])
    return next((one for one in said if _place(one) == place and one.scored.statement.text), None)


def _find(db: Connection, visit: Visit, place: str) -> StoredStatement:
    """The statement at a place.

    Raises:
        Problem: 404, it is not there, or not any more.
    """
    found = _look_up(db, visit, place)
    if found is None:
        raise Problem(404, "this statement is not there any more: its transcript was erased, or came in another version")
    return found


def _choices() -> list[Choice]:
    known = load_taxonomy().cultures
    return [
        Choice(name, *((known[name].title.partition(",")[0], known[name].question) if name != "none" else _NONE), str(number))
        for number, name in enumerate(CULTURES, start=1)
    ]


def _title(culture: str) -> str:
    return next((one.title for one in _choices() if one.name == culture), "")
