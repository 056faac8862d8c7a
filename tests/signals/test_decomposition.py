from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_nlp.errors import InputError
from cs_nlp.records import Cause, Channel, Decomposition, Totals, Withheld
from cs_nlp.signals import Correction, Resampling
from cs_nlp.signals.decomposition import EarlierModel, Stretch, decompose
from tests.signals.samples import totals
from tools.parts_study import coverage

QUICK = Resampling(replicates=50)
KIND, RUDE = (0, 0, 0, 4, 6), (4, 0, 0, 0, 6)
PEOPLE = "abcdef"


def _said(who: str, counts: tuple[int, ...], queue: str = "phone", place: int = 0) -> Totals:
    return replace(totals(f"{who}-{queue}-{place}", people=who, counts=counts), queue=queue)


def _each(counts: tuple[int, ...], people: str = PEOPLE, queue: str = "phone", times: int = 2) -> list[Totals]:
    return [_said(who, counts, queue, place) for who in people for place in range(times)]


def _at(rows: list[Totals], period: str) -> Stretch:
    return Stretch([replace(row, transcript_id=f"{period}-{row.transcript_id}") for row in rows])


def _of(before: list[Totals], after: list[Totals], label: str = "aggressive", k: int = 5, **options: object) -> Decomposition:
    found = decompose(_at(before, "0"), _at(after, "1"), k=k, resampling=QUICK, **options)  # type: ignore[arg-type]  # tests name them
    (one,) = (each for each in found if each.label == label)
    return one


def _values(found: Decomposition) -> dict[Cause, float | None]:
    return {part.cause: part.value for part in found.parts}


def test_the_same_people_speaking_differently_on_the_same_work_are_the_whole_change() -> None:
    found = _of(_each(RUDE), _each(KIND))
    assert found.value == pytest.approx(-0.4)
    assert _values(found) == pytest.approx({Cause.MIX: 0.0, Cause.PEOPLE: 0.0, Cause.SAME_PEOPLE: -0.4}, abs=1e-6)
    assert (found.n_transcripts, found.other_transcripts, found.method) == (12, 12, "plain")


def test_more_of_a_queue_in_which_all_speak_otherwise_is_other_work() -> None:
    before = [*_each(RUDE, queue="complaints", times=3), *_each(KIND, queue="sales", times=1)]
    after = [*_each(RUDE, queue="complaints", times=1), *_each(KIND, queue="sales", times=3)]
    found = _of(before, after)
    assert _values(found) == pytest.approx({Cause.MIX: -0.2, Cause.PEOPLE: 0.0, Cause.SAME_PEOPLE: 0.0}, abs=1e-6)


def test_calls_against_chat_are_other_work_too() -> None:
    def as_chat(rows: list[Totals]) -> list[Totals]:
        return [replace(row, channel=Channel.TEAM_CHAT, transcript_id=f"chat-{row.transcript_id}") for row in rows]

    found = _of([*_each(KIND, times=1), *as_chat(_each(RUDE, times=3))], [*_each(KIND, times=3), *as_chat(_each(RUDE, times=1))])
    assert _values(found)[Cause.MIX] == pytest.approx(-0.2, abs=1e-6)


def test_people_who_leave_and_join_are_other_people() -> None:
    stay, leave, join = "abcde", "fghij", "klmno"
    found = _of([*_each(KIND, stay), *_each(RUDE, leave)], [*_each(KIND, stay), *_each(KIND, join)])
    assert _values(found) == pytest.approx({Cause.MIX: 0.0, Cause.PEOPLE: -0.2, Cause.SAME_PEOPLE: 0.0}, abs=1e-6)


def test_people_who_speak_more_than_before_are_other_people() -> None:
    before = [*_each(RUDE, "abc", times=3), *_each(KIND, "def", times=1)]
    after = [*_each(RUDE, "abc", times=1), *_each(KIND, "def", times=3)]
    assert _values(_of(before, after)) == pytest.approx({Cause.MIX: 0.0, Cause.PEOPLE: -0.2, Cause.SAME_PEOPLE: 0.0}, abs=1e-6)


PIECES = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("xyz"), st.lists(st.integers(0, 6), min_size=5, max_size=5).filter(any)),
    min_size=2,
    max_size=20,
)


@settings(max_examples=60)
@given(PIECES, PIECES)
def test_parts_add_up_to_the_change_and_the_change_is_that_of_the_shares(before: list, after: list) -> None:  # type: ignore[type-arg]  # of pieces
    rows = [[_said(who, tuple(counts), queue, place) for place, (who, queue, counts) in enumerate(part)] for part in (before, after)]
    found = decompose(_at(rows[0], "0"), _at(rows[1], "1"), k=1, resampling=QUICK)
    counts = [np.sum([row.counts for row in part], axis=0) for part in rows]
    change = counts[1] / counts[1].sum() - counts[0] / counts[0].sum()
    assert [each.value for each in found[:5]] == pytest.approx(change.tolist(), abs=1e-9)
    for each in found:
        assert each.value is not None
        assert each.interval is not None
        assert each.interval.low <= each.value <= each.interval.high
        if all(part.value is not None for part in each.parts):
            assert sum(part.value for part in each.parts if part.value is not None) == pytest.approx(each.value, abs=1e-6)


def test_where_nobody_was_there_both_times_people_and_their_ways_can_not_be_told_apart() -> None:
    found = _of(_each(RUDE, "abcdef"), _each(KIND, "ghijkl"))
    assert found.value == pytest.approx(-0.4)
    assert {part.cause: part.withheld for part in found.parts} == {
        Cause.MIX: None,
        Cause.PEOPLE: Withheld.NO_DATA,
        Cause.SAME_PEOPLE: Withheld.NO_DATA,
    }


def test_where_each_queue_has_its_own_people_work_and_people_can_not_be_told_apart() -> None:
    before = [*_each(RUDE, "abcde", "x", times=3), *_each(KIND, "fghij", "y", times=1)]
    after = [*_each(RUDE, "abcde", "x", times=1), *_each(KIND, "fghij", "y", times=3)]
    reasons = {part.cause: part.withheld for part in _of(before, after).parts}
    assert reasons == {Cause.MIX: Withheld.NO_DATA, Cause.PEOPLE: Withheld.NO_DATA, Cause.SAME_PEOPLE: None}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("abcdefg", "abcdef", id="one leaves"),
        pytest.param("abcdef", "abcdefghi", id="three join"),
        pytest.param("abcdefghi", "fghijklmn", id="four stay"),
    ],
)
def test_neither_people_nor_their_ways_are_told_where_that_would_show_a_few_of_them(before: str, after: str) -> None:
    found = _of(_each(RUDE, before), _each(KIND, after))
    assert found.value is not None
    assert {part.cause: part.withheld for part in found.parts} == {
        Cause.MIX: None,
        Cause.PEOPLE: Withheld.SMALL_GROUP,
        Cause.SAME_PEOPLE: Withheld.SMALL_GROUP,
    }
    assert [part.value for part in found.parts][1:] == [None, None]


def test_a_queue_of_few_people_is_put_together_with_the_next_so_that_its_mix_is_not_shown() -> None:
    few = "ab"
    before = [*_each(KIND, queue="sales", times=3), *_each(RUDE, few, "vip", times=1)]
    after = [*_each(KIND, queue="sales", times=3), *_each(RUDE, few, "vip", times=9)]
    found = _of(before, after)
    assert _values(found)[Cause.MIX] == pytest.approx(0.0), "with all in one queue there is no other work"
    assert _of(before, after, k=2).parts[0].value == pytest.approx(0.4 * (18 / 36 - 2 / 20), abs=1e-6)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        pytest.param([], _each(KIND), Withheld.NO_DATA, id="nothing before"),
        pytest.param(_each(KIND, "abcd"), _each(KIND), Withheld.SMALL_GROUP, id="four people before"),
        pytest.param(_each(KIND), [replace(row, model="new") for row in _each(KIND)], Withheld.MIXED_MODELS, id="two models"),
    ],
)
def test_nothing_is_told_of_small_groups_or_across_models(before: list[Totals], after: list[Totals], reason: Withheld) -> None:
    found = _of(before, after)
    assert (found.value, found.interval, found.parts, found.withheld) == (None, None, (), reason)
    if reason is Withheld.SMALL_GROUP:
        assert (found.n_transcripts, found.other_transcripts) == (None, None)


def test_what_two_models_say_of_the_same_transcripts_is_the_models_part() -> None:
    old = [replace(row, model="old", counts=KIND, sums=tuple(map(float, KIND))) for row in _at(_each(RUDE), "0").rows]
    before, after = ([replace(row, model="new") for row in _each(counts)] for counts in (RUDE, (2, 0, 0, 2, 6)))
    found = _of(before, after, earlier_model=EarlierModel(old))
    assert found.value == pytest.approx(0.2)
    assert _values(found) == pytest.approx({Cause.MIX: 0.0, Cause.PEOPLE: 0.0, Cause.SAME_PEOPLE: -0.2, Cause.MODEL: 0.4}, abs=1e-6)


def test_the_earlier_model_must_have_scored_the_same_transcripts() -> None:
    with pytest.raises(InputError, match="1 transcripts of the earlier period were scored by one model only"):
        _of(_each(KIND), _each(KIND), earlier_model=EarlierModel(list(_at(_each(KIND), "0").rows[:-1])))


def test_rows_must_be_of_one_team_and_of_one_person_each() -> None:
    with pytest.raises(InputError, match="one team at a time; got rows of north, south"):
        _of(_each(KIND), [replace(row, team="south") for row in _each(KIND)])
    with pytest.raises(InputError, match="holds 2 people; expected one row for each person"):
        _of(_each(KIND), [totals("crowd", people="ann bob")])


def test_corrected_parts_add_up_to_the_corrected_change() -> None:
    matrix = 0.5 * np.eye(5) + 0.1
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(5), 40)
    held_out = Correction(truth, np.clip(matrix[truth] + 0.01 * rng.standard_normal((200, 5)), 0, 1), np.arange(200))

    def as_said(rows: list[Totals]) -> list[Totals]:
        return [replace(row, sums=tuple((np.array(row.counts) @ matrix).tolist())) for row in rows]

    found = _of(as_said(_each(RUDE)), as_said(_each(KIND)), correction=held_out)
    assert found.method == "pacc"
    assert found.value == pytest.approx(-0.4, abs=0.01)
    assert _values(found)[Cause.SAME_PEOPLE] == pytest.approx(found.value, abs=1e-6)


@pytest.mark.slow
def test_intervals_of_the_parts_hold_the_truth_about_19_times_in_20() -> None:
    held = coverage(40, 10, seed=1, draws=3)
    assert set(held) == {"change", Cause.MIX, Cause.PEOPLE, Cause.SAME_PEOPLE}
    assert min(held.values()) >= 0.88
