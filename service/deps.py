"""What routes ask for: the caller, the open service, transactions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Query, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from cs_nlp.pipeline.storing import Keeping
from cs_nlp.scoring import Artefact, Classifier
from cs_nlp.settings import Settings
from cs_nlp.store import Store
from service.auth import Caller, KeyRing, allow, authenticate
from service.cursors import Cursors
from service.errors import Problem
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
