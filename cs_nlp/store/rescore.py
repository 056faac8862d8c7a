"""Another model takes over: what was scored by an earlier one waits again, where there is text to score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, exists, select, update

from cs_nlp.records import Channel, Role, Statement
from cs_nlp.store.inputs import put_input
from cs_nlp.store.tables import people, statements, totals, transcripts

AT_ONCE: Final = 200


def requeue(db: Connection, organisation: int, model: str) -> int:
    """Let transcripts that another model scored wait to be scored anew; their figures stand until the new ones are there.

    Up to `AT_ONCE`: call it again, each time in a transaction of its own, until it returns 0.

    Args:
        db: a transaction that writes.
        organisation: whose.
        model: that is to score them: what it has scored stays as it is. So do transcripts of which not all text was kept.
    """
    c = transcripts.c
    said = select(statements.c.id).join(totals, totals.c.id == statements.c.totals_id).where(totals.c.transcript_id == c.id)
    has_text = exists(said) & ~exists(said.where(statements.c.text.is_(None)))
    wanted = select(c.id, c.name, c.channel).where(c.organisation_id == organisation, c.state == "scored", c.model != model, has_text)
    rows = db.execute(wanted.order_by(c.id).limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    own = _statements(db, [(row.id, row.name, Channel(row.channel)) for row in rows])
    for transcript, said_there in own.items():
        put_input(db, organisation, transcript, said_there)
    again = {"state": "received", "attempts": 0, "lease_token": c.lease_token + 1, "lease_until": None, "error": None}
    db.execute(update(transcripts).where(c.id.in_(list(own))).values(again))
    return len(own)


def _statements(db: Connection, given: Sequence[tuple[int, str, Channel]]) -> dict[int, list[Statement]]:
    """What is to be scored of some transcripts, by their ids."""
    facts = {transcript: (name, channel) for transcript, name, channel in given}
    found: dict[int, list[Statement]] = {transcript: [] for transcript in facts}
    query = select(statements, totals.c.transcript_id, people.c.pseudonym).join(totals, totals.c.id == statements.c.totals_id)
    query = query.outerjoin(people, people.c.id == totals.c.person_id).where(totals.c.transcript_id.in_(list(facts)))
    for row in db.execute(query.order_by(totals.c.transcript_id, statements.c.turn, statements.c.start_char)):
        name, channel = facts[row.transcript_id]
        place = (row.turn, row.start_char, row.end_char)
        found[row.transcript_id].append(Statement(name, *place, Role.AGENT, row.text, row.context, row.pseudonym, channel))
    return found
