"""A running service on both databases: in the test's own process, with a model that takes milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Client
from pydantic import SecretStr
from starlette.testclient import TestClient

from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.settings import Settings
from cs_nlp.store import SCOPES, Store, make_key
from service.app import create_app
from service.state import Service
from tests.store.conftest import database, empty_file, nowhere, postgres

__all__ = ["database", "empty_file", "nowhere", "postgres"]

SECRET = "a secret of the tests, long enough"  # noqa: S105 - opens nothing
OTHER = "rival"


class Keys:
    """What callers show: one key for each scope and one with all, of two organisations."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._made: dict[tuple[str, tuple[str, ...]], str] = {}

    def __call__(self, *scopes: str, org: str = "acme") -> dict[str, str]:
        """The headers of a caller with these scopes; all of them by default."""
        wanted = scopes or SCOPES
        if (org, wanted) not in self._made:
            organisation = open_organisation(self._store, Keeping(org, SECRET.encode()))
            with self._store.writing() as db:
                _, shown = make_key(db, organisation, "test", wanted)
            self._made[org, wanted] = shown
        return {"Authorization": f"Bearer {self._made[org, wanted]}"}

    def others(self) -> dict[str, str]:
        """A caller of another organisation, with all scopes."""
        return self(org=OTHER)

    def without(self, *scopes: str) -> dict[str, str]:
        """A caller with all scopes but these."""
        return self(*(scope for scope in SCOPES if scope not in scopes))


@pytest.fixture
def settings(database: str, tiny_baseline: Path) -> Settings:
    """Settings of the service under test; a rate that no test reaches by itself."""
    return Settings(database=database, secret=SecretStr(SECRET), organisation="acme", model=str(tiny_baseline), threads=1, rate=10_000)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The application, not opened yet."""
    return create_app(settings)


@pytest.fixture
def client(app: FastAPI) -> Iterator[Client]:
    """A client of the opened application: its worker runs."""
    with TestClient(app) as opened:
        yield opened


@pytest.fixture
def service(client: Client, app: FastAPI) -> Service:  # noqa: ARG001 - it is open while the client is
    """What the service has open."""
    found: Service = app.state.service
    return found


@pytest.fixture
def keys(service: Service) -> Keys:
    """Keys of two organisations."""
    return Keys(service.store)
