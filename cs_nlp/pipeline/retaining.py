"""Transcripts go when their time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cs_nlp.pipeline.publishing import publish
from cs_nlp.store import Erased, Store, erase_before, retention_of


def erase_expired(store: Store, organisation: int, now: datetime | None = None) -> Erased:
    """Erase the transcripts that are older than their organisation keeps them, portion by portion, so that others may write in between.

    Args:
        store: the database.
        organisation: whose.
        now: aware; the present by default.
    """
    with store.reading() as db:
        days = retention_of(db, organisation)
    whole = Erased(0, 0)
    if days is None:
        return whole
    before = (now or datetime.now(UTC)).astimezone(UTC).date() - timedelta(days=days)
    while True:
        with store.writing() as db:
            part = erase_before(db, organisation, before)
        if not part.transcripts:
            break
        whole += part
    if whole.transcripts:
        publish(store, organisation)
        store.tidy()
    return whole
