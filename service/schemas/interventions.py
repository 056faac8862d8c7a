"""Interventions and what came of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from service.schemas.base import Day, Incoming, Name, Outgoing, Text
from service.schemas.teams import Gap, Share

TITLE = 400


class InterventionIn(Incoming):
    """Something that was done about a team's culture."""

    team: Annotated[Name, Field(description="With whom: a team with stored transcripts.", examples=["north-broadband"])]
    on: Annotated[Day, Field(description="The first day from which it could show, in the team's time zone.", examples=["2026-07-13"])]
    title: Annotated[Text, Field(max_length=TITLE, description="What was done, in a few words.", examples=["weekly coaching"])] = ""


class InterventionOut(Outgoing):
    """An intervention as it was noted."""

    id: Annotated[str, Field(examples=["iv_9Jc6yTFz1nQxkW0b"])]
    team: str | None
    on: date
    title: str
    created_at: datetime


class PlaceboOut(Outgoing):
    """An effect measured where nothing was done."""

    team: str
    on: date
    value: float
    low: float
    high: float
    level: Share


class EffectOut(Outgoing):
    """By how much a share changed after an intervention, beyond the change of the other teams."""

    id: str
    team: str | None
    on: date
    title: str
    model: str
    taxonomy: str
    measure: Literal["prevalence", "mix", "signal_rate"]
    label: str | None
    by: Annotated[Literal["week", "month"], Field(description="Length of the periods that are compared.")]
    value: Gap | None
    low: float | None
    high: float | None
    level: Share | None
    team_before: Share | None
    team_after: Share | None
    others_before: Share | None
    others_after: Share | None
    detectable: Annotated[float | None, Field(description="The smallest effect that would show in four of five cases.")]
    aim: Share
    more_periods: Annotated[int | None, Field(description="How many more periods `detectable` needs to come down to `aim`.")]
    others: Annotated[list[str], Field(description="The teams that it is compared with.")]
    periods_before: int
    periods_after: int
    n_statements: int | None
    n_transcripts: int | None
    placebo_dates: list[PlaceboOut]
    placebo_teams: list[PlaceboOut]
    method: str
    needs: Annotated[str | None, Field(description="What would be needed to tell an effect.")]
    reason: Literal["no_data", "small_group", "not_calibrated", "mixed_models", "no_comparison", "too_few_periods"] | None
