"""`POST /v1/score`: n statements give n scores in order, nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from httpx2 import Client

from cs_nlp.scoring import load_classifier
from cs_nlp.store import list_transcripts, organisation_names
from cs_nlp.taxonomy import CULTURES
from service.state import Service
from tests.service.conftest import Keys

TEXTS = [f"That is rule number {n}, and you should have read it." for n in range(7)]
CALL = "Agent: You should have read the terms.\nCustomer: I did.\nAgent: Then it is your own fault.\n"


def most_probable(service: Service, texts: Sequence[str]) -> list[str]:
    """What the classifier itself says."""
    return [one.culture for one in load_classifier(service.settings.model, threads=1).score(texts).to_records()]


def test_n_texts_give_n_scores_in_order(client: Client, keys: Keys, service: Service) -> None:
    answer = client.post("/v1/score", json={"texts": TEXTS}, headers=keys("ingest"))

    assert answer.status_code == 200
    scores = answer.json()["scores"]
    assert [one["culture"] for one in scores] == most_probable(service, TEXTS)
    assert all(sum(one["probabilities"].values()) == pytest.approx(1, abs=1e-4) for one in scores)


def test_a_text_may_come_with_what_was_said_before_it(client: Client, keys: Keys) -> None:
    body = {"texts": [{"text": TEXTS[0], "context": "Why?"}, TEXTS[1], {"text": TEXTS[2]}]}

    assert len(client.post("/v1/score", json=body, headers=keys("ingest")).json()["scores"]) == 3


def test_inputs_are_answered_as_other_classifiers_do(client: Client, keys: Keys) -> None:
    one = client.post("/v1/score", json={"inputs": TEXTS[0]}, headers=keys("ingest")).json()
    many = client.post("/v1/score", json={"inputs": TEXTS, "parameters": {"top_k": 2}}, headers=keys("ingest")).json()

    assert [label["label"] for label in one] == sorted(CULTURES, key=lambda name: -{each["label"]: each["score"] for each in one}[name])
    assert [len(labels) for labels in many] == [2] * len(TEXTS)


def test_a_transcript_is_scored_and_not_stored(client: Client, keys: Keys, service: Service) -> None:
    answer = client.post("/v1/score", json={"transcript": CALL, "metadata": {"id": "c-1"}}, headers=keys("ingest"))

    found = answer.json()
    assert (found["transcript"], found["format"], found["turns"]) == ("c-1", "plain_text", 3)
    assert [one["turn"] for one in found["statements"]] == [0, 2]
    assert [one["text"] for one in found["statements"]] == ["You should have read the terms.", "Then it is your own fault."]
    with service.store.reading() as db:
        assert not any(list_transcripts(db, one) for one in organisation_names(db).values())


BAD = [
    ({"texts": []}, "#/texts"),
    ({"texts": [""]}, "#/texts/0"),
    ({"texts": ["x"] * 257}, "#/texts"),
    ({"texts": ["x" * 10_001]}, "#/texts/0"),
    ({"texts": ["half a pair \ud800"]}, "#/texts/0"),
    ({"texts": "one"}, "#/texts"),
    ({"texts": ["x"], "more": 1}, "#/more"),
    ({"inputs": ["x"], "parameters": {"top_k": 0}}, "#/parameters/top_k"),
    ({"inputs": 3}, "#/inputs"),
    ({}, "#/texts"),
    ([], "#/"),
    ({"transcript": CALL, "format": "teletext"}, "#/format"),
    ({"transcript": CALL, "time_zone": "../../etc/passwd"}, "#/time_zone"),
    ({"transcript": CALL, "metadata": {"started_at": 3}}, "#/metadata/started_at"),
]


def test_what_is_not_as_described_is_refused_with_its_place(client: Client, keys: Keys) -> None:
    for body, place in BAD:
        answer = client.post("/v1/score", content=json.dumps(body), headers=keys("ingest") | {"Content-Type": "application/json"})

        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert any(one["pointer"].startswith(place) for one in answer.json()["errors"]), (body, answer.json())


def test_a_transcript_that_is_none_is_told_what_is_missing(client: Client, keys: Keys) -> None:
    answer = client.post("/v1/score", json={"transcript": {"hello": "world"}}, headers=keys("ingest"))

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:cs-nlp:problem:unknown-format")


def test_who_may(client: Client, keys: Keys) -> None:
    body = {"texts": TEXTS}

    assert client.post("/v1/score", json=body).status_code == 401
    assert client.post("/v1/score", json=body, headers={"Authorization": "Bearer key_x.y"}).status_code == 401
    refused = client.post("/v1/score", json=body, headers=keys.without("ingest"))
    assert (refused.status_code, refused.json()["needed"]) == (403, ["ingest"])
    assert client.post("/v1/score", json=body, headers=keys.others()).status_code == 200


def test_what_is_not_english_is_said_to_be_in_doubt(client: Client, keys: Keys) -> None:
    texts = ["Das tut mir leid, ich kümmere mich sofort darum.", "She was right, so I fixed it."]
    answer = client.post("/v1/score", json={"texts": texts}, headers=keys())
    assert [one["unsure"] for one in answer.json()["scores"]] == ["language", None]
