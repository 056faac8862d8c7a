"""Each test on both databases, each in a database or schema of its own."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from cs_nlp.store import Store, ensure_organisation, open_store
from tests.store.shell import Shell

POSTGRES = os.environ.get("CS_NLP_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
HOW_TO_START = f"no PostgreSQL answers at {POSTGRES}; tests/README.md says how to start one, CS_NLP_TEST_POSTGRES names another one"


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with all tables and no rows. Copy it."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    open_store(path, create=True).close()
    return path


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of a PostgreSQL database that answers."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        if os.environ.get("CI") == "true":
            pytest.fail(HOW_TO_START)
        pytest.skip(HOW_TO_START)
    return POSTGRES


@pytest.fixture(params=["sqlite", "postgresql"])
def nowhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database may be made: there is none yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "store.db")
        return
    url, schema = request.getfixturevalue("postgres"), f"test_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f'CREATE SCHEMA "{schema}"')
        yield f"{url}{'&' if '?' in url else '?'}options={quote(f'-csearch_path={schema}')}"
        db.execute(f'DROP SCHEMA "{schema}" CASCADE')


@pytest.fixture
def database(nowhere: str, request: pytest.FixtureRequest) -> str:
    """A database with all tables and no rows."""
    if "://" in nowhere:
        open_store(nowhere, create=True).close()
    else:
        shutil.copy(request.getfixturevalue("empty_file"), nowhere)
    return nowhere


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An open database with all tables and no rows."""
    with open_store(database) as opened:
        yield opened


@pytest.fixture
def org(store: Store) -> int:
    """An organisation."""
    with store.writing() as db:
        return ensure_organisation(db, "acme", b"check")


@pytest.fixture
def other(store: Store) -> int:
    """Another organisation."""
    with store.writing() as db:
        return ensure_organisation(db, "rival", b"check")


@pytest.fixture
def shell(nowhere: str, tmp_path: Path, tiny_baseline: Path) -> Shell:
    """A shell where there is no database yet."""
    return Shell(nowhere, tmp_path, tiny_baseline)
