"""`/settings`: how figures are published, zones, what is kept and for how long, keys and webhooks."""

from __future__ import annotations

from typing import Final, cast
from zoneinfo import available_timezones

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.pipeline.events import EVENTS
from cs_nlp.pipeline.publishing import choose_rules, rules_of
from cs_nlp.signals import By, Rules
from cs_nlp.store import SCOPES, list_deliveries, list_keys, list_teams, list_webhooks, read_rules, retention_of, set_retention, set_zone
from service.dashboard.page import Admin, PageRoute, field_of, go_to, page
from service.errors import Problem

router = APIRouter(route_class=PageRoute, include_in_schema=False)
SCOPES_SAID: Final = {
    "ingest": "add transcripts",
    "read": "see teams and figures",
    "evidence": "read what was said",
    "label": "review statements, note what was done",
    "admin": "change settings, make and revoke keys",
}
EVENTS_SAID: Final = {
    "transcript.scored": "a transcript was scored",
    "batch.finished": "a batch is finished",
    "culture.changed": "a team began to speak differently",
    "model.promoted": "another model scores from now on",
}
_SMALLEST, _LARGEST = 2, 100
_SHORTEST, _LONGEST = 7, 36_500
_DEAD: Final = 20


@router.get("/settings")
def settings_page(request: Request, visit: Admin) -> Response:
    """All settings."""
    own = visit.service.settings
    with visit.service.store.reading() as db:
        facts = {
            "rules": rules_of(db, visit.organisation),
            "is_chosen": read_rules(db, visit.organisation) is not None,
            "teams": list_teams(db, visit.organisation),
            "keys": list_keys(db, visit.organisation),
            "webhooks": list_webhooks(db, visit.organisation),
            "retention": retention_of(db, visit.organisation),
            "dead": list_deliveries(db, visit.organisation, limit=_DEAD),
        }
    more = {
        "title": "Settings",
        "zones": sorted(available_timezones()),
        "shortest": _SHORTEST,
        "longest": _LONGEST,
        "keep_text": own.keep_text,
        "default_zone": own.time_zone,
        "scopes": [(scope, SCOPES_SAID[scope]) for scope in SCOPES if scope in visit.caller.scopes],
        "events": [(event, EVENTS_SAID.get(event, event)) for event in EVENTS],
    }
    return page(request, "settings.html", facts | more)


@router.post("/settings/rules")
def rules(request: Request, visit: Admin) -> Response:
    """How figures are published; once, before the first of them is."""
    smallest, grain, split = field_of(request, "k", 5), field_of(request, "grain"), field_of(request, "split")
    if not smallest.isdecimal() or not _SMALLEST <= int(smallest) <= _LARGEST:
        raise Problem(422, f"the smallest group must be a number from {_SMALLEST} to {_LARGEST}")
    if grain not in {"week", "month"} or split not in {"", "channel", "queue"}:
        raise Problem(422, "choose one of the periods and one of the divisions that are shown")
    wanted = Rules(int(smallest), cast("By", grain), None if not split else "queue" if split == "queue" else "channel")
    choose_rules(visit.service.store, visit.organisation, wanted)
    return go_to("/settings", said="rules")


@router.post("/settings/zone")
def zone(request: Request, visit: Admin) -> Response:
    """Where a team is."""
    with visit.service.store.writing() as db:
        set_zone(db, visit.organisation, field_of(request, "team"), field_of(request, "zone"))
    visit.service.wake.set()
    return go_to("/settings", said="zone")


@router.post("/settings/retention")
def retention(request: Request, visit: Admin) -> Response:
    """For how long transcripts are kept; the worker erases what is older."""
    given = field_of(request, "days", 5)
    if given and (not given.isdecimal() or not _SHORTEST <= int(given) <= _LONGEST):
        raise Problem(422, f"the days must be a number from {_SHORTEST} to {_LONGEST}, or empty to keep transcripts until they are erased")
    if given and field_of(request, "sure") != "yes":
        raise Problem(422, "what is older is erased for good: tick that you want this")
    with visit.service.store.writing() as db:
        set_retention(db, visit.organisation, int(given) if given else None)
    visit.service.wake.set()
    return go_to("/settings", said="retention")
