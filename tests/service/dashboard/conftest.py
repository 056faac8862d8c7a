"""Somebody who has signed in to the pages, and teams to look at."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Client, Response
from starlette.testclient import TestClient

from tests.service.conftest import Keys

FILES = ("file", "text/plain")
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


@pytest.fixture
def samples(repo_root: Path) -> Path:
    """Transcripts of four teams over twelve weeks."""
    return repo_root / "data" / "samples"
