"""What no rule on sizes of groups can stop: inference by somebody who knows who worked when.

Here everyone keeps the same mix for all the time, all statements are read without error, and who spoke in which transcript is known:
the most that can be learnt.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import numpy as np

from cs_nlp.signals.privacy_answers import Query
from cs_nlp.signals.privacy_plan import Rules
from tests.attacks.attacker import MIX, TARGET, Attack, Outcome, World, guess
from tests.attacks.desk import Desk, Protection, Told


def attendance(weeks: int, size: int, absent: float = 0.15) -> Attack:
    """Each week, each member of a team of `size` is away with the probability `absent`."""

    def attack(world: World, desk: Desk) -> Iterator[Told]:
        for week in range(weeks):
            desk.receive(*world.week(week, [person for person in _team(size) if world.chance.random() >= absent]))
        yield from _published(desk)

    return attack


def joining(weeks: int, size: int) -> Attack:
    """The target joins when half of the time is over, and nothing else changes."""

    def attack(world: World, desk: Desk) -> Iterator[Told]:
        for week in range(weeks):
            desk.receive(*world.week(week, _team(size)[: size if 2 * week >= weeks else -1]))
        yield from _published(desk)

    return attack


def one_voice(world: World, desk: Desk) -> Iterator[Told]:
    """The target says half of all that is said."""
    for week in range(4):
        desk.receive(*world.week(week, [*_team(9)[:-1], *[TARGET] * 8]))
    yield from _published(desk)


def explained(attack: Attack, protection: Protection = "plan", *, targets: int = 30) -> float:
    """The part of the variance between persons that the best linear guess explains, 0 to 1, beyond what is known without any figure."""
    squares = []
    for seed in range(targets):
        world = World(seed)
        guessed = guess(world, list(attack(world, Desk(protection, Rules()))), MIX[0])
        secret = np.sum([row.counts for row in world.said.values() if TARGET in row.people], axis=0)
        share = secret[0] / secret.sum()
        squares.append(((guessed - share) ** 2, (MIX[0] - share) ** 2))
    left, whole = np.mean(squares, axis=0)
    return float(1 - left / whole)


def noisy_erasure(weeks: int, size: int, *, noise: float = 0.25, targets: int = 30) -> Outcome:
    """What an erasure would give away if figures changed at once, each with fresh noise of this part of its 95 % interval's half-width."""
    distances = []
    for seed in range(targets):
        world = World(seed)
        guessed, heard = 0.0, 0
        for week in range(weeks):
            rows = world.week(week, _team(size))
            for sign, own in ((1, rows), (-1, [row for row in rows if TARGET not in row.people])):
                n, aggressive = sum(row.n for row in own), sum(row.counts[0] for row in own)
                error = noise * 1.96 * sqrt(aggressive * (n - aggressive) / n) * world.chance.standard_normal()
                guessed += sign * (aggressive + error)
                heard += sign * n
        secret = np.sum([row.counts for row in world.said.values() if TARGET in row.people], axis=0)
        known = np.sum([row.counts for row in world.said.values()], axis=0)
        share = secret[0] / secret.sum()
        distances.append((abs(known[0] / known.sum() - share), abs(np.clip(guessed / heard, 0, 1) - share)))
    return Outcome.of(distances)


def _team(size: int) -> list[str]:
    return [*(f"colleague {number}" for number in range(size - 1)), TARGET]


def _published(desk: Desk) -> Iterator[Told]:
    desk.publish()
    yield from desk.ask(Query(("north",), "all"))
    yield from desk.ask(Query(("north",), "week"))
