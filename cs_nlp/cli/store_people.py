"""What `cs-nlp people` does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from rich.table import Table

from cs_nlp.cli.screen import out, print_json
from cs_nlp.cli.store_open import Opened, confirmed, opened, opened_known
from cs_nlp.errors import InputError
from cs_nlp.ingest.people_file import read_people_file
from cs_nlp.pipeline.publishing import publish
from cs_nlp.redact import pseudonym
from cs_nlp.settings import Settings
from cs_nlp.store import Person, erase_person, list_people, put_people

_PSEUDONYM: Final = re.compile(r"(?:agent|speaker)-[0-9a-f]{12}")


def run_list(settings: Settings, org: str | None, team: str | None, *, as_json: bool) -> None:
    """Print who is known."""
    with opened_known(settings, org) as (store, organisation), store.reading() as db:
        found = list_people(db, organisation, team)
    table = Table("pseudonym", "team", "joined")
    for one in found:
        joined = one.joined_on.isoformat() if one.joined_on else None
        if as_json:
            print_json({"person": one.pseudonym, "team": one.team, "joined_on": joined})
        else:
            table.add_row(one.pseudonym, one.team or "", joined or "")
    if not as_json:
        out.print(table)


def run_import(settings: Settings, org: str | None, path: Path) -> None:
    """Keep who joined which team, and when.

    Raises:
        InputError: the file can't be read.
    """
    known = read_people_file(path)
    with opened(settings, org) as where:
        given = [Person(_hidden(where, name), team or None, day) for team, people in known.items() for name, day in people.items()]
        zone = where.keeping.zone if isinstance(where.keeping.zone, str) else "UTC"
        with where.store.writing() as db:
            n = put_people(db, where.organisation, given, zone)
    out.print(f"{n} people")


def run_erase(settings: Settings, org: str | None, person: str, *, yes: bool) -> None:
    """Erase a person.

    Raises:
        InputError: nobody of that name is known.
    """
    with opened_known(settings, org), opened(settings, org) as where:  # the first, so that no organisation is made
        name = _hidden(where, person)
        with where.store.reading() as db:
            if name not in {one.pseudonym for one in list_people(db, where.organisation)}:
                raise InputError(f"{person}: nobody of that name or pseudonym is known; 'cs-nlp people list' prints who is")
        if not confirmed(f"Erase all that {name} said, for good?", yes=yes):
            return
        with where.store.writing() as db:
            erased = erase_person(db, where.organisation, name)
        publish(where.store, where.organisation)
        where.store.tidy()
    out.print(f"{name}: erased {erased.statements} statements in {erased.transcripts} transcripts", markup=False)


def _hidden(where: Opened, name: str) -> str:
    """The pseudonym of a name; a pseudonym as it is."""
    return name if _PSEUDONYM.fullmatch(name) else pseudonym(name, where.keeping.secret, where.keeping.organisation)
