"""Opens the database that the settings name, for the commands on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import typer

from cs_nlp.cli.screen import tell
from cs_nlp.cli.zones import read_zones
from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.settings import Settings
from cs_nlp.store import KeepText, Store, find_organisation, open_store, read_secret

_NO_ANSWER: Final = "nothing was erased; say --yes where nobody can answer"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open database and whose part of it is meant.

    Attributes:
        store: the database.
        organisation: id.
        keeping: how its transcripts are kept.
    """

    store: Store
    organisation: int
    keeping: Keeping


@contextmanager
def opened(settings: Settings, org: str | None, *, team: str | None = None, tz: str | None = None) -> Iterator[Opened]:
    """The database for a command that stores; database, organisation and secret are made where there are none.

    Raises:
        StoreError: it can't be used.
        InputError: there is no such time zone.
    """
    zones = read_zones(tz or settings.time_zone)
    zone = {one: str(own) for one, own in zones.items()} if isinstance(zones, dict) else str(zones)
    with open_store(settings.database, create=True) as store:
        secret, made = read_secret(store, settings.secret.get_secret_value())
        if made is not None:
            tell(f"{made}: made the secret for pseudonyms; keep a copy apart from the database, without it nobody is known again")
        keeping = Keeping(org or settings.organisation, secret, KeepText(settings.keep_text), zone, team)
        yield Opened(store, open_organisation(store, keeping), keeping)


@contextmanager
def opened_known(settings: Settings, org: str | None) -> Iterator[tuple[Store, int]]:
    """The database and the id of an organisation, for a command on what is stored that needs no names.

    Raises:
        StoreError: it can't be used.
        InputError: there is no such organisation in it.
    """
    with open_store(settings.database) as store:
        with store.reading() as db:
            organisation = find_organisation(db, org or settings.organisation)
        yield store, organisation


def confirmed(question: str, *, yes: bool) -> bool:
    """Whether the user agrees; without a terminal only `--yes` is agreement."""
    if yes:
        return True
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        tell(_NO_ANSWER)
        return False
