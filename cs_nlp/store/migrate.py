"""The way from an empty or older database to the tables that this version knows."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from cs_nlp.errors import StoreError
from cs_nlp.store.engine import Store, database_url
from cs_nlp.store.tables import metadata

_FOLDER: Final = Path(__file__).resolve().parent / "migrations"
_LOCK: Final = 0x63735F6E  # any number that others will not use


class Version(StrEnum):
    """How a database stands to this version of cs_nlp."""

    MISSING = "missing"  # no tables at all
    OLD = "old"
    CURRENT = "current"
    UNKNOWN = "unknown"  # made by a newer version, or by something else


def open_store(database: str | Path, *, create: bool = False, pool_size: int = 5) -> Store:
    """Open a database that has the tables of this version.

    Args:
        database: a file for SQLite, or a URL such as `postgresql://user@host/name`.
        create: make the tables where there are none at all.
        pool_size: connections to PostgreSQL that are kept open.

    Raises:
        StoreError: it can't be reached, is not there, or is of another version.
        MissingExtraError: PostgreSQL without its driver.
    """
    url = database_url(database)
    store = Store(url, pool_size=pool_size)
    if store.path is not None and not create and not store.path.is_file():
        raise StoreError(f"{store.label}: there is no database yet; 'cs-nlp ingest PATH' makes one, or name yours with CS_NLP_DATABASE")
    version = version_of(store)
    if version is Version.MISSING and create:
        upgrade(store)
    elif version is not Version.CURRENT:
        told = {
            Version.MISSING: "it has no tables; make them with 'cs-nlp db upgrade'",
            Version.OLD: "it was made by an older version; keep a copy of it, then run 'cs-nlp db upgrade'",
            Version.UNKNOWN: "it was made by a newer version of cs_nlp or by something else; use that version, or another database",
        }
        store.close()
        raise StoreError(f"{store.label}: {told[version]}")
    return store


def version_of(store: Store) -> Version:
    """How the database stands to this version.

    Raises:
        StoreError: it can't be reached.
    """
    revision = revision_of(store)
    if revision is None:
        with store.reading() as db:
            return Version.UNKNOWN if inspect(db).has_table("transcripts") else Version.MISSING
    known = ScriptDirectory(str(_FOLDER))
    if revision == known.get_current_head():
        return Version.CURRENT
    return Version.OLD if revision in {script.revision for script in known.walk_revisions()} else Version.UNKNOWN


def revision_of(store: Store) -> str | None:
    """The last migration that the database has seen, or None."""
    with store.reading() as db:
        return MigrationContext.configure(db).get_current_revision()


def upgrade(store: Store) -> None:
    """Bring a database to this version, in one transaction. Safe when several processes do it at once.

    Raises:
        StoreError: it can't be reached, or was made by a newer version.
    """
    if version_of(store) is Version.UNKNOWN:
        raise StoreError(f"{store.label}: it was made by a newer version of cs_nlp or by something else; it is left as it is")
    with store.writing() as db:
        if not store.is_sqlite:
            db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = Config()
        config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        config.attributes["connection"] = db
        command.upgrade(config, "head")


def differences(db: Connection) -> list[str]:
    """What the tables of a database lack or have more than this version's, one line each; empty for none."""
    context = MigrationContext.configure(db, opts={"compare_type": True})
    return [str(difference) for difference in compare_metadata(context, metadata)]
