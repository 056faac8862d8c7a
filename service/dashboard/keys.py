"""`/settings/keys`: keys are made, shown once, and revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.store import make_key, revoke_key
from service.dashboard.page import Admin, PageRoute, field_of, go_to, page
from service.errors import Problem

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_LONGEST_DAYS: Final = 3650


@router.post("/settings/keys")
def make(request: Request, visit: Admin) -> Response:
    """Make a key, which may allow no more than one's own; it is on the page that comes, and never again."""
    name, days = field_of(request, "name", 100), field_of(request, "days", 5)
    wanted = [scope for scope in request.state.form.getlist("scope") if isinstance(scope, str)]
    if not name:
        raise Problem(422, "give the key a name that says who or what uses it")
    if days and not (days.isdecimal() and 1 <= int(days) <= _LONGEST_DAYS):
        raise Problem(422, f"the days must be a number from 1 to {_LONGEST_DAYS}, or empty for a key that does not end")
    if not visit.caller.scopes.issuperset(wanted):
        raise Problem(403, "a key can't allow more than the one that makes it")
    ends = datetime.now(UTC) + timedelta(days=int(days)) if days else None
    with visit.service.store.writing() as db:
        key, shown = make_key(db, visit.organisation, name, wanted, ends)
    return page(request, "secret.html", {"title": "A new key", "what": f"The key {key.name!r}", "secret": shown, "use": "key"})


@router.post("/settings/keys/revoke")
def revoke(request: Request, visit: Admin) -> Response:
    """End a key, and with it whatever goes on with it."""
    uid = field_of(request, "uid")
    if uid == visit.caller.key:
        raise Problem(409, "this is the key that you have signed in with; sign in with another one to revoke it")
    with visit.service.store.writing() as db:
        if not revoke_key(db, visit.organisation, uid):
            raise Problem(404, "there is no such key, or it was revoked before")
    request.app.state.keys.forget()
    return go_to("/settings", said="revoked")
