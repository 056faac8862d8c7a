"""All answers that a desk ever gives, through arrivals, publications and erasures, and every combination of them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest

from cs_nlp.records import Channel
from cs_nlp.signals.privacy_answers import Query
from cs_nlp.signals.privacy_plan import Rules
from tests.attacks.attacker import World
from tests.attacks.desk import Desk, Protection, Told
from tests.attacks.oracle import some_combination_is_small

MONDAY = date(2026, 6, 1)
NODES = ((), ("sales",), ("sales", "north"), ("sales", "south"))
GROUPS = {"north": ("sales",), "south": ("sales",)}
PEOPLE = "abcdef"


def _life(world: World, desk: Desk, rng: np.random.Generator) -> list[Told]:
    """Some random weeks of a desk, and every answer that it gives in them."""
    told: list[Told] = []
    for step in range(5):
        for _ in range(rng.integers(1, 6)):
            number = min(int(rng.integers(0, 7 * step + 7)), 27)
            team, channel = str(rng.choice(["north", "south"], p=[0.8, 0.2])), Channel(rng.choice(["call", "team_chat"], p=[0.7, 0.3]))
            desk.receive(world.says(str(rng.choice(list(PEOPLE))), number, team=team, channel=channel, queue=str(rng.choice(["q", "r"]))))
        if rng.random() < 0.4:
            desk.erase(*rng.choice(list(PEOPLE), size=rng.integers(1, 4), replace=False).tolist())
        desk.publish(MONDAY + timedelta(days=7 * step + 7))
        for node, channel, queue in product(NODES, (None, *Channel), (None, "q", "r")):
            told += [
                *desk.ask(Query(node, "week", channel=channel, queue=queue)),
                *desk.ask(Query(node, "all", channel=channel, queue=queue)),
            ]
        told += desk.ask(Query((), "all", MONDAY, MONDAY + timedelta(days=10)))
    return told


def _leaks(protection: Protection, rules: Rules, seed: int) -> bool:
    world = World(seed)
    told = _life(world, Desk(protection, rules), np.random.default_rng(seed))
    place = {name: number for number, name in enumerate(world.said)}
    units = [(row.people, 1) for row in world.said.values()]
    return some_combination_is_small([{place[name] for name in each.members} for each in told], units, rules.k)


@pytest.mark.parametrize("split", ["channel", "queue"])
def test_no_combination_of_answers_over_time_is_of_a_small_group(split: str) -> None:
    rules = Rules(k=3, split="queue" if split == "queue" else "channel", groups=GROUPS)
    assert [seed for seed in range(30) if _leaks("plan", rules, seed)] == []


def test_combinations_are_of_small_groups_when_each_answer_is_checked_by_itself() -> None:
    assert sum(_leaks("threshold", Rules(k=3, split="queue", groups=GROUPS), seed) for seed in range(20)) > 15
