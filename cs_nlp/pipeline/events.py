"""What is told to webhooks, in the transaction in which it happens: ids, states and counts, never words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from cs_nlp.scoring.registry import RELEASED, Entry
from cs_nlp.store import Job, Store, announce_finished, list_webhooks, organisation_names, send_event

TRANSCRIPT_SCORED: Final = "transcript.scored"
BATCH_FINISHED: Final = "batch.finished"
CULTURE_CHANGED: Final = "culture.changed"
MODEL_PROMOTED: Final = "model.promoted"
EVENTS: Final = (TRANSCRIPT_SCORED, BATCH_FINISHED, CULTURE_CHANGED, MODEL_PROMOTED)


def announce_scored(db: Connection, organisation: int, uids: Sequence[str]) -> None:
    """Tell that transcripts were scored.

    Args:
        db: the transaction that writes their scores.
        organisation: whose.
        uids: ids of the transcripts.
    """
    if any(TRANSCRIPT_SCORED in one.events and one.disabled_at is None for one in list_webhooks(db, organisation)):
        for uid in uids:
            send_event(db, organisation, TRANSCRIPT_SCORED, {"type": TRANSCRIPT_SCORED, "data": {"transcript": uid, "state": "scored"}})


def announce_batches(store: Store, organisation: int) -> list[Job]:
    """Tell which batches are finished that were not told before; returns them."""
    with store.writing() as db:
        finished = announce_finished(db, organisation)
        for job in finished:
            data = {"job": job.uid, "status": job.status, "counts": dict(job.counts), "transcripts": dict(job.states)}
            send_event(db, organisation, BATCH_FINISHED, {"type": BATCH_FINISHED, "data": data})
    return finished


def announce_promoted(store: Store, step: Entry, live: Entry | None) -> int:
    """Tell every organisation's webhooks that another model is live; returns how many deliveries are on their way.

    Args:
        store: the database.
        step: the last one in the registry of models.
        live: the promotion that stands after it; None where that is the released model.
    """
    model = {
        "action": step.action,
        "model": live.model if live is not None else RELEASED,
        "replaced": step.replaced,
        "since": step.since.isoformat(),
        "learnt": live.learnt if live is not None else None,
        "learning_sha256": live.learning_sha256 if live is not None else None,
    }
    with store.writing() as db:
        names = organisation_names(db)
        return sum(send_event(db, one, MODEL_PROMOTED, {"type": MODEL_PROMOTED, "data": model}) for one in names.values())
