"""`/v1/webhooks`: where events are sent, with which secret, and what could not be delivered."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from cs_nlp.store import Webhook, disable_webhook, list_deliveries, list_webhooks, make_webhook, rotate_secret
from service.auth import Caller
from service.deps import Admin, TheSettings, TheStore
from service.errors import Problem
from service.once import KeyedRoute
from service.routes.transcripts import Uid
from service.schemas.base import problems
from service.schemas.hooks import DeliveryOut, WebhookIn, WebhookMade, WebhookOut
from service.sending import check_url

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=KeyedRoute)


@router.post("", status_code=201, responses=problems(413, 415))
def make(body: WebhookIn, caller: Admin, store: TheStore, settings: TheSettings, response: Response) -> WebhookMade:
    """Have events sent to an address: signed as in Standard Webhooks, tried again for a day, with ids and counts and never with words."""
    check_url(body.url, private=settings.private_webhooks)
    with store.writing() as db:
        made = make_webhook(db, caller.organisation, body.url, body.events)
    response.headers["Location"] = f"/v1/webhooks/{made.uid}"
    return WebhookMade.with_secret(made)


@router.get("", responses=problems())
def list_all(caller: Admin, store: TheStore) -> list[WebhookOut]:
    """All webhooks, those that were ended too."""
    with store.reading() as db:
        return [WebhookOut.of(one) for one in list_webhooks(db, caller.organisation)]


@router.get("/deliveries", responses=problems())
def deliveries(
    caller: Admin,
    store: TheStore,
    state: Annotated[Literal["pending", "delivered", "dead"], Query(description="`dead`: given up after a day.")] = "dead",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[DeliveryOut]:
    """Deliveries in a state, the newest first."""
    with store.reading() as db:
        return [DeliveryOut.of(one) for one in list_deliveries(db, caller.organisation, state, limit)]


@router.get("/{webhook}", responses=problems(404))
def get(webhook: Uid, caller: Admin, store: TheStore) -> WebhookOut:
    """One webhook that is at work; the list has those that were ended too."""
    with store.reading() as db:
        return WebhookOut.of(_at_work(db, caller, webhook))


@router.post("/{webhook}/rotate", responses=problems(404))
def rotate(webhook: Uid, caller: Admin, store: TheStore) -> WebhookMade:
    """Give a webhook a new secret; until the next time, the old one signs beside it."""
    with store.writing() as db:
        _at_work(db, caller, webhook)
        found = rotate_secret(db, caller.organisation, webhook)
    if found is None:
        raise _missing()
    return WebhookMade.with_secret(found)


@router.delete("/{webhook}", status_code=204, responses=problems(404))
def end(webhook: Uid, caller: Admin, store: TheStore) -> None:
    """Send nothing there any more; what is on its way becomes a dead letter."""
    with store.writing() as db:
        done = disable_webhook(db, caller.organisation, webhook)
    if not done:
        raise _missing()


def _at_work(db: Connection, caller: Caller, uid: str) -> Webhook:
    for one in list_webhooks(db, caller.organisation):
        if one.uid == uid and one.disabled_at is None:
            return one
    raise _missing()


def _missing() -> Problem:
    return Problem(404, "there is no webhook of that id at work")
