"""Transcripts as the service and people who look after them see them: state, facts, and nothing that was said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, or_, select

from cs_nlp.records import Channel
from cs_nlp.store.dialect import AnyRow, AnySelect
from cs_nlp.store.selection import EVERYTHING, Selection
from cs_nlp.store.tables import STATES, teams, totals, transcripts

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class StoredTranscript:
    """A transcript as it is stored.

    Attributes:
        id: grows with every transcript; where the next page begins. Not to be shown outside.
        uid: the id to show.
        name: the platform's id, or one made from the file's name.
        team: "" for none; queue: "" for none.
        queue: as above.
        channel: said to customers, or among staff.
        source_format: name of the reader that read it.
        started_at: aware, or None.
        state: received, scoring, scored or failed. A new version of a scored transcript waits like a new one.
        attempts: how often it was claimed since it came in.
        error: why the last attempt ended, or None.
        model: that made its figures; "" for none yet.
        received_at: when its last version came in; scored_at: when its figures were written, or None.
        scored_at: as above.
        n_statements: scored statements.
    """

    id: int
    uid: str
    name: str
    team: str
    queue: str
    channel: Channel
    source_format: str
    started_at: datetime | None
    state: str
    attempts: int
    error: str | None
    model: str
    received_at: datetime
    scored_at: datetime | None
    n_statements: int


def list_transcripts(
    db: Connection, organisation: int, selection: Selection = EVERYTHING, *, state: str | None = None, after: int = 0, limit: int = PAGE
) -> list[StoredTranscript]:
    """A page of the selected transcripts, in the order in which they first came in.

    Args:
        db: a transaction that reads.
        organisation: whose.
        selection: which.
        state: only those in this state.
        after: `id` of the last one of the page before.
        limit: at most so many.
    """
    query = _query(organisation).where(selection.condition(transcripts, selection.teams_of(db, organisation)), transcripts.c.id > after)
    if state is not None:
        query = query.where(transcripts.c.state == state)
    return [_record(row) for row in db.execute(query.order_by(transcripts.c.id).limit(limit))]


def find_transcript(db: Connection, organisation: int, uid: str) -> StoredTranscript | None:
    """One transcript, or None."""
    row = db.execute(_query(organisation).where(transcripts.c.uid == uid)).one_or_none()
    return None if row is None else _record(row)


def unknown_transcripts(db: Connection, organisation: int, names: Collection[str]) -> list[str]:
    """Those of some ids, uids or the platform's, that no stored transcript has; in order."""
    c = transcripts.c
    query = select(c.uid, c.name).where(c.organisation_id == organisation, or_(c.uid.in_(list(names)), c.name.in_(list(names))))
    known = {one for row in db.execute(query) for one in row}
    return sorted(set(names) - known)


def count_states(db: Connection, organisation: int, job: int | None = None) -> Mapping[str, int]:
    """How many transcripts are in each state: of an organisation, or of one of its jobs."""
    c = transcripts.c
    query = select(c.state, func.count().label("n")).where(c.organisation_id == organisation).group_by(c.state)
    if job is not None:
        query = query.where(c.job_id == job)
    found = {row.state: row.n for row in db.execute(query)}
    return {state: found.get(state, 0) for state in STATES}


def count_models(db: Connection, organisation: int, selection: Selection = EVERYTHING) -> dict[str, int]:
    """How many of the selected transcripts each model scored."""
    c = transcripts.c
    wanted = selection.condition(transcripts, selection.teams_of(db, organisation))
    query = select(c.model, func.count().label("n")).where(c.organisation_id == organisation, wanted, c.model != "").group_by(c.model)
    return {row.model: row.n for row in db.execute(query.order_by(c.model))}


def _query(organisation: int) -> AnySelect:
    c = transcripts.c
    n = select(func.coalesce(func.sum(totals.c.n), 0)).where(totals.c.transcript_id == c.id).scalar_subquery().label("n_statements")
    query = select(transcripts, teams.c.name.label("team"), n).join(teams, teams.c.id == c.team_id)
    return query.where(c.organisation_id == organisation)


def _record(row: AnyRow) -> StoredTranscript:
    known = {name: getattr(row, name) for name in StoredTranscript.__slots__}
    return StoredTranscript(**known | {"channel": Channel(row.channel)})
