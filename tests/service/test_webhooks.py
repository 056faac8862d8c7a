"""Webhooks: signed, tried again, never to where they must not go, and shown only to who may see them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from httpx2 import Client

from cs_nlp.errors import InputError
from cs_nlp.settings import Settings
from service.sending import check_url, is_public
from tests.service.conftest import Keys
from tests.service.samples import item, job_when


class Receiver(ThreadingHTTPServer):
    """A platform that takes deliveries and answers with one status after the other, the last one again and again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses = [204]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=1"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's signature
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A platform on this machine."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The tests' platform has a private address."""
    return settings.model_copy(update={"private_webhooks": True})


def make(client: Client, keys: Keys, url: str, *events: str) -> dict[str, Any]:
    """A webhook."""
    answer = client.post("/v1/webhooks", json={"url": url, "events": list(events or ("batch.finished",))}, headers=keys("admin"))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so."""
    patience = time.monotonic() + 30
    while not is_so() and time.monotonic() < patience:
        time.sleep(0.02)
    assert is_so()


def finish_batch(client: Client, keys: Keys) -> str:
    """A batch is posted and finished; its id."""
    answer = client.post("/v1/batches", json={"items": [item(0)]}, headers=keys("ingest"))
    return str(job_when(client, answer.headers["location"], keys("read"))["id"])


def test_events_arrive_signed_with_ids_and_counts_and_no_words(client: Client, keys: Keys, receiver: Receiver) -> None:
    made = make(client, keys, receiver.url, "batch.finished", "transcript.scored")

    job = finish_batch(client, keys)
    until(lambda: len(receiver.got) >= 2)

    told = {json.loads(body)["type"]: json.loads(body)["data"] for _, body in receiver.got}
    assert told["batch.finished"]["job"] == job
    assert told["batch.finished"]["counts"]["accepted"] == 1
    assert told["transcript.scored"]["state"] == "scored"
    assert all(b"fault" not in body and b"Number" not in body for _, body in receiver.got)
    headers, body = receiver.got[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(made["secret"].removeprefix("whsec_"))
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 300


def test_two_secrets_sign_while_one_takes_over(client: Client, keys: Keys, receiver: Receiver) -> None:
    made = make(client, keys, receiver.url)
    rotated = client.post(f"/v1/webhooks/{made['id']}/rotate", headers=keys("admin")).json()

    finish_batch(client, keys)
    until(lambda: receiver.got)

    assert rotated["secret"] != made["secret"]
    assert len(receiver.got[0][0]["webhook-signature"].split()) == 2


@pytest.mark.parametrize("status", [500, 302])
def test_a_failed_delivery_waits_to_be_tried_again(client: Client, keys: Keys, receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    make(client, keys, receiver.url)

    finish_batch(client, keys)
    until(lambda: receiver.got)

    def pending() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get("/v1/webhooks/deliveries?state=pending", headers=keys("admin")).json()
        return found

    until(lambda: pending() and pending()[0]["error"])
    (one,) = pending()
    assert (one["attempts"], one["status"], one["error"]) == (1, status, f"answered {status}")
    assert len(receiver.got) == 1


def test_a_platform_that_says_gone_is_left_alone_and_the_letter_is_dead(client: Client, keys: Keys, receiver: Receiver) -> None:
    receiver.statuses = [410]
    made = make(client, keys, receiver.url)

    finish_batch(client, keys)

    until(lambda: client.get("/v1/webhooks/deliveries", headers=keys("admin")).json())
    assert client.get(f"/v1/webhooks/{made['id']}", headers=keys("admin")).status_code == 404
    assert [one["disabled_at"] is not None for one in client.get("/v1/webhooks", headers=keys("admin")).json()] == [True]


def test_secrets_are_shown_once(client: Client, keys: Keys, receiver: Receiver) -> None:
    made = make(client, keys, receiver.url)

    assert made["secret"] not in client.get("/v1/webhooks", headers=keys("admin")).text


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:pass@example.com/",
        "https://example.com/#x",
        "https://example.com/a b",
        "https://example.com/\r\nX-Injected: yes",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https:///path",
        "https://example.com:99999/",
    ],
)
def test_where_no_webhook_may_lead(url: str) -> None:
    with pytest.raises(InputError, match=r"^url: "):
        check_url(url, private=False)


def test_which_addresses_are_public() -> None:
    public = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    inside = ("10.1.2.3", "127.0.0.1", "169.254.169.254", "192.168.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fd00::1")  # noqa: S104 - none is bound
    dressed = ("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::")

    assert [is_public(ipaddress.ip_address(one)) for one in public] == [True, True]
    assert [one for one in inside + dressed if is_public(ipaddress.ip_address(one))] == []


def test_who_may_and_what_is_malformed(client: Client, keys: Keys, receiver: Receiver) -> None:
    made = make(client, keys, receiver.url)
    where = f"/v1/webhooks/{made['id']}"
    body = {"url": receiver.url, "events": ["batch.finished"]}
    asks = [("POST", "/v1/webhooks", body), ("GET", "/v1/webhooks", None), ("GET", "/v1/webhooks/deliveries", None)]
    asks += [("GET", where, None), ("POST", f"{where}/rotate", None), ("DELETE", where, None)]
    for method, path, sent in asks:
        assert client.request(method, path, json=sent).status_code == 401, (method, path)
        assert client.request(method, path, json=sent, headers=keys.without("admin")).status_code == 403, (method, path)
        if path.startswith(where):
            assert client.request(method, path, json=sent, headers=keys.others()).status_code == 404, (method, path)
    assert client.get("/v1/webhooks", headers=keys.others()).json() == []
    malformed: list[object] = [
        {},
        {"url": receiver.url, "events": []},
        {"url": receiver.url, "events": ["rain"]},
        {"url": "x", "events": ["batch.finished"]},
    ]
    for wrong in malformed:
        assert client.post("/v1/webhooks", json=wrong, headers=keys("admin")).status_code == 422
    assert client.get("/v1/webhooks/deliveries?state=lost", headers=keys("admin")).status_code == 422
    assert client.delete(where, headers=keys("admin")).status_code == 204
    assert client.delete(where, headers=keys("admin")).status_code == 404
