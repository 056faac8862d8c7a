from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_nlp.records import Channel, Role, Statement, Transcript, Turn
from cs_nlp.redact import Redactor, pseudonym, redact_quotes, redact_statements, redact_transcript, with_pseudonyms

KEY = b"sixteen bytes at least"


def transcript(*turns: tuple[str, str, Role]) -> Transcript:
    made = tuple(Turn(index=n, role=role, text=text, speaker=speaker) for n, (speaker, text, role) in enumerate(turns))
    return Transcript(id="t1", turns=made, source_format="jsonl", source="t.jsonl", channel=Channel.CALL, agent="Zbyszko Brzoza")


def statement(text: str, turn: int, start: int, end: int, context: str | None = None) -> Statement:
    return Statement("t1", turn, start, end, Role.AGENT, text[start:end], context)


def test_turns_are_redacted_with_the_speakers_names_known(redactor: Redactor) -> None:
    call = transcript(("Zbyszko Brzoza", "zbyszko here, call 07700 900123", Role.AGENT), ("Customer", "thanks zbyszko", Role.CUSTOMER))
    done = redact_transcript(redactor, call)
    assert [turn.text for turn in done.transcript.turns] == ["[NAME_1] here, call [PHONE_1]", "thanks [NAME_1]"]
    assert [turn.speaker for turn in done.transcript.turns] == ["Zbyszko Brzoza", "Customer"]


def test_speakers_get_the_placeholders_that_they_have_in_the_text(redactor: Redactor) -> None:
    call = transcript(
        ("Zbyszko Brzoza", "zbyszko here, call 07700 900123", Role.AGENT),
        ("+44 7700 900123", "thanks zbyszko", Role.CUSTOMER),
        ("ida@mail.example.org", "and me, ida@mail.example.org", Role.UNKNOWN),
        ("Customer", "hello", Role.CUSTOMER),
        ("Helper Bot", "how did we do?", Role.BOT),
    )
    done = redact_transcript(redactor, call, speakers=True).transcript
    assert [turn.speaker for turn in done.turns] == ["[NAME_1]", "[PHONE_1]", "[EMAIL_1]", "Customer", "Helper Bot"]
    assert [turn.text for turn in done.turns[:3]] == ["[NAME_1] here, call [PHONE_1]", "thanks [NAME_1]", "and me, [EMAIL_1]"]
    assert done.agent == "[NAME_1]"


def test_quotes_are_redacted_with_what_was_said_before_only_read(redactor: Redactor) -> None:
    call = transcript(("Zbyszko Brzoza", TEXT, Role.AGENT))
    number = "four four one seven two two nine"
    kept = [statement(TEXT, 0, 0, 15, "mrs quillfeather said so"), statement(number, 0, 0, len(number), "your account number?")]
    assert [one.text for one in redact_quotes(redactor, call, kept)] == ["Ask [NAME_1].", "[ACCOUNT_1]"]
    assert redact_quotes(redactor, call, []) == ()


TEXT = "Ask Priya Nair. Her number is 07700 900123, or write to p.nair@example.org. She is never wrong."


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_moved_statement_is_a_stretch_of_the_redacted_turn(redactor: Redactor, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TEXT) - 1))
    end = data.draw(st.integers(start + 1, len(TEXT)))
    done = redact_transcript(redactor, transcript(("agent", TEXT, Role.AGENT)))

    moved = done.move(statement(TEXT, 0, start, end, "said before"))

    assert moved.text == done.transcript.turns[0].text[moved.start_char : moved.end_char]
    assert moved.text
    assert moved.context is None
    assert "Nair" not in moved.text


def test_statement_without_anything_to_hide_keeps_its_words(redactor: Redactor) -> None:
    done = redact_transcript(redactor, transcript(("agent", TEXT, Role.AGENT)))
    start = TEXT.index("She is")
    moved = done.move(statement(TEXT, 0, start, len(TEXT)))
    assert moved.text == "She is never wrong."
    assert moved.start_char == len("Ask [NAME_1]. Her number is [PHONE_1], or write to [EMAIL_1]. ")


def test_only_kept_statements_are_redacted_with_their_contexts(redactor: Redactor) -> None:
    call = transcript(("Zbyszko Brzoza", TEXT, Role.AGENT))
    kept = [statement(TEXT, 0, 0, 15, "mrs quillfeather said so"), statement(TEXT, 0, 76, len(TEXT))]
    done, counted = redact_statements(redactor, call, kept)
    assert [(one.context, one.text) for one in done] == [("mrs [NAME_1] said so", "Ask [NAME_2]."), (None, "She is never wrong.")]
    assert [(one.start_char, one.end_char) for one in done] == [(one.start_char, one.end_char) for one in kept]
    assert counted == {"NAME": 1}, "what stands in a context is counted where it was said"


def test_bare_answer_among_kept_statements_is_read_with_its_context(redactor: Redactor) -> None:
    text = "four four one seven two two nine"
    (done,), counted = redact_statements(
        redactor, transcript(("agent", text, Role.AGENT)), [statement(text, 0, 0, len(text), "your account number?")]
    )
    assert (done.text, counted) == ("[ACCOUNT_1]", {"ACCOUNT": 1})


def test_nothing_kept_is_nothing_redacted(redactor: Redactor) -> None:
    assert redact_statements(redactor, transcript(("agent", TEXT, Role.AGENT)), []) == ((), {})


def test_named_speakers_become_pseudonyms_and_labels_of_parts_stay() -> None:
    call = transcript(
        ("Zbyszko Brzoza", "hello", Role.AGENT),
        ("Speaker 1", "hi", Role.UNKNOWN),
        ("customer", "hi", Role.CUSTOMER),
        ("Ada Byron", "hi", Role.CUSTOMER),
        ("Mina Harker", "hi", Role.UNKNOWN),
    )
    hidden = with_pseudonyms(call, KEY, "alder")
    assert [turn.speaker for turn in hidden.turns] == [
        pseudonym("zbyszko brzoza", KEY, "alder"),
        "Speaker 1",
        "customer",
        pseudonym("ada byron", KEY, "alder", kind="customer"),
        pseudonym("mina harker", KEY, "alder", kind="speaker"),
    ]
    assert hidden.agent == pseudonym("Zbyszko Brzoza", KEY, "alder")


def test_colleague_has_the_same_pseudonym_in_chat_and_in_calls() -> None:
    call = transcript(("Mina Harker", "hello", Role.AGENT))
    chat = replace(transcript(("mina harker", "hi", Role.UNKNOWN)), channel=Channel.TEAM_CHAT)
    assert with_pseudonyms(call, KEY, "alder").turns[0].speaker == with_pseudonyms(chat, KEY, "alder").turns[0].speaker


@pytest.mark.parametrize("label", ["agent", "AGENT_1", "Agent 12", "spk_0", "channel 1", "ch_1", "A", "Speaker B", "0"])
def test_labels_of_parts_are_not_people(label: str) -> None:
    assert with_pseudonyms(transcript((label, "hi", Role.AGENT)), KEY, "alder").turns[0].speaker == label
