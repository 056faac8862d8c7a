"""Answers are made once and kept until others are published; words go at once when they are no longer kept."""

from __future__ import annotations

import threading
import time

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from starlette.testclient import TestClient

from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.settings import Settings
from cs_nlp.store import erase_person
from cs_nlp.store.tables import statements
from service.app import create_app
from service.remembered import Remembered
from service.state import Service
from tests.service.conftest import SECRET, Keys
from tests.service.reading.world import fill


def test_an_answer_is_made_once_for_all_who_ask_at_once() -> None:
    remembered, made = Remembered(), []

    def make(before: int | None) -> int:
        time.sleep(0.05)
        made.append(before)
        return len(made)

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(remembered.get("key", "mark", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (found, made) == ([1] * 8, [None])
    assert remembered.get("key", "another mark", make) == 2
    assert made == [None, 1]


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    remembered = Remembered(most=2)
    for key in ("a", "b", "a", "c"):
        remembered.get(key, "mark", lambda _: None)

    made = []
    for key in ("a", "c", "b"):
        remembered.get(key, "mark", lambda _, key=key: made.append(key))  # type: ignore[misc]

    assert made == ["b"]


def test_an_error_is_not_kept() -> None:
    remembered = Remembered()

    def fail(_: object) -> object:
        raise ValueError("once")

    with pytest.raises(ValueError, match="once"):
        remembered.get("key", "mark", fail)
    assert remembered.get("key", "mark", lambda _: "made") == "made"


def test_figures_stand_and_words_go_when_they_are_no_longer_kept(database: str) -> None:
    settings = Settings(database=database, organisation="acme", threads=1, score_inside=False, secret=SecretStr(SECRET))
    app = create_app(settings)
    app.state.remembered = Remembered(most=3)
    with TestClient(app) as client:
        service: Service = app.state.service
        organisation = open_organisation(service.store, Keeping("acme", SECRET.encode()))
        fill(service.store, organisation, service.classifier.artefact, {"north": 8}, 6)
        key = Keys(service.store)()
        paths = ("beliefs", "drivers", "newcomers", "culture", "changes")
        before = {path: client.get(f"/v1/teams/north/{path}", headers=key).json() for path in paths}
        gone = before["beliefs"]["items"][0]["name"]
        with service.store.writing() as db:
            erase_person(db, organisation, "north-1")
            db.execute(update(statements).where(statements.c.text == gone).values(text=None))
        for day in range(1, 29):  # many other questions do not drive an answer out
            client.get("/v1/teams/north/culture", headers=key, params={"from": f"2026-06-{day:02}"})
        after = {path: client.get(f"/v1/teams/north/{path}", headers=key).json() for path in paths}

    first = after["beliefs"]["items"][0]
    assert (first["name"], first["share"]) == (None, before["beliefs"]["items"][0]["share"])
    assert gone not in str(after)
    for path in ("drivers", "newcomers", "culture", "changes"):
        assert after[path] == before[path], path
