"""`Idempotency-Key`: a POST happens once, whatever the network does to its answer."""

from __future__ import annotations

from httpx2 import Client, Response

from cs_nlp.store import begin_request, organisation_names
from service.state import Service
from tests.service.conftest import Keys
from tests.service.samples import call, item


def post(client: Client, headers: dict[str, str], key: str, body: object, path: str = "/v1/batches") -> Response:
    """A request with a key of its own."""
    return client.post(path, json=body, headers=headers | {"Idempotency-Key": key})


def test_the_same_request_gets_the_first_answer_again_and_happens_once(client: Client, keys: Keys) -> None:
    body = {"items": [item(0)]}

    first, again = (post(client, keys("ingest"), "k-1", body) for _ in range(2))

    assert (first.status_code, again.status_code) == (202, 202)
    assert (again.content, again.headers["location"]) == (first.content, first.headers["location"])
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")


def test_another_request_with_the_key_is_refused(client: Client, keys: Keys) -> None:
    post(client, keys("ingest"), "k-1", {"items": [item(0)]})

    for other in (
        post(client, keys("ingest"), "k-1", {"items": [item(1)]}),
        post(client, keys("ingest"), "k-1", {"texts": ["x"]}, "/v1/score"),
    ):
        assert (other.status_code, other.json()["type"]) == (422, "urn:cs-nlp:problem:key-reused")


def test_a_request_that_still_runs_is_told_with_a_time_to_come_again(client: Client, keys: Keys, service: Service) -> None:
    first = post(client, keys("ingest"), "k-1", {"texts": ["x"]}, "/v1/score")
    with service.store.writing() as db:
        organisation = organisation_names(db)["acme"]
        stored = db.exec_driver_sql("SELECT fingerprint FROM idempotency").scalar_one()
        db.exec_driver_sql("DELETE FROM idempotency")
        begin_request(db, organisation, "k-1", bytes(stored))

    running = post(client, keys("ingest"), "k-1", {"texts": ["x"]}, "/v1/score")

    assert first.status_code == 200
    assert (running.status_code, running.headers["retry-after"]) == (409, "1")


def test_a_refused_request_may_be_corrected_under_the_same_key(client: Client, keys: Keys) -> None:
    refused = post(client, keys("ingest"), "k-1", {"texts": []}, "/v1/score")
    corrected = post(client, keys("ingest"), "k-1", {"texts": ["x"]}, "/v1/score")

    assert (refused.status_code, corrected.status_code) == (422, 200)


def test_keys_of_organisations_do_not_meet(client: Client, keys: Keys) -> None:
    mine = post(client, keys("ingest"), "k-1", {"items": [item(0)]})
    theirs = post(client, keys.others(), "k-1", {"items": [item(1)]})

    assert (theirs.status_code, theirs.headers["location"] != mine.headers["location"]) == (202, True)


def test_a_form_is_known_again_whatever_its_boundary(client: Client, keys: Keys) -> None:
    def post_form(boundary: str, n: int) -> Response:
        headers = keys("ingest") | {"Idempotency-Key": "k-1", "Content-Type": f"multipart/form-data; boundary={boundary}"}
        part = f'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n{call(n)}\r\n'
        return client.post("/v1/transcripts", content=f"--{boundary}\r\n{part}--{boundary}--\r\n", headers=headers)

    first, again, other = post_form("one", 0), post_form("another-0123", 0), post_form("one", 1)

    assert [first.json()["outcome"], again.json()["outcome"]] == ["new", "new"]
    assert again.headers["idempotency-replayed"] == "true"
    assert other.status_code == 422


def test_keys_that_are_none_are_refused(client: Client, keys: Keys) -> None:
    for key in ("", "x" * 256, "tab\there"):
        answer = client.post("/v1/score", json={"texts": ["x"]}, headers=keys("ingest") | {"Idempotency-Key": key})
        assert answer.status_code == 400, key
