"""Who scores which transcript: claims with leases, so that a killed process loses nothing and nothing is counted twice.

A claim gives a lease that ends. Whoever still waits to be scored after that can be claimed again, with a higher token, and only the last
token may write. A transcript that was tried before is claimed alone: if it is what ends the process, it takes no other with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update

from cs_nlp.records import Channel, Statement, Transcript
from cs_nlp.store.columns import utc_now
from cs_nlp.store.dialect import AnyRow
from cs_nlp.store.inputs import load_statements
from cs_nlp.store.receive import Lease
from cs_nlp.store.tables import WAITING, inputs, teams, transcripts

LEASE: Final = timedelta(minutes=5)
MOST_ATTEMPTS: Final = 5
_PAUSE: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Claim:
    """A transcript to be scored.

    Attributes:
        lease: the right to write its scores.
        transcript: its facts, without turns.
        statements: those to be scored.
        job: id of the job it came with, or None.
        uid: id to show outside.
    """

    lease: Lease
    transcript: Transcript
    statements: tuple[Statement, ...]
    job: int | None
    uid: str


def claim(
    db: Connection, organisation: int, worker: str, *, at_most: int = 32, lease: timedelta = LEASE, uid: str | None = None
) -> list[Claim]:
    """Claim transcripts that wait, the oldest first.

    Those that were tried `MOST_ATTEMPTS` times without an end become failed on the way.

    Args:
        db: a transaction that writes; nothing is claimed before it ends.
        organisation: whose.
        worker: a name for who claims, shown to people.
        at_most: how many.
        lease: for how long. Clocks of different machines must agree well within it.
        uid: only this transcript; None for whichever waits.
    """
    now = utc_now()
    c = transcripts.c
    free = and_(c.organisation_id == organisation, WAITING, or_(c.lease_until.is_(None), c.lease_until <= now))
    if uid is not None:
        free = and_(free, c.uid == uid)
    first = select(c.id, c.attempts).where(free).order_by(c.id).limit(at_most).with_for_update(skip_locked=True)
    chosen = _choose(db, db.execute(first).all())
    if not chosen:
        return []
    taken = {"state": "scoring", "attempts": c.attempts + 1, "lease_token": c.lease_token + 1, "lease_until": now + lease, "worker": worker}
    db.execute(update(transcripts).where(c.id.in_(chosen)).values(taken))
    query = select(transcripts, teams.c.name.label("team"), inputs.c.statements).join(teams, teams.c.id == c.team_id)
    found = db.execute(query.join(inputs, inputs.c.transcript_id == c.id).where(c.id.in_(chosen)).order_by(c.id))
    return [_claim(row) for row in found]


def give_back(db: Connection, organisation: int, lease: Lease, error: str | None = None) -> bool:
    """End a lease without a result.

    Args:
        db: a transaction that writes.
        organisation: whose.
        lease: the lease.
        error: what went wrong: it is tried again after a pause, until it was tried often enough and becomes failed. None for a worker that
            only stops: then it has not been tried.

    Returns:
        Whether the lease was still the last one.
    """
    c = transcripts.c
    values: dict[str, Any]
    if error is None:
        values = {"state": "received", "attempts": c.attempts - 1, "lease_until": None}
    else:
        state = case((c.attempts >= MOST_ATTEMPTS, "failed"), else_="received")
        values = {"state": state, "lease_until": utc_now() + _PAUSE, "error": error}
    return db.execute(update(transcripts).where(held(organisation, lease)).values(values)).rowcount == 1


def held(organisation: int, lease: Lease) -> ColumnElement[bool]:
    """Whether a lease is still the last one."""
    c = transcripts.c
    return and_(c.organisation_id == organisation, c.id == lease.id, c.state == "scoring", c.lease_token == lease.token)


def count_waiting(db: Connection, organisation: int | None = None) -> int:
    """How many transcripts wait to be scored or are being scored: of an organisation, or of all together, for back-pressure."""
    query = select(func.count()).select_from(transcripts).where(WAITING)
    if organisation is not None:
        query = query.where(transcripts.c.organisation_id == organisation)
    return db.execute(query).scalar_one()


def next_free(db: Connection, organisation: int) -> datetime | None:
    """When the next transcript that waits can be claimed; None when none waits."""
    c = transcripts.c
    query = select(func.count(), func.count(c.lease_until), func.min(c.lease_until)).where(c.organisation_id == organisation, WAITING)
    waiting, leased, soonest = db.execute(query).one()
    if not waiting:
        return None
    return utc_now() if leased < waiting else soonest


def _choose(db: Connection, rows: Sequence[AnyRow]) -> list[int]:
    """Which of the free transcripts to take: as many as were never tried, or the first one alone if it was; those tried too often fail."""
    spent = [row.id for row in rows if row.attempts >= MOST_ATTEMPTS]
    if spent:
        reason = f"scoring it ended the process {MOST_ATTEMPTS} times; it may need more memory than there is"
        values = {"state": "failed", "lease_until": None, "error": func.coalesce(transcripts.c.error, reason)}
        db.execute(update(transcripts).where(transcripts.c.id.in_(spent)).values(values))
    left = [row for row in rows if row.attempts < MOST_ATTEMPTS]
    alone = left[:1] if left and left[0].attempts else []
    return [row.id for row in alone or left if alone or not row.attempts]


def _claim(row: AnyRow) -> Claim:
    channel = Channel(row.channel)
    transcript = Transcript(
        id=row.name,
        turns=(),
        source_format=row.source_format,
        source="",
        channel=channel,
        team=row.team or None,
        queue=row.queue or None,
        started_at=row.started_at,
    )
    return Claim(Lease(row.id, row.lease_token), transcript, load_statements(row.statements, row.name, channel), row.job_id, row.uid)
