from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.records import Channel, Role, Transcript, Turn
from cs_nlp.segment import segment, split_turn
from cs_nlp.segment.speech import MAX_WORDS

TYPED = st.lists(
    st.sampled_from(
        ["yes", "Okay.", "I", "Mr.", "3.50", "...", "?!", "🙂", "so", '"No."', "-", "\n", "\n\n", " ", "it.Then", "e.g.", "。", "a\u2028b"]
    ),
    max_size=120,
).map(" ".join)
ANY_TEXT = st.text(max_size=300) | TYPED | st.text(alphabet=st.characters(categories=["Cs", "Zs", "Cc", "Po", "Ll"]), max_size=80)


@given(ANY_TEXT)
def test_statements_and_the_white_space_between_them_give_back_the_turn(text: str) -> None:
    spans = split_turn(text)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert text[position:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        position = end
    assert text[position:].strip() == ""


@given(st.integers(0, 2**32 - 1), st.integers(61, 400))
def test_recogniser_text_is_never_one_long_statement(seed: int, count: int) -> None:
    words = random.Random(seed).choices(["okay", "so", "the", "bill", "is", "wrong", "i", "paid", "um"], k=count)  # noqa: S311 - not for secrets
    text = " ".join(words)
    lengths = [len(text[start:end].split()) for start, end in split_turn(text)]
    assert max(lengths) <= MAX_WORDS
    assert min(lengths) >= 3


def test_long_punctuated_sentence_is_cut_at_a_clause() -> None:
    clause = "we looked at the order and the driver had left it with the shop next door"
    text = "; ".join([clause] * 6) + "."
    pieces = [text[start:end] for start, end in split_turn(text)]
    assert len(pieces) > 1
    assert all(piece.endswith((";", ".")) for piece in pieces)


def test_time_grows_linearly_with_the_text() -> None:
    for unit in ["so we rang them and ", "Yes. ", " \t", "a.", '"', "\n", "...", "-\n", "yes\n-\n", "。", "ok.Then"]:
        started = time.perf_counter()
        split_turn(unit * 5_000)
        assert time.perf_counter() - started < 10


def transcript(*turns: tuple[Role, str]) -> Transcript:
    made = tuple(Turn(index=i, role=role, text=text, speaker=f"s{role}") for i, (role, text) in enumerate(turns))
    return Transcript(id="t1", turns=made, source_format="jsonl", source="t.jsonl", channel=Channel.TEAM_CHAT)


def test_statement_carries_the_facts_of_its_turn_and_transcript() -> None:
    statements = segment(transcript((Role.AGENT, "I'll own this one. You get a call by three.")))
    assert [statement.text for statement in statements] == ["I'll own this one.", "You get a call by three."]
    last = statements[-1]
    assert (last.transcript_id, last.turn, last.start_char, last.end_char) == ("t1", 0, 19, 43)
    assert (last.role, last.speaker, last.channel) == (Role.AGENT, "sagent", Channel.TEAM_CHAT)


def test_context_is_the_statement_before_else_the_end_of_the_turn_before() -> None:
    long_turn = " ".join(f"word{i}" for i in range(100)) + "."
    statements = segment(
        transcript((Role.CUSTOMER, long_turn), (Role.AGENT, "I see what happened there. We sent two bills."), (Role.CUSTOMER, "Thank you."))
    )
    assert statements[0].context is None
    agent = [statement for statement in statements if statement.turn == 1]
    assert agent[0].context == " ".join(f"word{i}" for i in range(40, 100)) + "."
    assert agent[1].context == "I see what happened there."
    assert statements[-1].context == "I see what happened there. We sent two bills."


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_empty_text_has_no_statements(text: str) -> None:
    assert split_turn(text) == []
