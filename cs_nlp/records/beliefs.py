"""What a team believes, in its own words: groups of statements that say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cs_nlp.records.figures import Interval, Withheld


@dataclass(frozen=True, slots=True)
class Trend:
    """Whether a belief is heard more or less as time goes on.

    Attributes:
        first: its share of what the team signals, 0 to 1, as fitted to the first day; last: to the last day.
        change: log odds of `last` less those of `first`.
        low: lower end of the interval of `change`; high: its upper end.
        level: share of cases in which the interval holds the true change.
    """

    first: float
    last: float
    change: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class KnownBelief:
    """What must be kept of a belief so that it is known again.

    Attributes:
        id: of the belief.
        name: what it was called, "" where it had no name.
        centroid: as in `Belief`.
    """

    id: str
    name: str
    centroid: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Belief:
    """Statements of several people of a team that say the same.

    Attributes:
        id: stays the same from run to run while the belief does; made of the place of the statement that first named it.
        name: that statement, redacted: the most typical one that is short and tells nobody; "" where nothing can be quoted.
        culture: which its statements carry most, all together; culture_share: its part of the cultures' probability, 0 to 1.
        target: what they are mostly about.
        drivers: signed drivers that they give evidence of on average, the strongest first.
        share: of the team's signal (the probability of a culture, summed over statements), 0 to 1.
        interval: of the share.
        trend: None where transcripts have no dates, or all one.
        n_statements: how many; n_transcripts: in how many; n_people: distinct speakers.
        examples: further statements, redacted, each of another person and another transcript.
        stability: how much of it comes back, on average, when a part of the transcripts is left out, 0 to 1; None where not asked for.
        centroid: its middle in the space in which it was found, unit length: by this it is known again.
    """

    id: str
    name: str
    culture: str
    culture_share: float
    target: str
    drivers: tuple[str, ...]
    share: float
    interval: Interval
    trend: Trend | None
    n_statements: int
    n_transcripts: int
    n_people: int
    examples: tuple[str, ...]
    stability: float | None
    centroid: tuple[float, ...]

    @property
    def known(self) -> KnownBelief:
        """What must be kept of it."""
        return KnownBelief(self.id, self.name, self.centroid)


@dataclass(frozen=True, slots=True)
class TeamBeliefs:
    """What a team believes.

    Attributes:
        team: the team.
        start: first day of the time heard; end: the day after the last; None where no transcript has a date.
        beliefs: those that enough people share, the largest share first; none is withheld by itself.
        n_statements: those looked at, which may carry a culture; n_transcripts: with a scored statement; n_people: speakers; None
            when withheld for a small group.
        stability: adjusted Rand index between the groups found in all transcripts and in parts of them, averaged; 1 is the same
            groups, 0 is chance; None where not asked for, or where there is too little to tell.
        withheld: why there is no list, or None.
    """

    team: str
    start: date | None
    end: date | None
    beliefs: tuple[Belief, ...]
    n_statements: int | None
    n_transcripts: int | None
    n_people: int | None
    stability: float | None = None
    withheld: Withheld | None = None
