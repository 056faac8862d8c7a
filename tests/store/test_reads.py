"""What is read back is what was written, for the selection that was asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cs_nlp.pipeline.scoring import parts_of, totals_of
from cs_nlp.records import Channel, ScoredStatement
from cs_nlp.store import (
    KeepText,
    Person,
    Selection,
    Store,
    claim,
    count_models,
    find_statement,
    find_transcript,
    list_people,
    list_teams,
    list_transcripts,
    put_people,
    read_parts,
    read_statements,
    read_totals,
    statements_of,
    write_embeddings,
)
from cs_nlp.store.packing import pack_vector
from tests.store.samples import MODEL, MONDAY, call, keep, score, score_all, week_of_calls


def test_totals_are_those_of_the_whole_transcript_and_parts_those_of_its_people(store: Store, org: int) -> None:
    given = call("chat", "agent-ann", "agent-bob", channel=Channel.TEAM_CHAT, queue=None)
    keep(store, org, given)
    score_all(store, org)
    scored = [ScoredStatement(one, score(one.text)) for one in given.statements]

    with store.reading() as db:
        (whole,), parts = read_totals(db, org), read_parts(db, org)

    expected = totals_of(given.transcript, scored, MODEL)
    for name in ("team", "started_at", "channel", "queue", "people", "n", "counts", "driver_counts", "model"):
        assert getattr(whole, name) == getattr(expected, name)
    for name in ("sums", "confidence", "driver_sums"):
        assert getattr(whole, name) == pytest.approx(getattr(expected, name), rel=1e-12)
    assert [(part.people, part.n, part.counts, part.sums, part.confidence, part.driver_sums) for part in parts] == [
        (part.people, part.n, part.counts, part.sums, part.confidence, part.driver_sums)
        for part in parts_of(given.transcript, scored, MODEL)
    ]


def test_who_has_no_name_is_one_person_a_transcript(store: Store, org: int) -> None:
    keep(store, org, call("a", None, "agent-ann"), call("b", None))
    score_all(store, org)

    with store.reading() as db:
        people = [row.people for row in read_totals(db, org)]
        assert [person.pseudonym for person in list_people(db, org)] == ["agent-ann"]
    assert len(people[0]) == 2
    assert len(frozenset().union(*people)) == 3


@pytest.mark.parametrize(
    ("selection", "n"),
    [
        (Selection(), 31),
        (Selection(teams=("north", "south")), 30),
        (Selection(teams=("",)), 1),
        (Selection(start=MONDAY.date(), end=date(2026, 6, 2)), 6),
        (Selection(channel=Channel.TEAM_CHAT), 7),
        (Selection(queue="phone"), 17),
        (Selection(queue=""), 14),
        (Selection(model="none"), 0),
    ],
)
def test_a_selection_selects(store: Store, org: int, selection: Selection, n: int) -> None:
    keep(store, org, *week_of_calls())
    score_all(store, org)

    with store.reading() as db:
        assert len(read_totals(db, org, selection)) == n
        assert len(list_transcripts(db, org, selection)) == n
        assert sum(count_models(db, org, selection).values()) == n


def test_statements_are_read_back_with_their_scores(store: Store, org: int) -> None:
    given = call("a", "agent-ann", None)
    keep(store, org, given)
    score_all(store, org, text=KeepText.ALL)

    with store.reading() as db:
        found = list(read_statements(db, org))
        (transcript,) = list_transcripts(db, org)

        assert found == statements_of(db, org, transcript.uid)
        assert find_statement(db, org, found[1].id) == found[1]
        assert find_statement(db, org, 10**9) is None
        assert find_transcript(db, org, transcript.uid) == transcript
        assert find_transcript(db, org, "tr_unknown") is None
    assert [one.scored.score for one in found] == [score(one.text) for one in given.statements]
    for one, said in zip(found, given.statements, strict=True):
        kept = one.scored.statement
        assert (kept.text, kept.context, kept.speaker, kept.turn, kept.start_char, kept.end_char) == (
            *(said.text, said.context, said.speaker, said.turn, said.start_char, said.end_char),
        )
        assert (one.transcript, one.team, one.day, one.model, one.embedding) == ("a", "north", MONDAY.date(), MODEL, None)


def test_statements_of_one_culture(store: Store, org: int) -> None:
    keep(store, org, *week_of_calls())
    score_all(store, org)

    with store.reading() as db:
        everything = list(read_statements(db, org, only_text=False))
        chosen = list(read_statements(db, org, Selection(("north",)), culture="submissive"))
    expected = [one for one in everything if one.scored.score.culture == "submissive" and one.team == "north"]
    assert chosen == expected != []


def test_embeddings_are_kept_beside_statements(store: Store, org: int) -> None:
    keep(store, org, call("a", *["agent-ann"] * 4))
    score_all(store, org)
    vector = pack_vector([0.5, -0.25])
    with store.writing() as db:
        first = next(read_statements(db, org))
        write_embeddings(db, org, {first.id: vector})

        assert [one.embedding for one in read_statements(db, org)][:2] == [vector, None]


def test_pages_follow_one_another(store: Store, org: int) -> None:
    keep(store, org, *(call(f"c{n}") for n in range(7)))
    score_all(store, org)
    keep(store, org, call("waits"))
    pages, after = [], 0
    with store.reading() as db:
        while page := list_transcripts(db, org, after=after, limit=3):
            pages.append([one.name for one in page])
            after = page[-1].id
        waiting = list_transcripts(db, org, state="received")

    assert pages == [["c0", "c1", "c2"], ["c3", "c4", "c5"], ["c6", "waits"]]
    assert [one.name for one in waiting] == ["waits"]


def test_people_are_put_and_listed(store: Store, org: int) -> None:
    ann, bob = Person("agent-ann", "north", date(2026, 1, 5)), Person("agent-bob", "south")
    with store.writing() as db:
        assert put_people(db, org, [ann, bob], "Europe/London") == 2
        put_people(db, org, [Person("agent-ann"), Person("agent-bob", joined_on=date(2026, 2, 2)), Person("agent-cem")], "UTC")

        known = [ann, Person("agent-bob", "south", date(2026, 2, 2)), Person("agent-cem")]
        assert sorted(list_people(db, org), key=lambda one: one.pseudonym) == known
        assert list_people(db, org, "north") == [ann]
        assert [(team.name, team.zone) for team in list_teams(db, org)] == [("north", "Europe/London"), ("south", "Europe/London")]


def test_who_speaks_first_for_a_team_is_of_that_team(store: Store, org: int) -> None:
    keep(store, org, call("a", "agent-ann", team="north"), call("b", "agent-ann", team="south", started_at=MONDAY + timedelta(days=1)))
    score_all(store, org)

    with store.reading() as db:
        (ann,) = list_people(db, org)
    assert ann.team in {"north", "south"}


def test_a_waiting_transcript_has_no_figures(store: Store, org: int) -> None:
    keep(store, org, call("a"))
    with store.writing() as db:
        claim(db, org, "w")

        assert read_totals(db, org) == []
        assert list(read_statements(db, org, only_text=False)) == []
