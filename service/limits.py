"""How much is taken: requests a second of one key, requests at once, bytes and seconds of a body."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import Problem, later, problem_response

MEGABYTE: Final = 1 << 20
RUNNING: Final = 200
"""Requests at once; more are refused."""
BODY_S: Final = 120.0
"""Seconds in which a body must have arrived."""
CHUNK_S: Final = 15.0
"""Longest pause between two parts of a body."""
_BUCKETS: Final = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


@dataclass(slots=True)
class RateLimiter:
    """Token buckets: each name may ask `rate` times a second, and twice as often at once. Used on the event loop only.

    Each process counts for itself.

    Attributes:
        rate: requests a second.
        clock: seconds.
    """

    rate: float
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    @property
    def burst(self) -> float:
        """Requests that may come at once."""
        return max(1.0, 2 * self.rate)

    def take(self, name: str) -> None:
        """Count a request.

        Raises:
            Problem: 429, there were too many.
        """
        now = self.clock()
        bucket = self._buckets.pop(name, None) or _Bucket(self.burst, now)
        bucket.left = min(self.burst, bucket.left + (now - bucket.at) * self.rate)
        bucket.at = now
        self._buckets[name] = bucket
        if len(self._buckets) > _BUCKETS:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            told = f"more than {self.rate:g} requests a second ({self.burst:g} at once)"
            raise later(told, (1 - bucket.left) / self.rate, status=429, limit=self.rate, burst=self.burst)
        bucket.left -= 1


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Largest bodies in bytes.

    Attributes:
        usual: of most addresses.
        special: by beginning of the path.
        at_once: of all bodies that are arriving or being worked on together.
    """

    usual: int
    special: tuple[tuple[str, int], ...]
    at_once: int

    def of(self, path: str) -> int:
        """The limit of an address."""
        return next((limit for start, limit in self.special if path.startswith(start)), self.usual)


@dataclass(frozen=True, slots=True)
class Patience:
    """For what is waited, and how much of it at once.

    Attributes:
        running: requests at once.
        chunk_s: longest pause within a body.
        body_s: longest time of a body.
    """

    running: int = RUNNING
    chunk_s: float = CHUNK_S
    body_s: float = BODY_S


class Gate:
    """Lets requests in while there are not too many, and their bodies while they are neither too large nor too slow.

    Args:
        app: what comes behind.
        bodies: sizes.
        patience: numbers and times.
    """

    def __init__(self, app: ASGIApp, bodies: BodyLimits, patience: Patience) -> None:
        self._app = app
        self._bodies = bodies
        self._patience = patience
        self._running = 0
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request."""
        if scope["type"] != "http" or scope["path"] in {"/healthz", "/readyz", "/metrics"}:
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self._bodies.of(scope["path"]), self._patience)
        try:
            announced = self._announced(scope, body.limit)
        except Problem as problem:
            await problem_response(problem, scope["path"])(scope, receive, send)
            return
        self._running += 1
        self._bytes += announced
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._running -= 1
            self._bytes -= announced

    def _announced(self, scope: Scope, limit: int) -> int:
        """Bytes that the request says it has; those of unknown length count as the most that they may have.

        Raises:
            Problem: it is not to be let in.
        """
        most = self._patience.running
        if self._running >= most:
            raise later(f"{self._running} requests are being answered, at most {most} are", 1, limit=most)
        headers = dict(scope["headers"])
        length = headers.get(b"content-length")
        if length is None:
            announced = limit if b"transfer-encoding" in headers else 0
        elif not length.isdigit():
            raise Problem(400, "Content-Length is no number")
        else:
            announced = int(length)
        if announced > limit:
            raise _too_large(announced, limit)
        if announced and self._bytes + announced > self._bodies.at_once:
            raise later(f"bodies of {self._bodies.at_once // MEGABYTE} MB together are taken at once, so many are arriving", 2)
        return announced


class _Body:
    """The body of one request as it arrives."""

    def __init__(self, receive: Receive, limit: int, patience: Patience) -> None:
        self.limit = limit
        self._receive = receive
        self._chunk_s = patience.chunk_s
        self._ends = time.monotonic() + patience.body_s
        self._n = 0
        self._more = True

    async def receive(self) -> Message:
        if not self._more:
            return await self._receive()
        left = self._ends - time.monotonic()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, min(self._chunk_s, left)))
        except TimeoutError:
            raise Problem(
                408,
                f"nothing of the body came for {min(self._chunk_s, max(left, 0)):.0f} s; send it in one go",
                headers={"Connection": "close"},
            ) from None
        self._more = bool(message.get("more_body"))
        self._n += len(message.get("body", b""))
        if self._n > self.limit:
            raise _too_large(self._n, self.limit)
        return message


def _too_large(got: int, limit: int) -> Problem:
    told = f"the body has {got:,} bytes or more; at most {limit:,} are taken here, send it in parts"
    return Problem(413, told, headers={"Connection": "close"}, facts={"limit_bytes": limit})
