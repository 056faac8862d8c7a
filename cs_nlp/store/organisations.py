"""Whose data it is, and the teams they are of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from cs_nlp.errors import InputError, StoreError
from cs_nlp.store.columns import UNDATED, utc_now
from cs_nlp.store.dialect import insert
from cs_nlp.store.stale import mark_stale
from cs_nlp.store.tables import organisations, teams, transcripts


@dataclass(frozen=True, slots=True)
class Team:
    """A team as it is stored.

    Attributes:
        name: "" for the transcripts that name no team.
        zone: IANA name of the time zone in which its days begin.
    """

    name: str
    zone: str


def ensure_organisation(db: Connection, name: str, key_check: bytes) -> int:
    """The id of an organisation, which is made where there is none.

    Args:
        db: a transaction that writes.
        name: it can't be changed later, since pseudonyms are made with it.
        key_check: tells whether the secret is the one that its pseudonyms were made with.

    Raises:
        StoreError: the secret is another one.
    """
    query = select(organisations.c.id, organisations.c.key_check).where(organisations.c.name == name)
    row = db.execute(query).one_or_none()
    if row is None:
        db.execute(insert(db, organisations).values(name=name, key_check=key_check, created_at=utc_now()).on_conflict_do_nothing())
        row = db.execute(query).one()
    if row.key_check != key_check:
        raise StoreError(
            f"organisation {name!r}: the secret is not the one that its pseudonyms were made with; set CS_NLP_SECRET to that one, "
            "or everyone would be taken for somebody else"
        )
    return int(row.id)


def hold(db: Connection, organisation: int, *, skip: bool = False) -> bool:
    """Let no other transaction that holds an organisation run until this one ends: it waits for those that do.

    Who changes what is published, or what is kept in cells, holds it before all else, so that no two wait for each other in a ring.

    Args:
        db: a transaction that writes.
        organisation: whose.
        skip: don't wait.

    Returns:
        False where there is no such organisation, or with `skip` another transaction holds it.
    """
    lock = select(organisations.c.id).where(organisations.c.id == organisation)
    return db.execute(lock.with_for_update(key_share=True, skip_locked=skip)).first() is not None


def organisation_names(db: Connection) -> dict[str, int]:
    """All organisations: ids by name. For who runs the database, never for who asks it."""
    rows = db.execute(select(organisations.c.name, organisations.c.id).order_by(organisations.c.name))
    return {row.name: row.id for row in rows}


def find_organisation(db: Connection, name: str) -> int:
    """The id of an organisation.

    Raises:
        InputError: there is none of that name.
    """
    found = db.scalar(select(organisations.c.id).where(organisations.c.name == name))
    if found is None:
        raise InputError(f"organisation {name!r}: not in this database; 'cs-nlp ingest --org' makes it with its first transcript")
    return int(found)


def list_teams(db: Connection, organisation: int) -> list[Team]:
    """An organisation's teams, by name."""
    query = select(teams.c.name, teams.c.time_zone).where(teams.c.organisation_id == organisation).order_by(teams.c.name)
    return [Team(*row) for row in db.execute(query)]


def retention_of(db: Connection, organisation: int) -> int | None:
    """For how many days an organisation keeps its transcripts; None for until they are erased."""
    found: int | None = db.scalar(select(organisations.c.retention_days).where(organisations.c.id == organisation))
    return found


def set_retention(db: Connection, organisation: int, days: int | None) -> None:
    """Choose for how many days an organisation keeps its transcripts.

    Args:
        db: a transaction that writes.
        organisation: whose.
        days: at least 1, or None for until they are erased.
    """
    db.execute(update(organisations).where(organisations.c.id == organisation).values(retention_days=days))


def ensure_team(db: Connection, organisation: int, name: str, zone: str) -> tuple[int, str]:
    """Id and time zone of a team, which is made with `zone` where there is none."""
    query = select(teams.c.id, teams.c.time_zone).where(teams.c.organisation_id == organisation, teams.c.name == name)
    row = db.execute(query).one_or_none()
    if row is None:
        db.execute(insert(db, teams).values(organisation_id=organisation, name=name, time_zone=zone).on_conflict_do_nothing())
        row = db.execute(query).one()
    return int(row.id), str(row.time_zone)


def team_ids(db: Connection, organisation: int, names: Iterable[str] | None) -> dict[int, str]:
    """Names of teams by id: of those named as far as they are there, or of all."""
    query = select(teams.c.id, teams.c.name).where(teams.c.organisation_id == organisation)
    if names is not None:
        query = query.where(teams.c.name.in_(list(names)))
    return {row.id: row.name for row in db.execute(query)}


def set_zone(db: Connection, organisation: int, team: str, zone: str) -> None:
    """Give a team another time zone: its transcripts get the days that they have there, and its figures follow.

    Raises:
        InputError: there is no such team, or no such zone.
    """
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"time zone {zone!r}: there is none of that name; expected an IANA name such as Europe/Berlin") from error
    mine = (teams.c.organisation_id == organisation) & (teams.c.name == team)
    team_id = db.scalar(select(teams.c.id).where(mine))
    if team_id is None:
        raise InputError(f"team {team!r}: not in this database")
    db.execute(update(teams).where(teams.c.id == team_id).values(time_zone=zone))
    own = (transcripts.c.organisation_id == organisation) & (transcripts.c.team_id == team_id) & (transcripts.c.day != UNDATED)
    days = set()
    for row in db.execute(select(transcripts.c.id, transcripts.c.started_at, transcripts.c.day).where(own)).all():
        day = day_of(row.started_at, zone)
        if day != row.day:
            days |= {(team_id, day), (team_id, row.day)}
            db.execute(update(transcripts).where(transcripts.c.id == row.id).values(day=day))
    mark_stale(db, organisation, days)


def day_of(at: datetime | None, zone: str) -> date:
    """The calendar day of a time in a zone; `UNDATED` for no time."""
    return UNDATED if at is None else at.astimezone(ZoneInfo(zone)).date()
