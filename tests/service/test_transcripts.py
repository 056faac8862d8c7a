"""`/v1/transcripts`: in, looked up, listed, corrected, erased."""

from __future__ import annotations

import time
from typing import Any

from httpx2 import Client

from cs_nlp.store import organisation_names, read_statements
from service.state import Service
from tests.service.conftest import Keys
from tests.service.samples import call, item

PAGE = 3


def post(client: Client, keys: Keys, n: int = 0, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - query parameters
    """A transcript that was taken in."""
    answer = client.post("/v1/transcripts", json=item(n), params=params, headers=keys("ingest"))
    assert answer.status_code in {200, 202}, answer.text
    found: dict[str, Any] = answer.json()
    return found


def when_scored(client: Client, keys: Keys, uid: str) -> dict[str, Any]:
    """A transcript when it is scored."""
    until = time.monotonic() + 60
    while True:
        found: dict[str, Any] = client.get(f"/v1/transcripts/{uid}", headers=keys("read")).json()
        if found["state"] == "scored" or time.monotonic() > until:
            return found
        time.sleep(0.05)


def test_it_is_stored_before_the_answer_and_scored_in_the_background(client: Client, keys: Keys) -> None:
    answer = client.post("/v1/transcripts", json=item(0), headers=keys("ingest"))

    received = answer.json()
    uid = received["transcript"]["id"]
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/transcripts/{uid}")
    assert (received["outcome"], received["turns"], received["warnings"]) == ("new", 3, [])
    scored = when_scored(client, keys, uid)
    assert (scored["name"], scored["team"], scored["n_statements"]) == ("call-0", "north", 2)


def test_waiting_for_it_gives_it_scored(client: Client, keys: Keys) -> None:
    answer = client.post("/v1/transcripts", json=item(0), params={"wait": True}, headers=keys("ingest"))

    assert (answer.status_code, answer.json()["transcript"]["state"]) == (200, "scored")


def test_a_file_of_a_form_is_taken_like_json(client: Client, keys: Keys) -> None:
    form = {"metadata": '{"team": "south", "started_at": "2026-06-01T09:30:00Z"}', "role_map": '{"A": "agent", "B": "customer"}'}
    files = {"file": ("C:\\fakepath\\week.txt", b"A: It is your own fault.\nB: No.\nA: It is.\n", "text/plain")}

    answer = client.post("/v1/transcripts", data=form, files=files, params={"wait": "true"}, headers=keys("ingest"))

    found = answer.json()["transcript"]
    assert (found["name"], found["team"], found["n_statements"], found["format"]) == ("week", "south", 2, "plain_text")


def test_nothing_is_stored_where_that_is_asked_for(client: Client, keys: Keys) -> None:
    answer = client.post("/v1/transcripts", json=item(0), params={"store": False}, headers=keys("ingest"))

    assert (answer.status_code, len(answer.json()["statements"])) == (200, 2)
    assert client.get("/v1/transcripts", headers=keys("read")).json()["items"] == []


def test_the_same_again_is_a_duplicate_and_another_version_replaces_it(client: Client, keys: Keys) -> None:
    first = post(client, keys, wait=True)
    again = post(client, keys)
    changed = client.post("/v1/transcripts", json=item(0) | {"transcript": call(1)}, headers=keys("ingest")).json()

    assert [one["outcome"] for one in (first, again, changed)] == ["new", "duplicate", "replaced"]
    assert len({one["transcript"]["id"] for one in (first, again, changed)}) == 1


def test_no_name_of_an_agent_is_stored(client: Client, keys: Keys, service: Service) -> None:
    post(client, keys, wait=True)

    with service.store.reading() as db:
        said = list(read_statements(db, organisation_names(db)["acme"], only_text=False))
    assert said
    assert all("Number" not in (one.scored.statement.speaker or "") for one in said)


def test_a_file_of_many_calls_is_sent_to_batches(client: Client, keys: Keys) -> None:
    rows = "call_id,role,text\n" + "".join(f"c{n},agent,That is your own fault {n}.\n" for n in range(2))

    answer = client.post("/v1/transcripts", json={"transcript": rows}, headers=keys("ingest"))

    assert (answer.status_code, "/v1/batches" in answer.json()["detail"]) == (422, True)


def test_roles_that_nobody_knows_are_told(client: Client, keys: Keys) -> None:
    text = "A: It is your own fault.\nB: No.\nA: It is.\n"

    received = client.post("/v1/transcripts", json={"transcript": text}, headers=keys("ingest")).json()

    assert received["unknown_roles"] == received["turns"] == 3
    assert "role_map" in received["warnings"][-1]


def test_pages_hold_each_transcript_once_in_order(client: Client, keys: Keys) -> None:
    uids = [post(client, keys, n)["transcript"]["id"] for n in range(2 * PAGE + 1)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get("/v1/transcripts", params={"limit": PAGE, "team": "north", **cursor}, headers=keys("read")).json()
        seen += [one["id"] for one in page["items"]]
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == uids
    assert page["next_cursor"] is None


def test_a_cursor_that_was_made_for_something_else_is_refused(client: Client, keys: Keys) -> None:
    for n in range(2):
        post(client, keys, n)
    cursor = client.get("/v1/transcripts", params={"limit": 1}, headers=keys("read")).json()["next_cursor"]

    def status(headers: dict[str, str], **params: str) -> int:
        return client.get("/v1/transcripts", params=params, headers=headers).status_code

    assert status(keys("read"), cursor=cursor) == 200
    assert status(keys("read"), cursor=cursor, team="north") == 400
    assert status(keys.others(), cursor=cursor) == 400
    assert [
        status(keys("read"), cursor=wrong) for wrong in ("1", "", cursor[:-2], f"{cursor}A", "ä" * 9, "'; DROP TABLE transcripts;--")
    ] == [400] * 6


def test_late_facts_are_taken_and_words_dropped(client: Client, keys: Keys) -> None:
    uid = post(client, keys, wait=True)["transcript"]["id"]
    where = f"/v1/transcripts/{uid}"

    changed = client.patch(where, json={"team": "south", "queue": None}, headers=keys("ingest"))
    client.patch(where, json={"drop_text": True}, headers=keys("ingest"))

    found = client.get(where, params={"statements": True}, headers=keys("ingest", "evidence")).json()
    assert (changed.status_code, found["team"], found["queue"], found["started_at"] is None) == (200, "south", None, False)
    assert [one["text"] for one in found["statements"]] == ["", ""]


def test_what_was_erased_is_gone(client: Client, keys: Keys) -> None:
    uid = post(client, keys, wait=True)["transcript"]["id"]

    assert client.delete(f"/v1/transcripts/{uid}", headers=keys("admin")).status_code == 204
    assert client.get(f"/v1/transcripts/{uid}", headers=keys("read")).status_code == 404
    assert client.delete(f"/v1/transcripts/{uid}", headers=keys("admin")).status_code == 404


def test_who_may_do_what(client: Client, keys: Keys) -> None:
    uid = post(client, keys, wait=True)["transcript"]["id"]
    where = f"/v1/transcripts/{uid}"
    asks: list[tuple[str, str, Any, tuple[str, ...]]] = [
        ("POST", "/v1/transcripts", item(1), ("ingest",)),
        ("GET", "/v1/transcripts", None, ("ingest", "read")),
        ("GET", where, None, ("ingest", "read")),
        ("PATCH", where, {"team": "east"}, ("ingest",)),
        ("DELETE", where, None, ("admin",)),
    ]
    for method, path, body, scopes in asks:
        assert client.request(method, path, json=body).status_code == 401, (method, path)
        assert client.request(method, path, json=body, headers=keys.without(*scopes)).status_code == 403, (method, path)
        if path == where:
            assert client.request(method, path, json=body, headers=keys.others()).status_code == 404, (method, path)
    for scopes in (("read",), ("read", "evidence"), ("ingest",)):
        assert client.get(where, params={"statements": True}, headers=keys(*scopes)).status_code == 403, scopes
    assert client.get("/v1/transcripts", headers=keys.others()).json()["items"] == []
    assert client.get(where, headers=keys("read")).json()["team"] == "north"


def test_what_is_malformed_is_refused(client: Client, keys: Keys) -> None:
    headers = keys()
    uid = post(client, keys)["transcript"]["id"]

    def status(method: str, path: str, body: object = None) -> int:
        return client.request(method, path, json=body, headers=headers).status_code

    assert status("POST", "/v1/transcripts", {"transcript": call(0), "metadata": {"started_at": "yesterday"}}) == 422
    assert status("POST", "/v1/transcripts", {"transcript": ""}) == 422
    assert status("POST", "/v1/transcripts?wait=perhaps", item(0)) == 422
    assert status("GET", "/v1/transcripts?limit=501") == 422
    assert status("GET", "/v1/transcripts?state=lost") == 422
    changes: list[object] = [{}, {"team": ""}, {"name": "x"}, {"started_at": 5}, []]
    assert [status("PATCH", f"/v1/transcripts/{uid}", one) for one in changes] == [422] * 5
    assert status("GET", "/v1/transcripts/..%2f..%2fetc") in {404, 422}
