"""Who of the staff speaks: pseudonyms, teams and when they joined. Nothing here says how anybody speaks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, select

from cs_nlp.store.columns import clean
from cs_nlp.store.dialect import insert
from cs_nlp.store.organisations import ensure_team
from cs_nlp.store.tables import people, teams

_IN_A_QUERY: Final = 1000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff.

    Attributes:
        pseudonym: instead of the name.
        team: the team, or None where not known.
        joined_on: the day on which the person joined it, or None where not known.
    """

    pseudonym: str
    team: str | None = None
    joined_on: date | None = None


def list_people(db: Connection, organisation: int, team: str | None = None) -> list[Person]:
    """An organisation's people, or those of one team, by team and pseudonym."""
    query = select(people.c.pseudonym, teams.c.name, people.c.joined_on).outerjoin(teams, teams.c.id == people.c.team_id)
    query = query.where(people.c.organisation_id == organisation).order_by(teams.c.name, people.c.pseudonym)
    if team is not None:
        query = query.where(teams.c.name == team)
    return [Person(*row) for row in db.execute(query)]


def put_people(db: Connection, organisation: int, given: Iterable[Person], zone: str) -> int:
    """Keep what is known of people; what is None leaves what was known.

    Args:
        db: a transaction that writes.
        organisation: whose.
        given: the people.
        zone: time zone of teams that are not there yet.

    Returns:
        How many were given.
    """
    # In one order for everybody, so that no two transactions wait for each other.
    ordered = sorted({one.pseudonym: one for one in given}.values(), key=lambda one: one.pseudonym)
    names = sorted({one.team for one in ordered if one.team is not None})
    ids = {name: ensure_team(db, organisation, name, zone)[0] for name in names}
    for one in ordered:
        known = {"team_id": None if one.team is None else ids[one.team], "joined_on": one.joined_on}
        told = {name: value for name, value in known.items() if value is not None}
        statement = insert(db, people).values(organisation_id=organisation, pseudonym=one.pseudonym, **told)
        if told:
            statement = statement.on_conflict_do_update(index_elements=["organisation_id", "pseudonym"], set_=told)
        else:
            statement = statement.on_conflict_do_nothing()
        db.execute(statement)
    return len(ordered)


def person_ids(db: Connection, organisation: int, team_of: Mapping[str, int]) -> dict[str, int]:
    """Ids by pseudonym; who is not known yet is added to the team given, by its id."""
    wanted = {clean(name): team for name, team in team_of.items()}
    found = _ids(db, organisation, wanted)
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        rows = [{"organisation_id": organisation, "pseudonym": name, "team_id": wanted[name]} for name in missing]
        db.execute(insert(db, people).on_conflict_do_nothing(), rows)
        found |= _ids(db, organisation, missing)
    return {name: found[clean(name)] for name in team_of}


def nobody(transcript_id: int) -> int:
    """What stands among ids of people for who has no name in a transcript; ids of people are above 0."""
    return -transcript_id


def pseudonyms_of(db: Connection, organisation: int, ids: Collection[int]) -> dict[int, str]:
    """Pseudonyms by id; `nobody` of a transcript is someone in it, and no other one."""
    names = {one: f"someone in transcript {-one}" for one in ids if one < 0}
    named = sorted(one for one in ids if one > 0)
    for start in range(0, len(named), _IN_A_QUERY):
        own = people.c.id.in_(named[start : start + _IN_A_QUERY])
        query = select(people.c.id, people.c.pseudonym).where(people.c.organisation_id == organisation, own)
        names.update((row.id, row.pseudonym) for row in db.execute(query))
    return names


def _ids(db: Connection, organisation: int, pseudonyms: Collection[str]) -> dict[str, int]:
    own = people.c.pseudonym.in_(list(pseudonyms))
    query = select(people.c.pseudonym, people.c.id).where(people.c.organisation_id == organisation, own)
    return {row.pseudonym: row.id for row in db.execute(query)}
