"""Attackers who know who spoke in which transcript, and want to know one person's mix; and how well they do.

What is secret is the share of a person's statements that are aggressive. An attack fails when it comes no closer to that, over many
persons, than the team's published share does. An attacker is given every advantage but the labels: which transcripts are in each
answer, who spoke in each, how many statements they hold, and how much persons differ. From all answers together the attacker takes
the best linear guess (the posterior mean, were all of it normal), which is exact as soon as any combination of answers tells the
person apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Channel, Totals
from cs_nlp.signals.privacy_plan import Rules
from tests.attacks.desk import Desk, Protection, Told

Floats = NDArray[np.float64]
MIX = np.array([0.2, 0.1, 0.1, 0.15, 0.45])
LIKENESS = 3.0
STATEMENTS = 8
SPREAD = sqrt(MIX[0] * (1 - MIX[0]) / (LIKENESS + 1))
"""Standard deviation of the secret between persons."""
TARGET = "target"
COLLEAGUES = tuple("abcdefgh")


class World:
    """Persons with mixes of their own, and what they say.

    Args:
        seed: of all that is left to chance.
    """

    def __init__(self, seed: int) -> None:
        self.chance = np.random.default_rng(seed)
        self._mixes: dict[str, Floats] = {}
        self.said: dict[str, Totals] = {}

    def says(
        self,
        person: str,
        day: int,
        hour: int = 12,
        *,
        team: str = "north",
        channel: Channel = Channel.CALL,
        queue: str | None = None,
    ) -> Totals:
        """A transcript of one person on a day counted from Monday, 1 June 2026, UTC."""
        mix = self._mixes.setdefault(person, self.chance.dirichlet(MIX * LIKENESS))
        counts = tuple(int(count) for count in self.chance.multinomial(STATEMENTS, mix))
        name = f"{len(self.said):04}"
        at = datetime(2026, 6, 1, hour, tzinfo=UTC) + timedelta(days=day)
        row = Totals(name, team, at, channel, queue, frozenset({person}), STATEMENTS, counts, tuple(map(float, counts)))
        self.said[name] = row
        return row

    def week(
        self, week: int, people: Iterable[str] = (*COLLEAGUES, TARGET), *, days: Sequence[int] = (0, 2), team: str = "north"
    ) -> list[Totals]:
        """A week in which everyone speaks once on each of some days."""
        return [self.says(person, 7 * week + day, team=team) for person in people for day in days]


Attack = Callable[[World, Desk], Iterable[Told]]
"""Fills a desk, asks it, and hands over the answers. The first one is the team's published figure."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How well an attack did over many targets.

    Attributes:
        known: mean distance of the published figure from the secret.
        guessed: mean distance of the guess.
        surely: how many standard errors the guess is nearer.
    """

    known: float
    guessed: float
    surely: float

    @classmethod
    def of(cls, distances: Sequence[tuple[float, float]]) -> Outcome:
        """The outcome of an attack, from the distances of what is known and of the guess, target by target."""
        known, guessed = np.array(distances).T
        gain = np.round(known - guessed, 9)  # a guess that is the published figure differs by rounding, and always to one side
        error = gain.std(ddof=1) / sqrt(len(gain))
        return cls(float(known.mean()), float(guessed.mean()), float(gain.mean() / error) if error else 0.0)

    @property
    def fails(self) -> bool:
        """Whether nothing was learnt beyond what chance explains (one-sided, 1 in 100)."""
        return self.surely < 2.33

    @property
    def succeeds(self) -> bool:
        """Whether the target was learnt about: less than half the distance is left, and that is no chance."""
        return self.surely > 4 and self.guessed < self.known / 2


def run(attack: Attack, protection: Protection, rules: Rules = Rules(), *, targets: int = 45) -> Outcome:  # noqa: B008  # frozen
    """Let an attack try to learn about many targets, each in a world of its own."""
    distances = []
    for seed in range(targets):
        world = World(seed)
        answers = list(attack(world, Desk(protection, rules)))
        secret = np.sum([row.counts for row in world.said.values() if TARGET in row.people], axis=0)
        share = secret[0] / secret.sum()
        known = answers[0].counts[0] / answers[0].counts.sum() if answers else MIX[0]
        distances.append((abs(known - share), abs(guess(world, answers, known) - share)))
    return Outcome.of(distances)


def guess(world: World, answers: Sequence[Told], known: float) -> float:
    """The best linear guess of the target's share, from the team's share and all answers."""
    place = {name: number for number, name in enumerate(world.said)}
    told = {each.members: each.counts[0] for each in answers if each.members}
    if not told:
        return known
    sums = np.zeros((len(told), len(place)))
    for row, members in enumerate(told):
        sums[row, [place[name] for name in members]] = 1.0
    n = np.array([float(row.n) for row in world.said.values()])
    speaker = np.array([next(iter(row.people)) for row in world.said.values()])
    cover = SPREAD**2 * np.outer(n, n) * (speaker[:, None] == speaker) + np.diag(n * known * (1 - known))
    own = speaker == TARGET
    weights = np.linalg.lstsq(sums @ cover @ sums.T, sums @ cover @ own, rcond=1e-9)[0]
    surprise = np.array([*told.values()]) - sums @ n * known
    return float(np.clip(known + weights @ surprise / n[own].sum(), 0.0, 1.0))
