"""What the commands of `cs-nlp keys` do."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.table import Table

from cs_nlp.cli.screen import listed, out, print_json, tell
from cs_nlp.cli.store_open import opened, opened_known
from cs_nlp.errors import InputError
from cs_nlp.settings import Settings
from cs_nlp.store import Key, list_keys, make_key, revoke_key


@dataclass(frozen=True, slots=True)
class Wanted:
    """The key that is wanted.

    Attributes:
        name: what it is for.
        scopes: what it allows.
        ends: when it ends, aware, or None.
    """

    name: str
    scopes: tuple[str, ...]
    ends: datetime | None


def run_create(settings: Settings, org: str | None, wanted: Wanted, *, as_json: bool) -> None:
    """Make a key and print what its user has to show.

    Raises:
        InputError: an unknown scope.
    """
    with opened(settings, org) as where:
        with where.store.writing() as db:
            key, shown = make_key(db, where.organisation, wanted.name, wanted.scopes, wanted.ends)
        organisation = where.keeping.organisation
    if as_json:
        print_json(_row(key) | {"key": shown})
        return
    tell(f"a key of organisation {organisation} for {', '.join(key.scopes)}; keep it, it can't be shown again:")
    sys.stdout.write(shown + "\n")


def run_list(settings: Settings, org: str | None, *, as_json: bool) -> None:
    """Print an organisation's keys."""
    with opened_known(settings, org) as (store, organisation), store.reading() as db:
        keys = list_keys(db, organisation)
    if as_json:
        for key in keys:
            print_json(_row(key))
        return
    table = Table("id", "name", "scopes", "made", "ends", "last used", "revoked", box=None)
    for key in keys:
        times = (key.created_at, key.expires_at, key.used_at, key.revoked_at)
        table.add_row(key.uid, key.name, listed(key.scopes), *("" if at is None else f"{at:%Y-%m-%d %H:%M}" for at in times))
    out.print(table)


def run_revoke(settings: Settings, org: str | None, uid: str) -> None:
    """Revoke a key.

    Raises:
        InputError: there is no such key at work.
    """
    with opened_known(settings, org) as (store, organisation), store.writing() as db:
        done = revoke_key(db, organisation, uid)
    if not done:
        raise InputError(f"key {uid!r}: there is none of that id that is not revoked; 'cs-nlp keys list' shows them")
    out.print(f"{uid} is revoked", markup=False)


def _row(key: Key) -> dict[str, Any]:
    times = {"created_at": key.created_at, "expires_at": key.expires_at, "used_at": key.used_at, "revoked_at": key.revoked_at}
    told = {name: None if at is None else at.isoformat() for name, at in times.items()}
    return {"id": key.uid, "name": key.name, "scopes": list(key.scopes)} | told
