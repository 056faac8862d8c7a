"""Files of batches that wait to be read: sealed, claimed with leases like transcripts, and gone once they are read.

How far the reading of a file has come is written in the transactions that store what was read, so that a killed process loses nothing and
repeats nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from cs_nlp.errors import StoreError
from cs_nlp.store.columns import utc_now
from cs_nlp.store.jobs import close_job, count_errors
from cs_nlp.store.service_tables import jobs, uploads

LEASE: Final = timedelta(minutes=5)
MOST_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was claimed to be read.

    Attributes:
        id: of the file.
        token: of the lease.
        job: id of its job.
        place: among the files of its job, from 0.
        sealed: what was put in.
        done: steps of its reading that are stored.
        lease: for how long it was claimed, from every step on.
    """

    id: int
    token: int
    job: int
    place: int
    sealed: bytes
    done: int
    lease: timedelta


def put_upload(db: Connection, organisation: int, job: int, place: int, sealed: bytes) -> None:
    """Put in a file of a job; nothing where the organisation has no such job.

    Args:
        db: a transaction that writes.
        organisation: whose.
        job: id of the job.
        place: among the files of the job, from 0.
        sealed: the file and what was said about it, encrypted.
    """
    if db.scalar(select(jobs.c.id).where(jobs.c.organisation_id == organisation, jobs.c.id == job)) is None:
        return
    values: dict[str, Any] = {"organisation_id": organisation, "job_id": job, "place": place, "sealed": sealed}
    db.execute(insert(uploads).values(values | {"done": 0, "attempts": 0, "lease_token": 0}))


def claim_upload(db: Connection, organisation: int, lease: timedelta = LEASE) -> Upload | None:
    """Claim the oldest file that waits; those whose reading ended the process too often become errors of their jobs on the way.

    Args:
        db: a transaction that writes; nothing is claimed before it ends.
        organisation: whose.
        lease: how long a step of its reading may take before others take it for lost.
    """
    c, now = uploads.c, utc_now()
    free = and_(c.organisation_id == organisation, or_(c.lease_until.is_(None), c.lease_until <= now))
    while (
        row := db.execute(select(uploads).where(free).order_by(c.id).limit(1).with_for_update(skip_locked=True)).one_or_none()
    ) is not None:
        upload = Upload(row.id, row.lease_token + 1, row.job_id, row.place, row.sealed, row.done, lease)
        taken = {"attempts": c.attempts + 1, "lease_token": upload.token, "lease_until": now + lease}
        db.execute(update(uploads).where(c.id == row.id).values(taken))
        if row.attempts < MOST_ATTEMPTS:
            return upload
        told = f"reading it ended the process {MOST_ATTEMPTS} times; it may need more memory than there is"
        count_errors(db, organisation, upload.job, [{"index": upload.place, "file": "", "type": "not-read", "detail": told}])
        end_upload(db, organisation, upload)
    return None


def advance_upload(db: Connection, organisation: int, upload: Upload, done: int) -> Upload:
    """Say how far the reading has come, in the transaction that stores what was read.

    Raises:
        StoreError: somebody else reads it now; let the transaction end with this error.
    """
    values = {"done": done, "lease_until": utc_now() + upload.lease}
    if db.execute(update(uploads).where(_held(organisation, upload)).values(values)).rowcount != 1:
        raise StoreError("the file of the batch is read by another process now; this step was not kept")
    return replace(upload, done=done)


def give_up_upload(db: Connection, organisation: int, upload: Upload) -> None:
    """Let others read the rest, from now on; it does not count as an attempt."""
    db.execute(update(uploads).where(_held(organisation, upload)).values(lease_until=None, attempts=uploads.c.attempts - 1))


def end_upload(db: Connection, organisation: int, upload: Upload) -> bool:
    """Remove a file that was read; with the last one its job is closed. Whether the lease was still good."""
    # Whoever ends files of one job does so one after the other, or none of them would see that his is the last one.
    db.execute(select(jobs.c.id).where(jobs.c.organisation_id == organisation, jobs.c.id == upload.job).with_for_update())
    is_held = db.execute(delete(uploads).where(_held(organisation, upload))).rowcount == 1
    left = db.scalar(select(func.count()).select_from(uploads).where(uploads.c.job_id == upload.job))
    if is_held and not left:
        close_job(db, organisation, upload.job)
    return is_held


def count_uploads(db: Connection, organisation: int | None = None) -> int:
    """How many files wait to be read or are being read: of an organisation, or of all together, for back-pressure."""
    query = select(func.count()).select_from(uploads)
    if organisation is not None:
        query = query.where(uploads.c.organisation_id == organisation)
    return db.execute(query).scalar_one()


def _held(organisation: int, upload: Upload) -> ColumnElement[bool]:
    c = uploads.c
    return and_(c.organisation_id == organisation, c.id == upload.id, c.lease_token == upload.token)
