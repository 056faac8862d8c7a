"""Statements read back: what was said, redacted, with its score."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, exists, select

from cs_nlp.records import Channel, Role, ScoredStatement, Statement
from cs_nlp.store.columns import UNDATED
from cs_nlp.store.dialect import AnyRow, AnySelect
from cs_nlp.store.packing import unpack_score
from cs_nlp.store.selection import EVERYTHING, Selection
from cs_nlp.store.service_tables import feedback
from cs_nlp.store.tables import people, statements, teams, totals, transcripts

ROWS_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A scored statement as it is stored.

    Attributes:
        id: for feedback on it, and for its embedding.
        scored: the statement; its `transcript_id` is the transcript's uid, its speaker a pseudonym, its text "" where that was not kept.
        transcript: id that the platform gave, or that was made from the file's name.
        team: its team, "" for none; day: of the transcript's start, in the team's zone, or None.
        day: as above.
        model: that scored it.
        embedding: as it was written, or None.
    """

    id: int
    scored: ScoredStatement
    transcript: str
    team: str
    day: date | None
    model: str
    embedding: bytes | None


def read_statements(
    db: Connection, organisation: int, selection: Selection = EVERYTHING, *, culture: str | None = None, only_text: bool = True
) -> Iterator[StoredStatement]:
    """The statements of the selected transcripts, transcript by transcript, in order of speech. Few at a time are in memory.

    Args:
        db: a transaction that reads; it must last as long as the reading.
        organisation: whose.
        selection: which transcripts.
        culture: only those labelled with this culture.
        only_text: leave out those whose text was not kept.
    """
    conditions = [selection.condition(transcripts, selection.teams_of(db, organisation))]
    if culture is not None:
        conditions.append(statements.c.culture == culture)
    if only_text:
        conditions.append(statements.c.text.is_not(None))
    query = _query(organisation).where(*conditions).order_by(transcripts.c.id, statements.c.turn, statements.c.start_char)
    with db.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}) as rows:
        for row in rows:
            yield _record(row)


def statements_of(db: Connection, organisation: int, uid: str) -> list[StoredStatement]:
    """All statements of one transcript, in order; empty where there is no such transcript."""
    query = _query(organisation).where(transcripts.c.uid == uid).order_by(statements.c.turn, statements.c.start_char)
    return [_record(row) for row in db.execute(query)]


def find_statement(db: Connection, organisation: int, statement: int) -> StoredStatement | None:
    """One statement by its id, or None."""
    row = db.execute(_query(organisation).where(statements.c.id == statement)).one_or_none()
    return None if row is None else _record(row)


def surest_statements(db: Connection, organisation: int, selection: Selection, culture: str, at_most: int) -> list[StoredStatement]:
    """The statements with text of the selected transcripts that most probably carry a culture, the surest first.

    Args:
        db: a transaction that reads.
        organisation: whose.
        selection: which transcripts.
        culture: which.
        at_most: how many.
    """
    wanted = selection.condition(transcripts, selection.teams_of(db, organisation))
    query = _query(organisation).where(wanted, statements.c.culture == culture, statements.c.text.is_not(None))
    return [_record(row) for row in db.execute(query.order_by(statements.c.confidence.desc(), statements.c.id).limit(at_most))]


def texts_kept(db: Connection, organisation: int, selection: Selection, texts: Collection[str]) -> set[str]:
    """Those of some texts that are the whole text of a statement of the selected transcripts."""
    query = select(statements.c.text).join(totals, totals.c.id == statements.c.totals_id)
    query = query.join(transcripts, transcripts.c.id == totals.c.transcript_id).where(transcripts.c.organisation_id == organisation)
    wanted = selection.condition(transcripts, selection.teams_of(db, organisation))
    return set(db.scalars(query.where(wanted, statements.c.text.in_(list(texts)))))


def unlabelled_statements(
    db: Connection, organisation: int, selection: Selection = EVERYTHING, *, among: int, at_most: int
) -> list[StoredStatement]:
    """Statements with text to which nobody has given a label, those first of which the classifier is least sure.

    Args:
        db: a transaction that reads.
        organisation: whose.
        selection: which transcripts.
        among: of so many of the newest ones.
        at_most: how many.
    """
    said, given = statements.c, feedback.c
    same = (given.transcript_id == transcripts.c.id) & (given.turn == said.turn) & (given.start_char == said.start_char)
    wanted = selection.condition(transcripts, selection.teams_of(db, organisation))
    newest = select(said.id).join(totals, totals.c.id == said.totals_id).join(transcripts, transcripts.c.id == totals.c.transcript_id)
    newest = newest.where(transcripts.c.organisation_id == organisation, wanted, said.text.is_not(None), ~exists().where(same))
    chosen = newest.order_by(said.id.desc()).limit(among).subquery()
    query = _query(organisation).where(said.id.in_(select(chosen.c.id))).order_by(said.confidence, said.id).limit(at_most)
    return [_record(row) for row in db.execute(query)]


def _query(organisation: int) -> AnySelect:
    c = transcripts.c
    query = select(statements, c.uid, c.name, c.day, c.channel, c.model, teams.c.name.label("team"), people.c.pseudonym)
    query = query.join(totals, totals.c.id == statements.c.totals_id).join(transcripts, c.id == totals.c.transcript_id)
    query = query.join(teams, teams.c.id == c.team_id).outerjoin(people, people.c.id == totals.c.person_id)
    return query.where(c.organisation_id == organisation)


def _record(row: AnyRow) -> StoredStatement:
    statement = Statement(
        transcript_id=row.uid,
        turn=row.turn,
        start_char=row.start_char,
        end_char=row.end_char,
        role=Role.AGENT,  # nobody else is scored
        text=row.text or "",
        context=row.context,
        speaker=row.pseudonym,
        channel=Channel(row.channel),
    )
    score = unpack_score(row.probabilities, row.culture, row.target, row.drivers, row.windows)
    day = None if row.day == UNDATED else row.day
    return StoredStatement(row.id, ScoredStatement(statement, score), row.name, row.team, day, row.model, row.embedding)
