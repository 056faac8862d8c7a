"""One database: SQLite in a file, or PostgreSQL where many workers share it. Transactions that read, and transactions that write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, OperationalError

from cs_nlp.errors import MissingExtraError, StoreError

BUSY_S: Final = 60.0
"""How long a transaction on SQLite waits for the one that writes."""
_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is erased is overwritten, not only unlinked
    "PRAGMA cache_size = -65536",  # kB, as a negative number
    "PRAGMA temp_store = MEMORY",
)


class Store:
    """A database.

    Args:
        url: where it is; see `database_url`.
        pool_size: connections to PostgreSQL that are kept open.

    Raises:
        MissingExtraError: a PostgreSQL URL without its driver.
    """

    def __init__(self, url: URL, *, pool_size: int = 5) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self._engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url, pool_size)

    @property
    def label(self) -> str:
        """Where it is, without a password: for messages."""
        return str(self.url.database) if self.is_sqlite else self.url.render_as_string(hide_password=True)

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout and changes nothing.

        Raises:
            StoreError: the database can't be reached.
        """
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._connected() as db, db.execution_options(**options).begin():
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that happens whole or, when anything is raised, not at all. On SQLite there is one at a time.

        Raises:
            StoreError: the database can't be reached.
        """
        with self._connected() as db, db.execution_options(cs_nlp_writes=True).begin():
            yield db

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            db = self._engine.connect()
        except OperationalError as error:
            raise StoreError(f"{self.label}: the database can't be opened ({_first_line(error)}); is it there, may you use it?") from error
        try:
            with db:
                yield db
        except OperationalError as error:
            raise StoreError(
                f"{self.label}: the database gave up ({_first_line(error)}); nothing of this step was kept, try again"
            ) from error

    def tidy(self) -> None:
        """After an erasure: let nothing of it stand in SQLite's log file. PostgreSQL's own vacuum does the like in time."""
        if self.is_sqlite:
            connection = self._engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA query_only = OFF")
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """The store itself; it is closed at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        self.close()


def database_url(database: str | Path) -> URL:
    """Where a database is.

    Args:
        database: a file for SQLite, or a URL such as `postgresql://user@host/name` or `sqlite:///folder/file.db`.

    Raises:
        StoreError: a URL that is not understood, or of another kind of database.
    """
    text = str(database)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        kind = text.split("://", 1)[0]
        raise StoreError(f"{kind}://...: this is no database URL; expected postgresql://user@host/name, or a file") from error
    kind = url.get_backend_name()
    if kind in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database:
        return url.set(drivername="sqlite")
    raise StoreError(f"{kind}: no such kind of database here; expected a file (SQLite) or postgresql://user@host/name")


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_S})
    path = Path(str(url.database))

    @event.listens_for(engine, "do_connect")
    def _make_private(*_: object) -> None:
        """The file holds what people said: for its owner's eyes only."""
        if path.parent.is_dir() and not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: object) -> None:  # noqa: ANN401 - a DB-API connection
        connection.isolation_level = None  # transactions begin below, not where the driver guesses
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(db: Connection) -> None:
        """A transaction that writes takes its turn at once: one that began by reading could be refused later."""
        writes = db.get_execution_options().get("cs_nlp_writes", False)
        db.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres_engine(url: URL, pool_size: int) -> Engine:
    if find_spec("psycopg") is None:
        raise MissingExtraError("PostgreSQL", "postgres")
    return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)


def _first_line(error: Exception) -> str:
    return (str(error.__cause__ or error).strip() or type(error).__name__).splitlines()[0]
