"""`POST /v1/score`: the scores of statements or of one transcript; nothing is stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from cs_nlp.pipeline.at_once import score_texts, score_transcript
from cs_nlp.pipeline.items import Item, read_one
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.scoring import Classifier
from service.deps import Ingester, TheClassifier
from service.once import KeyedRoute
from service.schemas.base import problems
from service.schemas.items import ItemIn, json_item
from service.schemas.score import (
    InContext,
    InputsIn,
    LabelOut,
    ScoredTextsOut,
    ScoredTranscriptOut,
    ScoreIn,
    ScoreOut,
    StatementOut,
    TextsIn,
    labels_of,
)
from service.schemas.stored import warnings_of

router = APIRouter(prefix="/v1", tags=["score"], route_class=KeyedRoute)
Answer = ScoredTextsOut | ScoredTranscriptOut | list[LabelOut] | list[list[LabelOut]]


@router.post("/score", responses=problems(413, 415))
def score(body: Annotated[ScoreIn, Body()], caller: Ingester, classifier: TheClassifier) -> Answer:  # noqa: ARG001 - who may
    """Score statements (`texts`), or one transcript in any format that is read (`transcript`). A batch of n gives n, in order.

    With `inputs` instead of `texts`, request and answer are those of other text classifiers: a list of `{label, score}`, the most probable
    first, or for a list of statements a list of such lists.
    """
    if isinstance(body, InputsIn):
        return _labels(body, classifier)
    if isinstance(body, ItemIn):
        return scored_item(json_item(body), classifier)
    return _scores(body, classifier)


def scored_item(item: Item, classifier: Classifier) -> ScoredTranscriptOut:
    """The scores of one transcript that is not stored."""
    transcript, report = read_one(item)
    scored = score_transcript(transcript, classifier)
    return ScoredTranscriptOut(
        model=model_of(classifier.artefact),
        transcript=transcript.id,
        format=transcript.source_format,
        turns=report.turns,
        unknown_roles=report.unknown_roles,
        warnings=warnings_of(report),
        statements=[StatementOut.of_statement(one) for one in scored.statements],
    )


def _scores(body: TextsIn, classifier: Classifier) -> ScoredTextsOut:
    given = [(one.text, one.context) if isinstance(one, InContext) else (one, None) for one in body.texts]
    scores = score_texts([text for text, _ in given], [context for _, context in given], classifier)
    return ScoredTextsOut(model=model_of(classifier.artefact), scores=[ScoreOut.of(one) for one in scores])


def _labels(body: InputsIn, classifier: Classifier) -> list[LabelOut] | list[list[LabelOut]]:
    texts = [body.inputs] if isinstance(body.inputs, str) else body.inputs
    top = body.parameters.top_k if body.parameters else None
    found = [labels_of(one, top) for one in score_texts(texts, [None] * len(texts), classifier)]
    return found[0] if isinstance(body.inputs, str) else found
