from __future__ import annotations

import logging
import socket
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_nlp.errors import MissingExtraError
from cs_nlp.redact import KINDS, Ledger, Redactor
from cs_nlp.redact.marks import find_marks
from cs_nlp.redact.texts import replace

PIECES = st.sampled_from(
    [
        "my name is Imogen Quillfeather",
        "thanks priya",
        "Priya",
        "quillfeather",
        "my number is 07700 900123",
        "oh seven seven double oh nine hundred one two three",
        "account 88412209",
        "what's your account number?",
        "four four one seven two two nine",
        "9 Elm Grove, Bath BA1 5LR",
        "a dot byron at example dot org",
        "https://example.com/u/204417?x=1",
        "the card ending 4417",
        "[PII]",
        "[NAME_2]",
        "<REDACTED>",
        "****",
        "[",
        "Will",
        "Grace said",
        "in May",
        "order 4417220",
        "12",
        "Road",
        ".",
        ",",
        "\n",
        "🙂",
        "\ud800",
        "I",
        "is",
    ]
)
TEXTS = st.lists(st.lists(PIECES, max_size=6).map(" ".join) | st.text(max_size=40), max_size=4)
FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@FEW
@given(TEXTS, st.booleans())
def test_redacting_again_changes_nothing(redactor: Redactor, texts: list[str], spoken_before: bool) -> None:
    before = [*texts[1:], None][: len(texts)] if spoken_before else None
    once = [done.text for done in redactor.redact_texts(texts, before=before, ledger=Ledger(["Imogen Quillfeather"]))]
    twice = [done.text for done in redactor.redact_texts(once, before=before)]
    assert twice == once


@FEW
@given(TEXTS)
def test_spans_account_for_every_change_and_leave_marks_alone(redactor: Redactor, texts: list[str]) -> None:
    for text, done in zip(texts, redactor.redact_texts(texts), strict=True):
        assert replace(text, done.spans) == done
        position = 0
        for span in done.spans:
            assert position <= span.start < span.end <= len(text)
            assert span.kind in KINDS
            position = span.end
        for start, end in find_marks(text):
            assert not any(span.start < end and start < span.end for span in done.spans)


def test_same_person_and_number_have_the_same_placeholder_in_all_turns(redactor: Redactor) -> None:
    done = redactor.redact_texts(
        [
            "Hello, my name is Imogen Quillfeather.",
            "Thanks, Imogen. What's your mobile number?",
            "it's oh seven seven double oh nine hundred one two three",
            "So that's 07700 900123, Ms Quillfeather?",
        ]
    )
    assert [one.text for one in done] == [
        "Hello, my name is [NAME_1].",
        "Thanks, [NAME_1]. What's your mobile number?",
        "it's [PHONE_1]",
        "So that's [PHONE_1], Ms [NAME_1]?",
    ]


def test_name_that_is_known_once_is_found_in_every_text(redactor: Redactor) -> None:
    done = redactor.redact_texts(["nobody rang quillfeather back", "mrs quillfeather is furious"])
    assert [one.text for one in done] == ["nobody rang [NAME_1] back", "mrs [NAME_1] is furious"]


def test_speakers_are_found_where_nothing_else_gives_them_away(redactor: Redactor) -> None:
    (done,) = redactor.redact_texts(["zbyszko never logs his calls"], ledger=Ledger(["Zbyszko Brzoza"]))
    assert done.text == "[NAME_1] never logs his calls"


def test_what_was_said_before_tells_what_a_bare_number_is(redactor: Redactor) -> None:
    text = "four four one seven two two nine"
    (alone,) = redactor.redact_texts([text])
    (asked,) = redactor.redact_texts([text], before=["and your account number please"])
    assert (alone.text, asked.text) == (text, "[ACCOUNT_1]")


def test_ledger_goes_on_over_calls(redactor: Redactor) -> None:
    ledger = Ledger()
    (first,) = redactor.redact_texts(["ask priya"], ledger=ledger)
    (second,) = redactor.redact_texts(["ask tomasz, or priya"], ledger=ledger)
    assert (first.text, second.text) == ("ask [NAME_1]", "ask [NAME_2], or [NAME_1]")


def test_marks_of_the_platform_stay_and_their_numbers_are_not_used_again(redactor: Redactor) -> None:
    (done,) = redactor.redact_texts(["[NAME_1] gave **** and <PHONE> to Priya, [PII]"])
    assert done.text == "[NAME_1] gave **** and <PHONE> to [NAME_2], [PII]"


def test_number_cut_by_a_window_of_a_long_text_goes_whole(redactor: Redactor) -> None:
    for shift in range(0, 24, 3):
        text = "so we waited " * 307 + "y" * shift + " call 07700 900123 today" + " and waited" * 200
        (done,) = redactor.redact_texts([text])
        assert "[PHONE_1] today" in done.text
        assert not any(char.isdigit() and char != "1" for char in done.text)


def test_before_of_another_length_is_refused(redactor: Redactor) -> None:
    with pytest.raises(ValueError, match="expected one for each of the 2 texts"):
        redactor.redact_texts(["a", "b"], before=["c"])


def test_nothing_is_logged(redactor: Redactor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        redactor.redact_texts(["Imogen Quillfeather, GB29 NWBK 6016 1331 9268 10, 4012 8888 8888 1881"])
    assert "Quillfeather" not in caplog.text
    assert "9268" not in caplog.text


def test_nothing_is_fetched(redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("redaction asked for a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    (done,) = redactor.redact_texts(["Priya, priya@mail.example.org, https://example.com/u/204417, GB29 NWBK 6016 1331 9268 19"])
    assert done.text == "[NAME_1], [EMAIL_1], [URL_1], [ACCOUNT_1]"


def test_import_loads_neither_presidio_nor_spacy() -> None:
    names = ("presidio_analyzer", "spacy", "phonenumbers")
    code = f"import sys; from cs_nlp.redact import Redactor; Redactor(); print([name for name in {names} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"


def test_missing_packages_are_named_with_the_extra_that_brings_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(MissingExtraError, match=r"cs-nlp\[redact\]"):
        Redactor()
