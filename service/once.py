"""Requests with an `Idempotency-Key` happen once: sent again, they get the first answer again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi.routing import APIRoute
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.store import Answer, Repeat, Store, begin_request, finish_request
from service.auth import Caller, authenticate
from service.errors import Problem, later
from service.forms import JSON, kind_of
from service.state import Service

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
LONGEST: Final = 255
_KEPT_BELOW: Final = 500
_PASSING: Final = {408, 429}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class KeyedRoute(APIRoute):
    """A route for callers with a key: others are turned away before the body is read. With an `Idempotency-Key`, a POST happens once."""

    def get_route_handler(self) -> Handler:
        """The handler."""
        plain = super().get_route_handler()

        async def handle(request: Request) -> Response:
            state = request.app.state
            caller = await authenticate(request, state.keys, state.limiter)
            if self.body_field is not None and kind_of(request) != JSON:
                raise Problem(415, f"expected {JSON}", facts={"accepted": [JSON]})
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await plain(request)
            if not 1 <= len(key) <= LONGEST or not key.isprintable():
                raise Problem(400, f"{HEADER}: expected 1 to {LONGEST} printable characters, got {len(key)}")
            return await _once(request, plain, caller, key)

        return handle


async def _once(request: Request, plain: Handler, caller: Caller, key: str) -> Response:
    service: Service = request.app.state.service
    fingerprint = await _fingerprint(request)
    repeat, answer = await run_in_threadpool(_begin, service.store, caller, key, fingerprint)
    if repeat is Repeat.OTHER:
        raise Problem(422, f"{HEADER}: this key came with another request; take a new key for each request", slug="key-reused")
    if repeat is Repeat.RUNNING:
        raise later(f"{HEADER}: the first request with this key is not answered yet", 1, status=409, slug="still-running")
    if repeat is Repeat.DONE and answer is not None:
        located = {"Location": answer.location} if answer.location else {}
        return Response(answer.body, answer.status, {REPLAYED: "true", **located}, answer.content_type)
    try:
        response = await plain(request)
    except BaseException:
        await run_in_threadpool(_finish, service.store, caller, key, None)
        raise
    body = bytes(response.body)
    made = Answer(response.status_code, response.headers.get("content-type", ""), body, response.headers.get("location"))
    is_final = response.status_code < _KEPT_BELOW and response.status_code not in _PASSING
    await run_in_threadpool(_finish, service.store, caller, key, made if is_final else None)
    return response


async def _fingerprint(request: Request) -> bytes:
    """Hash of method, address and body."""
    made = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    made.update(request.headers.get("content-type", "").partition(";")[0].strip().lower().encode() + b"\n")
    body = await request.body()
    # Clients choose another boundary for the same form every time.
    boundary = parse_options_header(request.headers.get("content-type", ""))[1].get(b"boundary")
    made.update(body.replace(boundary, b"") if boundary else body)
    return made.digest()


def _begin(store: Store, caller: Caller, key: str, fingerprint: bytes) -> tuple[Repeat, Answer | None]:
    with store.writing() as db:
        return begin_request(db, caller.organisation, key, fingerprint)


def _finish(store: Store, caller: Caller, key: str, answer: Answer | None) -> None:
    with store.writing() as db:
        finish_request(db, caller.organisation, key, answer)
