"""What is older than an organisation keeps it goes, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from cs_nlp.pipeline.retaining import erase_expired
from cs_nlp.store import Erased, Store, list_transcripts, retention_of, set_retention
from tests.store.samples import MONDAY, call, keep, score_all


def names(store: Store, org: int) -> set[str]:
    with store.reading() as db:
        return {row.name for row in list_transcripts(db, org)}


def test_what_is_older_goes_and_nothing_else(store: Store, org: int, other: int) -> None:
    for one in (org, other):
        keep(store, one, *(call(f"after {days}", started_at=MONDAY + timedelta(days=days)) for days in (0, 9, 10, 30)))
        score_all(store, one)
    assert erase_expired(store, org, MONDAY + timedelta(days=3650)) == Erased(0, 0)

    with store.writing() as db:
        set_retention(db, org, 30)
    assert erase_expired(store, org, MONDAY + timedelta(days=40)).transcripts == 2

    assert names(store, org) == {"after 10", "after 30"}
    assert len(names(store, other)) == 4
    assert erase_expired(store, org, MONDAY + timedelta(days=40)) == Erased(0, 0)


def test_retention_can_be_taken_back(store: Store, org: int) -> None:
    for days in (30, None):
        with store.writing() as db:
            set_retention(db, org, days)
        with store.reading() as db:
            assert retention_of(db, org) == days
