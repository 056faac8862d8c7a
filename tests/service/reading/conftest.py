"""A service over a filled database, one for all tests here on each database: none of them changes what others look at."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import psycopg
import pytest
from fastapi import FastAPI
from httpx2 import Client
from pydantic import SecretStr
from starlette.testclient import TestClient

from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.settings import Settings
from cs_nlp.store import open_store
from service.app import create_app
from service.state import Service
from tests.service.conftest import OTHER, SECRET, Keys
from tests.service.reading.world import fill


@dataclass(frozen=True)
class World:
    """What tests here have.

    Attributes:
        app: the opened application.
        client: of it.
        keys: of two organisations.
        service: what is open.
    """

    app: FastAPI
    client: Client
    keys: Keys
    service: Service


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of our own."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("filled") / "store.db"
        shutil.copy(request.getfixturevalue("empty_file"), path)
        yield str(path)
        return
    url, schema = request.getfixturevalue("postgres"), f"test_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f'CREATE SCHEMA "{schema}"')
        found = f"{url}{'&' if '?' in url else '?'}options={quote(f'-csearch_path={schema}')}"
        open_store(found, create=True).close()
        yield found
        db.execute(f'DROP SCHEMA "{schema}" CASCADE')


@pytest.fixture(scope="package")
def world(filled: str) -> Iterator[World]:
    """The service over three published teams, and another organisation with one."""
    settings = Settings(database=filled, secret=SecretStr(SECRET), organisation="acme", threads=1, rate=1_000_000, score_inside=False)
    app = create_app(settings)
    with TestClient(app) as client:
        service: Service = app.state.service
        artefact = service.classifier.artefact
        for name, teams in (("acme", {}), (OTHER, {"theirs": 6})):
            organisation = open_organisation(service.store, Keeping(name, SECRET.encode()))
            fill(service.store, organisation, artefact, **({"teams": teams, "weeks": 3} if teams else {}))  # type: ignore[arg-type]
        yield World(app, client, Keys(service.store), service)
