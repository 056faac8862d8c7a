"""Each request has an id, is counted and logged, and ends in an answer whatever happens."""

from __future__ import annotations

import re
import secrets
import time
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import problem_of, problem_response
from service.logs import log, log_error
from service.metrics import Metrics

ID_HEADER: Final = "X-Request-Id"
_GOOD_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_SAFE: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FAULT: Final = 500


class Observer:
    """Outermost of all.

    Args:
        app: what comes behind.
        metrics: where to count.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given.decode("ascii") if _GOOD_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[ID_HEADER] = request_id
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        self._metrics.running.inc()
        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the client gets an answer, the log gets the kind of error and never its words
            problem = problem_of(error)
            if problem.status_code >= _FAULT:
                log_error("request failed", error, {"request_id": request_id})
            if not status:
                await problem_response(problem, scope["path"])(scope, receive, sending)
        finally:
            self._metrics.running.dec()
            self._note(scope, status, time.perf_counter() - began, request_id)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", "") or "other"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)
        caller = scope.get("state", {}).get("caller")
        facts = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1), "request_id": request_id}
        log("request", fields=facts | {"key": getattr(caller, "key", None)})
