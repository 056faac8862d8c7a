"""Statements are picked in the database: the surest of a culture, and those that nobody has labelled; and sums select transcripts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from cs_nlp.records import Annotation
from cs_nlp.store import (
    KeepText,
    KeptRules,
    Selection,
    Store,
    Sum,
    give_feedback,
    keep_rules,
    published_mark,
    read_statements,
    read_totals,
    read_unpublished,
    surest_statements,
    unlabelled_statements,
    write_sheets,
)
from cs_nlp.store.published_tables import published
from tests.store.samples import MODEL, call, keep, score_all

MONDAY, NEXT = date(2026, 6, 1), date(2026, 6, 8)


def fill(store: Store, org: int) -> None:
    keep(store, org, *(call(f"n{place}", "agent-ann", "agent-bob") for place in range(12)))
    score_all(store, org, text=KeepText.ALL)


def test_the_surest_statements_of_a_culture_come_first(store: Store, org: int) -> None:
    fill(store, org)

    with store.reading() as db:
        all_of_them = [one for one in read_statements(db, org) if one.scored.score.culture == "aggressive"]
        found = surest_statements(db, org, Selection(("north",)), "aggressive", 3)

    sureness = sorted((max(one.scored.score.probabilities) for one in all_of_them), reverse=True)
    assert [max(one.scored.score.probabilities) for one in found] == sureness[:3]
    assert {one.scored.score.culture for one in found} == {"aggressive"}


def test_what_nobody_labelled_comes_least_sure_first(store: Store, org: int) -> None:
    fill(store, org)
    with store.writing() as db:
        first, second = unlabelled_statements(db, org, among=1000, at_most=2)
        give_feedback(db, org, first, Annotation("none", None, (), "qa"))

    with store.reading() as db:
        left = unlabelled_statements(db, org, among=1000, at_most=1000)
        n = len(list(read_statements(db, org)))
        newest = unlabelled_statements(db, org, among=5, at_most=1000)

    sureness = [max(one.scored.score.probabilities) for one in left]
    assert (left[0].id, len(left), sureness) == (second.id, n - 1, sorted(sureness))
    assert len(newest) == 5
    assert min(one.id for one in newest) >= max(one.id for one in left) - 5


def test_transcripts_are_selected_by_the_published_sums_that_they_are_in(store: Store, org: int) -> None:
    fill(store, org)
    with store.writing() as db:
        assert published_mark(db, org) == ""
        keep_rules(db, org, KeptRules(1, "week", "queue"))
        ids = sorted({part.transcript for part in read_unpublished(db, org, date(2100, 1, 1))})
        row, part = Sum("north", MONDAY, NEXT, None, tuple(ids[:6])), Sum("north", MONDAY, NEXT, (None, "phone"), tuple(ids[:2]))
        write_sheets(db, org, MODEL, [[row, part]])
        rows = {is_slice: place for place, is_slice in db.execute(select(published.c.id, published.c.is_slice))}
        mark = published_mark(db, org)

    with store.reading() as db:
        sizes = [len(read_totals(db, org, Selection(("north",), sums=frozenset(sums)))) for sums in ((), (rows[False],), (rows[True],))]
        assert published_mark(db, org) == mark != ""

    assert sizes == [0, 6, 2]
