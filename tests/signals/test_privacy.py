from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.records import Totals
from cs_nlp.signals.privacy import Group, hidden_buckets, size_of
from tests.signals.samples import totals

NAMES = st.sets(st.sampled_from("abcdefgh"), max_size=4)
BUCKETS = st.lists(st.lists(NAMES, max_size=6), min_size=1, max_size=6)


def _series(names: list[list[set[str]]]) -> dict[int, list[Totals]]:
    return {
        bucket: [totals(f"{bucket}-{place}", people=" ".join(sorted(people))) for place, people in enumerate(transcripts)]
        for bucket, transcripts in enumerate(names)
    }


@given(BUCKETS, st.integers(1, 5))
def test_no_shown_bucket_is_small_nor_is_the_whole_less_the_shown(names: list[list[set[str]]], k: int) -> None:
    series = _series(names)
    hidden = hidden_buckets(series, k)
    shown = [bucket for bucket, rows in series.items() if rows and bucket not in hidden]
    assert not any(Group.of(series[bucket]).is_small(k) for bucket in shown)
    if hidden and shown:
        assert not Group.of(row for bucket in hidden for row in series[bucket]).is_small(k)


@given(BUCKETS, st.integers(1, 5))
def test_empty_buckets_are_never_hidden_for_they_are_of_nobody(names: list[list[set[str]]], k: int) -> None:
    series = _series(names)
    assert not any(not series[bucket] for bucket in hidden_buckets(series, k))


def test_a_single_small_bucket_takes_the_smallest_other_with_it() -> None:
    people = [{"a"}, {"b"}, {"c"}, {"d"}, {"e"}]
    series = _series([people, people[:2], people[:4] + people, people * 2])
    assert hidden_buckets(series, 5) == {0, 1}


def test_people_count_once_and_transcripts_without_names_count_as_one_person() -> None:
    size = size_of([totals("1", people="ann bob"), totals("2", people="bob"), totals("3", people=""), totals("4", people="")])
    assert (size.transcripts, size.people, size.statements) == (4, 3, 32)


@pytest.mark.parametrize(("own", "others", "is_small"), [(11, 20, True), (10, 20, False)])
def test_a_group_of_five_is_small_when_one_person_said_more_than_a_third(own: int, others: int, is_small: bool) -> None:
    rows = [totals(f"own-{place}", people="ann") for place in range(own)]
    rows += [totals(f"other-{place}", people=f"p{place % 4}") for place in range(others)]
    assert Group.of(rows).is_small(5) is is_small
    assert not Group.of(rows).is_small(1)


def test_what_several_said_in_one_transcript_is_shared_out_among_them() -> None:
    group = Group.of([totals("1", people="ann bob"), totals("2", people="bob")])
    assert group == Group(2, {"ann": 4.0, "bob": 12.0})


@given(BUCKETS, st.integers(1, 5))
def test_groups_that_are_not_small_make_no_small_one_together(names: list[list[set[str]]], k: int) -> None:
    groups = [group for group in map(Group.of, _series(names).values()) if not group.is_small(k)]
    assert not groups or not Group.union(groups).is_small(k)
