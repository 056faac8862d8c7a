"""Transcripts come in: new, in another version, or once more.

The same transcript twice is one transcript. It is known by its source key (its id and start), or by its words. A new version takes the
place of the old one: until it is scored, the old one's figures stand, then all change at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, or_, select, true, update

from cs_nlp.records import Statement, Transcript
from cs_nlp.store.columns import new_uid, utc_now
from cs_nlp.store.dialect import AnyRow, insert
from cs_nlp.store.inputs import drop_input, put_input
from cs_nlp.store.organisations import day_of, ensure_team
from cs_nlp.store.people import Person, put_people
from cs_nlp.store.stale import mark_stale
from cs_nlp.store.tables import NAME, teams, transcripts


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells whether a transcript is known.

    Attributes:
        name: the platform's id, or one made from the file's name.
        source_key: the same for every version of the transcript, and for no other one.
        content_key: keyed hash of its words.
        content_at: minute of its start in UTC, or "".
        fingerprint: keyed hash of all that was read of it.
    """

    name: str
    source_key: str
    content_key: bytes
    content_at: str
    fingerprint: bytes


class Outcome(StrEnum):
    """What became of a transcript that came in."""

    NEW = "new"
    REPLACED = "replaced"  # another version of it was there
    DUPLICATE = "duplicate"  # it was there, nothing changed


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a transcript that came in.

    Attributes:
        outcome: new, replaced or duplicate.
        uid: the stored transcript's id; "" for one that is only looked up and is new.
        name: the platform's id of the stored transcript.
        redactions: how much was replaced in what is kept of it, by kind; empty where nothing was stored.
    """

    outcome: Outcome
    uid: str
    name: str
    redactions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A transcript to be stored.

    Attributes:
        identity: see there.
        transcript: its facts; people are pseudonyms. Its turns are not kept.
        statements: those to be scored: text redacted, speakers pseudonyms or None.
        zone: IANA name of the time zone for its team, if that is new.
    """

    identity: Identity
    transcript: Transcript
    statements: tuple[Statement, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write a transcript's scores: the last one given counts.

    Attributes:
        id: of the transcript.
        token: of this lease.
    """

    id: int
    token: int


def look_up(db: Connection, organisation: int, identity: Identity, team: str | None) -> Receipt:
    """What would become of a transcript of a team, so that nothing is redacted in vain."""
    row = _known(db, organisation, identity)
    return Receipt(Outcome.NEW, "", identity.name) if row is None else _receipt(row, identity, team)


def receive(db: Connection, organisation: int, incoming: Incoming, job: int | None = None) -> Receipt:
    """Store a transcript, to be scored by whoever claims it.

    Args:
        db: a transaction that writes.
        organisation: whose.
        incoming: the transcript.
        job: id of the job it came with.
    """
    receipt, lease = _put(db, organisation, incoming, job)
    if lease is not None:
        put_input(db, organisation, lease.id, incoming.statements)
    return receipt


def receive_to_score(db: Connection, organisation: int, incoming: Incoming, job: int | None = None) -> tuple[Receipt, Lease | None]:
    """Store a transcript without its text, to be scored within the same transaction.

    Returns:
        What became of it, and the right to write its scores; None for a duplicate.
    """
    receipt, lease = _put(db, organisation, incoming, job)
    if lease is not None:
        lease = replace(lease, token=lease.token + 1)
        db.execute(update(transcripts).where(transcripts.c.id == lease.id).values(state="scoring", lease_token=lease.token))
    return receipt, lease


def _put(db: Connection, organisation: int, incoming: Incoming, job: int | None) -> tuple[Receipt, Lease | None]:
    identity = incoming.identity
    row = _known(db, organisation, identity)
    if row is None:
        made = _add(db, organisation, incoming, job)
        # Nothing is made when another one came first, in this moment: then it is known.
        return made or _put(db, organisation, incoming, job)
    receipt = _receipt(row, identity, incoming.transcript.team)
    if receipt.outcome is Outcome.DUPLICATE:
        return receipt, None
    lease = _replace(db, organisation, incoming, row.id, job)
    return (receipt, lease) if lease is not None else _put(db, organisation, incoming, job)


def _add(db: Connection, organisation: int, incoming: Incoming, job: int | None) -> tuple[Receipt, Lease] | None:
    facts = _facts(db, organisation, incoming) | {"job_id": job, "uid": new_uid("tr"), "organisation_id": organisation}
    fresh = {"state": "received", "attempts": 0, "lease_token": 0, "model": ""}
    statement = insert(db, transcripts).values(facts | fresh).on_conflict_do_nothing().returning(transcripts.c.id, transcripts.c.uid)
    made = db.execute(statement).one_or_none()
    return None if made is None else (Receipt(Outcome.NEW, made.uid, incoming.identity.name), Lease(made.id, 0))


def _replace(db: Connection, organisation: int, incoming: Incoming, known: int, job: int | None) -> Lease | None:
    """Put a new version in place of a known one; None when that was erased in this moment."""
    facts = _facts(db, organisation, incoming)
    c = transcripts.c
    old = db.execute(select(c.team_id, c.day).where(c.id == known).with_for_update()).one_or_none()
    if old is None:
        return None
    # A higher token: who is scoring the old version now can't write it any more.
    again = {"state": "received", "attempts": 0, "lease_token": c.lease_token + 1, "lease_until": None, "error": None}
    changed = update(transcripts).where(c.id == known).values(facts | again | ({} if job is None else {"job_id": job}))
    token = db.execute(changed.returning(c.lease_token)).scalar_one()
    drop_input(db, known)
    mark_stale(db, organisation, {(old.team_id, old.day), (facts["team_id"], facts["day"])})
    return Lease(known, token)


def _known(db: Connection, organisation: int, identity: Identity) -> AnyRow | None:
    """The stored transcript that this one is: the one with the same words and start, since they count once; else by its source key."""
    c = transcripts.c
    # Where one of the two has no start, or where they have the same id, the same words are enough.
    times = or_(c.content_at.in_([identity.content_at, ""]), c.name == identity.name) if identity.content_at else true()
    exact = (c.content_key == identity.content_key) & (c.content_at == identity.content_at)
    by_source = c.source_key == identity.source_key
    query = select(c.id, c.uid, c.name, c.source_key, c.content_key, c.content_at, c.fingerprint, teams.c.name.label("team"))
    query = query.join(teams, teams.c.id == c.team_id)
    query = query.where(c.organisation_id == organisation, or_(by_source, (c.content_key == identity.content_key) & times))
    return db.execute(query.order_by(exact.desc(), by_source.desc(), c.id).limit(1)).one_or_none()


def _receipt(row: AnyRow, identity: Identity, team: str | None) -> Receipt:
    # Ids that are made from a file's name begin with the folders below the one that was named.
    is_version = identity.name.rpartition("/")[2] == row.name.rpartition("/")[2] or identity.source_key == row.source_key
    # The same words, read without their side file, are no news.
    knows_less = row.content_key == identity.content_key and bool((row.content_at and not identity.content_at) or (row.team and not team))
    is_changed = is_version and not knows_less and row.fingerprint != identity.fingerprint
    return Receipt(Outcome.REPLACED if is_changed else Outcome.DUPLICATE, row.uid, row.name)


def _facts(db: Connection, organisation: int, incoming: Incoming) -> dict[str, Any]:
    """The columns that follow from a transcript; its team, and its agent's joining, are stored on the way."""
    identity, transcript = incoming.identity, incoming.transcript
    team_id, zone = ensure_team(db, organisation, (transcript.team or "")[:NAME], incoming.zone)
    if transcript.agent is not None and transcript.joined_on is not None:
        put_people(db, organisation, [Person(transcript.agent, (transcript.team or "")[:NAME], transcript.joined_on)], incoming.zone)
    return {
        "team_id": team_id,
        "name": identity.name[:NAME],
        "source_key": identity.source_key,
        "content_key": identity.content_key,
        "content_at": identity.content_at,
        "fingerprint": identity.fingerprint,
        "source_format": transcript.source_format,
        "channel": transcript.channel.value,
        "queue": (transcript.queue or "")[:NAME],
        "started_at": transcript.started_at,
        "day": day_of(transcript.started_at, zone),
        "received_at": utc_now(),
    }
