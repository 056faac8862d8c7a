"""`/healthz`, `/readyz` and `/metrics`: for who runs the service; without a key, and without anything of an organisation."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from cs_nlp.store import count_waiting
from service.deps import TheService
from service.errors import later
from service.metrics import CONTENT_TYPE
from service.schemas.base import Outgoing, problems

router = APIRouter(tags=["health"])


class Health(Outgoing):
    """That the process answers."""

    status: Literal["ok"] = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """Whether the process answers."""
    return Health()


@router.get("/readyz", responses=problems(503))
def readyz(request: Request, service: TheService) -> Health:
    """Whether requests can be served: the model is loaded, the database answers, the worker works."""
    with service.store.reading() as db:
        count_waiting(db)
    worker = request.app.state.worker
    if worker is not None and not worker.is_alive:
        raise later("the worker has ended; restart the service", 30)
    return Health()


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(service: TheService) -> Response:
    """Counts and durations in Prometheus' text format."""
    with service.store.reading() as db:
        service.metrics.waiting.set(count_waiting(db))
    return Response(service.metrics.text(), headers={"Content-Type": CONTENT_TYPE})
