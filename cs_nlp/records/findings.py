"""All that is told about a team beside its signals."""

from __future__ import annotations

from dataclasses import dataclass

from cs_nlp.records.beliefs import TeamBeliefs
from cs_nlp.records.changes import Changes, Decomposition, Difference, DriverEvidence, Pooled
from cs_nlp.records.coaching import Coaching
from cs_nlp.records.interventions import Effect
from cs_nlp.records.newcomers import Newcomers
from cs_nlp.records.scores import ScoredStatement


@dataclass(frozen=True, slots=True)
class Findings:
    """What a team's series, words and people say; what was not asked for is empty or None.

    Attributes:
        team: the team.
        quotes: statements to show, the most telling first, of different people; speakers are not shown, and what stands in withheld
            periods is left out by whoever makes this.
        changes: its change points.
        differences: from its period before, from the other teams, and between calls and team chat.
        pooled: its shares with strength borrowed from their like.
        parts: what changes are made of.
        beliefs: what it believes, in its own words.
        drivers: evidence on each driver.
        newcomers: how its newcomers become like it.
        effects: what came of interventions.
        coaching: what to do, with the evidence that calls for it.
    """

    team: str
    quotes: tuple[ScoredStatement, ...] = ()
    changes: Changes | None = None
    differences: tuple[Difference, ...] = ()
    pooled: tuple[Pooled, ...] = ()
    parts: tuple[Decomposition, ...] = ()
    beliefs: TeamBeliefs | None = None
    drivers: tuple[DriverEvidence, ...] = ()
    newcomers: Newcomers | None = None
    effects: tuple[Effect, ...] = ()
    coaching: Coaching | None = None
