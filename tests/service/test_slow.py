"""On the wire: clients that are slow on purpose, ambiguous requests, and a stop in the middle of things."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from fastapi import FastAPI

from cs_nlp.settings import Settings
from cs_nlp.store import count_states, open_store, organisation_names
from service.limits import Patience
from service.server import PatientProtocol
from tests.service.conftest import Keys
from tests.service.live import running, talk
from tests.service.samples import item

Live = tuple[FastAPI, int]
CLOSE = b"Host: x\r\nConnection: close\r\n"


@pytest.fixture
def live(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """A server of little patience, on SQLite or PostgreSQL."""
    monkeypatch.setattr(PatientProtocol, "headers_s", 0.5)
    with running(settings, Patience(running=4, chunk_s=0.5, body_s=1.5)) as found:
        yield found


def keys_of(live: Live) -> Keys:
    """Keys for a running server."""
    return Keys(live[0].state.service.store)


def head(live: Live, length: object, more: bytes = b"") -> bytes:
    """The head of a request that posts JSON."""
    key = keys_of(live)("ingest")["Authorization"]
    return (
        f"POST /v1/score HTTP/1.1\r\nAuthorization: {key}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n".encode()
        + CLOSE
        + more
        + b"\r\n"
    )


def test_headers_that_drip_in_are_cut_off_while_others_are_served(live: Live) -> None:
    with ThreadPoolExecutor(20) as pool:
        drips = [pool.submit(talk, live[1], b"GET / HTTP/1.1\r\n", *[b"X-A: b\r\n"] * 6, pause_s=0.25) for _ in range(20)]
        assert httpx2.get(f"http://127.0.0.1:{live[1]}/healthz").status_code == 200
        answers = [drip.result(20) for drip in drips]

    assert all(b"200 OK" not in answer for answer in answers)


def test_a_connection_that_says_nothing_is_closed(live: Live) -> None:
    began = time.monotonic()

    assert talk(live[1]) == b""
    assert time.monotonic() - began < 5


def test_a_body_that_stops_coming_is_answered_with_408(live: Live) -> None:
    answer = talk(live[1], head(live, 100), b'{"texts": [')

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer


def test_a_body_that_drips_in_for_too_long_is_answered_with_408(live: Live) -> None:
    answer = talk(live[1], head(live, 100), *[b" "] * 4, pause_s=0.35)

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_body_too_large_is_refused_before_it_comes(live: Live) -> None:
    answer = talk(live[1], head(live, 10**12))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["limit_bytes"] == 4 * 1024 * 1024


def test_a_body_of_unknown_length_is_refused_when_it_becomes_too_large(live: Live) -> None:
    key = keys_of(live)("ingest")["Authorization"].encode()
    start = (
        b"POST /v1/score HTTP/1.1\r\nAuthorization: "
        + key
        + b"\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        + CLOSE
    )
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"

    answer = talk(live[1], start + b"\r\n", *[chunk] * 6)

    assert answer.startswith(b"HTTP/1.1 413 ") or answer in {b"ConnectionResetError", b"BrokenPipeError"}


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 5 5\r\n",
        b"X-A: b\rX-B: c\r\n",
        b"X-A : b\r\n",
        b"X-A: " + b"b" * 100_000 + b"\r\n",
    ],
)
def test_requests_that_can_be_read_in_two_ways_are_refused(live: Live, lines: bytes) -> None:
    answer = talk(live[1], b"POST /v1/score HTTP/1.1\r\n" + CLOSE + lines + b"\r\nhello")

    assert answer[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 401", b"HTTP/1.1 431", b"ConnectionRe"}
    assert b"X-B" not in answer


def test_more_requests_than_can_be_served_are_told_to_come_again(live: Live) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: talk(live[1], head(live, 100)), range(12)))

    statuses = sorted(answer[9:12] for answer in answers)
    assert set(statuses) == {b"408", b"503"}
    assert all(b"retry-after: " in answer for answer in answers if answer[9:12] == b"503")


def test_a_stop_in_the_middle_loses_nothing(settings: Settings) -> None:
    answers: list[int] = []

    def post(headers: dict[str, str], port: int, n: int) -> None:
        try:
            answers.append(httpx2.post(f"http://127.0.0.1:{port}/v1/transcripts", json=item(n), headers=headers, timeout=30).status_code)
        except httpx2.TransportError:
            answers.append(0)

    with running(settings) as live:
        headers = keys_of(live)("ingest")
        threads = [threading.Thread(target=post, args=(headers, live[1], n)) for n in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.2)
    for thread in threads:
        thread.join()

    with open_store(settings.database) as store, store.reading() as db:
        states = count_states(db, organisation_names(db)["acme"])
    assert sum(states.values()) == sum(status in {200, 202} for status in answers)
    assert states["scoring"] == states["failed"] == 0
