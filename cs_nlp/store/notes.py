"""What people add: interventions of teams, and the right labels of statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from cs_nlp.errors import InputError
from cs_nlp.records import Annotation, Channel, LabelledStatement
from cs_nlp.store.columns import new_uid, utc_now
from cs_nlp.store.dialect import insert as insert_or
from cs_nlp.store.organisations import team_ids
from cs_nlp.store.quotes import StoredStatement
from cs_nlp.store.service_tables import feedback, interventions
from cs_nlp.store.tables import statements, teams, totals, transcripts


@dataclass(frozen=True, slots=True)
class Intervention:
    """Something that was done about a team's culture.

    Attributes:
        uid: the id to show.
        team: with whom.
        happened_on: the day, in the team's zone.
        title: what.
        created_at: when it was noted.
    """

    uid: str
    team: str
    happened_on: date
    title: str
    created_at: datetime


def add_intervention(db: Connection, organisation: int, team: str, happened_on: date, title: str) -> Intervention:
    """Note an intervention.

    Raises:
        InputError: there is no such team.
    """
    ids = team_ids(db, organisation, [team])
    if not ids:
        raise InputError(f"team {team!r}: not in this database; an intervention is of a team with stored transcripts")
    made = Intervention(new_uid("iv"), team, happened_on, title, utc_now())
    values = {"uid": made.uid, "organisation_id": organisation, "team_id": next(iter(ids)), "happened_on": happened_on, "title": title}
    db.execute(insert(interventions).values(values | {"created_at": made.created_at}))
    return made


def list_interventions(db: Connection, organisation: int, team: str | None = None) -> list[Intervention]:
    """Interventions of an organisation, or of one team, by date."""
    c = interventions.c
    query = select(c.uid, teams.c.name, c.happened_on, c.title, c.created_at).join(teams, teams.c.id == c.team_id)
    query = query.where(c.organisation_id == organisation).order_by(c.happened_on, c.id)
    if team is not None:
        query = query.where(teams.c.name == team)
    return [Intervention(*row) for row in db.execute(query)]


def remove_intervention(db: Connection, organisation: int, uid: str) -> bool:
    """Remove an intervention; whether there was one."""
    c = interventions.c
    return db.execute(delete(interventions).where(c.organisation_id == organisation, c.uid == uid)).rowcount == 1


def give_feedback(db: Connection, organisation: int, statement: StoredStatement, label: Annotation) -> None:
    """Keep what somebody says is the right label of a statement; a later word of the same annotator takes the place of an earlier one.

    Args:
        db: a transaction that writes.
        organisation: whose.
        statement: as it was read from here.
        label: with the annotator.

    Raises:
        InputError: the text of the statement was not kept, or it is no longer there, or the label names no annotator.
    """
    said = statement.scored.statement
    if not said.text:
        raise InputError("feedback: the text of this statement was not kept, so nothing can be learnt from its label")
    if label.annotator is None:
        raise InputError("feedback: it has no annotator; say who gives the label")
    place = select(totals.c.transcript_id, totals.c.person_id).join(statements, statements.c.totals_id == totals.c.id)
    row = db.execute(place.where(statements.c.id == statement.id, statements.c.organisation_id == organisation)).one_or_none()
    if row is None:
        raise InputError("feedback: the statement is not there any more; its transcript was erased or came in another version")
    key = {"transcript_id": row.transcript_id, "turn": said.turn, "start_char": said.start_char, "annotator": label.annotator}
    values = {
        "organisation_id": organisation,
        "person_id": row.person_id,
        "end_char": said.end_char,
        "text": said.text,
        "context": said.context,
        "channel": said.channel.value,
        "culture": label.culture,
        "target": label.target,
        "drivers": list(label.drivers),
        "created_at": utc_now(),
    }
    db.execute(insert_or(db, feedback).values(key | values).on_conflict_do_update(index_elements=list(key), set_=values))


def read_feedback(db: Connection, organisation: int) -> Iterator[LabelledStatement]:
    """All feedback as labelled statements to learn from, the oldest first; `group` is the transcript's uid."""
    query = select(feedback, transcripts.c.uid).join(transcripts, transcripts.c.id == feedback.c.transcript_id)
    for row in db.execute(query.where(feedback.c.organisation_id == organisation).order_by(feedback.c.id)):
        gold = Annotation(row.culture, row.target, tuple(row.drivers), row.annotator)
        yield LabelledStatement(row.text, row.context, Channel(row.channel), gold, row.uid)
