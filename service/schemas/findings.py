"""What is found beside a team's series: drivers, beliefs, newcomers, changes, quotes and advice."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from service.schemas.base import Outgoing
from service.schemas.teams import DifferenceOut, Reason, Share, TeamName

Amount = Annotated[float, Field(ge=-100, le=100, description="Per 100 statements.")]
Edge = Annotated[float, Field(description="An end of the interval, per 100 statements.")]
Driver = Annotated[str, Field(examples=["recognition"])]


class DriverOut(Outgoing):
    """What a team's words say of one driver."""

    team: TeamName
    start: date | None
    end: date | None
    driver: Driver
    elements: Annotated[list[str], Field(description="Of the way of working that it stands for, by id.")]
    present: Annotated[Amount | None, Field(description="How often words say that it is there and working.")]
    missing: Annotated[Amount | None, Field(description="How often they say that it is missing or broken.")]
    net: Annotated[Amount | None, Field(description="`present` less `missing`.")]
    low: Edge | None
    high: Edge | None
    level: Share
    rank: Annotated[int | None, Field(description="1 where to push first.")]
    n_statements: int | None
    n_transcripts: int | None
    n_people: int | None
    method: str
    apart: Annotated[float | None, Field(description="`net` less the mean of the other teams.")]
    apart_low: float | None
    apart_high: float | None
    reason: Reason | None


class DriversOut(Outgoing):
    """Drivers of a team's culture, where to push first on top."""

    team: TeamName
    model: str
    taxonomy: str
    items: list[DriverOut]
    reason: Annotated[Reason | None, Field(description="Why nothing is told of any.")]


class TrendOut(Outgoing):
    """Whether a belief is heard more or less."""

    first: Share
    last: Share
    change: Annotated[float, Field(description="Log odds of `last` less those of `first`.")]
    low: float
    high: float
    level: Share


class BeliefOut(Outgoing):
    """Statements of several people that say the same."""

    id: Annotated[str, Field(description="Stays the same while the belief does and the service runs.")]
    name: Annotated[str | None, Field(description="The most typical of them, redacted. Needs the scope `evidence`.")]
    culture: str
    culture_share: Share
    target: str
    drivers: list[str]
    share: Annotated[Share, Field(description="Of all that shows a culture in this team.")]
    low: Share
    high: Share
    level: Share
    trend: TrendOut | None
    n_statements: int
    n_transcripts: int
    n_people: int
    examples: Annotated[list[str], Field(description="Of other people, redacted. Needs the scope `evidence`.")]
    stability: Share | None


class BeliefsOut(Outgoing):
    """What a team believes, in its own words."""

    team: TeamName
    start: date | None
    end: date | None
    model: str
    taxonomy: str
    n_statements: int | None
    n_transcripts: int | None
    n_people: int | None
    stability: float | None
    items: list[BeliefOut]
    quoted: Annotated[bool, Field(description="Whether words are in it: they need the scope `evidence`.")]
    reason: Annotated[
        Literal["no_data", "small_group", "not_calibrated", "mixed_models", "nothing_shared", "model_gives_no_vectors"] | None,
        Field(description="Why there is none; `nothing_shared`: nothing that enough people say alike."),
    ]


class WeekOut(Outgoing):
    """How far newcomers were from their team, in one week after joining."""

    week: Annotated[int, Field(description="Calendar weeks since the one of joining.")]
    distance: Annotated[Share | None, Field(description="Between the culture mixes: 0 is alike, 1 is nothing in common.")]
    low: Share | None
    high: Share | None
    level: Share | None
    by_chance: Annotated[Share | None, Field(description="Below this lie 95 % of the distances that chance gives.")]
    p_value: Share | None
    n_statements: int | None
    n_newcomers: int | None
    n_established: int | None
    reason: Reason | None


class NewcomersOut(Outgoing):
    """How newcomers become like their team."""

    team: TeamName
    start: date | None
    end: date | None
    model: str
    taxonomy: str
    weeks: list[WeekOut]
    half_life: Annotated[float | None, Field(description="Weeks in which half of the distance is lost.")]
    half_life_low: float | None
    half_life_high: float | None
    level: Share
    method: str
    n_unknown: Annotated[int, Field(description="Statements left out because nobody knows when their speaker joined.")]
    reason: Annotated[
        Literal[
            "no_data", "small_group", "not_calibrated", "mixed_models", "too_few_weeks", "no_difference", "no_approach", "nobody_joined"
        ]
        | None,
        Field(description="Why there is no half-life; `nobody_joined`: nobody is known to have joined lately."),
    ]


class ChangePointOut(Outgoing):
    """A day from which on a team speaks differently."""

    at: date
    earliest: date
    latest: date
    level: Share
    p_value: Share
    shifts: list[DifferenceOut]


class ChangesOut(Outgoing):
    """Since when a team speaks differently, and what differs."""

    team: TeamName
    granularity: str
    start: date | None
    end: date | None
    model: str
    taxonomy: str
    points: list[ChangePointOut]
    p_value: Share | None
    breaks: list[date]
    detectable: Annotated[
        dict[str, float | None],
        Field(description="By culture, the smallest lasting change of its prevalence that would be found in four of five cases."),
    ]
    n_periods: int
    method: str
    differences: list[DifferenceOut]
    reason: Reason | None


class QuoteOut(Outgoing):
    """A statement, redacted, without speaker, transcript, place or time."""

    text: str
    context: Annotated[str | None, Field(description="What was said just before.")]
    culture: str
    target: str
    drivers: list[str]


class EvidenceOut(Outgoing):
    """Statements behind a figure, drawn among the surest ones of different people."""

    team: TeamName
    start: date | None
    end: date | None
    culture: str
    model: str
    taxonomy: str
    items: list[QuoteOut]
    reason: Annotated[Reason | None, Field(description="Why there are none; `small_group` also where fewer people than that said such.")]


class FigureBehind(Outgoing):
    """A figure that called for advice."""

    what: str
    value: float
    low: float
    high: float
    unit: str
    level: Share
    start: date | None
    end: date | None
    n_statements: int
    n_transcripts: int
    n_people: int
    method: str


class AdviceOut(Outgoing):
    """What to do, and why."""

    about: Literal["culture", "belief", "driver"]
    label: str | None
    title: str
    meaning: str
    wanted: str
    actions: list[str]
    avoid: list[str]
    evidence: list[FigureBehind]


class CoachingOut(Outgoing):
    """Advice for a team; none where the evidence supports none."""

    team: TeamName
    model: str
    taxonomy: str
    items: list[AdviceOut]
    undecided: Annotated[list[str], Field(description="What the evidence does not settle.")]
    quoted: Annotated[bool, Field(description="Whether beliefs are in it: they need the scope `evidence`.")]
    reason: Annotated[Literal["nothing_settled"] | None, Field(description="Why there is none.")]
