"""A claim is one worker's until its lease ends; nothing is lost and nothing is written twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from cs_nlp.store import (
    Claim,
    KeepText,
    Store,
    claim,
    count_states,
    count_waiting,
    erase_person,
    erase_transcripts,
    give_back,
    list_transcripts,
    next_free,
    read_totals,
    requeue,
    write_results,
)
from cs_nlp.store.claims import MOST_ATTEMPTS
from tests.store.samples import MODEL, call, keep, result, score_all, version

NOW = timedelta(0)


def take(store: Store, org: int, worker: str = "w", *, at_most: int = 32, lease: timedelta = timedelta(minutes=5)) -> list[Claim]:
    """Claim in a transaction of its own."""
    with store.writing() as db:
        return claim(db, org, worker, at_most=at_most, lease=lease)


def write(store: Store, org: int, *claims: Claim) -> int:
    """Write made-up scores of claims; how many were written."""
    results = [result(one.lease, one.transcript, one.statements) for one in claims]
    with store.writing() as db:
        return len(write_results(db, org, results, model=MODEL))


def test_the_oldest_are_claimed_first_and_only_once(store: Store, org: int) -> None:
    keep(store, org, *(call(f"c{n}") for n in range(5)))

    assert [one.transcript.id for one in take(store, org, at_most=2)] == ["c0", "c1"]
    assert [one.transcript.id for one in take(store, org)] == ["c2", "c3", "c4"]
    assert take(store, org) == []


def test_a_claim_gives_what_came_in(store: Store, org: int) -> None:
    given = call("a", "agent-ann", None)
    keep(store, org, given)

    (found,) = take(store, org)

    assert found.statements == given.statements
    assert (found.transcript.team, found.transcript.queue, found.transcript.started_at) == ("north", "phone", given.transcript.started_at)


def test_workers_at_the_same_time_never_claim_the_same(store: Store, org: int) -> None:
    keep(store, org, *(call(f"c{n}") for n in range(40)))

    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda n: [one.lease.id for one in take(store, org, f"w{n}", at_most=5)], range(8)))

    ids = [one for own in claimed for one in own]
    assert len(ids) == len(set(ids)) == 40


def test_a_lease_that_ended_can_be_claimed_by_another(store: Store, org: int) -> None:
    keep(store, org, call("a"))
    (first,) = take(store, org, lease=NOW)
    (second,) = take(store, org)

    assert first.lease.id == second.lease.id
    assert write(store, org, first) == 0
    assert write(store, org, second) == 1
    assert write(store, org, second) == 0
    with store.reading() as db:
        assert [row.n for row in read_totals(db, org)] == [2]


def test_who_has_the_last_lease_writes_even_late(store: Store, org: int) -> None:
    keep(store, org, call("a"))
    (only,) = take(store, org, lease=NOW)

    assert write(store, org, only) == 1


def test_nothing_of_a_transaction_that_fails_is_written(store: Store, org: int) -> None:
    keep(store, org, call("a"), call("b"))
    claims = take(store, org)

    def fail_after_writing() -> None:
        with store.writing() as db:
            write_results(db, org, [result(one.lease, one.transcript, one.statements) for one in claims], model=MODEL)
            raise KeyError

    with pytest.raises(KeyError):
        fail_after_writing()

    with store.reading() as db:
        assert count_states(db, org) == {"received": 0, "scoring": 2, "scored": 0, "failed": 0}
        assert read_totals(db, org) == []
    assert write(store, org, *claims) == 2


def test_what_was_tried_before_is_claimed_alone(store: Store, org: int) -> None:
    keep(store, org, *(call(f"c{n}") for n in range(3)))
    take(store, org, lease=NOW)
    keep(store, org, call("new"))

    claimed = [[one.transcript.id for one in take(store, org)] for _ in range(4)]

    assert claimed == [["c0"], ["c1"], ["c2"], ["new"]]


def test_what_ends_the_process_again_and_again_fails_alone(store: Store, org: int) -> None:
    keep(store, org, call("poison"), call("good"))
    for _ in range(MOST_ATTEMPTS):  # each time the process dies over the first one, its lease ends
        assert take(store, org, lease=NOW)[0].transcript.id == "poison"

    assert score_all(store, org) == 1
    with store.reading() as db:
        poison, good = list_transcripts(db, org)
    assert (poison.state, good.state) == ("failed", "scored")
    assert f"{MOST_ATTEMPTS} times" in str(poison.error)


def test_an_error_is_tried_again_and_then_stands(store: Store, org: int) -> None:
    keep(store, org, call("a"))
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with store.writing() as db:
            db.exec_driver_sql("UPDATE transcripts SET lease_until = NULL")  # the pause is over
        (one,) = take(store, org)
        with store.writing() as db:
            assert give_back(db, org, one.lease, "ValueError while scoring")
        with store.reading() as db:
            (stored,) = list_transcripts(db, org)
        assert (stored.attempts, stored.error) == (attempt, "ValueError while scoring")
        assert stored.state == ("failed" if attempt == MOST_ATTEMPTS else "received")
        assert take(store, org) == []  # not at once


def test_a_worker_that_stops_leaves_no_trace(store: Store, org: int) -> None:
    keep(store, org, call("a"), call("b"))
    claims = take(store, org)
    with store.writing() as db:
        assert all(give_back(db, org, one.lease) for one in claims)

    assert len(take(store, org)) == 2  # together, so neither counts as tried


@pytest.mark.parametrize("what", ["version", "transcript", "person"])
def test_who_scores_something_that_is_gone_can_not_write_it(store: Store, org: int, what: str) -> None:
    given = call("a", "agent-ann", "agent-bob")
    keep(store, org, given)
    (old,) = take(store, org)
    if what == "version":
        keep(store, org, version(given, "new words"))
    with store.writing() as db:
        if what == "transcript":
            erase_transcripts(db, org, ["a"])
        elif what == "person":
            erase_person(db, org, "agent-ann")

    assert write(store, org, old) == 0
    assert score_all(store, org) == (0 if what == "transcript" else 1)
    with store.reading() as db:
        people = frozenset[str]().union(*(row.people for row in read_totals(db, org)))
    assert people == {"version": {"agent-ann", "agent-bob"}, "transcript": set(), "person": {"agent-bob"}}[what]


def test_waiting_is_counted(store: Store, org: int, other: int) -> None:
    keep(store, org, call("a"), call("b"))
    keep(store, other, call("c"))
    take(store, org, at_most=1)

    with store.reading() as db:
        assert (count_waiting(db, org), count_waiting(db, other), count_waiting(db)) == (2, 1, 3)


def test_the_next_free_one_is_told(store: Store, org: int) -> None:
    with store.reading() as db:
        assert next_free(db, org) is None
    keep(store, org, call("a"))
    take(store, org, lease=timedelta(hours=1))

    with store.reading() as db:
        (stored,) = list_transcripts(db, org)
        soon = next_free(db, org)
    assert soon is not None
    assert timedelta(minutes=59) < soon - stored.received_at < timedelta(minutes=61)


@pytest.mark.parametrize(("text", "kept"), [(KeepText.NONE, 0.0), (KeepText.ALL, 1.0)])
def test_text_is_kept_as_asked(store: Store, org: int, text: KeepText, kept: float) -> None:
    keep(store, org, *(call(f"c{n}") for n in range(5)))
    score_all(store, org, text=text)

    with store.reading() as db:
        rows = db.exec_driver_sql("SELECT culture, text, context FROM statements").all()
    assert [row.text is not None for row in rows] == [row.context is not None for row in rows] == [bool(kept)] * 10


def test_by_default_only_statements_with_a_culture_keep_their_text(store: Store, org: int) -> None:
    keep(store, org, *(call(f"c{n}") for n in range(20)))
    score_all(store, org)

    with store.reading() as db:
        rows = db.exec_driver_sql("SELECT culture, text, context FROM statements").all()
        waiting = db.exec_driver_sql("SELECT count(*) FROM inputs").scalar_one()
    assert {row.culture == "none" for row in rows} == {True, False}
    assert all((row.text is None) == (row.context is None) == (row.culture == "none") for row in rows)
    assert waiting == 0


def test_another_model_scores_again_where_all_text_was_kept(store: Store, org: int) -> None:
    given = call("kept", "agent-ann", None)
    keep(store, org, given)
    score_all(store, org, text=KeepText.ALL)
    keep(store, org, *(call(f"c{n}") for n in range(9)))
    score_all(store, org)
    with store.reading() as db:
        before = read_totals(db, org)

    with store.writing() as db:
        assert requeue(db, org, MODEL) == 0
        assert requeue(db, org, "newer@1") == 1 + sum(row.counts[-1] == 0 for row in before[1:])
    with store.reading() as db:
        assert read_totals(db, org) == before
    (again, *_) = take(store, org, at_most=1)

    assert again.statements == given.statements
    assert score_all(store, org, model="newer@1") == sum(row.counts[-1] == 0 for row in before[1:])
    with store.writing() as db:
        assert write_results(db, org, [result(again.lease, again.transcript, again.statements)], model="newer@1") == [again.lease]
        after = read_totals(db, org)
    assert [row.sums for row in after] == [row.sums for row in before]
    assert {row.model for row in after} == {MODEL, "newer@1"}
    assert after[0].model == "newer@1"
