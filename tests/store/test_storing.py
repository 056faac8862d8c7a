"""From transcripts as they are read to figures in the database: nothing that names anybody is kept, and nothing counts twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cs_nlp.errors import StoreError
from cs_nlp.pipeline import Reading, score_transcripts, signals_of
from cs_nlp.pipeline.published import SeriesQuery, published_signals
from cs_nlp.pipeline.publishing import publish
from cs_nlp.pipeline.scoring import by_person, model_of, parts_of
from cs_nlp.pipeline.stored import other_models, stored_joining_days, stored_transcripts, stored_zones
from cs_nlp.pipeline.storing import Keeping, ingest, open_organisation, refresh, score_waiting
from cs_nlp.records import Channel, Role, Transcript, Turn, Withheld
from cs_nlp.redact import Redactor, pseudonym
from cs_nlp.scoring import Artefact, Classifier, Scores, load_classifier
from cs_nlp.store import (
    KeepText,
    Receipt,
    Store,
    count_states,
    list_people,
    list_teams,
    list_transcripts,
    read_cells,
    read_statements,
    read_totals,
    statements_of,
)
from tests.store.samples import MONDAY

KEEPING = Keeping("acme", b"a secret of enough bytes")
AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER


def talk(name: str, *turns: tuple[Role, str, str], **facts: object) -> Transcript:
    """A transcript of turns: role, speaker, words."""
    said = tuple(Turn(n, role, words, speaker) for n, (role, speaker, words) in enumerate(turns))
    whole = Transcript(name, said, "jsonl", "calls.jsonl", team="north", queue="phone", agent="Rosa Marchetti", started_at=MONDAY)
    return replace(whole, **facts)  # type: ignore[arg-type]


def sample(n: int = 0, **facts: object) -> Transcript:
    """A call with what must not be kept."""
    return talk(
        f"call-{n}",
        (CUSTOMER, "Tom Baxter", f"I bought it in zebratown number {n}. Nobody told me anything."),
        (CUSTOMER, "Tom Baxter", "My card is 4539 1488 0343 6467 and my name is Tom Baxter."),
        (AGENT, "Rosa Marchetti", f"Tom Baxter, that is number {n}. You should have read the terms, everybody else can read them."),
        (CUSTOMER, "Tom Baxter", "Call me on 07700 900123."),
        (AGENT, "Rosa Marchetti", "I am sorry, that was our mistake. I will call 07700 900123 myself and put this right today."),
        **facts,
    )


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    """A redactor for all tests: its model takes seconds to load."""
    return Redactor()


@pytest.fixture(scope="session")
def classifier(tiny_baseline: Path) -> Classifier:
    """A small classifier."""
    return load_classifier(tiny_baseline)


def put(store: Store, transcripts: Iterable[Transcript], redactor: Redactor, keeping: Keeping = KEEPING) -> list[Receipt]:
    """Store transcripts with redacted text."""
    return list(ingest(store, transcripts, keeping, redactor=redactor))


def score_all(store: Store, classifier: Classifier, keep: KeepText = KeepText.SIGNALS) -> int:
    """Score what waits; how many."""
    return sum(map(len, score_waiting(store, open_organisation(store, KEEPING), classifier, worker="test", keep=keep)))


def contents(store: Store) -> str:
    """All that any table holds, as text."""
    with store.reading() as db:
        names = db.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if store.is_sqlite
            else "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        )
        return "\n".join(str(db.exec_driver_sql(f"SELECT * FROM {name}").all()) for (name,) in names.all())  # noqa: S608 - from the catalogue


@pytest.mark.parametrize("keep", list(KeepText))
def test_nothing_that_names_anybody_is_ever_kept(store: Store, redactor: Redactor, classifier: Classifier, keep: KeepText) -> None:
    keeping = replace(KEEPING, text=keep)
    list(ingest(store, [sample()], keeping, redactor=redactor, classifier=classifier))
    before = contents(store)
    score_all(store, classifier, keep)

    for text in (before, contents(store)):
        for secret in ("Rosa", "Marchetti", "Tom", "Baxter", "4539", "07700"):
            assert secret not in text
        assert pseudonym("Rosa Marchetti", KEEPING.secret, "acme") in text


def test_customers_are_kept_only_as_what_was_said_before(store: Store, redactor: Redactor, classifier: Classifier) -> None:
    put(store, [sample()], redactor)
    assert "zebratown" not in contents(store)
    score_all(store, classifier, KeepText.ALL)

    assert "zebratown" not in contents(store)
    with store.reading() as db:
        texts = [one.scored.statement.text for one in read_statements(db, 1)]
    assert any("read the terms" in text for text in texts)


def test_nothing_that_was_said_is_kept_when_told_so(store: Store, classifier: Classifier) -> None:
    keeping = replace(KEEPING, text=KeepText.NONE)
    calls = [sample(n) for n in range(3)]

    assert [one.outcome for one in ingest(store, [*calls, calls[0]], keeping, classifier=classifier)] == ["new", "new", "new", "duplicate"]

    assert "terms" not in contents(store)
    with store.reading() as db:
        assert count_states(db, 1) == {"received": 0, "scoring": 0, "scored": 3, "failed": 0}
        rows = read_totals(db, 1)
    for row, scored in zip(rows, score_transcripts(calls, classifier), strict=True):
        assert (row.n, row.counts, row.model) == (scored.totals.n, scored.totals.counts, scored.totals.model)
        assert row.sums == pytest.approx(scored.totals.sums)


def test_offsets_are_those_of_the_turns_as_they_were_read(store: Store, redactor: Redactor, classifier: Classifier) -> None:
    call = sample()
    (receipt,) = put(store, [call], redactor)
    score_all(store, classifier, KeepText.ALL)

    with store.reading() as db:
        found = statements_of(db, 1, receipt.uid)
    for one in found:
        said = one.scored.statement
        original = call.turns[said.turn].text[said.start_char : said.end_char]
        if "[" in said.text:
            head, _, tail = said.text.partition("[")
            assert original.startswith(head)
            assert original.endswith(tail.partition("]")[2])
        else:
            assert original == said.text
    assert {one.scored.statement.turn for one in found} == {2, 4}


def test_ingesting_again_changes_nothing(store: Store, redactor: Redactor, classifier: Classifier) -> None:
    calls = [sample(n) for n in range(3)]
    first = put(store, calls, redactor)
    score_all(store, classifier)
    before = contents(store)

    assert [one.outcome for one in put(store, calls, redactor)] == ["duplicate"] * 3
    assert score_all(store, classifier) == 0
    assert contents(store) == before
    assert len({one.uid for one in first}) == 3


def test_a_call_named_by_its_part_is_of_its_agent(store: Store, redactor: Redactor, classifier: Classifier) -> None:
    unnamed = talk("a", (AGENT, "AGENT", "I will put this right today."), (AGENT, "Rosa Marchetti", "And I will call you back."))
    chat = talk("b", (Role.UNKNOWN, "Rosa Marchetti", "they never read anything"), channel=Channel.TEAM_CHAT, agent=None)
    nobody = talk("c", (AGENT, "Agent", "I can not do anything about that."), agent=None)
    put(store, [unnamed, chat, nobody], redactor)
    score_all(store, classifier)

    with store.reading() as db:
        people = [row.people for row in read_totals(db, 1)]
    rosa = frozenset({pseudonym("Rosa Marchetti", KEEPING.secret, "acme")})
    assert people[:2] == [rosa, rosa]
    assert people[2] & rosa == frozenset()
    with store.reading() as db:
        assert [one.pseudonym for one in list_people(db, 1)] == list(rosa)


def test_teams_and_zones_are_as_told(store: Store, redactor: Redactor) -> None:
    keeping = replace(KEEPING, team="unsorted", zone={"north": "Europe/London"})
    put(store, [sample(1), sample(2, team=None, joined_on=date(2026, 1, 5))], redactor, keeping)

    with store.reading() as db:
        assert [(team.name, team.zone) for team in list_teams(db, 1)] == [("north", "Europe/London"), ("unsorted", "UTC")]
        assert stored_zones(db, 1)["north"].key == "Europe/London"
        assert stored_joining_days(db, 1) == {"unsorted": {pseudonym("Rosa Marchetti", KEEPING.secret, "acme"): date(2026, 1, 5)}}


def test_stored_figures_are_those_of_the_files(store: Store, classifier: Classifier) -> None:
    names = ["Ann Lee", "Bob Ray", "Cem Oz", "Dee Fox", "Eve Moss", "Fay Bell"]
    calls = [sample(n, agent=names[n % 6], started_at=MONDAY + timedelta(days=n)) for n in range(28)]
    calls = [replace(one, turns=tuple(replace(turn, speaker=turn.role.value) for turn in one.turns)) for one in calls]
    list(ingest(store, calls, replace(KEEPING, text=KeepText.NONE), classifier=classifier))
    refresh(store, 1)
    publish(store, 1)
    options = Reading(by="week")

    with store.reading() as db:
        found = published_signals(db, 1, classifier.artefact, SeriesQuery("north"))
        scored = list(stored_transcripts(db, 1, classifier.artefact))
    expected = signals_of(score_transcripts(calls, classifier), classifier.artefact, options)

    assert any(signal.value is not None for signal in expected)
    for one, other in zip(signals_of(scored, classifier.artefact, options), expected, strict=True):
        assert replace(one, value=None, interval=None, plain=None) == replace(other, value=None, interval=None, plain=None)
        assert one.plain == pytest.approx(other.plain)
    for one, other in zip(found, expected, strict=True):
        assert (one.team, one.start, one.label, one.n_statements, one.withheld) == (
            *(other.team, other.start, other.label, other.n_statements, other.withheld),
        )
        assert one.value == pytest.approx(other.value, abs=1e-9)
    for item in scored:
        (part,) = parts_of(item.transcript, item.statements, item.totals.model)
        assert (part.n, part.counts, part.people) == (item.totals.n, item.totals.counts, item.totals.people)
        assert list(by_person(item.transcript, item.statements)) == list(part.people)


def test_transcripts_of_another_model_are_told_and_left_out(store: Store, redactor: Redactor, classifier: Classifier) -> None:
    put(store, [sample()], redactor)
    score_all(store, classifier)
    artefact = classifier.artefact
    other = Artefact(artefact.path, artefact.config.model_copy(update={"name": "other"}), artefact.evaluation)

    with store.reading() as db:
        assert {one.withheld for one in published_signals(db, 1, other, SeriesQuery("north"))} == {Withheld.NO_DATA}
        assert list(stored_transcripts(db, 1, other)) == []
        assert other_models(db, 1, other) == {model_of(artefact): 1}
        assert other_models(db, 1, artefact) == {}


def test_text_without_a_redactor_or_figures_without_a_classifier_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="a classifier is needed"):
        list(ingest(store, [sample()], replace(KEEPING, text=KeepText.NONE)))


def test_another_secret_is_refused_before_anything_is_stored(store: Store, redactor: Redactor) -> None:
    put(store, [sample(1)], redactor)

    with pytest.raises(StoreError, match="not the one that its pseudonyms were made with"):
        put(store, [sample(2)], redactor, replace(KEEPING, secret=b"another secret of enough bytes"))
    with store.reading() as db:
        assert len(list_transcripts(db, 1)) == 1


class Breaking:
    """A classifier that breaks off over a word, as a runtime without memory would."""

    def __init__(self, inner: Classifier, error: type[BaseException]) -> None:
        self._inner, self._error = inner, error

    @property
    def artefact(self) -> Artefact:
        return self._inner.artefact

    def score(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> Scores:
        if any("kaputt" in text for text in texts):
            raise self._error("with words of the transcript")
        return self._inner.score(texts, contexts)

    def embed(self, texts: Sequence[str]) -> object:
        return self._inner.embed(texts)


@pytest.mark.parametrize(("error", "attempts", "told"), [(RuntimeError, 1, "RuntimeError while scoring"), (KeyboardInterrupt, 0, None)])
def test_what_breaks_scoring_is_given_back(
    store: Store, redactor: Redactor, classifier: Classifier, error: type[BaseException], attempts: int, told: str | None
) -> None:
    put(store, [talk("bad", (AGENT, "Rosa Marchetti", "It is all kaputt here and always was."))], redactor)
    breaking: Classifier = Breaking(classifier, error)  # type: ignore[assignment]

    with pytest.raises(error):
        score_all(store, breaking)

    with store.reading() as db:
        (stored,) = list_transcripts(db, 1)
    assert (stored.state, stored.attempts, stored.error) == ("received", attempts, told)


def test_cells_are_kept_after_scoring(store: Store, redactor: Redactor, classifier: Classifier) -> None:
    put(store, [sample(n) for n in range(3)], redactor)
    score_all(store, classifier)

    with store.reading() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM stale_days").scalar_one() == 0
        assert db.exec_driver_sql("SELECT count(*) FROM cells").scalar_one() == len(read_cells(db, 1)) == 1
