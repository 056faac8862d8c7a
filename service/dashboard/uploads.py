"""`/upload`: files by drag and drop, with progress and a word on each."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from cs_nlp.ingest import FORMATS
from cs_nlp.store import Job, close_job, find_job, list_teams, make_job
from service.dashboard.intake import Dropped, Told, Wish, take
from service.dashboard.page import Ingester, PageRoute, Visit, field_of, page
from service.deps import Slow
from service.errors import Problem

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_LINES: Final = "application/x-ndjson"


@router.get("/upload")
def upload_form(request: Request, visit: Ingester) -> Response:
    """Where files are dropped."""
    return _form(request, visit, ())


@router.post("/upload/jobs")
def begin_batch(visit: Ingester) -> Response:
    """Files are going to come, in several requests."""
    with visit.service.store.writing() as db:
        job = make_job(db, visit.organisation)
    return JSONResponse({"job": job.uid})


@router.post("/upload/jobs/{uid}/end")
def end_batch(visit: Ingester, uid: str) -> Response:
    """All files of a batch have come."""
    job = _job(visit, uid)
    with visit.service.store.writing() as db:
        close_job(db, visit.organisation, job.id)
    return _progress(_job(visit, uid))


@router.get("/upload/jobs/{uid}")
def progress(visit: Ingester, uid: str) -> Response:
    """How far a batch has come."""
    return _progress(_job(visit, uid))


@router.post("/upload/jobs/{uid}/files")
async def add_files(request: Request, visit: Ingester, slow: Slow, uid: str) -> Response:
    """Some files of a batch: answers with a line of JSON for each, as soon as it is known what became of it."""
    job = await run_in_threadpool(_job, visit, uid)
    dropped = await _dropped(request)
    wish = Wish(field_of(request, "team", 200), field_of(request, "detect") == "yes", job.id)

    async def lines() -> AsyncIterator[str]:
        words = take(visit, dropped, wish)
        while (told := await slow(lambda: next(words, None))) is not None:
            yield json.dumps(asdict(told)) + "\n"

    return StreamingResponse(lines(), media_type=_LINES)


@router.post("/upload")
async def add_without_script(request: Request, visit: Ingester, slow: Slow) -> Response:
    """Files from the form, where no script runs: the page comes when all is done."""
    dropped = await _dropped(request)
    return await slow(lambda: _all_at_once(request, visit, dropped))


def _all_at_once(request: Request, visit: Visit, dropped: list[Dropped]) -> Response:
    with visit.service.store.writing() as db:
        job = make_job(db, visit.organisation)
    wish = Wish(field_of(request, "team", 200), field_of(request, "detect") == "yes", job.id)
    told = list(take(visit, dropped, wish))
    with visit.service.store.writing() as db:
        close_job(db, visit.organisation, job.id)
    return _form(request, visit, told)


def _form(request: Request, visit: Visit, told: Sequence[Told]) -> Response:
    with visit.service.store.reading() as db:
        teams = [team.name for team in list_teams(db, visit.organisation) if team.name]
    facts = {"title": "Upload", "teams": teams, "formats": FORMATS, "told": told, "limit_mb": visit.service.settings.batch_mb}
    return page(request, "upload.html", facts)


async def _dropped(request: Request) -> list[Dropped]:
    """The files of a form.

    Raises:
        Problem: there is none.
    """
    sent = [part for part in request.state.form.getlist("file") if isinstance(part, UploadFile)]
    dropped = [Dropped((part.filename or "file")[:1000], await part.read()) for part in sent if part.filename or part.size]
    if not dropped:
        raise Problem(422, "no file came; choose one or more")
    return dropped


def _job(visit: Visit, uid: str) -> Job:
    with visit.service.store.reading() as db:
        job = find_job(db, visit.organisation, uid)
    if job is None:
        raise Problem(404, "there is no such batch")
    return job


def _progress(job: Job) -> Response:
    return JSONResponse({"counts": dict(job.counts), "states": dict(job.states), "finished": job.is_finished})
