"""`/v1/transcripts`: transcripts come in, are looked up, corrected and erased."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from cs_nlp.pipeline.at_once import score_stored
from cs_nlp.pipeline.items import Item, read_one
from cs_nlp.pipeline.storing import WayIn
from cs_nlp.store import (
    UNCHANGED,
    Change,
    Selection,
    StoredTranscript,
    change_transcript,
    erase_transcripts,
    find_transcript,
    list_transcripts,
    statements_of,
)
from service.auth import Caller
from service.deps import Admin, CursorText, Ingester, IngesterOrReader, Limit, Room, Slow, TheCursors, TheService, TheStore
from service.errors import Problem
from service.forms import FORM, JSON, read_item
from service.once import KeyedRoute
from service.routes.score import scored_item
from service.schemas.base import Page, problems
from service.schemas.items import ItemIn
from service.schemas.score import ScoredTranscriptOut, StatementOut
from service.schemas.stored import ChangeIn, ReceivedOut, State, TranscriptOut
from service.state import Service

router = APIRouter(prefix="/v1/transcripts", tags=["transcripts"], route_class=KeyedRoute)
PATIENCE_S: Final = 30.0
_WORDS_NEED: Final = frozenset({"evidence", "ingest"})
Uid = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
_SCORED: Final[dict[int | str, dict[str, Any]]] = {200: {"model": ReceivedOut | ScoredTranscriptOut, "description": "It is scored."}}
_FORM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "The transcript, in any format that is read."},
        "metadata": {"type": "string", "description": "As JSON, see MetadataIn."},
        "role_map": {"type": "string", "description": 'As JSON, such as {"spk_0": "agent"}.'},
        "format": {"type": "string"},
        "detect_roles": {"type": "string", "enum": ["true", "false"]},
        "time_zone": {"type": "string"},
    },
}


def body_of(json_schema: str, form: dict[str, Any]) -> dict[str, Any]:
    """The request body for the OpenAPI document: JSON or a form."""
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{json_schema}"}}, FORM: {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


@router.post("", status_code=202, responses=problems(413, 415) | _SCORED, openapi_extra=body_of(ItemIn.__name__, _FORM_SCHEMA))
async def receive(  # noqa: PLR0913 - FastAPI hands everything over so
    item: Annotated[Item, Depends(read_item)],
    caller: Ingester,
    service: TheService,
    slow: Slow,
    response: Response,
    room: Room,  # noqa: ARG001 - whether there is any
    *,
    wait: Annotated[bool, Query(description="Answer when it is scored, at most 30 s later.")] = False,
    store: Annotated[bool, Query(description="False: it is scored at once and nothing is stored.")] = True,
) -> ReceivedOut | ScoredTranscriptOut:
    """Take in one transcript: redacted and stored before the answer, scored in the background unless `wait=true`.

    The same transcript twice is one transcript, so sending again is harmless. The answer is 202 while it waits to be scored, else 200.
    """
    if not store:
        response.status_code = 200
        return await slow(lambda: scored_item(item, service.scorer))
    found = await slow(lambda: _take(service, caller, item, wait=wait))
    service.wake.set()
    response.headers["Location"] = f"/v1/transcripts/{found.transcript.id}"
    if found.transcript.state == "scored":
        response.status_code = 200
    return found


def _take(service: Service, caller: Caller, item: Item, *, wait: bool) -> ReceivedOut:
    transcript, report = read_one(item)
    way_in = WayIn(service.store, caller.organisation, service.keeping(caller.name), service.redactor, service.scorer)
    receipt = way_in.take(transcript)
    patience = PATIENCE_S if wait else 0.0
    if wait:
        stored = score_stored(service.store, caller.organisation, receipt.uid, service.scorer, keep=service.text, patience_s=patience)
    else:
        with service.store.reading() as db:
            stored = find_transcript(db, caller.organisation, receipt.uid)
    return ReceivedOut.of(receipt, TranscriptOut.of(_there(stored)), report)


@router.get("", responses=problems())
def list_all(  # noqa: PLR0913, PLR0917 - FastAPI hands everything over so
    caller: IngesterOrReader,
    store: TheStore,
    cursors: TheCursors,
    team: Annotated[str | None, Query(max_length=200, description="Only of this team.")] = None,
    state: Annotated[State | None, Query(description="Only in this state.")] = None,
    cursor: CursorText = None,
    limit: Limit = 100,
) -> Page[TranscriptOut]:
    """Transcripts in the order in which they first came in."""
    scope = [caller.organisation, "transcripts", team, state]
    selection = Selection(teams=None if team is None else (team,))
    after = cursors.read(cursor, scope)
    with store.reading() as db:
        found = list_transcripts(db, caller.organisation, selection, state=state, after=after, limit=limit + 1)
    page, has_more = found[:limit], len(found) > limit
    following = cursors.write(page[-1].id, scope) if has_more else None
    return Page(items=[TranscriptOut.of(one) for one in page], next_cursor=following, has_more=has_more)


@router.get("/{transcript}", responses=problems(404))
def get(
    transcript: Uid,
    caller: IngesterOrReader,
    store: TheStore,
    *,
    statements: Annotated[bool, Query(description="With what the staff said, redacted; needs the scopes `ingest` and `evidence`.")] = False,
) -> TranscriptOut:
    """One transcript; with its scored statements where they are asked for."""
    if statements and not caller.scopes >= _WORDS_NEED:
        # An id leads to the agent: single statements are for who sends the transcripts and has their words anyway.
        needed = sorted(_WORDS_NEED)
        raise Problem(403, f"what was said in one transcript needs the scopes {' and '.join(needed)}", facts={"needed": needed})
    with store.reading() as db:
        found = _there(find_transcript(db, caller.organisation, transcript))
        said = statements_of(db, caller.organisation, transcript) if statements else None
    return TranscriptOut.of(found, None if said is None else [StatementOut.of_statement(one.scored) for one in said])


@router.patch("/{transcript}", responses=problems(404, 409, 413, 415))
def change(transcript: Uid, body: ChangeIn, caller: Ingester, service: TheService) -> TranscriptOut:
    """Correct team, queue or start, which null removes; or remove the words of its statements."""
    wanted = body.model_fields_set
    given = Change(
        team=body.team if "team" in wanted else UNCHANGED,
        queue=body.queue if "queue" in wanted else UNCHANGED,
        started_at=body.started_at if "started_at" in wanted else UNCHANGED,
        drop_text=body.drop_text,
    )
    with service.store.writing() as db:
        known = _there(find_transcript(db, caller.organisation, transcript))
        if body.drop_text and known.state in {"received", "scoring"}:
            raise Problem(409, "it waits to be scored, for which its words are needed; try again when it is scored")
        change_transcript(db, caller.organisation, transcript, given, service.settings.time_zone)
        found = _there(find_transcript(db, caller.organisation, transcript))
    if body.drop_text:
        service.store.tidy()
    service.wake.set()
    return TranscriptOut.of(found)


@router.delete("/{transcript}", status_code=204, responses=problems(404))
def erase(transcript: Uid, caller: Admin, store: TheStore) -> None:
    """Erase a transcript with its text, scores and share of all figures; there is no way back."""
    with store.writing() as db:
        _there(find_transcript(db, caller.organisation, transcript))
        erase_transcripts(db, caller.organisation, [transcript])
    store.tidy()


def _there(found: StoredTranscript | None) -> StoredTranscript:
    if found is None:
        raise Problem(404, "there is no transcript of that id")
    return found
