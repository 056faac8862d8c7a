"""`/v1/feedback`, `/v1/review` and `/v1/model`: people teach the model, and see how well it does."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from cs_nlp.pipeline.model_facts import facts_of
from cs_nlp.pipeline.review import next_to_label, uncertainty
from cs_nlp.pipeline.scoring import probabilities_of
from cs_nlp.records import Annotation
from cs_nlp.store import Selection, StoredStatement, give_feedback, statements_of
from service.deps import IngesterOrReader, Labeller, TheArtefact, TheStore
from service.errors import Problem
from service.once import KeyedRoute
from service.schemas.base import problems
from service.schemas.labels import LABELS, FeedbackIn, FeedbackOut, ModelOut, ReviewItem, ReviewOut

router = APIRouter(prefix="/v1", tags=["labels"], route_class=KeyedRoute)


@router.post("/feedback", status_code=201, responses=problems(404, 413, 415))
def feedback(body: FeedbackIn, caller: Labeller, store: TheStore) -> FeedbackOut:
    """Say the right label of a scored statement whose text is kept; the model is trained with it later.

    `GET /v1/review` gives statements with the numbers that name them, and so does `GET /v1/transcripts/{transcript}`.
    """
    given = Annotation(body.culture, body.target, tuple(dict.fromkeys(body.drivers)), body.annotator or caller.key)
    with store.writing() as db:
        said = statements_of(db, caller.organisation, body.transcript)
        place = (body.turn, body.start_char)
        found = next((one for one in said if (one.scored.statement.turn, one.scored.statement.start_char) == place), None)
        if found is None:
            raise Problem(404, "there is no scored statement at that place of that transcript; GET /v1/review gives those that there are")
        give_feedback(db, caller.organisation, found, given)
    return FeedbackOut(
        transcript=body.transcript,
        turn=body.turn,
        start_char=body.start_char,
        culture=given.culture,
        target=given.target,
        drivers=list(given.drivers),
        annotator=given.annotator or "",
        said=found.scored.score.culture,
    )


@router.get("/review", responses=problems())
def review(
    caller: Labeller,
    store: TheStore,
    team: Annotated[str | None, Query(max_length=200, description="Only what was said in this team.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most statements.")] = 20,
) -> ReviewOut:
    """What to label next: statements of which the model is least sure, each unlike the ones before, and none that has a label."""
    with store.reading() as db:
        found = next_to_label(db, caller.organisation, Selection(teams=None if team is None else (team,)), limit=limit)
    return ReviewOut(items=[_item(one) for one in found], reason=None if found else "nothing_to_label")


@router.get("/model", responses=problems())
def model(caller: IngesterOrReader, artefact: TheArtefact) -> ModelOut:  # noqa: ARG001 - who asks must show a key
    """The model whose scores are told: where it comes from, how it does on each culture, and the errors that shares are corrected for."""
    return ModelOut.model_validate(asdict(facts_of(artefact)) | LABELS, strict=False)


def _item(one: StoredStatement) -> ReviewItem:
    said, score = one.scored.statement, one.scored.score
    return ReviewItem(
        transcript=said.transcript_id,
        turn=said.turn,
        start_char=said.start_char,
        team=one.team or None,
        channel=said.channel.value,
        text=said.text,
        context=said.context,
        culture=score.culture,
        probabilities=dict(probabilities_of(score)),
        target=score.target,
        drivers=list(score.drivers),
        uncertainty=min(uncertainty(one), 1.0),
    )
