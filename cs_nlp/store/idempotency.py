"""Requests that may be sent twice and happen once: their answers are kept for a day and given again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, delete, select, update

from cs_nlp.store.columns import utc_now
from cs_nlp.store.dialect import insert
from cs_nlp.store.service_tables import idempotency

KEPT: Final = timedelta(hours=24)
HELD: Final = timedelta(minutes=5)


class Repeat(StrEnum):
    """How a request stands to an earlier one with the same key."""

    FIRST = "first"  # go ahead, then call `finish_request`
    DONE = "done"  # give the answer again
    RUNNING = "running"  # the first one is not answered yet
    OTHER = "other"  # the key was used for another request


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered.

    Attributes:
        status: of HTTP.
        content_type: of the body.
        body: as it was sent.
        location: header of that name, or None.
    """

    status: int
    content_type: str
    body: bytes
    location: str | None = None


def begin_request(db: Connection, organisation: int, key: str, fingerprint: bytes) -> tuple[Repeat, Answer | None]:
    """Whether a request may go ahead.

    A first request that ended without an answer (its process died) may be tried again after `HELD`.

    Args:
        db: a transaction that writes; nothing is held before it ends.
        organisation: whose.
        key: that the user chose.
        fingerprint: hash of the request.

    Returns:
        How it stands, and the answer where it is done.
    """
    c, now = idempotency.c, utc_now()
    own = (c.organisation_id == organisation) & (c.key == key)
    db.execute(delete(idempotency).where(own, c.created_at < now - KEPT))
    values = {"organisation_id": organisation, "key": key, "fingerprint": fingerprint, "created_at": now, "held_until": now + HELD}
    if db.execute(insert(db, idempotency).values(values).on_conflict_do_nothing().returning(c.key)).first() is not None:
        return Repeat.FIRST, None
    row = db.execute(select(idempotency).where(own).with_for_update()).one()
    if row.fingerprint != fingerprint:
        return Repeat.OTHER, None
    if row.status is not None:
        return Repeat.DONE, Answer(row.status, row.content_type, row.body, row.location)
    if row.held_until > now:
        return Repeat.RUNNING, None
    db.execute(update(idempotency).where(own).values(held_until=now + HELD))
    return Repeat.FIRST, None


def finish_request(db: Connection, organisation: int, key: str, answer: Answer | None) -> None:
    """Keep the answer of a request that went ahead; None forgets the request, so that it can be sent again."""
    own = (idempotency.c.organisation_id == organisation) & (idempotency.c.key == key)
    if answer is None:
        db.execute(delete(idempotency).where(own))
    else:
        values = {"status": answer.status, "content_type": answer.content_type, "body": answer.body, "location": answer.location}
        db.execute(update(idempotency).where(own).values(values))


def forget_requests(db: Connection, organisation: int) -> int:
    """Remove the answers that are older than `KEPT`; returns how many."""
    c = idempotency.c
    return db.execute(delete(idempotency).where(c.organisation_id == organisation, c.created_at < utc_now() - KEPT)).rowcount
