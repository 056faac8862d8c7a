"""Facts of a stored transcript that become known later, and words that are to be kept no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select, update

from cs_nlp.store.departures import depart, set_free
from cs_nlp.store.organisations import day_of, ensure_team, hold
from cs_nlp.store.stale import mark_stale
from cs_nlp.store.tables import NAME, statements, teams, totals, transcripts


class Unchanged:
    """Stands for what is not to be changed."""


UNCHANGED: Final = Unchanged()


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed of a transcript.

    Attributes:
        team: its team, None for none.
        queue: its queue, None for none.
        started_at: when it began, aware, None for not known.
        drop_text: whether the words of its statements are to be removed; their scores stay.
    """

    team: str | Unchanged | None = UNCHANGED
    queue: str | Unchanged | None = UNCHANGED
    started_at: datetime | Unchanged | None = UNCHANGED
    drop_text: bool = False


def change_transcript(db: Connection, organisation: int, uid: str, change: Change, zone: str = "UTC") -> bool:
    """Change facts of a transcript; its figures move to where they now belong.

    Args:
        db: a transaction that writes. Call `Store.tidy` after it where words were removed.
        organisation: whose.
        uid: the transcript.
        change: what to change.
        zone: IANA name of the time zone for its team, if that is new.

    Returns:
        Whether there is such a transcript.
    """
    hold(db, organisation)
    c = transcripts.c
    row = db.execute(select(transcripts).where(c.organisation_id == organisation, c.uid == uid).with_for_update()).one_or_none()
    if row is None:
        return False
    values = _moved(db, organisation, row.team_id, row.started_at, change, zone)
    if any(values[name] != getattr(row, name) for name in values):
        # What is published stands until it may be given up; from here on the transcript is one that waits to be published.
        depart(db, organisation, c.id == row.id, model=row.model)
        set_free(db, organisation, [row.id])
        db.execute(update(transcripts).where(c.id == row.id).values(values))
        mark_stale(db, organisation, {(row.team_id, row.day), (values.get("team_id", row.team_id), values.get("day", row.day))})
    if change.drop_text:
        own = select(totals.c.id).where(totals.c.transcript_id == row.id)
        db.execute(update(statements).where(statements.c.totals_id.in_(own)).values(text=None, context=None, embedding=None))
    return True


def _moved(db: Connection, organisation: int, team_id: int, started_at: datetime | None, change: Change, zone: str) -> dict[str, Any]:
    """The columns that follow from a change."""
    values: dict[str, Any] = {}
    if not isinstance(change.queue, Unchanged):
        values["queue"] = (change.queue or "")[:NAME]
    if not isinstance(change.started_at, Unchanged):
        values["started_at"] = started_at = change.started_at
    if not isinstance(change.team, Unchanged):
        values["team_id"], zone = ensure_team(db, organisation, (change.team or "")[:NAME], zone)
    else:
        zone = _zone_of(db, team_id)
    if values:
        values["day"] = day_of(started_at, zone)
    return values


def _zone_of(db: Connection, team_id: int) -> str:
    """The time zone of a team."""
    return str(db.scalar(select(teams.c.time_zone).where(teams.c.id == team_id)))
