"""Whether something has changed since somebody looked, or was told before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from cs_nlp.store.published_tables import published
from cs_nlp.store.service_tables import deliveries


def published_mark(db: Connection, organisation: int) -> str:
    """A few words that stay the same as long as an organisation's published sums do; "" where there are none."""
    c = published.c
    query = select(func.count(), func.max(c.id), func.sum(c.transcripts), func.sum(c.n)).where(c.organisation_id == organisation)
    n, last, transcripts, statements = db.execute(query).one()
    return f"{n} up to {last}: {transcripts}, {statements}" if n else ""


def sent_payloads(db: Connection, organisation: int, event: str) -> list[Mapping[str, Any]]:
    """What was ever put on its way to an organisation's webhooks as one kind of event, delivered or not, the oldest first."""
    c = deliveries.c
    return list(db.scalars(select(c.payload).where(c.organisation_id == organisation, c.event == event).order_by(c.id)))
