"""Right labels that people give, what to label next, and what is known of the model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from service.schemas.base import Incoming, Name, Outgoing
from service.schemas.teams import Share, TeamName


def _known(name: str) -> str:
    if name not in SIGNED_DRIVERS:
        raise ValueError("is no driver with its sign; `cs-nlp taxonomy` lists them")
    return name


Culture = Annotated[Literal["aggressive", "passive_aggressive", "submissive", "assertive", "none"], Field(examples=["assertive"])]
Target = Literal["customer", "product", "company", "team", "self", "other"]
SignedDriver = Annotated[str, Field(json_schema_extra={"enum": list(SIGNED_DRIVERS)}), AfterValidator(_known)]
Uid = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$", examples=["tr_9Jc6yTFz1nQxkW0b"])]
MOST_PLACE = 2**31 - 1
Place = Annotated[int, Field(ge=0, le=MOST_PLACE)]


class FeedbackIn(Incoming):
    """The right label of a statement."""

    transcript: Annotated[Uid, Field(description="Where the statement stands.")]
    turn: Annotated[Place, Field(description="Number of the turn, from 0.", examples=[4])]
    start_char: Annotated[Place, Field(description="Where the statement begins in the turn.", examples=[0])]
    culture: Culture
    target: Target | None = None
    drivers: Annotated[
        tuple[SignedDriver, ...], Field(strict=False, max_length=len(SIGNED_DRIVERS), description="Signed: `voice-` is missing.")
    ] = ()
    annotator: Annotated[
        Name | None, Field(description="Who says so; the key's id by default. A later word takes an earlier one's place.")
    ] = None


class FeedbackOut(Outgoing):
    """Feedback as it is kept."""

    transcript: str
    turn: int
    start_char: int
    culture: str
    target: str | None
    drivers: list[str]
    annotator: str
    said: Annotated[str, Field(description="What the model says.")]


class ReviewItem(Outgoing):
    """A statement that waits for its label."""

    transcript: str
    turn: int
    start_char: int
    team: TeamName
    channel: Literal["call", "team_chat"]
    text: Annotated[str, Field(description="Redacted.")]
    context: Annotated[str | None, Field(description="What was said just before, redacted.")]
    culture: Annotated[str, Field(description="What the model says.")]
    probabilities: Annotated[dict[str, float], Field(description="Of each culture.")]
    target: str
    drivers: list[str]
    uncertainty: Annotated[Share, Field(description="Entropy of the probabilities: 0 is sure, 1 is no idea.")]


class ReviewOut(Outgoing):
    """What to label next, the most telling first."""

    items: list[ReviewItem]
    reason: Annotated[Literal["nothing_to_label"] | None, Field(description="Why there is none: all are labelled, or no text was kept.")]


class ClassFigures(Outgoing):
    """How a model does on one culture."""

    precision: Share
    recall: Share
    f1: Share
    support: int


class TrialOut(Outgoing):
    """How a model did on labelled statements that it had not seen."""

    n: int
    macro_f1: Share
    low: Share
    high: Share
    accuracy: Share
    calibration_error: Share
    classes: dict[str, ClassFigures]
    confusion: Annotated[
        list[list[int]], Field(description="Statements by right culture (rows) and culture said (columns), as in `cultures`.")
    ]


class ModelOut(Outgoing):
    """The model whose scores are told."""

    name: str
    model: Annotated[
        str, Field(description="As it stands in figures; changes with weights and calibration.", examples=["culture-en-small@1f0c2a9b"])
    ]
    kind: Literal["encoder", "linear"]
    taxonomy: str
    code: Annotated[str, Field(description="Version of cs_nlp that trained it.")]
    cultures: list[str]
    targets: list[str]
    drivers: list[str]
    weights: Annotated[dict[str, str], Field(description="SHA-256 of its files.")]
    training: Annotated[str, Field(description="SHA-256 of the training data.")]
    n_training: Annotated[int, Field(description="Statements it was trained on.")]
    seed: int
    temperature: Annotated[float, Field(description="By which its probabilities are calibrated.")]
    held_out: Annotated[TrialOut, Field(description="On the statements that shares are corrected with.")]
    evaluation: Annotated[TrialOut | None, Field(description="On a set that nothing was chosen on.")]
    correction: Annotated[
        list[list[float]] | None, Field(description="Mean probabilities said (columns) of statements of each culture (rows).")
    ]
    uncorrected: Annotated[str | None, Field(description="Why shares are not corrected.")]


LABELS = {"cultures": list(CULTURES), "targets": list(TARGETS), "drivers": list(SIGNED_DRIVERS)}
