"""What the classifier is to be given: the staff's redacted statements of a transcript, kept until they are scored."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, insert, select, update

from cs_nlp.records import Channel, Role, Statement
from cs_nlp.store.tables import inputs

_SPEAKER = 6
_CONTEXT = 5


def put_input(db: Connection, organisation: int, transcript_id: int, statements: Sequence[Statement]) -> None:
    """Keep the statements of a transcript that has none here."""
    rows = [[one.turn, one.start_char, one.end_char, one.role.value, one.text, one.context, one.speaker] for one in statements]
    text = json.dumps(rows, ensure_ascii=False)
    db.execute(insert(inputs).values(transcript_id=transcript_id, organisation_id=organisation, statements=text))


def load_statements(text: str, name: str, channel: Channel) -> tuple[Statement, ...]:
    """The statements that `put_input` kept.

    Args:
        text: the column.
        name: id of the transcript, as the platform gives it.
        channel: of the transcript.
    """
    return tuple(
        Statement(name, turn, start, end, Role(role), said, context, speaker, channel)
        for turn, start, end, role, said, context, speaker in json.loads(text)
    )


def drop_input(db: Connection, transcript_id: int) -> None:
    """Remove the statements of a transcript."""
    db.execute(delete(inputs).where(inputs.c.transcript_id == transcript_id))


def waiting_with(db: Connection, organisation: int, person: str) -> list[int]:
    """Ids of the waiting transcripts in which a person speaks, ascending."""
    # The text holds the name as JSON writes it; a mere mention in a statement is sorted out below.
    written = json.dumps(person, ensure_ascii=False)
    query = select(inputs.c.transcript_id, inputs.c.statements).where(inputs.c.organisation_id == organisation)
    rows = db.execute(query.where(inputs.c.statements.contains(written, autoescape=True)).order_by(inputs.c.transcript_id))
    return [row.transcript_id for row in rows if any(one[_SPEAKER] == person for one in json.loads(row.statements))]


def drop_person(db: Connection, transcript_ids: Collection[int], person: str) -> None:
    """Remove what a person said from the statements of some transcripts, and the contexts of the others, which may repeat it."""
    for row in db.execute(select(inputs).where(inputs.c.transcript_id.in_(list(transcript_ids)))).all():
        kept = [one for one in json.loads(row.statements) if one[_SPEAKER] != person]
        for one in kept:
            one[_CONTEXT] = None
        text = json.dumps(kept, ensure_ascii=False)
        db.execute(update(inputs).where(inputs.c.transcript_id == row.transcript_id).values(statements=text))
