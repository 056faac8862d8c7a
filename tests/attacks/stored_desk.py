"""The desk over a real store: what comes in is stored, scored and published there, and what is asked is answered from there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

import numpy as np

from cs_nlp.errors import InputError
from cs_nlp.pipeline.published import SeriesQuery, published_answers
from cs_nlp.pipeline.publishing import choose_rules, publish
from cs_nlp.pipeline.storing import refresh
from cs_nlp.records import Cell, Channel, Role, ScoredStatement, Statement, Totals, Transcript
from cs_nlp.signals.privacy_answers import Query
from cs_nlp.signals.privacy_plan import Rules
from cs_nlp.store import PersonScores, Result, Store, claim, ensure_organisation, erase_person, receive, write_results
from cs_nlp.taxonomy import CULTURES
from tests.attacks.desk import Told
from tests.store.samples import MODEL, call, score

LATER = date(2030, 1, 1)
BITS = 50
"""So many transcripts are told apart by one sum: the n-th adds 2 ** n to it, so a sum says exactly what it is made of."""


class StoredDesk:
    """Receives, publishes, answers and erases as `Desk` does under the plan.

    Args:
        store: where.
        name: of an organisation that is not there yet.
        rules: without groups of teams.
    """

    def __init__(self, store: Store, name: str, rules: Rules) -> None:
        self._store = store
        self._names: list[str] = []
        self._read: dict[str, Totals] = {}
        with store.writing() as db:
            self._org = ensure_organisation(db, name, b"check")
        choose_rules(store, self._org, rules)

    def receive(self, *rows: Totals) -> None:
        """Store transcripts of one speaker each, with their scores."""
        with self._store.writing() as db:
            for row in rows:
                self._read[row.transcript_id] = _marked(row, len(self._names))
                self._names.append(row.transcript_id)
                facts = {"team": row.team, "queue": row.queue, "started_at": row.started_at, "channel": row.channel, "zone": "UTC"}
                receive(db, self._org, call(row.transcript_id, *row.people, **facts))  # type: ignore[arg-type]
        while self._score():
            pass
        refresh(self._store, self._org)

    def erase(self, *people: str) -> None:
        """Erase people."""
        for one in people:
            with self._store.writing() as db:
                erase_person(db, self._org, one)

    def publish(self, today: date | None = None) -> None:
        """Publish on a day."""
        publish(self._store, self._org, now=datetime.combine(today or LATER, time(12), UTC))

    def ask(self, query: Query, zone: str | None = None) -> Iterator[Told]:
        """The buckets of an answer that are shown; nothing if the question is refused."""
        by = "week" if query.by == "all" else query.by
        asked = SeriesQuery(query.node[-1], by, query.start, query.end, zone, query.channel, query.queue)
        try:
            with self._store.reading() as db:
                found = published_answers(db, self._org, MODEL, asked, now=datetime.combine(LATER, time(12), UTC))
        except InputError:
            return
        for own in [found.whole] if query.by == "all" else found.buckets:
            if own.blocks:
                yield self._told(found.cells(own))

    def _told(self, cells: list[Cell]) -> Told:
        sums = np.sum([np.array(cell.sums) for cell in cells], axis=0).tolist()
        places = [BITS * place + bit for place, one in enumerate(sums) for bit in range(BITS) if int(one) >> bit & 1]
        return Told(frozenset(self._names[place] for place in places), np.sum([cell.counts for cell in cells], axis=0))

    def _score(self) -> bool:
        with self._store.writing() as db:
            claims = claim(db, self._org, "test")
            results = []
            for one in claims:
                row = self._read[one.transcript.id]
                (person,) = row.people
                results.append(Result(one.lease, (PersonScores(row, person, (_said(one.transcript, person),)),)))
            write_results(db, self._org, results, model=MODEL)
        return bool(claims)


def _marked(row: Totals, number: int) -> Totals:
    """The same counts; the sums say which transcript it is."""
    if number >= BITS * len(CULTURES):
        raise ValueError(f"a desk tells {BITS * len(CULTURES)} transcripts apart, and there are more")
    place, bit = divmod(number, BITS)
    return replace(row, sums=tuple(float(2**bit) if place == own else 0.0 for own in range(len(CULTURES))), model=MODEL)


def _said(transcript: Transcript, person: str) -> ScoredStatement:
    words = f"{transcript.id} says {person}"
    return ScoredStatement(Statement(transcript.id, 0, 0, len(words), Role.AGENT, words, None, person, Channel.CALL), score(words))
