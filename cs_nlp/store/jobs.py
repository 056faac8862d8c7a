"""Batches of transcripts that came in together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from cs_nlp.store.columns import new_uid, utc_now
from cs_nlp.store.dialect import AnyRow
from cs_nlp.store.listing import count_states
from cs_nlp.store.receive import Outcome
from cs_nlp.store.service_tables import jobs

MOST_ERRORS: Final = 1000


@dataclass(frozen=True, slots=True)
class Job:
    """A batch and what became of it.

    Attributes:
        id: not to be shown outside; uid: the id to show.
        uid: as above.
        created_at: when it began; closed_at: when all of it had come in, or None.
        closed_at: as above.
        counts: `accepted`, `replaced`, `duplicates` and `rejected` items.
        errors: one object for each rejected item, at most `MOST_ERRORS`.
        states: its transcripts by state.
    """

    id: int
    uid: str
    created_at: datetime
    closed_at: datetime | None
    counts: Mapping[str, int]
    errors: tuple[Mapping[str, Any], ...]
    states: Mapping[str, int]

    @property
    def is_finished(self) -> bool:
        """Whether all has come in and been scored or failed."""
        return self.closed_at is not None and not self.states["received"] and not self.states["scoring"]

    @property
    def status(self) -> str:
        """`queued`, `running`; when finished `succeeded`, `partial` (something was rejected or failed) or `failed` (all of it)."""
        good = self.states["scored"] + self.counts["duplicates"]
        bad = self.states["failed"] + self.counts["rejected"]
        if not self.is_finished:
            return "running" if any(self.counts.values()) else "queued"
        if not bad:
            return "succeeded"
        return "partial" if good else "failed"


def make_job(db: Connection, organisation: int) -> Job:
    """Begin a batch."""
    values = {"uid": new_uid("job"), "organisation_id": organisation, "created_at": utc_now(), "errors": []}
    values |= {"accepted": 0, "replaced": 0, "duplicates": 0, "rejected": 0}
    return _job(db, organisation, db.execute(insert(jobs).values(values).returning(*jobs.c)).one())


def count_item(db: Connection, organisation: int, job: int, outcome: Outcome) -> None:
    """Count a transcript that came in with a batch."""
    column = {Outcome.NEW: jobs.c.accepted, Outcome.REPLACED: jobs.c.replaced, Outcome.DUPLICATE: jobs.c.duplicates}[outcome]
    db.execute(update(jobs).where(jobs.c.organisation_id == organisation, jobs.c.id == job).values({column: column + 1}))


def count_errors(db: Connection, organisation: int, job: int, errors: Sequence[Mapping[str, Any]]) -> None:
    """Count the items of a batch that could not be used, and keep why, without words of a transcript."""
    own = (jobs.c.organisation_id == organisation) & (jobs.c.id == job)
    row = db.execute(select(jobs.c.errors).where(own).with_for_update()).one_or_none()
    if row is not None:
        kept = [*row.errors, *map(dict, errors)][:MOST_ERRORS]
        db.execute(update(jobs).where(own).values(errors=kept, rejected=jobs.c.rejected + len(errors)))


def close_job(db: Connection, organisation: int, job: int) -> None:
    """Say that all of a batch has come in."""
    own = (jobs.c.organisation_id == organisation) & (jobs.c.id == job) & jobs.c.closed_at.is_(None)
    db.execute(update(jobs).where(own).values(closed_at=utc_now()))


def find_job(db: Connection, organisation: int, uid: str) -> Job | None:
    """A batch, or None."""
    row = db.execute(select(jobs).where(jobs.c.organisation_id == organisation, jobs.c.uid == uid)).one_or_none()
    return None if row is None else _job(db, organisation, row)


def announce_finished(db: Connection, organisation: int) -> list[Job]:
    """The batches that are finished and were not returned before: each is returned to one caller, once.

    Args:
        db: a transaction that writes: what follows from the end of a batch belongs in it.
        organisation: whose.
    """
    c = jobs.c
    open_ones = select(jobs).where(c.organisation_id == organisation, c.closed_at.is_not(None), c.announced_at.is_(None)).order_by(c.id)
    rows = db.execute(open_ones.with_for_update(skip_locked=True)).all()
    found = [job for job in (_job(db, organisation, row) for row in rows) if job.is_finished]
    if found:
        db.execute(update(jobs).where(c.id.in_([job.id for job in found])).values(announced_at=utc_now()))
    return found


def _job(db: Connection, organisation: int, row: AnyRow) -> Job:
    counts = {name: getattr(row, name) for name in ("accepted", "replaced", "duplicates", "rejected")}
    return Job(row.id, row.uid, row.created_at, row.closed_at, counts, tuple(row.errors), count_states(db, organisation, row.id))
