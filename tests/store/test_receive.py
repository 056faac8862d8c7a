"""The same transcript twice is one transcript; a new version takes the old one's place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cs_nlp.store import (
    Incoming,
    Outcome,
    Person,
    Selection,
    Store,
    count_states,
    find_transcript,
    list_people,
    list_transcripts,
    read_totals,
    statements_of,
)
from tests.store.samples import MONDAY, call, identity, keep, score_all, version


def outcomes(store: Store, org: int, *calls: Incoming) -> list[str]:
    """What became of each."""
    return [receipt.outcome.value for receipt in keep(store, org, *calls)]


def test_the_same_twice_is_stored_once(store: Store, org: int) -> None:
    first, second = keep(store, org, call("a"), call("a"))

    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.DUPLICATE)
    assert first.uid == second.uid


def test_the_same_words_at_the_same_time_under_another_id_are_a_duplicate(store: Store, org: int) -> None:
    assert outcomes(store, org, call("a", words="hello"), call("b", words="hello")) == ["new", "duplicate"]


def test_the_same_words_at_another_time_are_another_transcript(store: Store, org: int) -> None:
    later = call("b", words="hello", started_at=MONDAY + timedelta(minutes=1))

    assert outcomes(store, org, call("a", words="hello"), later) == ["new", "new"]


def test_the_same_words_without_a_time_are_a_duplicate(store: Store, org: int) -> None:
    assert outcomes(store, org, call("a", words="hello"), call("b", words="hello", started_at=None)) == ["new", "duplicate"]


def test_the_same_id_at_another_time_with_other_words_is_another_transcript(store: Store, org: int) -> None:
    next_week = version(call("1"), "other words", started_at=MONDAY + timedelta(days=7))

    assert outcomes(store, org, call("1"), next_week) == ["new", "new"]


def test_other_organisations_do_not_matter(store: Store, org: int, other: int) -> None:
    assert outcomes(store, org, call("a")) == outcomes(store, other, call("a")) == ["new"]


def test_a_new_version_is_scored_anew_and_counts_once(store: Store, org: int) -> None:
    first = call("a", "agent-ann")
    keep(store, org, first)
    score_all(store, org)
    with store.reading() as db:
        (old,) = read_totals(db, org)

    assert outcomes(store, org, version(first, "other words")) == ["replaced"]
    with store.reading() as db:
        assert read_totals(db, org) == [old]  # until the new one is there
        assert count_states(db, org)["received"] == 1
    assert score_all(store, org) == 1

    with store.reading() as db:
        (new,) = read_totals(db, org)
        said = statements_of(db, org, new.transcript_id)
    assert new.transcript_id == old.transcript_id
    assert new.sums != old.sums
    assert len(said) == new.n == 2


@pytest.mark.parametrize(
    "changed", [{"team": "south"}, {"queue": "mail"}, {"agent": "agent-bob"}, {"started_at": MONDAY + timedelta(days=1)}]
)
def test_other_facts_are_a_new_version(store: Store, org: int, changed: dict[str, object]) -> None:
    first = call("a")

    assert outcomes(store, org, first, version(first, "a", **changed)) == ["new", "replaced"]


@pytest.mark.parametrize("lost", ["team", "started_at"])
def test_the_same_words_read_without_their_side_file_change_nothing(store: Store, org: int, lost: str) -> None:
    first = call("a")

    assert outcomes(store, org, first, version(first, "a", **{lost: None})) == ["new", "duplicate"]


def test_a_side_file_that_comes_later_makes_a_new_version(store: Store, org: int) -> None:
    first = call("folder/recording", started_at=None, team=None)
    first = replace(first, identity=replace(first.identity, source_key="folder/recording@words"))
    later = call("recording", words="folder/recording")

    assert outcomes(store, org, first, later) == ["new", "replaced"]
    with store.reading() as db:
        (stored,) = list_transcripts(db, org)
    assert (stored.name, stored.team, stored.started_at) == ("recording", "north", MONDAY)


def test_a_version_with_the_words_of_another_transcript_counts_once(store: Store, org: int) -> None:
    first, second = call("a"), call("b")

    assert outcomes(store, org, first, second, version(second, "a")) == ["new", "new", "duplicate"]


def test_many_at_once_store_each_transcript_once(store: Store, org: int) -> None:
    calls = [call(f"c{n}", f"agent-{n}", agent=f"agent-{n}", joined_on=date(2026, 1, 1), team=f"team {n % 2}") for n in range(5)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda order: outcomes(store, org, *(calls[::-1] if order % 2 else calls)), range(4)))

    assert sorted(outcome for run in found for outcome in run) == ["duplicate"] * 15 + ["new"] * 5


def test_who_joined_when_is_kept(store: Store, org: int) -> None:
    keep(store, org, call("a", "agent-ann", agent="agent-ann", joined_on=date(2026, 5, 4)), call("b", "agent-ann", agent="agent-ann"))

    with store.reading() as db:
        assert list_people(db, org) == [Person("agent-ann", "north", date(2026, 5, 4))]


def test_facts_are_read_back(store: Store, org: int) -> None:
    (receipt,) = keep(store, org, call("a"))

    with store.reading() as db:
        (stored,) = list_transcripts(db, org)

    assert (stored.uid, stored.name, stored.team, stored.queue, stored.started_at) == (receipt.uid, "a", "north", "phone", MONDAY)
    assert (stored.state, stored.attempts, stored.model, stored.n_statements) == ("received", 0, "", 0)


def test_names_of_any_length_are_stored(store: Store, org: int) -> None:
    given = call("n" * 500, team="t" * 500, queue="q" * 500)
    given = replace(given, identity=replace(identity(given.transcript, "words"), source_key="short"))

    assert outcomes(store, org, given, given) == ["new", "duplicate"]


def test_names_with_characters_that_postgresql_refuses_are_stored_without_them(store: Store, org: int) -> None:
    given = call("a\0b\ud800", "agent-\0ann", team="no\0rth", queue="\udc00")

    assert outcomes(store, org, given, given) == ["new", "duplicate"]
    score_all(store, org)
    with store.reading() as db:
        (stored,) = list_transcripts(db, org, Selection(teams=("no\0rth",)))
        assert (stored.name, stored.team, stored.queue) == ("ab?", "north", "?")
        assert find_transcript(db, org, "\0") is None
