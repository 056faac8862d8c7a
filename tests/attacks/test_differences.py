"""Attacks that take one answer from another. Each succeeds when every answer is checked by itself only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from cs_nlp.records import Channel
from cs_nlp.signals.privacy_answers import Query
from cs_nlp.signals.privacy_plan import Rules
from tests.attacks.attacker import COLLEAGUES, TARGET, Attack, World, run
from tests.attacks.desk import Desk, Told

MONDAY = date(2026, 6, 1)
TEAM = Query(("north",), "all")
BY_QUEUE = Rules(split="queue")
GROUPED = Rules(groups={"north": ("sales",), "south": ("sales",), "lead": ("sales",)})


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def windows(world: World, desk: Desk) -> Iterator[Told]:
    """The target alone works on Sundays: whole weeks, less the same weeks without their Sunday, and all other windows of a month."""
    for week in range(4):
        desk.receive(*world.week(week, COLLEAGUES), *(world.says(TARGET, 7 * week + 6) for _ in range(3)))
    desk.publish()
    yield from desk.ask(TEAM)
    for start in range(0, 28, 7):
        for end in (*range(start + 1, start + 8), 28):
            yield from desk.ask(Query(("north",), "all", day(start), day(end)))


def buckets(world: World, desk: Desk) -> Iterator[Told]:
    """The target alone works on the last days of June, which are in a week of July: weeks, less months."""
    for week in range(2, 7):
        desk.receive(*world.week(week, COLLEAGUES, days=(2, 3, 4, 5, 6)))
        desk.receive(*world.week(week, [TARGET], days=(0, 0, 0, 1, 1) if week == 4 else (2, 3, 4, 5, 6)))
    desk.publish()
    yield from desk.ask(TEAM)
    yield from desk.ask(Query(("north",), "week"))
    yield from desk.ask(Query(("north",), "month"))


def zones(world: World, desk: Desk) -> Iterator[Told]:
    """The target alone works late on Sundays, which are Mondays further east: the same weeks in several time zones."""
    for week in range(4):
        desk.receive(*world.week(week, COLLEAGUES), *(world.says(TARGET, 7 * week + 6, 22) for _ in range(3)))
    desk.publish()
    yield from desk.ask(TEAM)
    for zone in ("UTC", "Europe/Athens", "Asia/Tokyo", "America/Los_Angeles"):
        yield from desk.ask(Query(("north",), "week"), zone)


def queues(world: World, desk: Desk) -> Iterator[Told]:
    """Only the target works the queue for important customers: all queues, less each of the others."""
    for week in range(4):
        for queue in ("billing", "orders"):
            people = [f"{queue} {person}" for person in COLLEAGUES]
            desk.receive(*(world.says(person, 7 * week + day, queue=queue) for person in people for day in range(4)))
        desk.receive(*(world.says(TARGET, 7 * week, queue="important") for _ in range(3)))
    desk.publish()
    for query in (TEAM, Query(("north",), "week")):
        yield from desk.ask(query)
        for name in ("billing", "orders", "important"):
            yield from desk.ask(Query(query.node, query.by, queue=name))


def channels(world: World, desk: Desk) -> Iterator[Told]:
    """Only the target writes in team chat: everything, less the calls."""
    for week in range(4):
        desk.receive(*world.week(week, COLLEAGUES), *(world.says(TARGET, 7 * week, channel=Channel.TEAM_CHAT) for _ in range(3)))
    desk.publish()
    for query in (TEAM, Query(("north",), "week")):
        yield from desk.ask(query)
        for channel in Channel:
            yield from desk.ask(Query(query.node, query.by, channel=channel))


def hierarchy(world: World, desk: Desk) -> Iterator[Told]:
    """The target is a team alone: the group of teams and the organisation, less the other teams."""
    south = tuple(f"south {person}" for person in COLLEAGUES)
    for week in range(4):
        desk.receive(*world.week(week, COLLEAGUES), *world.week(week, south, team="south"))
        desk.receive(*(world.says(TARGET, 7 * week, team="lead") for _ in range(3)))
    desk.publish()
    yield from desk.ask(Query((), "all"))
    for node in ((), ("sales",), ("sales", "north"), ("sales", "south"), ("sales", "lead")):
        yield from desk.ask(Query(node, "all"))
        yield from desk.ask(Query(node, "week"))


def quiet_week(world: World, desk: Desk) -> Iterator[Told]:
    """The target alone works in the week of Christmas: the whole time, less all other weeks."""
    for week in range(4):
        desk.receive(*(world.week(week, COLLEAGUES) if week != 2 else [world.says(TARGET, 14 + place % 5) for place in range(12)]))
    desk.publish()
    yield from desk.ask(TEAM)
    yield from desk.ask(Query(("north",), "week"))
    yield from desk.ask(Query(("north",), "month"))


def cross(world: World, desk: Desk) -> Iterator[Told]:
    """In one week all colleagues chat and the target alone takes calls: the calls, less those of all other weeks."""
    for week in range(4):
        channel = Channel.TEAM_CHAT if week == 2 else Channel.CALL
        desk.receive(*(world.says(person, 7 * week + day, channel=channel) for person in COLLEAGUES for day in (0, 2)))
        desk.receive(*world.week(week, [TARGET]))
    desk.publish()
    yield from desk.ask(TEAM)
    yield from desk.ask(Query(("north",), "week"))
    for channel in Channel:
        yield from desk.ask(Query(("north",), "all", channel=channel))


ATTACKS: dict[str, tuple[Attack, Rules]] = {
    "windows": (windows, Rules()),
    "windows of days": (windows, Rules(grain="day")),
    "buckets": (buckets, Rules()),
    "zones": (zones, Rules()),
    "queues": (queues, BY_QUEUE),
    "channels": (channels, Rules()),
    "hierarchy": (hierarchy, GROUPED),
    "quiet week": (quiet_week, Rules()),
    "cross": (cross, Rules()),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_differences_of_answers_tell_nothing_of_a_person(name: str) -> None:
    attack, rules = ATTACKS[name]
    outcome = run(attack, "plan", rules)
    assert outcome.fails, outcome


@pytest.mark.parametrize("name", ATTACKS)
def test_the_same_attack_succeeds_when_each_answer_is_checked_by_itself(name: str) -> None:
    attack, rules = ATTACKS[name]
    outcome = run(attack, "threshold", rules)
    assert outcome.succeeds, outcome
