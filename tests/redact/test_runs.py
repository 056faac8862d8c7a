from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.redact.runs import find_runs

WORDS = st.lists(
    st.sampled_from(
        ["oh", "seven", "double", "twenty", "hundred", "um", "a", "b", "07700", "4-4", "the", "then", ",", ".", "+44", "é", "١٢", "it's"]
    ),
    max_size=30,
).map(" ".join)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("call 07700 900 418 today", "07700900418"),
        ("oh seven seven double oh nine hundred one two three", "07700900123"),
        ("four four one seven um two two nine", "4417229"),
        ("5 4 5 4 then 5 4 5 4", "54545454"),
        ("twenty forty five seventy seven", "204577"),
        ("sixty oh two", "6002"),
        ("j g one oh three seven five nine a", "JG1037 59A".replace(" ", "")),
        ("triple four one", "4441"),
        ("quadruple four", "4444"),
        ("+44 20 7946 0958", "+442079460958"),
        ("(212) 555-0147", "2125550147"),
        ("415.555.0132", "4155550132"),
        ("o seven o", "070"),
    ],
)
def test_run_is_read_as_one_string(text: str, value: str) -> None:
    (run,) = find_runs(text)
    assert run.value == value


@pytest.mark.parametrize("text", ["on 14/03/2024", "192.168.1.1", "the 6th", "at 10am", "no numbers at all", "it's a b c"])
def test_dates_addresses_of_computers_and_words_are_no_runs(text: str) -> None:
    assert find_runs(text) == []


def test_small_words_at_the_ends_are_left_out() -> None:
    text = "i have a four four one seven a week"
    (run,) = find_runs(text)
    assert text[run.start : run.end] == "four four one seven a"  # a recogniser writes "seven a" for the end of an identifier too
    text = "call 07700 900418 n ask"
    (run,) = find_runs(text)
    assert text[run.start : run.end] == "07700 900418"


def test_amounts_and_years_are_not_joined() -> None:
    assert [run.value for run in find_runs("1,249.99 and 2019, 2020")] == ["1", "249", "99", "2019", "2020"]


@given(WORDS | st.text(max_size=60))
def test_runs_lie_in_the_text_in_order_and_hold_what_they_say(text: str) -> None:
    position = 0
    for run in find_runs(text):
        assert position <= run.start < run.end <= len(text)
        assert run.value
        assert all(char == "+" or (char.isascii() and char.isalnum()) for char in run.value)
        position = run.end


def test_time_grows_linearly_with_the_text() -> None:
    for unit in ["one ", "1 ", "a ", "double ", "1-", "07700 900418, "]:
        started = time.perf_counter()
        find_runs(unit * 5_000)
        assert time.perf_counter() - started < 10
