"""Batches: their files are put in sealed, read in the background by whoever claims them, and every item is counted once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from cs_nlp.errors import InputError, UnknownFormatError
from cs_nlp.pipeline.items import Item, Seal, readings, with_id
from cs_nlp.pipeline.storing import WayIn
from cs_nlp.records import Transcript
from cs_nlp.store import (
    Job,
    Receipt,
    Store,
    Upload,
    advance_upload,
    claim_upload,
    count_errors,
    count_item,
    end_upload,
    give_up_upload,
    make_job,
    put_upload,
)
from cs_nlp.store.uploads import LEASE

Step = Transcript | list[InputError]
_ERRORS_A_STEP: Final = 200
_DETAIL: Final = 1000


def begin_batch(store: Store, organisation: int, items: Sequence[Item], seal: Seal) -> Job:
    """Take in the files of a batch, all or none: from then on it is read whatever happens to this process."""
    sealed = [seal.close(item, organisation) for item in items]
    with store.writing() as db:
        job = make_job(db, organisation)
        for place, one in enumerate(sealed):
            put_upload(db, organisation, job.id, place, one)
    return job


def read_waiting(way_in: WayIn, seal: Seal, *, lease: timedelta = LEASE, stopping: Callable[[], bool] = lambda: False) -> Iterator[int]:
    """Read the files of batches that wait until nothing more can be claimed; others may do the same at the same time.

    Args:
        way_in: where the transcripts go.
        seal: opens the files.
        lease: how long a step may take before others take it for lost.
        stopping: whether to leave the rest to others.

    Yields:
        How many transcripts and errors each claimed file gave, those before a takeover left out.
    """
    store, organisation = way_in.store, way_in.organisation
    while not stopping():
        with store.writing() as db:
            upload = claim_upload(db, organisation, lease)
        if upload is None:
            return
        begun = upload.done
        for done, step in enumerate(_steps(seal.open(upload.sealed, organisation)), start=1):
            if done > begun:
                upload = _take(way_in, upload, step, done)
            if stopping():
                with store.writing() as db:
                    give_up_upload(db, organisation, upload)
                return
        with store.writing() as db:
            end_upload(db, organisation, upload)
        yield upload.done - begun


def _steps(item: Item) -> Iterator[Step]:
    """The transcripts and errors of a file, in an order that is always the same; errors that follow one another come together."""
    n = 0
    errors: list[InputError] = []
    try:
        for reading in readings(item):
            for transcript in reading:
                if errors:
                    yield errors
                    errors = []
                n += 1
                yield with_id(transcript, item, n)
            if reading.error is not None:
                errors = [*errors, reading.error]
            if len(errors) >= _ERRORS_A_STEP:
                yield errors
                errors = []
    except InputError as error:
        errors = [*errors, error]
    if errors:
        yield errors


def _take(way_in: WayIn, upload: Upload, step: Step, done: int) -> Upload:
    """Store what a step gave, together with how far the reading has come."""
    advanced = upload

    def count(db: Connection, receipt: Receipt) -> None:
        nonlocal advanced
        count_item(db, way_in.organisation, upload.job, receipt.outcome)
        advanced = advance_upload(db, way_in.organisation, upload, done)

    if isinstance(step, Transcript):
        way_in.take(step, upload.job, count)
        return advanced
    with way_in.store.writing() as db:
        count_errors(db, way_in.organisation, upload.job, [_told(upload, one) for one in step])
        return advance_upload(db, way_in.organisation, upload, done)


def _told(upload: Upload, error: InputError) -> dict[str, object]:
    kind = "unknown-format" if isinstance(error, UnknownFormatError) else "unreadable-transcript"
    path, line = getattr(error, "path", None), getattr(error, "line", None)
    detail = getattr(error, "problem", str(error))[:_DETAIL]
    return {"index": upload.place, "file": str(path or "")[:_DETAIL], "line": line, "type": kind, "detail": detail}
