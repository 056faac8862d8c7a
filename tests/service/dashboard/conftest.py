"""Somebody who has signed in to the pages, and teams to look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from httpx2 import Client, Response
from pydantic import SecretStr
from starlette.testclient import TestClient

from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.settings import Settings
from service.app import create_app
from service.state import Service
from tests.service.conftest import OTHER, SECRET, Keys
from tests.service.reading.world import SAID, fill

PAGE = {"Accept": "text/html"}
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')


class Person:
    """A browser without scripts.

    Args:
        client: of the opened application.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = ""

    def get(self, path: str) -> Response:
        """Look at a page."""
        found = self.client.get(path, headers=PAGE, follow_redirects=False)
        if match := TOKEN.search(found.text):
            self.token = match[1]
        return found

    def post(self, path: str, *, token: str | None = None, **fields: str) -> Response:
        """Send a form, with the token of the page that was looked at last."""
        sent = {"csrf": self.token if token is None else token, **fields}
        return self.client.post(path, data=sent, headers=PAGE, follow_redirects=False)

    def sign_in(self, key: str) -> Response:
        """Show a key."""
        self.get("/sign-in")
        return self.post("/sign-in", key=key)


@pytest.fixture
def stranger(client: Client) -> Person:
    """Somebody who has not signed in."""
    return Person(client)


@pytest.fixture
def signed_in(app: FastAPI, client: Client, keys: Keys) -> Callable[..., Person]:  # noqa: ARG001 - it is open while the client is
    """Makes people who have signed in: with all scopes or some, of this organisation or another."""

    def make(*scopes: str, org: str = "acme") -> Person:
        person = Person(TestClient(app))
        answer = person.sign_in(keys(*scopes, org=org)["Authorization"].removeprefix("Bearer "))
        assert answer.status_code == 303, answer.text
        person.get("/upload")
        return person

    return make


HOSTILE = "<script>alert(1)</script>{{7*7}}\"'"
TEAM = f"north {HOSTILE}"
MEAN = {culture: [f"{text} {HOSTILE}" for text in texts] if culture != "none" else texts for culture, texts in SAID.items()}


@dataclass(frozen=True)
class Pages:
    """Published teams whose names and words are hostile, and who looks at them.

    Attributes:
        app: the opened application.
        service: what it has open.
        keys: of two organisations.
    """

    app: FastAPI
    service: Service
    keys: Keys

    def person(self, *scopes: str, org: str = "acme") -> Person:
        """Somebody who has signed in."""
        person = Person(TestClient(self.app))
        assert person.sign_in(self.keys(*scopes, org=org)["Authorization"].removeprefix("Bearer ")).status_code == 303
        for path in ("/upload", "/review", "/settings"):
            person.get(path)
        return person


@pytest.fixture(scope="package")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """A service over two teams, one of them small, of one organisation, and a team of another one."""
    path = tmp_path_factory.mktemp("pages") / "store.db"
    settings = Settings(database=str(path), secret=SecretStr(SECRET), organisation="acme", threads=1, rate=1_000_000, score_inside=False)
    app = create_app(settings)
    with TestClient(app), pytest.MonkeyPatch.context() as patch:
        service: Service = app.state.service
        for culture, texts in MEAN.items():
            patch.setitem(SAID, culture, texts)
        for name, teams in (("acme", {TEAM: 8, "small": 3}), (OTHER, {"theirs": 6})):
            organisation = open_organisation(service.store, Keeping(name, SECRET.encode()))
            fill(service.store, organisation, service.classifier.artefact, teams, 8)
        yield Pages(app, service, Keys(service.store))
