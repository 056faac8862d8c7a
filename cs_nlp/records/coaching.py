"""What to do about a team's culture, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class About(StrEnum):
    """What a piece of advice is about."""

    CULTURE = "culture"
    BELIEF = "belief"
    DRIVER = "driver"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A figure of the team that called for advice.

    Attributes:
        what: what was measured, for people.
        value: the figure; low and high: the ends of its interval.
        unit: what they are, `share` (0 to 1), `per 100 statements` or `log odds`.
        level: of the interval.
        start: first day of the time it is of; end: the day after the last; None where transcripts have no dates.
        n_statements: scored statements behind it; n_transcripts: transcripts; n_people: people.
        method: how it was estimated.
    """

    what: str
    value: float
    low: float
    high: float
    unit: str
    level: float
    start: date | None
    end: date | None
    n_statements: int
    n_transcripts: int
    n_people: int
    method: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, from the taxonomy, with the evidence that called for it. About a team, never about a person.

    Attributes:
        about: what it is about.
        label: the culture, or the driver; for a belief, the culture that it carries.
        title: of the culture or driver, or the belief as the team puts it.
        meaning: what it does to customers and to the team, in a sentence or more.
        wanted: the belief, or the state, to build in its place.
        actions: what to do; avoid: what makes it worse.
        evidence: what called for it, the strongest first; never empty.
    """

    about: About
    label: str
    title: str
    meaning: str
    wanted: str
    actions: tuple[str, ...]
    avoid: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Coaching:
    """All advice for a team.

    Attributes:
        team: the team.
        advice: on its culture, then on its beliefs, then on its weakest drivers; none where the evidence supports none.
        undecided: what the evidence does not settle, in sentences.
    """

    team: str
    advice: tuple[Advice, ...]
    undecided: tuple[str, ...] = ()
