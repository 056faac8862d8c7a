"""Whether what is published has changed since somebody looked."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from cs_nlp.store.published_tables import published


def published_mark(db: Connection, organisation: int) -> str:
    """A few words that stay the same as long as an organisation's published sums do; "" where there are none."""
    c = published.c
    query = select(func.count(), func.max(c.id), func.sum(c.transcripts), func.sum(c.n)).where(c.organisation_id == organisation)
    n, last, transcripts, statements = db.execute(query).one()
    return f"{n} up to {last}: {transcripts}, {statements}" if n else ""
