"""What `POST /v1/score` takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from cs_nlp.records import Score, ScoredStatement, Unsure
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from service.schemas.base import Incoming, Outgoing, Text
from service.schemas.items import ItemIn

MOST = 256
"""Statements in one request."""
LONGEST = 10_000
"""Characters of one statement."""

Statement = Annotated[Text, Field(min_length=1, max_length=LONGEST)]


class InContext(Incoming):
    """A statement with what was said just before it."""

    text: Statement
    context: Annotated[Text, Field(max_length=LONGEST)] | None = None


class TextsIn(Incoming):
    """Statements."""

    texts: Annotated[
        list[Statement | InContext],
        Field(min_length=1, max_length=MOST, examples=[["You should have read the terms, everybody else can read them."]]),
    ]


class Parameters(Incoming):
    """As other classifiers take them."""

    top_k: Annotated[int, Field(ge=1, le=len(CULTURES), description="How many labels of each statement to give.")] | None = None


class InputsIn(Incoming):
    """Statements as other classifiers take them; the answer is theirs too."""

    inputs: Statement | Annotated[list[Statement], Field(min_length=1, max_length=MOST)]
    parameters: Parameters | None = None


def _shape(body: Any) -> str:  # noqa: ANN401 - whatever came
    keys = body.keys() if isinstance(body, Mapping) else ()
    return next((f"~{name}" for name in ("inputs", "transcript") if name in keys), "~texts")


ScoreIn = Annotated[
    Annotated[TextsIn, Tag("~texts")] | Annotated[InputsIn, Tag("~inputs")] | Annotated[ItemIn, Tag("~transcript")], Discriminator(_shape)
]


class ScoreOut(Outgoing):
    """The score of one statement."""

    culture: Annotated[str, Field(description="The label: the most probable culture, after none was weighed by the model.")]
    probabilities: Annotated[dict[str, float], Field(description="Of each culture; they add up to 1.")]
    target: Annotated[str, Field(description="Whom or what it is about, most probably.")]
    target_probabilities: dict[str, float]
    drivers: Annotated[dict[str, float], Field(description="Signed drivers that it names, with their probabilities.")]
    windows: Annotated[int, Field(description="More than 1: the statement was longer than the model reads at once.")]
    unsure: Annotated[
        Unsure | None,
        Field(description="Why not to believe it: `language` (not English, or mixed), `unlike` (what the model learnt from)."),
    ]

    @classmethod
    def of(cls, score: Score) -> ScoreOut:
        """From the record."""
        driven = dict(zip(SIGNED_DRIVERS, score.driver_probabilities, strict=True))
        return cls(
            culture=score.culture,
            probabilities=dict(zip(CULTURES, score.probabilities, strict=True)),
            target=score.target,
            target_probabilities=dict(zip(TARGETS, score.target_probabilities, strict=True)),
            drivers={name: driven[name] for name in score.drivers},
            windows=score.windows,
            unsure=score.unsure,
        )


class ScoredTextsOut(Outgoing):
    """Scores, one a statement, in order."""

    model: str
    scores: list[ScoreOut]


class StatementOut(ScoreOut):
    """A scored statement of a transcript."""

    turn: Annotated[int, Field(description="Index of its turn, from 0.")]
    start_char: Annotated[int, Field(description="Where it begins in the text of its turn; `end_char`: where it ends.")]
    end_char: int
    text: str

    @classmethod
    def of_statement(cls, item: ScoredStatement) -> StatementOut:
        """From the record."""
        said, score = item.statement, ScoreOut.of(item.score)
        return cls(turn=said.turn, start_char=said.start_char, end_char=said.end_char, text=said.text, **score.model_dump())


class ScoredTranscriptOut(Outgoing):
    """Scores of what the staff said in a transcript; nothing of it is stored."""

    model: str
    transcript: Annotated[str, Field(description="The platform's id, or one made from the file's name.")]
    format: Annotated[str, Field(description="As which it was read.")]
    turns: int
    unknown_roles: Annotated[int, Field(description="Turns whose role nothing says: a `role_map` can. Only agents are scored.")]
    warnings: list[str]
    statements: list[StatementOut]


class LabelOut(Outgoing):
    """A label as other classifiers give it."""

    label: str
    score: float


def labels_of(score: Score, top: int | None) -> list[LabelOut]:
    """Labels, the most probable first."""
    ranked = sorted(zip(CULTURES, score.probabilities, strict=True), key=lambda pair: -pair[1])
    return [LabelOut(label=label, score=value) for label, value in ranked[:top]]
