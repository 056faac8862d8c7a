"""Attacks that ask again later: what came in, or was erased, between two answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from cs_nlp.records import Channel
from cs_nlp.signals.privacy_answers import Query
from tests.attacks.attacker import COLLEAGUES, TARGET, Attack, World, run
from tests.attacks.desk import Desk, Told

MONDAY = date(2026, 6, 1)
TEAM = Query(("north",), "all")
WEEKS = Query(("north",), "week")


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def erasure(world: World, desk: Desk) -> Iterator[Told]:
    """The figures before and after the target's erasure."""
    for week in range(4):
        desk.receive(*world.week(week))
    desk.publish(day(28))
    yield from (*desk.ask(TEAM), *desk.ask(WEEKS))
    desk.erase(TARGET)
    desk.publish(day(28))
    yield from (*desk.ask(TEAM), *desk.ask(WEEKS))


def erasure_with_others(world: World, desk: Desk) -> Iterator[Told]:
    """The target is erased after others, and figures are looked at every time."""
    for week in range(4):
        desk.receive(*world.week(week))
    for person in (None, "a", "b", "c", TARGET):
        desk.erase(*([person] if person else []))
        desk.publish(day(28))
        yield from (*desk.ask(TEAM), *desk.ask(WEEKS))


def erasure_between_weeks(world: World, desk: Desk) -> Iterator[Told]:
    """The target is erased just before a new week is published, so that one change hides in the other."""
    for week in range(3):
        desk.receive(*world.week(week))
    desk.publish(day(21))
    yield from (*desk.ask(TEAM), *desk.ask(WEEKS))
    desk.erase(TARGET)
    desk.receive(*world.week(3, (*COLLEAGUES, "successor")))
    desk.publish(day(28))
    yield from (*desk.ask(TEAM), *desk.ask(WEEKS))


def late_arrival(world: World, desk: Desk) -> Iterator[Told]:
    """The target's transcripts come when the weeks are out already, all others' were in time."""
    for week in range(4):
        desk.receive(*world.week(week, COLLEAGUES))
    desk.publish(day(28))
    yield from (*desk.ask(TEAM), *desk.ask(WEEKS))
    for week in range(4):
        desk.receive(*world.week(week, [TARGET]))
        desk.publish(day(28))
        yield from (*desk.ask(TEAM), *desk.ask(WEEKS))


def watching(world: World, desk: Desk) -> Iterator[Told]:
    """Somebody looks after every transcript that comes in."""
    for week in range(2):
        for row in world.week(week):
            desk.receive(row)
            desk.publish(row.started_at.date() if row.started_at else None)
            yield from (*desk.ask(TEAM), *desk.ask(WEEKS))
    desk.publish(day(14))
    yield from desk.ask(WEEKS)


def late_in_one_channel(world: World, desk: Desk) -> Iterator[Told]:
    """Late ones come into weeks that are sliced by channel, the target's alone into one of them."""
    for week in range(4):
        desk.receive(*world.week(week, COLLEAGUES))
        desk.receive(*(world.says(person, 7 * week, channel=Channel.TEAM_CHAT) for person in COLLEAGUES))
    desk.publish(day(28))
    both = [Query(("north",), by, channel=channel) for by in ("all", "week") for channel in Channel]
    for query in (TEAM, WEEKS, *both):
        yield from desk.ask(query)
    desk.receive(*(world.says(TARGET, 7 * week) for week in range(4) for _ in range(3)))
    back_office = [f"office {person}" for person in COLLEAGUES]
    desk.receive(
        *(world.says(person, 7 * week, channel=Channel.TEAM_CHAT) for person in back_office for week in range(4) for _ in range(3))
    )
    desk.publish(day(28))
    for query in (TEAM, WEEKS, *both):
        yield from desk.ask(query)


ATTACKS: dict[str, Attack] = {
    "erasure": erasure,
    "erasure with others": erasure_with_others,
    "erasure between weeks": erasure_between_weeks,
    "late arrival": late_arrival,
    "watching": watching,
    "late in one channel": late_in_one_channel,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_looking_again_tells_nothing_of_a_person(name: str) -> None:
    outcome = run(ATTACKS[name], "plan")
    assert outcome.fails, outcome


@pytest.mark.parametrize("name", ATTACKS)
def test_the_same_attack_succeeds_when_figures_are_always_up_to_date(name: str) -> None:
    outcome = run(ATTACKS[name], "threshold")
    assert outcome.succeeds, outcome


def test_figures_follow_once_enough_people_are_erased_and_not_before() -> None:
    world, desk = World(0), Desk("plan")
    people = [f"p{number}" for number in range(12)]
    desk.receive(*world.week(0, people))
    desk.publish(day(7))
    (before,) = desk.ask(WEEKS)
    for gone, left in ((4, 12), (5, 7)):
        desk.erase(*people[:gone])
        desk.publish(day(7))
        (now,) = desk.ask(WEEKS)
        assert len(now.members) == 2 * left
        assert (now.counts.tolist() == before.counts.tolist()) is (left == 12)


def test_late_ones_are_added_once_they_are_enough_people_and_not_before() -> None:
    world, desk = World(0), Desk("plan")
    desk.receive(*world.week(0, COLLEAGUES))
    for late, size in (("abcd", 16), ("e", 26)):
        desk.publish(day(7))
        desk.receive(*world.week(0, late))
        desk.publish(day(7))
        assert [len(told.members) for told in desk.ask(WEEKS)] == [size]
