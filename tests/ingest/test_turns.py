"""What happens to turns of every format: doubled words, roles, marks, text that is no text."""

from __future__ import annotations

import json
import math
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.errors import InputError
from cs_nlp.ingest import parse_role_map
from cs_nlp.ingest.doubled import drop_doubled
from cs_nlp.ingest.roles import role_of_label
from cs_nlp.ingest.times import clock_seconds, offset_seconds, parse_time
from cs_nlp.ingest.values import clean, has, number
from cs_nlp.records import Role, Turn
from tests.ingest.helpers import read, read_one

SENTENCE = "I was told that the meter would be read again on Tuesday."


def _turns(*said: tuple[str, Role, float | None]) -> list[Turn]:
    return [Turn(place, role, text, role.value, start) for place, (text, role, start) in enumerate(said)]


def test_the_same_words_on_both_sides_at_once_count_once_with_role_unknown() -> None:
    turns = _turns((SENTENCE, Role.AGENT, 1.0), (SENTENCE, Role.CUSTOMER, 1.2), ("Fine.", Role.AGENT, 6.0))
    kept, dropped, contradicted = drop_doubled(turns)
    assert [(turn.index, turn.role, turn.text) for turn in kept] == [(0, Role.UNKNOWN, SENTENCE), (1, Role.AGENT, "Fine.")]
    assert (dropped, contradicted) == (1, 1)


def test_near_equal_words_at_once_count_as_doubled() -> None:
    other = SENTENCE.replace("again ", "again, ").replace("Tuesday.", "tuesday").replace("I was", "Was")
    assert drop_doubled(_turns((SENTENCE, Role.AGENT, 1.0), (other, Role.CUSTOMER, 2.5)))[1] == 1


@pytest.mark.parametrize(
    "turns",
    [
        _turns((SENTENCE, Role.AGENT, 1.0), (SENTENCE, Role.CUSTOMER, 8.0)),
        _turns((SENTENCE, Role.AGENT, 1.0), (SENTENCE, Role.AGENT, 1.5)),
        _turns(("thank you very much", Role.AGENT, None), ("thank you very much", Role.CUSTOMER, None)),
        _turns(("okay bye", Role.AGENT, 1.0), ("okay bye", Role.CUSTOMER, 1.1)),
    ],
)
def test_repeating_one_another_is_not_doubling(turns: list[Turn]) -> None:
    assert drop_doubled(turns) == (turns, 0, 0)


def test_a_mono_recording_on_two_channels_is_warned_about() -> None:
    rows = [{"speaker": side, "start": place * 5.0, "text": f"{SENTENCE} {place}"} for place in range(6) for side in ("Agent", "Customer")]
    transcripts, reading = read(json.dumps(rows))
    assert [turn.role for turn in transcripts[0].turns] == [Role.UNKNOWN] * 6
    assert reading.report.doubled == 6
    assert "mono on two channels" in reading.report.warnings[0]


def test_marks_for_personal_data_are_counted_and_kept() -> None:
    transcripts, reading = read(
        "Agent: Thank you [NAME], I sent it to [EMAIL].\nCustomer: My number is [PHONE]. [laughs]\nAgent: <PERSON_1>?\n"
    )
    assert reading.report.pii_marks == 4
    assert transcripts[0].turns[0].text == "Thank you [NAME], I sent it to [EMAIL]."


def test_control_characters_and_lone_surrogates_never_reach_a_turn() -> None:
    text = read_one('{"speaker": "Agent", "text": "a\\u0000b\\ud800c\\ufeffd\\r\\ne"}\n{"speaker": "B", "text": "x"}').turns[0].text
    assert text == "abcd\ne"
    assert text.encode() == b"abcd\ne"


@given(st.text())
def test_clean_text_can_be_written_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip() == clean(cleaned)
    assert "\x00" not in cleaned.encode().decode()


@given(st.text(max_size=200))
def test_any_label_gets_a_role_without_fault(label: str) -> None:
    assert role_of_label(label) in Role


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.none(), st.lists(st.integers()), st.booleans()))
def test_times_and_numbers_of_any_kind_are_read_or_none(value: object) -> None:
    at = parse_time(value, UTC)
    assert at is None or at.astimezone(UTC).utcoffset() is not None
    found = offset_seconds(value)
    assert found is None or math.isfinite(found)
    assert number(value) is None or isinstance(number(value), float)


@pytest.mark.parametrize(
    ("text", "seconds"), [("01:02:03.5", 3723.5), ("2:03", 123.0), ("0:0:3,490", 3.49), ("1:2:3:4", None), ("", None), ("ab:cd", None)]
)
def test_clock_shapes_are_seconds(text: str, seconds: float | None) -> None:
    assert clock_seconds(text) == seconds


def test_paths_are_found_in_any_alternative_and_null_is_absent() -> None:
    value = {"a": [{"b": None}, {"b": {"c": 1}}], "d": None}
    assert has(value, "a[].b.c")
    assert has(value, "x|a")
    assert not has(value, "d")
    assert not has(value, "a[].b.x")
    assert not has([], "[]")


def test_role_maps_are_read_and_faults_in_them_told() -> None:
    assert parse_role_map("spk_0=agent, a=b = customer ,") == {"spk_0": Role.AGENT, "a=b": Role.CUSTOMER}
    with pytest.raises(InputError, match="expected speaker=role"):
        parse_role_map("agent")
    with pytest.raises(InputError, match="'boss' is not a role"):
        parse_role_map("Ida=boss")
