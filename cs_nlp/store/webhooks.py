"""Where events are sent, and what is on its way: claimed like transcripts, retried with growing pauses, dead letters in the end."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from cs_nlp.store.columns import new_uid, utc_now
from cs_nlp.store.dialect import AnyRow
from cs_nlp.store.service_tables import PENDING, deliveries, webhooks

PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 21600, 43200))
"""After each failed attempt but the last: about a day in all."""
_SENDING: Final = timedelta(minutes=2)
_OLD_SECRETS: Final = 1


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where events are sent.

    Attributes:
        uid: the id to show.
        url: the address.
        events: their names.
        secrets: with which deliveries are signed (Standard Webhooks), the newest first; two while one takes over from the other.
        created_at: when it was made; disabled_at: since when nothing is sent, or None.
        disabled_at: as above.
    """

    uid: str
    url: str
    events: tuple[str, ...]
    secrets: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to a webhook.

    Attributes:
        uid: the same in every attempt.
        webhook: where to.
        event: its name.
        payload: what is sent; never words of a transcript.
        state: pending, delivered or dead.
        attempts: how many were begun.
        status: of the last answer, or None.
        error: why the last attempt failed, or None.
        created_at: when the event happened.
    """

    uid: str
    webhook: Webhook
    event: str
    payload: Mapping[str, Any]
    state: str
    attempts: int
    status: int | None
    error: str | None
    created_at: datetime


def make_webhook(db: Connection, organisation: int, url: str, events: Iterable[str]) -> Webhook:
    """Make a webhook with a new secret."""
    values = {"uid": new_uid("wh"), "organisation_id": organisation, "url": url, "events": sorted(set(events)), "created_at": utc_now()}
    return _webhook(db.execute(insert(webhooks).values(values | {"secrets": [_new_secret()]}).returning(*webhooks.c)).one())


def list_webhooks(db: Connection, organisation: int) -> list[Webhook]:
    """An organisation's webhooks, the oldest first."""
    return [_webhook(row) for row in db.execute(select(webhooks).where(webhooks.c.organisation_id == organisation).order_by(webhooks.c.id))]


def rotate_secret(db: Connection, organisation: int, uid: str) -> Webhook | None:
    """Give a webhook a new secret; the last one signs beside it until the next rotation. None where there is no such webhook."""
    own = (webhooks.c.organisation_id == organisation) & (webhooks.c.uid == uid)
    row = db.execute(select(webhooks.c.secrets).where(own).with_for_update()).one_or_none()
    if row is None:
        return None
    kept = [_new_secret(), *row.secrets[:_OLD_SECRETS]]
    return _webhook(db.execute(update(webhooks).where(own).values(secrets=kept).returning(*webhooks.c)).one())


def disable_webhook(db: Connection, organisation: int, uid: str) -> bool:
    """Send nothing there any more; whether there was such a webhook at work. What is on its way becomes a dead letter."""
    own = (webhooks.c.organisation_id == organisation) & (webhooks.c.uid == uid) & webhooks.c.disabled_at.is_(None)
    now = utc_now()
    row = db.execute(update(webhooks).where(own).values(disabled_at=now).returning(webhooks.c.id)).one_or_none()
    if row is None:
        return False
    on_its_way = (deliveries.c.webhook_id == row.id) & PENDING
    db.execute(update(deliveries).where(on_its_way).values(state="dead", error="the webhook was disabled", ended_at=now))
    return True


def send_event(db: Connection, organisation: int, event: str, payload: Mapping[str, Any]) -> int:
    """Put an event on its way to every webhook that wants it; returns to how many.

    Args:
        db: the transaction in which the event happens: both happen, or neither.
        organisation: whose.
        event: its name.
        payload: what to send; never words of a transcript.
    """
    now = utc_now()
    own = select(webhooks).where(webhooks.c.organisation_id == organisation, webhooks.c.disabled_at.is_(None)).order_by(webhooks.c.id)
    common = {"organisation_id": organisation, "event": event, "payload": dict(payload), "state": "pending", "attempts": 0}
    rows = [
        common | {"uid": new_uid("msg"), "webhook_id": row.id, "due_at": now, "created_at": now}
        for row in db.execute(own)
        if event in row.events
    ]
    if rows:
        db.execute(insert(deliveries), rows)
    return len(rows)


def claim_deliveries(db: Connection, organisation: int, at_most: int = 10) -> list[Delivery]:
    """Deliveries that are due, for one sender; who does not tell their end within two minutes loses them to another.

    Args:
        db: a transaction that writes; nothing is claimed before it ends.
        organisation: whose.
        at_most: how many.
    """
    now, c = utc_now(), deliveries.c
    due = select(c.id).where(c.organisation_id == organisation, PENDING, c.due_at <= now).order_by(c.due_at, c.id).limit(at_most)
    ids = db.scalars(due.with_for_update(skip_locked=True)).all()
    db.execute(update(deliveries).where(c.id.in_(ids)).values(due_at=now + _SENDING, attempts=c.attempts + 1))
    return _deliveries(db, c.id.in_(ids))


def end_delivery(db: Connection, organisation: int, delivery: Delivery, status: int | None, error: str | None) -> None:
    """Say how an attempt ended: `error` None is success; else it is tried again after a pause, or is dead after the last one."""
    now, c = utc_now(), deliveries.c
    own = (c.organisation_id == organisation) & (c.uid == delivery.uid) & (c.attempts == delivery.attempts) & PENDING
    values: dict[str, Any] = {"status": status, "error": error}
    if error is None:
        values |= {"state": "delivered", "ended_at": now}
    elif delivery.attempts > len(PAUSES):
        values |= {"state": "dead", "ended_at": now}
    else:
        values |= {"due_at": now + PAUSES[delivery.attempts - 1]}
    db.execute(update(deliveries).where(own).values(values))


def list_deliveries(db: Connection, organisation: int, state: str = "dead", limit: int = 100) -> list[Delivery]:
    """Deliveries in a state, the newest first; the dead letters by default."""
    c = deliveries.c
    newest = select(c.id).where(c.organisation_id == organisation, c.state == state).order_by(c.id.desc()).limit(limit)
    return _deliveries(db, c.id.in_(db.scalars(newest).all()))[::-1]


def _deliveries(db: Connection, chosen: Any) -> list[Delivery]:  # noqa: ANN401 - a condition
    rows = db.execute(select(deliveries).where(chosen).order_by(deliveries.c.id)).all()
    targets = db.execute(select(webhooks).where(webhooks.c.id.in_({row.webhook_id for row in rows})))
    by_id = {row.id: _webhook(row) for row in targets}
    return [
        Delivery(*(row.uid, by_id[row.webhook_id], row.event, row.payload, row.state, row.attempts, row.status, row.error, row.created_at))
        for row in rows
    ]


def _webhook(row: AnyRow) -> Webhook:
    return Webhook(row.uid, row.url, tuple(row.events), tuple(row.secrets), row.created_at, row.disabled_at)


def _new_secret() -> str:
    """As Standard Webhooks writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")
