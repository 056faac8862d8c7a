"""The same from a real store: it tells what the desk in memory tells, so what holds for that holds for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count, product
from typing import Literal

import numpy as np
import pytest

from cs_nlp.records import Channel
from cs_nlp.signals.periods import By
from cs_nlp.signals.privacy_answers import Query
from cs_nlp.signals.privacy_plan import Rules
from cs_nlp.store import Store
from tests.attacks import test_differences, test_times
from tests.attacks.attacker import Attack, World, run
from tests.attacks.desk import Desk, Told
from tests.attacks.oracle import some_combination_is_small
from tests.attacks.stored_desk import StoredDesk

MONDAY = date(2026, 6, 1)
PEOPLE = "abcdefgh"
Either = Desk | StoredDesk
BUCKETS: tuple[By | Literal["all"], ...] = ("week", "month", "all")
QUERIES = [
    *(
        Query((team,), by, channel=channel, queue=queue)
        for team, by, channel, queue in product(("north", "south"), BUCKETS, (None, *Channel), (None, "q"))
    ),
    Query(("north",), "all", MONDAY, MONDAY + timedelta(days=14)),
]


def _life(world: World, desk: Either, rng: np.random.Generator) -> list[list[Told]]:
    """Some random weeks of a desk, and every answer about its two teams that it gives in them."""
    told: list[list[Told]] = []
    for step in range(5):
        for _ in range(rng.integers(6, 14)):
            number = min(int(rng.integers(0, 7 * step + 7)), 27)
            team, channel = str(rng.choice(["north", "south"], p=[0.8, 0.2])), Channel(rng.choice(["call", "team_chat"], p=[0.7, 0.3]))
            desk.receive(world.says(str(rng.choice(list(PEOPLE))), number, team=team, channel=channel, queue=str(rng.choice(["q", "r"]))))
        if rng.random() < 0.6:
            desk.erase(*rng.choice(list(PEOPLE), size=rng.integers(1, 5), replace=False).tolist())
        desk.publish(MONDAY + timedelta(days=7 * step + 7))
        told += [[*desk.ask(query)] for query in QUERIES]
    return told


def _plain(told: list[list[Told]]) -> list[list[tuple[list[str], list[int]]]]:
    return [[(sorted(one.members), one.counts.tolist()) for one in each] for each in told]


@pytest.mark.parametrize("seed", range(4))
def test_a_store_tells_what_the_desk_in_memory_tells(store: Store, seed: int) -> None:
    rules = Rules(k=3, split="queue")
    world = World(seed)

    stored = _life(world, StoredDesk(store, "desk", rules), np.random.default_rng(seed))
    expected = _life(World(seed), Desk("plan", rules), np.random.default_rng(seed))

    assert _plain(stored) == _plain(expected)
    assert sum(map(len, stored)) > 20
    place = {name: number for number, name in enumerate(world.said)}
    units = [(row.people, 1) for row in world.said.values()]
    assert not some_combination_is_small([{place[name] for name in one.members} for each in stored for one in each], units, rules.k)


ATTACKS: dict[str, tuple[Attack, Rules]] = {
    "cross": test_differences.ATTACKS["cross"],
    "erasure with others": (test_times.ATTACKS["erasure with others"], Rules()),
    "erasure between weeks": (test_times.ATTACKS["erasure between weeks"], Rules()),
    "late in one channel": (test_times.ATTACKS["late in one channel"], Rules()),
}


@pytest.fixture
def desks(store: Store) -> Callable[[Rules], StoredDesk]:
    """Makes desks, each for an organisation of its own."""
    numbers: Iterator[int] = count()
    return lambda rules: StoredDesk(store, f"desk {next(numbers)}", rules)


@pytest.mark.parametrize("nowhere", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_on_a_store_come_as_far_as_on_the_desk_in_memory(desks: Callable[[Rules], StoredDesk], name: str) -> None:
    attack, rules = ATTACKS[name]
    on_store = run(lambda world, _: attack(world, desks(rules)), "plan", rules, targets=5)  # type: ignore[arg-type]
    assert on_store == run(attack, "plan", rules, targets=5)  # which are too few to judge by; there it is tried on many more
