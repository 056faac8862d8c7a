from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_nlp.errors import InputError
from cs_nlp.records import Cell, Channel, Withheld
from cs_nlp.signals.periods import By, Period
from cs_nlp.signals.privacy import Group
from cs_nlp.signals.privacy_answers import Answer, Query, answer, same_zone
from cs_nlp.signals.privacy_plan import Atom, Block, ReleasePlan, Rules, atom_of, atoms_of, can_leave, plan_release
from tests.attacks.oracle import some_combination_is_small
from tests.signals.samples import totals

MONDAY = date(2026, 6, 1)
CALL, CHAT = Channel.CALL, Channel.TEAM_CHAT


def atom(day: int | None, people: str, *, team: str = "north", channel: Channel = CALL, queue: str | None = None, each: int = 1) -> Atom:
    """Transcripts of a day counted from Monday, 1 June 2026: `each` by every one of the people named by a letter."""
    group = Group(each * len(people), dict.fromkeys(people, 8.0 * each))
    return Atom(team, None if day is None else MONDAY + timedelta(days=day), channel, queue, group)


def ask(atoms: list[Atom], query: Query, rules: Rules = Rules()) -> list[Answer]:  # noqa: B008  # frozen
    plan = plan_release(atoms, rules)
    return answer(query, plan.rows, plan.slices, days_of(atoms), rules)


def days_of(atoms: list[Atom]) -> list[tuple[str, date]]:
    return [(own.team, own.day) for own in atoms if own.day is not None]


def transcripts(atoms: list[Atom], blocks: Iterable[Block]) -> int:
    return sum(atoms[place].group.transcripts for block in blocks for place in block.atoms)


def shown(atoms: list[Atom], query: Query, rules: Rules = Rules()) -> list[int | None]:  # noqa: B008  # frozen
    """Transcripts in each bucket of an answer; None where it is withheld."""
    return [transcripts(atoms, own.blocks) if own.withheld is None else None for own in ask(atoms, query, rules)]


def test_weeks_are_shown_or_withheld_and_a_month_is_its_whole_weeks() -> None:
    atoms = [atom(7 * week + day, "abcdefgh"[day:]) for week in range(6) for day in (0, 2)] + [atom(50, "abc")]
    assert shown(atoms, Query(("north",))) == [14, 14, 14, 14, 14, 14, None, None]
    months = ask(atoms, Query(("north",), "month"))
    assert [own.period for own in months] == [Period(date(2026, 6, 1), date(2026, 6, 29)), Period(date(2026, 6, 29), date(2026, 8, 3))]
    assert [transcripts(atoms, own.blocks) for own in months] == [56, 28]
    assert [own.withheld for own in ask(atoms, Query(("north",)))][6:] == [Withheld.NO_DATA, Withheld.SMALL_GROUP]


def test_the_total_is_of_what_is_shown_so_that_a_hidden_week_is_no_difference() -> None:
    atoms = [atom(0, "abcdefgh"), atom(7, "xyz"), atom(14, "abcdefgh")]
    assert shown(atoms, Query(("north",))) == [8, None, 8]
    assert shown(atoms, Query(("north",), "all")) == [16]


def test_small_weeks_are_pooled_over_the_month_and_then_over_the_whole_time() -> None:
    atoms = [atom(0, "abcdef"), atom(7, "ab"), atom(14, "cde"), atom(35, "abc"), atom(70, "def")]
    assert shown(atoms, Query(("north",))) == [6, None, None, *[None] * 8]
    assert shown(atoms, Query(("north",), "month")) == [11, None, None]
    assert shown(atoms, Query(("north",), "all")) == [17]


def test_a_team_too_small_for_itself_goes_into_its_groups_figure_with_others_like_it() -> None:
    rules = Rules(groups={"north": ("sales",), "south": ("sales",), "west": ("sales",), "lead": ()})
    atoms = [atom(0, "abcdef", team="north"), atom(0, "gh", team="south"), atom(0, "ijk", team="west"), atom(0, "z", team="lead")]
    assert shown(atoms, Query(("sales", "north")), rules) == [6]
    assert shown(atoms, Query(("sales", "south")), rules) == [None]
    assert shown(atoms, Query(("sales",)), rules) == [11]
    assert shown(atoms, Query(()), rules) == [11]
    assert [atoms[place].team for place in plan_release(atoms, rules).waiting] == ["lead"]


def test_channels_are_told_apart_by_week_where_that_is_safe_else_over_longer_times() -> None:
    big = [atom(day, "abcdef", channel=channel) for day in (0, 7) for channel in (CALL, CHAT)]
    assert shown(big, Query(("north",), channel=CHAT)) == [6, 6]
    names = "abcdefghij"
    for apart, by_month in ((7, [8, 10, None]), (35, [None] * 12)):
        small = [atom(apart * week, names[week % 5 : week % 5 + 3]) for week in range(12)]
        small += [atom(apart * week, names[4 + week % 5 : 6 + week % 5], channel=CHAT) for week in range(12)]
        assert transcripts(small, plan_release(small).rows) == 60
        assert set(shown(small, Query(("north",), channel=CHAT))) == {None}
        assert shown(small, Query(("north",), "month", channel=CHAT))[:3] == by_month[:3]
        assert shown(small, Query(("north",), "all", channel=CHAT)) == [18 if apart == 7 else 24]


def test_a_queue_is_refused_when_what_is_left_of_the_channel_is_a_small_group() -> None:
    rules = Rules(split="queue")
    atoms = [atom(0, "abcdef", queue="billing"), atom(0, "ab", queue="vip"), atom(0, "abcdef", channel=CHAT)]
    assert shown(atoms, Query(("north",), queue="billing"), rules) == [None]
    assert shown(atoms, Query(("north",), channel=CALL), rules) == [8]
    atoms.append(atom(0, "cdef", queue="web"))
    assert shown(atoms, Query(("north",), queue="billing"), rules) == [6]
    assert shown(atoms, Query(("north",), queue="web"), rules) == [None]


def test_windows_answer_only_buckets_that_they_hold_as_a_whole() -> None:
    atoms = [atom(day, "abcdef") for day in range(21)]
    window = Query(("north",), start=MONDAY + timedelta(days=1), end=MONDAY + timedelta(days=15))
    assert [own.period for own in ask(atoms, window)] == [Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=14))]
    for days in (7, 8, 13):
        assert shown(atoms, Query(("north",), "all", MONDAY, MONDAY + timedelta(days=days))) == [42]


def test_what_is_not_published_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="by day were asked for, but those of these teams are published by week"):
        ask([], Query(("north",), "day"))
    with pytest.raises(InputError, match=r"by queue were asked for, but .* for all queues together"):
        ask([], Query(("north",), queue="vip"))
    with pytest.raises(InputError, match="time zone Asia/Tokyo, but this team's days are those of Europe/London"):
        same_zone("Asia/Tokyo", "Europe/London")
    assert same_zone(None, "Europe/London") == same_zone("Europe/London", "Europe/London") == "Europe/London"
    with pytest.raises(InputError, match="k = 0"):
        plan_release([], Rules(k=0))


def test_nothing_is_published_of_a_week_that_has_not_ended() -> None:
    atoms = [atom(0, "abcdef"), atom(7, "abcdef"), atom(8, "ab")]
    assert [row.period for row in plan_release(atoms, today=MONDAY + timedelta(days=13)).rows] == [
        Period(MONDAY, MONDAY + timedelta(days=7))
    ]
    assert len(plan_release(atoms, today=MONDAY + timedelta(days=14)).rows) == 2


def test_weeks_too_small_for_their_team_wait_for_its_month_before_they_go_up() -> None:
    rules = Rules(groups={"north": ("sales",), "south": ("sales",)})
    atoms = [atom(7 * week, "abc" if week % 2 else "def", team=team) for week in range(4) for team in ("north", "south")]
    assert plan_release(atoms, rules, today=MONDAY + timedelta(days=27)).rows == ()
    assert {row.node for row in plan_release(atoms, rules, today=MONDAY + timedelta(days=28)).rows} == {
        ("sales", "north"),
        ("sales", "south"),
    }


def test_undated_transcripts_are_in_the_whole_time_only() -> None:
    atoms = [atom(0, "abcdef"), atom(None, "abcdef")]
    assert shown(atoms, Query(("north",))) == [6]
    assert shown(atoms, Query(("north",), "all")) == [12]


def test_published_figures_change_only_when_both_those_who_leave_and_those_who_stay_are_enough() -> None:
    def cells(*names: str) -> dict[tuple[object, object], Group]:
        return {(week, ""): atom(0, own).group for week, own in enumerate(names)}

    assert can_leave(cells("abcdef"), cells("vwxyz"), 5)
    assert not can_leave(cells("abcdef"), cells("z"), 5)
    assert not can_leave(cells("abcd"), cells("vwxyz"), 5)
    assert can_leave(cells("abcdef"), {}, 5)


def test_atoms_come_from_transcripts_and_from_cells_alike() -> None:
    rows = [totals("1", people="ann bob"), totals("2", people="cid dan"), totals("3", people="eva", counts=(0, 0, 0, 0, 0))]
    (made,) = atoms_of(rows, lambda _: MONDAY)
    cell = Cell("north", MONDAY, CALL, None, "m", 2, frozenset({"ann", "bob", "cid", "dan"}), 16, (), (), None, (), ())
    assert made == atom_of(cell) == Atom("north", MONDAY, CALL, None, Group(2, dict.fromkeys(("ann", "bob", "cid", "dan"), 4.0)))
    assert atom_of(Cell("north", None, CALL, None, "m", 2, frozenset(), 16, (), (), None, (), ())).group == Group(2, {"": 16.0})


NODES = [(), ("a",), ("a", "north"), ("a", "south"), ("west",)]
RULES = st.builds(
    Rules,
    k=st.integers(2, 3),
    grain=st.sampled_from(["day", "week", "month"]),
    split=st.sampled_from(["channel", "queue", None]),
    groups=st.just({"north": ("a",), "south": ("a",)}),
)
ATOMS = st.lists(
    st.builds(
        atom,
        st.sampled_from([0, 1, 7, 8, 29, 30, 31, 36, None]),
        st.sets(st.sampled_from("abcde"), min_size=1).map(lambda names: "".join(sorted(names))),
        team=st.sampled_from(["north", "south", "west"]),
        channel=st.sampled_from([CALL, CHAT]),
        queue=st.sampled_from(["q", "r", None]),
    ),
    max_size=14,
    unique_by=lambda own: (own.team, own.day, own.channel, own.queue),
)


def every_answer(atoms: list[Atom], plan: ReleasePlan, rules: Rules) -> list[frozenset[int]]:
    """What each question adds up that can be asked."""
    lengths: list[By | Literal["all"]] = ["day", "week", "month", "all"]
    found = []
    queues = ["q", "r"] if rules.split == "queue" else []
    filters = [(None, None), *product([CALL, CHAT] if rules.split else [], [None, *queues]), *((None, queue) for queue in queues)]
    edges = [None, *(MONDAY + timedelta(days=days) for days in (0, 2, 7, 14, 28, 30, 35, 42))]
    for node, by, (channel, queue) in product(NODES, lengths[lengths.index(rules.grain) :], filters):
        for start, end in product(edges, edges) if by == "all" else [(None, None)]:
            query = Query(node, by, start, end, channel, queue)
            answers = answer(query, plan.rows, plan.slices, days_of(atoms), rules)
            found += [frozenset(place for block in own.blocks for place in block.atoms) for own in answers]
    return found


@settings(max_examples=60)
@given(ATOMS, RULES)
def test_no_combination_of_any_answers_is_of_a_small_group(atoms: list[Atom], rules: Rules) -> None:
    plan = plan_release(atoms, rules)
    units = [(own.group.people, own.group.transcripts) for own in atoms]
    assert not some_combination_is_small(every_answer(atoms, plan, rules), units, rules.k)


@given(ATOMS, RULES, st.randoms(use_true_random=False))
def test_the_order_of_transcripts_changes_nothing(atoms: list[Atom], rules: Rules, chance: random.Random) -> None:
    mixed = chance.sample(atoms, len(atoms))

    def told(own: list[Atom]) -> set[tuple[object, ...]]:
        plan = plan_release(own, rules)
        blocks = [*plan.rows, *plan.slices]
        return {(block.node, block.period, block.segment, frozenset(id(own[place]) for place in block.atoms)) for block in blocks}

    assert told(atoms) == told(mixed)
