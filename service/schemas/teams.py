"""Teams and their series, as published."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from cs_nlp.records import Channel
from service.schemas.base import Outgoing

Share = Annotated[float, Field(ge=0, le=1)]
Gap = Annotated[float, Field(ge=-1, le=1)]
By = Literal["day", "week", "month"]
Reason = Annotated[
    Literal["no_data", "small_group", "not_calibrated", "mixed_models"],
    Field(
        description="Why there is no value: nothing was said; too few people or transcripts, by themselves or with what could be "
        "subtracted, or not published yet; the model's errors are not known well enough; several models scored it."
    ),
]
TeamName = Annotated[str | None, Field(description="Null for the transcripts that name no team.")]


class TeamOut(Outgoing):
    """A team with stored transcripts."""

    name: TeamName
    path: Annotated[str, Field(description="Where its figures are.", examples=["/v1/teams/north-broadband"])]
    time_zone: Annotated[str, Field(description="In which its days, weeks and months are.", examples=["Europe/London"])]
    start: Annotated[date | None, Field(description="First day of what is published of it; null where nothing is.")]
    end: Annotated[date | None, Field(description="The day after the last.")]


class TeamsOut(Outgoing):
    """All teams of an organisation."""

    items: list[TeamOut]
    granularity: Annotated[By, Field(description="The shortest buckets that are published.")]
    split: Annotated[Literal["channel", "queue"] | None, Field(description="Whether channels, or channels and queues, are told apart.")]
    smallest_group: Annotated[int, Field(description="Figures of fewer people or transcripts are withheld.")]
    model: Annotated[str, Field(description="The model whose scores are told.")]
    taxonomy: str


class FigureOut(Outgoing):
    """A share in one bucket, or the reason why there is none."""

    team: TeamName
    granularity: Annotated[Literal["day", "week", "month", "all"], Field(description="`all`: the whole window.")]
    start: Annotated[date | None, Field(description="First day of the bucket.")]
    end: Annotated[date | None, Field(description="The day after its last.")]
    measure: Annotated[
        Literal["prevalence", "mix", "signal_rate"],
        Field(description="`prevalence`: share of all statements; `mix`: of those that carry a culture; `signal_rate`: share that do."),
    ]
    label: Annotated[str | None, Field(description="The culture; null for `signal_rate`.", examples=["assertive"])]
    value: Share | None
    low: Share | None
    high: Share | None
    level: Annotated[Share | None, Field(description="Share of cases in which `low` to `high` holds the true value.")]
    plain: Annotated[Share | None, Field(description="The same by counting labels, uncorrected.")]
    n_statements: int | None
    n_transcripts: int | None
    n_people: int | None
    method: Annotated[str, Field(description="How `value` was estimated.", examples=["pacc"])]
    model: str
    taxonomy: str
    reason: Reason | None


class DifferenceOut(Outgoing):
    """How far a share is from another one."""

    team: TeamName
    granularity: Literal["day", "week", "month", "all"]
    start: date | None
    end: date | None
    against: Annotated[Literal["previous", "other_teams", "team_chat"], Field(description="`previous`: the same team in the other time.")]
    other_start: date | None
    other_end: date | None
    measure: Literal["prevalence", "mix", "signal_rate"]
    label: str | None
    value: Annotated[Gap | None, Field(description="The share less the other one.")]
    low: Gap | None
    high: Gap | None
    level: Share | None
    p_value: Share | None
    adjusted: Annotated[Share | None, Field(description="The p-value after all comparisons of this answer (Benjamini and Hochberg).")]
    n_statements: int | None
    n_transcripts: int | None
    other_statements: int | None
    other_transcripts: int | None
    method: str
    reason: Reason | None


class CultureOut(Outgoing):
    """A team's culture over time."""

    team: TeamName
    time_zone: str
    granularity: By
    channel: Channel | None
    queue: str | None
    start: Annotated[date | None, Field(description="First day of the first bucket.")]
    end: Annotated[date | None, Field(description="The day after the last day of the last bucket.")]
    model: str
    taxonomy: str
    smallest_group: int
    waiting: Annotated[int, Field(description="Transcripts of the organisation that wait to be scored and are in no figure yet.")]
    whole: Annotated[list[FigureOut], Field(description="Of the whole window.")]
    buckets: Annotated[list[FigureOut], Field(description="Ten for each bucket that has ended; every bucket is there, empty ones too.")]
    differences: Annotated[list[DifferenceOut] | None, Field(description="Where `compare` asked for them.")]
