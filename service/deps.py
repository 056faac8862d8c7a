"""What routes ask for: the caller, the open service, transactions."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, Protocol, TypeVar

import anyio.to_thread
from fastapi import Depends, Query, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from cs_nlp.pipeline.storing import Keeping
from cs_nlp.scoring import Artefact, Classifier
from cs_nlp.settings import Settings
from cs_nlp.store import Store, count_uploads, count_waiting
from service.auth import Caller, KeyRing, allow, authenticate
from service.cursors import Cursors
from service.errors import Problem, later
from service.limits import RateLimiter
from service.state import Service

BEARER = HTTPBearer(
    auto_error=False, scheme_name="key", description="A key made by `cs-nlp keys create`, with the scopes that the address needs."
)


def service_of(request: Request) -> Service:
    """The open service."""
    found: Service = request.app.state.service
    return found


def ring_of(request: Request) -> KeyRing:
    """Who knows the keys."""
    found: KeyRing = request.app.state.keys
    return found


def limiter_of(request: Request) -> RateLimiter:
    """Who counts requests."""
    found: RateLimiter = request.app.state.limiter
    return found


TheService = Annotated[Service, Depends(service_of)]


def needs(*scopes: str) -> Callable[..., object]:
    """A dependency that gives the caller, who must have one of some scopes.

    Use it as `caller: Annotated[Caller, Security(needs("read"))]`, or one of the names below.
    """

    async def caller_of(
        request: Request,
        shown: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)],  # noqa: ARG001 - for the OpenAPI document
        ring: Annotated[KeyRing, Depends(ring_of)],
        limiter: Annotated[RateLimiter, Depends(limiter_of)],
    ) -> Caller:
        caller = await authenticate(request, ring, limiter)
        allow(caller, scopes)
        return caller

    return caller_of


Ingester = Annotated[Caller, Depends(needs("ingest"))]
Reader = Annotated[Caller, Depends(needs("read"))]
IngesterOrReader = Annotated[Caller, Depends(needs("ingest", "read"))]
EvidenceReader = Annotated[Caller, Depends(needs("evidence"))]
Labeller = Annotated[Caller, Depends(needs("label"))]
Admin = Annotated[Caller, Depends(needs("admin"))]


def _store(service: TheService) -> Store:
    return service.store


def _settings(service: TheService) -> Settings:
    return service.settings


def _classifier(service: TheService) -> Classifier:
    return service.scorer


def _artefact(service: TheService) -> Artefact:
    return service.classifier.artefact


def _keeping(service: TheService, request: Request) -> Keeping:
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        raise Problem(401, "no key was shown; send the header Authorization: Bearer KEY")
    return service.keeping(caller.name)


def _cursors(service: TheService) -> Cursors:
    return Cursors(service.derived("cursors"))


TheStore = Annotated[Store, Depends(_store)]
"""Use `with store.reading() as db:` or `with store.writing() as db:` in the route."""
TheSettings = Annotated[Settings, Depends(_settings)]
TheClassifier = Annotated[Classifier, Depends(_classifier)]
"""Scores what comes at the same moment together."""
TheArtefact = Annotated[Artefact, Depends(_artefact)]
TheKeeping = Annotated[Keeping, Depends(_keeping)]
"""How the caller's transcripts are kept; only in routes that also ask for the caller."""
TheCursors = Annotated[Cursors, Depends(_cursors)]
Limit = Annotated[int, Query(ge=1, le=500, description="Most items of the page.")]
CursorText = Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before; opaque.")]


Answer = TypeVar("Answer")
_LOOK_EVERY_S: Final = 0.5


class Slowly(Protocol):
    """Runs what takes long, such as redaction, in one of a few threads, so that short requests always find one."""

    def __call__(self, work: Callable[[], Answer]) -> Awaitable[Answer]:
        """Run it."""


def _slowly(request: Request) -> Slowly:
    threads: anyio.CapacityLimiter = request.app.state.slow_threads

    def run(work: Callable[[], Answer]) -> Awaitable[Answer]:
        return anyio.to_thread.run_sync(work, limiter=threads)

    return run


class Backlog:
    """How much waits, looked up twice a second at most.

    Args:
        service: what is open.
        look_every_s: seconds between two looks.
    """

    def __init__(self, service: Service, *, look_every_s: float = _LOOK_EVERY_S) -> None:
        self.look_every_s = look_every_s
        self._service = service
        self._until = 0.0
        self._waiting = 0

    def check(self) -> None:
        """Let something in.

        Raises:
            Problem: 503, too much waits.
        """
        limit = self._service.settings.queue
        if time.monotonic() > self._until:
            with self._service.store.reading() as db:
                self._waiting = count_waiting(db) + count_uploads(db)
            self._until = time.monotonic() + self.look_every_s
        if self._waiting >= limit:
            raise later(f"{self._waiting} transcripts wait, at most {limit} may", 10, slug="queue-full", limit=limit)


def _room(request: Request) -> None:
    backlog: Backlog = request.app.state.backlog
    backlog.check()


Slow = Annotated[Slowly, Depends(_slowly)]
Room = Annotated[None, Depends(_room)]
"""That the queue takes more; 503 otherwise."""
