"""What people add: interventions of teams, and the right labels of statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from cs_nlp.errors import InputError
from cs_nlp.records import Annotation, Channel, Intervention, LabelledStatement
from cs_nlp.store.columns import new_uid, utc_now
from cs_nlp.store.dialect import insert as insert_or
from cs_nlp.store.organisations import team_ids
from cs_nlp.store.quotes import StoredStatement
from cs_nlp.store.service_tables import feedback, interventions
from cs_nlp.store.tables import statements, teams, totals, transcripts


@dataclass(frozen=True, slots=True)
class StoredIntervention:
    """An intervention as it is stored.

    Attributes:
        uid: the id to show.
        intervention: what was done, with whom and when.
        created_at: when it was noted.
    """

    uid: str
    intervention: Intervention
    created_at: datetime


def add_intervention(db: Connection, organisation: int, given: Intervention) -> StoredIntervention:
    """Note an intervention.

    Raises:
        InputError: there is no such team.
    """
    ids = team_ids(db, organisation, [given.team])
    if not ids:
        raise InputError(f"team {given.team!r}: not in this database; an intervention is of a team with stored transcripts")
    made = StoredIntervention(new_uid("iv"), given, utc_now())
    values = {"uid": made.uid, "organisation_id": organisation, "team_id": next(iter(ids)), "happened_on": given.on, "title": given.title}
    db.execute(insert(interventions).values(values | {"created_at": made.created_at}))
    return made


def list_interventions(db: Connection, organisation: int, team: str | None = None) -> list[StoredIntervention]:
    """Interventions of an organisation, or of one team, by date."""
    c = interventions.c
    query = select(c.uid, teams.c.name, c.happened_on, c.title, c.created_at).join(teams, teams.c.id == c.team_id)
    query = query.where(c.organisation_id == organisation).order_by(c.happened_on, c.id)
    if team is not None:
        query = query.where(teams.c.name == team)
    return [StoredIntervention(uid, Intervention(*facts), created_at) for uid, *facts, created_at in db.execute(query)]


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
