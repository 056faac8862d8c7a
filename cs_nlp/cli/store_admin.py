"""What `cs-nlp db` and `cs-nlp prune` do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import typer

from cs_nlp.cli.screen import complain, out, print_json, progress
from cs_nlp.cli.store_open import confirmed, opened_known
from cs_nlp.errors import InputError
from cs_nlp.pipeline.publishing import DEFAULT_RULES, publish, publish_anew
from cs_nlp.pipeline.storing import refresh
from cs_nlp.settings import Settings
from cs_nlp.store import (
    Erased,
    Version,
    count_before,
    count_states,
    erase_before,
    erase_transcripts,
    faults,
    open_store,
    organisation_names,
    revision_of,
    set_zone,
    unknown_transcripts,
    upgrade,
    version_of,
)
from cs_nlp.store.engine import Store, database_url


@dataclass(frozen=True, slots=True)
class Doomed:
    """Which transcripts to erase.

    Attributes:
        before: those that began before this day, or None.
        transcripts: those with these ids.
    """

    before: date | None
    transcripts: tuple[str, ...]


def run_upgrade(settings: Settings) -> None:
    """Bring the database up to date."""
    with Store(database_url(settings.database)) as store:
        before = revision_of(store)
        upgrade(store)
        out.print(f"{store.label}: version {revision_of(store)} (before: {before or 'no tables'})", markup=False)


def run_current(settings: Settings, *, as_json: bool) -> None:
    """Print what the database is and holds."""
    store = Store(database_url(settings.database))
    if store.path is not None and not store.path.is_file():
        raise InputError(f"{store.label}: there is no database yet; 'cs-nlp ingest PATH' or 'cs-nlp db upgrade' makes one")
    with store:
        version, revision = version_of(store), revision_of(store)
        held = {}
        if version is Version.CURRENT:
            with store.reading() as db:
                held = {name: dict(count_states(db, organisation)) for name, organisation in organisation_names(db).items()}
        if as_json:
            print_json({"database": store.label, "version": revision, "state": version.value, "organisations": held})
            return
        out.print(f"{store.label}: version {revision or 'none'} ({version.value})", markup=False)
        for name, states in held.items():
            counts = ", ".join(f"{n} {state}" for state, n in states.items())
            out.print(f"organisation {name}: {counts}", markup=False)


def run_check(settings: Settings) -> None:
    """Check the database.

    Raises:
        typer.Exit: something is wrong.
    """
    with open_store(settings.database) as store, store.reading() as db:
        wrong = faults(db)
        for fault in wrong:
            complain(fault)
        if wrong:
            raise typer.Exit(2)
        out.print(f"{store.label}: whole", markup=False)


def run_zone(settings: Settings, org: str | None, team: str, zone: str) -> None:
    """Give a team another time zone.

    Raises:
        InputError: there is no such team or zone.
    """
    with opened_known(settings, org) as (store, organisation):
        with store.writing() as db:
            set_zone(db, organisation, team, zone)
        refresh(store, organisation)
    out.print(f"{team}: {zone}", markup=False)


def run_publish(settings: Settings, org: str | None, *, anew: bool) -> None:
    """Publish what can be published; with `anew` all of it, by the present settings."""
    with opened_known(settings, org) as (store, organisation):
        rules = replace(DEFAULT_RULES, k=settings.smallest_group)
        n = publish_anew(store, organisation, rules) if anew else publish(store, organisation)
    out.print(f"{n} transcripts published", markup=False)


def run_prune(settings: Settings, org: str | None, doomed: Doomed, *, yes: bool) -> None:
    """Erase transcripts.

    Raises:
        InputError: it is not said which, or there is none of an id.
    """
    before = doomed.before
    if before is None and settings.retention_days and not doomed.transcripts:
        before = datetime.now(UTC).date() - timedelta(days=settings.retention_days)
    if before is None and not doomed.transcripts:
        raise InputError("prune: say what to erase: --before DATE, --transcript ID, or set CS_NLP_RETENTION_DAYS")
    with opened_known(settings, org) as (store, organisation):
        with store.reading() as db:
            n = 0 if before is None else count_before(db, organisation, before)
            if unknown := unknown_transcripts(db, organisation, doomed.transcripts):
                raise InputError(f"--transcript {unknown[0]}: no stored transcript has this id; 'cs-nlp ingest --json' prints ids")
        what = [f"{n} transcripts from before {before}"] if before is not None else []
        what += [f"the transcripts {', '.join(doomed.transcripts)}"] if doomed.transcripts else []
        if not confirmed(f"Erase {' and '.join(what)}, for good?", yes=yes):
            return
        erased = Erased(0, 0)
        if doomed.transcripts:
            with store.writing() as db:
                erased += erase_transcripts(db, organisation, doomed.transcripts)
        if before is not None:
            erased += _erase_before(store, organisation, before, n)
        publish(store, organisation)
        store.tidy()
    out.print(f"erased {erased.transcripts} transcripts with {erased.statements} statements", markup=False)


def _erase_before(store: Store, organisation: int, before: date, n: int) -> Erased:
    """Erases portion by portion, so that others may write in between."""
    whole = Erased(0, 0)
    with progress("erasing transcripts", n) as bar:
        while True:
            with store.writing() as db:
                part = erase_before(db, organisation, before)
            if not part.transcripts:
                return whole
            whole += part
            bar(whole.transcripts, max(n, whole.transcripts))
