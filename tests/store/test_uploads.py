"""Files of batches: one reader at a time, no step twice, and the job ends with its last file."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from cs_nlp.errors import StoreError
from cs_nlp.store import (
    Job,
    Store,
    Upload,
    advance_upload,
    claim_upload,
    count_uploads,
    end_upload,
    find_job,
    give_up_upload,
    make_job,
    put_upload,
)
from cs_nlp.store.uploads import MOST_ATTEMPTS

SHORT = timedelta(milliseconds=1)


@pytest.fixture
def job(store: Store, org: int) -> Job:
    """A job with two files."""
    with store.writing() as db:
        made = make_job(db, org)
        for place in range(2):
            put_upload(db, org, made.id, place, f"sealed {place}".encode())
    return made


def take(store: Store, org: int, lease: timedelta = timedelta(minutes=1)) -> Upload:
    """The next file."""
    with store.writing() as db:
        found = claim_upload(db, org, lease)
    assert found is not None
    return found


def test_each_file_is_read_by_one(store: Store, org: int, job: Job) -> None:
    assert [take(store, org).sealed, take(store, org).sealed] == [b"sealed 0", b"sealed 1"]
    with store.writing() as db:
        assert claim_upload(db, org) is None
        assert count_uploads(db, org) == count_uploads(db) == 2
    assert job.status == "queued"


def test_who_takes_over_goes_on_where_the_last_one_was_and_locks_him_out(store: Store, org: int, job: Job) -> None:
    lost = take(store, org, SHORT)
    with store.writing() as db:
        advance_upload(db, org, lost, 3)
    time.sleep(0.01)
    heir = take(store, org)

    assert (heir.id, heir.done, heir.job) == (lost.id, 3, job.id)
    with pytest.raises(StoreError, match="read by another process"), store.writing() as db:
        advance_upload(db, org, lost, 4)
    with store.writing() as db:
        assert not end_upload(db, org, lost)
        assert end_upload(db, org, heir)


def test_the_job_is_closed_with_its_last_file(store: Store, org: int, job: Job) -> None:
    closed = []
    for _ in range(2):
        upload = take(store, org)
        with store.writing() as db:
            end_upload(db, org, upload)
            found = find_job(db, org, job.uid)
        closed.append(found is not None and found.closed_at is not None)

    assert closed == [False, True]


def test_a_file_that_is_given_up_can_be_had_at_once_and_was_not_tried(store: Store, org: int, job: Job) -> None:  # noqa: ARG001 - its files
    for _ in range(2 * MOST_ATTEMPTS):
        upload = take(store, org)
        assert upload.place == 0
        with store.writing() as db:
            give_up_upload(db, org, upload)


def test_a_file_that_ends_the_process_again_and_again_becomes_an_error_of_its_job(store: Store, org: int, job: Job) -> None:
    for _ in range(MOST_ATTEMPTS):
        assert take(store, org, SHORT).place == 0
        time.sleep(0.01)

    assert take(store, org).place == 1
    with store.reading() as db:
        found = find_job(db, org, job.uid)
    assert found is not None
    assert found.counts["rejected"] == 1
    assert found.errors[0]["index"] == 0
