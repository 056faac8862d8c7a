"""Health, metrics, and errors of addresses that do not exist."""

from __future__ import annotations

from httpx2 import Client


def test_the_service_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_metrics_count_requests_by_route(client: Client) -> None:
    client.get("/healthz")

    text = client.get("/metrics").text

    assert 'cs_nlp_requests_total{method="GET",route="/healthz",status="200"} 1.0' in text
    assert "cs_nlp_transcripts_waiting 0.0" in text


def test_unknown_addresses_and_methods_are_problems(client: Client) -> None:
    missing, wrong = client.get("/v1/nothing-here"), client.put("/healthz")

    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert missing.json()["instance"] == "/v1/nothing-here"
    assert (wrong.status_code, wrong.json()["type"]) == (405, "urn:cs-nlp:problem:method")
    assert wrong.headers["allow"] == "GET"


def test_each_answer_has_an_id_that_the_client_may_choose_in_plain_characters(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/healthz", headers={"X-Request-Id": "a b<script>"}).headers["x-request-id"] != "a b<script>"
