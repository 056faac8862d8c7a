"""`/settings/webhooks`: where events are sent."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.pipeline.events import EVENTS
from cs_nlp.store import disable_webhook, make_webhook, rotate_secret
from service.dashboard.page import Admin, PageRoute, field_of, go_to, page
from service.errors import Problem
from service.sending import check_url

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/settings/webhooks")
def make(request: Request, visit: Admin) -> Response:
    """Have events sent to an address; the secret is on the page that comes."""
    url = field_of(request, "url", 2000)
    events = [event for event in request.state.form.getlist("event") if isinstance(event, str)]
    if not events or not set(events) <= set(EVENTS):
        raise Problem(422, "choose at least one of the events that are shown")
    check_url(url, private=visit.service.settings.private_webhooks)
    with visit.service.store.writing() as db:
        made = make_webhook(db, visit.organisation, url, events)
    return page(request, "secret.html", _secret(made.secrets[0], url))


@router.post("/settings/webhooks/rotate")
def rotate(request: Request, visit: Admin) -> Response:
    """Give a webhook a new secret; the old one signs beside it until the next time."""
    with visit.service.store.writing() as db:
        made = rotate_secret(db, visit.organisation, field_of(request, "uid"))
    if made is None:
        raise Problem(404, "there is no such webhook")
    return page(request, "secret.html", _secret(made.secrets[0], made.url))


@router.post("/settings/webhooks/end")
def end(request: Request, visit: Admin) -> Response:
    """Send nothing there any more."""
    with visit.service.store.writing() as db:
        if not disable_webhook(db, visit.organisation, field_of(request, "uid")):
            raise Problem(404, "there is no such webhook, or it was ended before")
    return go_to("/settings", said="ended")


def _secret(secret: str, url: str) -> dict[str, object]:
    return {"title": "Secret of a webhook", "what": f"The secret of what is sent to {url}", "secret": secret, "use": "webhook"}
