"""How much is taken: rates, queues, numbers in the answers; keys that end."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from httpx2 import Client
from starlette.testclient import TestClient

from cs_nlp.settings import Settings
from cs_nlp.store import list_keys, organisation_names, revoke_key
from service.app import create_app
from service.auth import KeyRing
from service.errors import Problem
from service.limits import RateLimiter
from service.state import Service
from tests.service.conftest import Keys
from tests.service.samples import item


def test_a_rate_is_kept_with_bursts_and_numbers() -> None:
    now = [0.0]
    limiter = RateLimiter(2.0, lambda: now[0])

    for _ in range(4):
        limiter.take("a")
    with pytest.raises(Problem) as refused:
        limiter.take("a")
    limiter.take("b")
    now[0] = 0.5
    limiter.take("a")

    assert refused.value.status_code == 429
    assert refused.value.headers is not None
    assert refused.value.headers["Retry-After"] == "1"
    assert refused.value.facts["limit"] == 2.0


def test_a_key_that_asks_too_often_is_told_when_to_come_again(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"rate": 1.0}))) as client:
        app = client.app
        assert isinstance(app, FastAPI)
        headers = Keys(app.state.service.store)("read")
        answers = [client.get("/v1/transcripts", headers=headers) for _ in range(3)]
        other = client.get("/v1/transcripts", headers=Keys(app.state.service.store)("ingest"))

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["limit"] == 1.0
    assert int(answers[2].headers["retry-after"]) >= 1
    assert other.status_code == 200


def test_a_full_queue_takes_nothing_more_and_says_when_to_come_again(settings: Settings) -> None:
    full = settings.model_copy(update={"queue": 2, "score_inside": False})
    with TestClient(create_app(full)) as client:
        app = client.app
        assert isinstance(app, FastAPI)
        headers = Keys(app.state.service.store)("ingest")
        app.state.backlog.look_every_s = 0.0
        statuses = [client.post("/v1/transcripts", json=item(n), headers=headers) for n in range(3)]
        batch = client.post("/v1/batches", json={"items": [item(9)]}, headers=headers)
        score = client.post("/v1/score", json={"texts": ["x"]}, headers=headers)

    assert [one.status_code for one in statuses] == [202, 202, 503]
    assert (statuses[2].json()["limit"], statuses[2].headers["retry-after"]) == (2, "10")
    assert (batch.status_code, score.status_code) == (503, 200)


def test_a_revoked_key_opens_nothing(client: Client, keys: Keys, service: Service, app: FastAPI) -> None:
    headers = keys("read")
    assert client.get("/v1/transcripts", headers=headers).status_code == 200
    with service.store.writing() as db:
        organisation = organisation_names(db)["acme"]
        (key,) = list_keys(db, organisation)
        assert key.used_at is not None
        revoke_key(db, organisation, key.uid)

    app.state.keys.forget()

    assert client.get("/v1/transcripts", headers=headers).status_code == 401


def test_a_key_is_not_looked_up_again_for_a_moment_only(service: Service, keys: Keys) -> None:
    shown = keys("read")["Authorization"].removeprefix("Bearer ")
    short, long = KeyRing(service.store, remembered_s=0.0), KeyRing(service.store, remembered_s=60)

    for ring in (short, long):
        assert ring.remembered(shown) is None
        assert ring.check(shown) is not None

    assert short.remembered(shown) is None
    assert long.remembered(shown) is not None
    assert long.remembered(shown + "x") is None
    assert long.check(shown + "x") is None
    assert long.check("x" * 100_000) is None


def test_the_same_key_in_other_clothes(client: Client, keys: Keys) -> None:
    shown = keys("read")["Authorization"].removeprefix("Bearer ")

    def status(value: str) -> int:
        return client.get("/v1/transcripts", headers={"Authorization": value}).status_code

    assert status(f"bearer {shown}") == 200
    assert [
        status(value) for value in (shown, f"Basic {shown}", f"Bearer {shown[:-1]}", "Bearer ", "Bearer key_.x", f"Bearer {shown.upper()}")
    ] == [401] * 6
