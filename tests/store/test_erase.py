"""An erasure changes every figure that it should and no other: as if the erased had never come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from cs_nlp.records import Annotation, Channel
from cs_nlp.store import (
    Erased,
    Incoming,
    Store,
    count_before,
    erase_before,
    erase_person,
    erase_transcripts,
    give_feedback,
    list_people,
    list_transcripts,
    read_cells,
    read_feedback,
    read_parts,
    read_statements,
)
from cs_nlp.store.tables import people, stale_days
from tests.store.samples import MONDAY, call, keep, score_all, week_of_calls
from tests.store.test_cells import assert_cells_are_totals, refresh

Erase = Callable[[Connection, int], Erased]


def figures(store: Store, org: int) -> list[tuple[Any, ...]]:
    """All figures and quotes that can be read of an organisation, without ids."""
    with store.reading() as db:
        names = {row.uid: row.name for row in list_transcripts(db, org, limit=1000)}
        parts = [replace(row, transcript_id=names[row.transcript_id]) for row in read_parts(db, org)]
        parts = [replace(row, people=frozenset("-" if "transcript" in one else one for one in row.people)) for row in parts]
        cells = [
            replace(cell, people=frozenset("-" if "transcript" in one else one for one in cell.people)) for cell in read_cells(db, org)
        ]
        quotes = [(one.transcript, one.team, one.day, one.scored.score, one.scored.statement.text) for one in read_statements(db, org)]
        return [("parts", *parts), ("cells", *cells), ("quotes", *quotes)]


def without_person(calls: list[Incoming], person: str) -> list[Incoming]:
    """The same transcripts, had the person said nothing."""
    return [replace(one, statements=tuple(item for item in one.statements if item.speaker != person)) for one in calls]


ERASURES: dict[str, tuple[Erase, Callable[[list[Incoming]], list[Incoming]]]] = {
    "a person": (lambda db, org: erase_person(db, org, "agent-bob"), lambda calls: without_person(calls, "agent-bob")),
    "transcripts": (
        lambda db, org: erase_transcripts(db, org, ["n3", "c5", "nobody's"]),
        lambda calls: [one for one in calls if one.transcript.id not in {"n3", "c5"}],
    ),
    "what is old": (
        lambda db, org: erase_before(db, org, date(2026, 6, 4)),
        lambda calls: [one for one in calls if one.transcript.started_at is None or one.transcript.started_at.day >= 4],
    ),
}


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("what", ERASURES)
def test_figures_are_those_of_a_database_that_never_had_it(store: Store, org: int, other: int, what: str, *, is_kept: bool) -> None:
    erase, never = ERASURES[what]
    calls = week_of_calls()
    keep(store, org, *calls)
    keep(store, other, *never(calls))
    score_all(store, org)
    score_all(store, other)
    if is_kept:
        refresh(store, org)
    before = figures(store, other)

    with store.writing() as db:
        erased = erase(db, org)

    assert erased.transcripts > 0
    assert figures(store, org) == before == figures(store, other)
    assert_cells_are_totals(store, org)
    with store.reading() as db:
        kept = db.execute(select(stale_days.c.day).where(stale_days.c.organisation_id == org)).all()
    assert not (is_kept and kept)  # what was fresh stays so


@pytest.mark.parametrize("what", ERASURES)
def test_what_waits_is_erased_too(store: Store, org: int, other: int, what: str) -> None:
    erase, never = ERASURES[what]
    calls = week_of_calls()
    keep(store, org, *calls)
    keep(store, other, *never(calls))
    with store.writing() as db:
        erase(db, org)

    score_all(store, org)
    score_all(store, other)

    assert figures(store, org) == figures(store, other)


def test_how_much_was_erased_is_told(store: Store, org: int) -> None:
    keep(store, org, *week_of_calls())
    score_all(store, org)

    with store.writing() as db:
        assert erase_person(db, org, "agent-dee") == Erased(7, 14)
        assert erase_person(db, org, "agent-dee") == Erased(0, 0)
        assert erase_transcripts(db, org, ["n0"]) == Erased(1, 2)
        assert erase_transcripts(db, org, []) == Erased(0, 0)


def test_nobody_knows_an_erased_person(store: Store, org: int) -> None:
    keep(store, org, call("a", "agent-ann", "agent-bob", agent="agent-bob", joined_on=date(2026, 1, 1)))
    score_all(store, org)

    with store.writing() as db:
        erase_person(db, org, "agent-bob")

    with store.reading() as db:
        assert [one.pseudonym for one in list_people(db, org)] == ["agent-ann"]
        assert db.scalars(select(people.c.pseudonym)).all() == ["agent-ann"]


def test_what_others_replied_to_a_person_is_no_longer_shown(store: Store, org: int) -> None:
    chat = call("chat", *("agent-ann", "agent-bob") * 8, channel=Channel.TEAM_CHAT)
    keep(store, org, chat, call("elsewhere", *["agent-ann"] * 10, started_at=MONDAY + timedelta(days=1)))
    score_all(store, org)

    with store.writing() as db:
        erase_person(db, org, "agent-bob")

    with store.reading() as db:
        contexts = {one.transcript: one.scored.statement.context for one in read_statements(db, org)}
    assert contexts["chat"] is None
    assert contexts["elsewhere"] is not None


def test_feedback_goes_with_who_said_it(store: Store, org: int) -> None:
    keep(store, org, *(call(f"c{n}", "agent-ann", "agent-bob") for n in range(8)))
    score_all(store, org)
    with store.writing() as db:
        for one in list(read_statements(db, org)):
            give_feedback(db, org, one, Annotation("none", None, (), "qa"))
        speakers = {one.scored.statement.text: one.scored.statement.speaker for one in read_statements(db, org)}
        assert set(speakers.values()) == {"agent-ann", "agent-bob"}
        erase_person(db, org, "agent-bob")
        erase_transcripts(db, org, ["c0"])

    with store.reading() as db:
        left = list(read_feedback(db, org))
    assert {speakers[one.text] for one in left} == {"agent-ann"}
    assert [one.text for one in left] == [text for text, who in speakers.items() if who == "agent-ann" and not text.startswith("c0")]
    assert {one.context for one in left} == {None}


def test_what_has_no_time_goes_by_when_it_came_in(store: Store, org: int) -> None:
    keep(store, org, call("a", started_at=None))
    today = datetime.now(UTC).date()

    with store.writing() as db:
        assert erase_before(db, org, today).transcripts == 0
        assert count_before(db, org, today + timedelta(days=1)) == 1
        assert erase_before(db, org, today + timedelta(days=1)).transcripts == 1


def test_erasing_in_an_organisation_leaves_the_others_as_they_are(store: Store, org: int, other: int) -> None:
    for one in (org, other):
        keep(store, one, *week_of_calls())
        score_all(store, one)
    before = figures(store, other)

    for erase, _ in ERASURES.values():
        with store.writing() as db:
            erase(db, org)

    assert figures(store, other) == before
    assert figures(store, org) != before


@pytest.mark.parametrize("nowhere", ["sqlite"], indirect=True)
@pytest.mark.parametrize("erase", [lambda db, org: erase_person(db, org, "agent-ann"), lambda db, org: erase_transcripts(db, org, ["c0"])])
def test_erased_words_are_in_none_of_the_files(store: Store, org: int, erase: Erase) -> None:
    keep(store, org, call("c0", *["agent-ann"] * 20, words="SECRETWORD"), *(call(f"c{n}", *["agent-bob"] * 20) for n in range(1, 9)))
    score_all(store, org)
    assert store.path is not None
    folder = store.path.parent
    assert any(b"SECRETWORD" in path.read_bytes() for path in folder.iterdir())

    with store.writing() as db:
        erase(db, org)
    store.tidy()

    assert not any(b"SECRETWORD" in path.read_bytes() for path in folder.iterdir())
