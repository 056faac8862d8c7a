"""Attacks with groups of people that the attacker chooses: those who joined since a day, at several days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from cs_nlp.records import Totals
from cs_nlp.signals.privacy import Group, hidden_pieces
from cs_nlp.signals.privacy_answers import Query
from cs_nlp.signals.privacy_tables import is_safe_table
from tests.attacks.attacker import COLLEAGUES, TARGET, World, run
from tests.attacks.desk import Desk, Told, told_of

JOINED = dict.fromkeys(COLLEAGUES[:6], 90) | {TARGET: 40} | dict.fromkeys((*COLLEAGUES[6:], "i", "j", "k", "l"), 10)
"""Weeks ago. The target joined between the old and the new ones."""


def _team(world: World, desk: Desk) -> Iterator[Told]:
    for week in range(4):
        desk.receive(*world.week(week, JOINED))
    desk.publish()
    yield from desk.ask(Query(("north",), "all"))
    yield from desk.ask(Query(("north",), "week"))


def any_cohort(world: World, desk: Desk) -> Iterator[Told]:
    """Whoever joined since a day of the attacker's choice, if they are enough."""
    yield from _team(world, desk)
    for weeks in range(0, 91, 10):
        people = {person for person, ago in JOINED.items() if ago <= weeks}
        if len(people) >= 5:
            yield told_of(row for row in world.said.values() if row.people <= people)


def fixed_cohorts(world: World, desk: Desk) -> Iterator[Told]:
    """Cohorts that are fixed and share nobody, shown beside the weeks if that is safe."""
    yield from _team(world, desk)
    rows: defaultdict[int, list[Totals]] = defaultdict(list)
    for row in world.said.values():
        rows[_joined(row) // 20].append(row)
    hidden = hidden_pieces({cohort: Group.of(own) for cohort, own in rows.items()}, 5)
    cells: defaultdict[tuple[int, int], list[Totals]] = defaultdict(list)
    for cohort, own in rows.items():
        for row in own:
            cells[row.started_at.isocalendar().week if row.started_at else 0, -1 if cohort in hidden else cohort].append(row)
    if is_safe_table({place: Group.of(own) for place, own in cells.items()}, 5):
        yield from (told_of(rows[cohort]) for cohort in rows.keys() - hidden)


def _joined(row: Totals) -> int:
    return JOINED[next(iter(row.people))]


def test_fixed_cohorts_tell_nothing_of_a_person() -> None:
    outcome = run(fixed_cohorts, "plan")
    assert outcome.fails, outcome


def test_cohorts_of_the_attackers_choice_do() -> None:
    outcome = run(any_cohort, "plan")
    assert outcome.succeeds, outcome
