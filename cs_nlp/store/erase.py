"""Erasure: text, scores, totals and cells go in one transaction, and every figure that held them is added up again from what is left.

What is published stands until `pipeline.publishing.publish` may give it up (docs/privacy.md); that somebody left it is noted here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from cs_nlp.store.cells import refresh_cells
from cs_nlp.store.columns import UNDATED
from cs_nlp.store.departures import depart, forget
from cs_nlp.store.inputs import drop_person, waiting_with
from cs_nlp.store.organisations import hold
from cs_nlp.store.service_tables import feedback
from cs_nlp.store.stale import TeamDay
from cs_nlp.store.tables import people, statements, totals, transcripts

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased.

    Attributes:
        transcripts: removed, or, for a person, those in which he or she spoke.
        statements: scored statements.
    """

    transcripts: int
    statements: int

    def __add__(self, other: Erased) -> Erased:
        """Both together."""
        return Erased(self.transcripts + other.transcripts, self.statements + other.statements)


def erase_transcripts(db: Connection, organisation: int, names: Collection[str]) -> Erased:
    """Erase transcripts with all that was made of them.

    Args:
        db: a transaction that writes. Call `Store.tidy` after it.
        organisation: whose.
        names: uids, or ids that the platform gave.
    """
    c = transcripts.c
    chosen, whole = or_(c.uid.in_(list(names)), c.name.in_(list(names))), Erased(0, 0)
    while (part := _erase(db, organisation, chosen)).transcripts:
        whole += part
    return whole


def erase_before(db: Connection, organisation: int, day: date) -> Erased:
    """Erase the transcripts that began before a day in their team's zone; those without a time, by when they came in (UTC).

    Up to `AT_ONCE` are erased: call it again, each time in a transaction of its own, until it has erased none.
    """
    return _erase(db, organisation, _before(day))


def count_before(db: Connection, organisation: int, day: date) -> int:
    """How many transcripts `erase_before` would erase in the end."""
    query = select(func.count()).select_from(transcripts).where(transcripts.c.organisation_id == organisation, _before(day))
    return db.execute(query).scalar_one()


def _before(day: date) -> ColumnElement[bool]:
    c = transcripts.c
    came_in = datetime.combine(day, time.min, UTC)
    return or_(and_(c.day > UNDATED, c.day < day), and_(c.day == UNDATED, c.received_at < came_in))


def erase_person(db: Connection, organisation: int, pseudonym: str) -> Erased:
    """Erase what one person said, and that there is such a person; what others said in the same transcripts stays.

    Contexts of the others' statements in these transcripts go as well: they may repeat what the person said.

    Args:
        db: a transaction that writes. Call `Store.tidy` after it.
        organisation: whose.
        pseudonym: of the person.
    """
    hold(db, organisation)
    _unclaim(db, organisation, pseudonym)
    known = (people.c.organisation_id == organisation) & (people.c.pseudonym == pseudonym)
    person = db.scalar(select(people.c.id).where(known).with_for_update())
    if person is None:
        return Erased(0, 0)
    spoke = select(totals.c.transcript_id).where(totals.c.organisation_id == organisation, totals.c.person_id == person)
    ids = sorted(set(db.scalars(spoke)))
    days = _days(db, ids)
    n = db.scalar(select(func.coalesce(func.sum(totals.c.n), 0)).where(totals.c.person_id == person)) or 0
    depart(db, organisation, totals.c.person_id == person)
    db.execute(delete(totals).where(totals.c.person_id == person))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        others = select(totals.c.id).where(totals.c.transcript_id.in_(some))
        db.execute(update(statements).where(statements.c.totals_id.in_(others)).values(context=None))
        db.execute(update(feedback).where(feedback.c.transcript_id.in_(some)).values(context=None))
    db.execute(delete(people).where(people.c.id == person))
    refresh_cells(db, organisation, days)
    return Erased(len(ids), n)


def _unclaim(db: Connection, organisation: int, pseudonym: str) -> None:
    """Take a person out of what waits to be scored; who is scoring it now can't write it any more, and it is scored anew."""
    waiting = waiting_with(db, organisation, pseudonym)
    c = transcripts.c
    own = and_(c.id.in_(waiting), c.state.in_(["received", "scoring"]))
    locked = db.scalars(select(c.id).where(own).order_by(c.id).with_for_update()).all()
    again = {"state": "received", "lease_token": c.lease_token + 1, "lease_until": None}
    db.execute(update(transcripts).where(c.id.in_(locked)).values(again))
    drop_person(db, locked, pseudonym)


def _erase(db: Connection, organisation: int, condition: ColumnElement[bool]) -> Erased:
    hold(db, organisation)
    c = transcripts.c
    own = select(c.id).where(c.organisation_id == organisation, condition).order_by(c.id).limit(AT_ONCE)
    ids = db.scalars(own.with_for_update()).all()
    days = _days(db, ids)
    n = db.scalar(select(func.coalesce(func.sum(totals.c.n), 0)).where(totals.c.transcript_id.in_(ids))) or 0
    depart(db, organisation, c.id.in_(ids))
    forget(db, organisation, ids)
    db.execute(delete(transcripts).where(c.id.in_(ids)))
    if days:
        refresh_cells(db, organisation, days)
    return Erased(len(ids), n)


def _days(db: Connection, ids: Sequence[int]) -> set[TeamDay]:
    c = transcripts.c
    found: set[TeamDay] = set()
    for start in range(0, len(ids), AT_ONCE):
        query = select(c.team_id, c.day).where(c.id.in_(ids[start : start + AT_ONCE]))
        found |= {(row.team_id, row.day) for row in db.execute(query)}
    return found
