"""`/v1/batches` and `/v1/jobs`: many transcripts at once, and what became of them."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.responses import Response

from cs_nlp.pipeline.batches import begin_batch
from cs_nlp.pipeline.items import Item, Seal
from cs_nlp.store import find_job
from service.deps import Ingester, IngesterOrReader, Room, Slow, TheService, TheStore
from service.errors import Problem
from service.forms import read_items
from service.once import KeyedRoute
from service.routes.transcripts import Uid, body_of
from service.schemas.base import problems
from service.schemas.stored import BatchIn, JobOut

router = APIRouter(prefix="/v1", tags=["batches"], route_class=KeyedRoute)
_FORM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "description": "Transcripts and zips of them; `metadata.csv` or `metadata.json` among them tells team, queue, agent and start.",
        },
        "metadata": {"type": "string", "description": "As JSON, for all that have no row of their own; see MetadataIn."},
        "role_map": {"type": "string", "description": 'As JSON, such as {"spk_0": "agent"}.'},
        "format": {"type": "string"},
        "detect_roles": {"type": "string", "enum": ["true", "false"]},
        "time_zone": {"type": "string"},
    },
}


@router.post("/batches", status_code=202, responses=problems(413, 415), openapi_extra=body_of(BatchIn.__name__, _FORM_SCHEMA))
async def begin(
    items: Annotated[list[Item], Depends(read_items)],
    caller: Ingester,
    service: TheService,
    slow: Slow,
    response: Response,
    room: Room,  # noqa: ARG001 - whether there is any
) -> JobOut:
    """Take in many transcripts: items as JSON, or files and zips as a form, to be read and scored in the background.

    Once this is answered, none is lost whatever happens to the server. `GET /v1/jobs/{job}` tells how far it is and what could not be used.
    """
    seal = Seal(service.secret)
    job = await slow(lambda: begin_batch(service.store, caller.organisation, items, seal))
    service.wake_reading.set()
    response.headers["Location"] = f"/v1/jobs/{job.uid}"
    return JobOut.of(job)


@router.get("/jobs/{job}", responses=problems(404))
def get(job: Uid, caller: IngesterOrReader, store: TheStore) -> JobOut:
    """A batch: how many items came in, how many of its transcripts are scored, and each error."""
    with store.reading() as db:
        found = find_job(db, caller.organisation, job)
    if found is None:
        raise Problem(404, "there is no job of that id")
    return JobOut.of(found)
