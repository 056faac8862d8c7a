from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from cs_nlp.signals.privacy import Group
from cs_nlp.signals.privacy_tables import is_safe_table
from tests.attacks.oracle import some_combination_is_small

PEOPLE = st.sets(st.sampled_from("abcdef"), min_size=1, max_size=5).map(frozenset)
CELLS = st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 2)), st.tuples(PEOPLE, st.integers(1, 4)), min_size=1, max_size=9)


def group(people: str, transcripts: int) -> Group:
    return Group(transcripts, dict.fromkeys(people, float(transcripts)))


@settings(max_examples=100)
@given(CELLS, st.integers(2, 4))
def test_a_table_is_safe_exactly_when_no_combination_of_its_sums_is_of_a_small_group(
    cells: dict[tuple[int, int], tuple[frozenset[str], int]], k: int
) -> None:
    table = {place: group("".join(sorted(people)), transcripts) for place, (people, transcripts) in cells.items()}
    places = list(cells)
    lines = [[number for number, place in enumerate(places) if place[side] == line] for side in (0, 1) for line in range(4)]
    few = some_combination_is_small(lines, [cells[place] for place in places], k)
    sums = [Group.union(table[places[number]] for number in line) for line in lines if line]
    assert is_safe_table(table, k) is not (few or any(own.is_small(k) for own in sums))


def test_weeks_too_small_to_be_split_can_still_be_split_over_many_of_them() -> None:
    names = "abcdefghij"
    calls = {(week, "call"): group(names[week % 5 : week % 5 + 3], 3) for week in range(12)}
    chats = {(week, "chat"): group(names[4 + week % 5 : 8 + week % 5], 2) for week in range(12)}
    assert is_safe_table(calls | chats, 5)
    assert not is_safe_table({place: own for place, own in (calls | chats).items() if place[0] == 3}, 5)


def test_where_only_one_week_has_chats_its_few_calls_can_be_had_by_taking_the_other_weeks_away() -> None:
    calls = {(week, "call"): group("abcdef", 9) for week in range(12)}
    chats = {(0, "chat"): group("abcdef", 6)}
    assert is_safe_table(calls | chats, 5)
    assert not is_safe_table(calls | chats | {(0, "call"): group("g", 1)}, 5)


def test_empty_cells_are_of_nobody() -> None:
    assert is_safe_table({(0, 0): group("abcde", 5), (0, 1): Group(0, {})}, 5)


def test_a_year_of_small_cells_takes_moments() -> None:
    names = [f"p{number}" for number in range(12)]
    cells = {(week, queue): Group(3, dict.fromkeys(names[(week + 4 * queue) % 9 :][:3], 3.0)) for week in range(52) for queue in range(3)}
    started = time.monotonic()
    is_safe_table(cells, 5)
    assert time.monotonic() - started < 5
