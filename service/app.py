"""The application: opens the store, loads the classifier once, starts the worker, and puts the routes together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Final

from anyio import CapacityLimiter
from fastapi import FastAPI

from cs_nlp.settings import Settings
from service import dashboard
from service.auth import KeyRing
from service.deps import Backlog
from service.document import document_of, tell_methods
from service.errors import add_handlers
from service.limits import MEGABYTE, BodyLimits, Gate, Patience, RateLimiter
from service.logs import log
from service.metrics import Metrics
from service.observe import Observer
from service.remembered import KEPT, Remembered
from service.routes import batches, findings, health, interventions, labels, score, teams, transcripts, webhooks
from service.schemas.items import ItemIn
from service.schemas.stored import BatchIn
from service.state import Service, opened
from service.worker import Worker

DESCRIPTION: Final = """Tells customer-service teams which culture they work in, from their calls and chats.

Send `Authorization: Bearer KEY` with every request; `cs-nlp keys create` makes keys. Errors are `application/problem+json`. A POST with an
`Idempotency-Key` happens once: sent again within a day, it gets the first answer again. Figures are of teams, never of persons: what would
show too much of too few people is null, with the reason beside it."""
_SLOW_THREADS: Final = 8
_SCORE_BODY: Final = 4 * MEGABYTE
_BODIES_AT_ONCE: Final = 2  # as many of the largest bodies


def create_app(settings: Settings, *, metrics: Metrics | None = None, patience: Patience | None = None) -> FastAPI:
    """The whole application.

    Args:
        settings: database, model, limits.
        metrics: where to count; new ones by default.
        patience: how many requests at once, and how slow they may be.

    Returns:
        The application with its gate. What is in it (`app.state`) is open between the start and the end of its lifespan.
    """
    metrics = metrics or Metrics()
    app = FastAPI(
        title="cs_nlp",
        version=version("cs-nlp"),
        description=DESCRIPTION,
        lifespan=_lifespan(settings, metrics),
        docs_url=None,
        redoc_url=None,
    )
    app.openapi = lambda: document_of(app, (ItemIn, BatchIn))  # type: ignore[method-assign]  # as FastAPI's manual has it
    add_handlers(app)
    tell_methods(app)
    include_routes(app)
    app.state.remembered = Remembered()
    app.state.kept = Remembered(KEPT)
    usual, batch = settings.body_mb * MEGABYTE, settings.batch_mb * MEGABYTE
    bodies = BodyLimits(
        usual, (("/v1/batches", batch), ("/upload", batch), ("/v1/score", min(usual, _SCORE_BODY))), _BODIES_AT_ONCE * max(usual, batch)
    )
    app.add_middleware(Gate, bodies=bodies, patience=patience or Patience())
    app.add_middleware(Observer, metrics=metrics)
    return app


def include_routes(app: FastAPI) -> None:
    """All addresses, one line each."""
    app.include_router(health.router)
    app.include_router(score.router)
    app.include_router(transcripts.router)
    app.include_router(batches.router)
    for reading in (teams, findings, interventions, labels):
        app.include_router(reading.router)
    app.include_router(webhooks.router)
    app.include_router(dashboard.router)


def _lifespan(settings: Settings, metrics: Metrics) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with opened(settings, metrics=metrics) as service:
            app.state.service = service
            app.state.keys = KeyRing(service.store)
            app.state.limiter = RateLimiter(settings.rate)
            app.state.slow_threads = CapacityLimiter(_SLOW_THREADS)
            app.state.backlog = Backlog(service)
            app.state.worker = worker = _worker(service)
            log("service started", {"model": service.classifier.artefact.name, "scores_inside": worker is not None})
            try:
                yield
            finally:
                if worker is not None:
                    worker.stop()
                log("service stopped")

    return lifespan


def _worker(service: Service) -> Worker | None:
    if not service.settings.score_inside:
        return None
    worker = Worker(service)
    worker.start()
    return worker
