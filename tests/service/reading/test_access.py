"""Each route without a key, with the wrong scope, asked by another organisation, malformed, and as it should be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.service.reading.conftest import World


@dataclass(frozen=True)
class Try:
    """A route and how it is asked.

    Attributes:
        path: with `{iv}` for an intervention, `{tr}` for a transcript.
        scope: that it needs.
        good: arguments of a request that is answered.
        bad: of one that is malformed.
        status: of the good answer.
        hidden: status for another organisation; 200 where it sees its own, which is empty of ours.
        method: as HTTP says.
    """

    path: str
    scope: str
    good: dict[str, Any] = field(default_factory=dict)
    bad: dict[str, Any] | None = None
    status: int = 200
    hidden: int = 404
    method: str = "GET"


CSV = {"headers": {"Accept": "text/html"}}
NOTED = {"team": "north", "on": "2026-07-13", "title": "weekly coaching"}
LABEL = {"transcript": "{tr}", "turn": 0, "start_char": 0, "culture": "assertive"}
TRIES = [
    Try("/v1/teams", "read", bad=CSV, hidden=200),
    Try("/v1/teams/north/culture", "read", {"params": {"granularity": "month"}}, {"params": {"from": "2026-02-30"}}),
    Try("/v1/teams/south%2Feast/culture", "read", {"params": {"queue": "phone"}}, {"params": {"granularity": "year"}}),
    Try("/v1/teams/north/drivers", "read", bad=CSV),
    Try("/v1/teams/north/beliefs", "read", bad=CSV),
    Try("/v1/teams/north/newcomers", "read", bad=CSV),
    Try("/v1/teams/north/changes", "read", bad=CSV),
    Try("/v1/teams/north/coaching", "read", bad=CSV),
    Try("/v1/teams/north/evidence", "evidence", {"params": {"culture": "aggressive"}}, {"params": {"culture": "rude"}}),
    Try("/v1/interventions", "label", {"json": NOTED}, {"json": {"team": "north"}}, 201, method="POST"),
    Try("/v1/interventions", "read", bad={"params": {"limit": 0}}, hidden=200),
    Try("/v1/interventions/{iv}", "read"),
    Try("/v1/interventions/{iv}/effect", "read", {"params": {"without": ["small"]}}, {"params": {"aim": 2}}),
    Try("/v1/interventions/{iv}", "label", status=204, method="DELETE"),
    Try("/v1/feedback", "label", {"json": LABEL}, {"json": LABEL | {"culture": "rude"}}, 201, method="POST"),
    Try("/v1/review", "label", {"params": {"limit": 3}}, {"params": {"limit": 1000}}, hidden=200),
    Try("/v1/model", "read", hidden=200),
]


def ask(world: World, one: Try, key: dict[str, str], **given: Any) -> Any:  # noqa: ANN401 - a response
    """Send a request; what it names is made first."""
    path = one.path
    if "{iv}" in path:
        path = path.replace("{iv}", world.client.post("/v1/interventions", json=NOTED, headers=world.keys()).json()["id"])
    if one.path == "/v1/feedback" and "json" in given:
        found = world.client.get("/v1/transcripts", headers=world.keys()).json()["items"][0]["id"]
        given = {"json": given["json"] | {"transcript": found}}
    headers = key | given.pop("headers", {})
    return world.client.request(one.method, path, headers=headers, **given)


names = pytest.mark.parametrize("one", TRIES, ids=[f"{one.method} {one.path}" for one in TRIES])


@names
def test_nobody_gets_in_without_a_key(world: World, one: Try) -> None:
    for key in ({}, {"Authorization": "Bearer key_nobody.has"}, {"Authorization": "Basic YTpi"}):
        answer = ask(world, one, key, **one.good)

        assert (answer.status_code, answer.json()["type"]) == (401, "urn:cs-nlp:problem:no-key")
        assert answer.headers["www-authenticate"].startswith("Bearer")


@names
def test_another_scope_is_not_enough(world: World, one: Try) -> None:
    lacking = world.keys.without(*({"read", "ingest"} if one.scope == "read" else {one.scope}))

    answer = ask(world, one, lacking, **one.good)

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:cs-nlp:problem:scope")
    assert one.scope in answer.json()["needed"]


@names
def test_another_organisation_sees_nothing_of_it(world: World, one: Try) -> None:
    answer = ask(world, one, world.keys.others(), **one.good)

    assert answer.status_code == one.hidden
    assert "north" not in answer.text.replace(one.path, "")


@pytest.mark.parametrize("one", [one for one in TRIES if one.bad], ids=[f"{one.method} {one.path}" for one in TRIES if one.bad])
def test_what_is_malformed_is_refused_with_its_fault(world: World, one: Try) -> None:
    answer = ask(world, one, world.keys(), **(one.bad or {}))

    assert answer.status_code == (406 if one.bad == CSV else 422)
    assert answer.headers["content-type"] == "application/problem+json"
    if answer.status_code == 422:
        assert answer.json()["errors"]


@names
def test_a_good_request_is_answered(world: World, one: Try) -> None:
    answer = ask(world, one, world.keys(*({one.scope} | {"label"})), **one.good)

    assert answer.status_code == one.status, answer.text
