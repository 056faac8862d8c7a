"""Keys for the service: shown once when they are made, kept as hashes, revocable, of one organisation each."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update

from cs_nlp.errors import InputError
from cs_nlp.store.columns import new_uid, utc_now
from cs_nlp.store.dialect import AnyRow
from cs_nlp.store.service_tables import api_keys

SCOPES: Final = ("ingest", "read", "evidence", "label", "admin")
_UNKNOWN: Final = hashlib.sha256(b"").digest()
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without its secret.

    Attributes:
        uid: to name it by.
        organisation: id of the one organisation that it opens.
        name: what it is for.
        scopes: what it allows, of `SCOPES`.
        created_at: when it was made; expires_at: when it ends, or None; used_at: when it was last used, to a minute, or None.
        expires_at: as above.
        used_at: as above.
        revoked_at: when it was revoked, or None.
    """

    uid: str
    organisation: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


def make_key(db: Connection, organisation: int, name: str, scopes: Iterable[str], expires_at: datetime | None = None) -> tuple[Key, str]:
    """Make a key.

    Returns:
        The key, and what its user has to show: `uid.secret`. It can't be read again.

    Raises:
        InputError: an unknown scope, or none.
    """
    wanted = tuple(scope for scope in SCOPES if scope in set(scopes))
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise InputError(f"scopes: got {', '.join(unknown)}; expected some of {', '.join(SCOPES)}")
    if not wanted:
        raise InputError(f"a key without a scope opens nothing; expected some of {', '.join(SCOPES)}")
    uid, secret, now = new_uid("key"), secrets.token_urlsafe(32), utc_now()
    values = {"uid": uid, "organisation_id": organisation, "name": name, "digest": _digest(secret), "scopes": list(wanted)}
    db.execute(insert(api_keys).values(values | {"created_at": now, "expires_at": expires_at}))
    return Key(uid, organisation, name, wanted, now, expires_at, None, None), f"{uid}.{secret}"


def check_key(db: Connection, shown: str) -> Key | None:
    """The key that somebody shows, or None when it is wrong, revoked or over. Takes the same time for a wrong secret as for a right one.

    Args:
        db: a transaction that reads.
        shown: what `make_key` returned.
    """
    uid, _, secret = shown.partition(".")
    row = db.execute(select(api_keys).where(api_keys.c.uid == uid)).one_or_none()
    is_right = hmac.compare_digest(_digest(secret), _UNKNOWN if row is None else row.digest)
    if row is None or not is_right or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= utc_now()):
        return None
    return _key(row)


def note_use(db: Connection, key: Key) -> None:
    """Keep that a key was used, at most once a minute."""
    now = utc_now()
    if key.used_at is None or now - key.used_at >= _USE_NOTED_EVERY:
        db.execute(update(api_keys).where(api_keys.c.uid == key.uid).values(used_at=now))


def list_keys(db: Connection, organisation: int) -> list[Key]:
    """An organisation's keys, the oldest first, revoked ones too."""
    return [_key(row) for row in db.execute(select(api_keys).where(api_keys.c.organisation_id == organisation).order_by(api_keys.c.id))]


def revoke_key(db: Connection, organisation: int, uid: str) -> bool:
    """Revoke a key, from now on; whether there was one to revoke."""
    c = api_keys.c
    own = (c.organisation_id == organisation) & (c.uid == uid) & c.revoked_at.is_(None)
    return db.execute(update(api_keys).where(own).values(revoked_at=utc_now())).rowcount == 1


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _key(row: AnyRow) -> Key:
    times = (row.created_at, row.expires_at, row.used_at, row.revoked_at)
    return Key(row.uid, row.organisation_id, row.name, tuple(row.scopes), *times)
