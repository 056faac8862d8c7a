"""vCon: dialogs, transcripts in their vendors' shapes, signatures, and those without words."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from cs_nlp.records import Role
from tests.ingest.helpers import fault, read, read_json, roles, said
from tests.ingest.samples import AGENT_SAYS, CUSTOMER_SAYS, SAMPLES, document, signed


def _with_body(body: object, **more: object) -> dict[str, Any]:
    value: dict[str, Any] = document("vcon")
    value["analysis"] = [{"type": "transcript", "dialog": 0, "vendor": "x", "body": body, **more}]
    return value


def test_a_transcript_in_text_takes_the_roles_of_the_parties_and_counts_once() -> None:
    transcripts, reading = read(SAMPLES["vcon"])
    (call,) = transcripts
    assert said(call) == [("agent", "Ida Berg", AGENT_SAYS), ("customer", "Wren Ash", CUSTOMER_SAYS)]
    assert call.id == "0195-1"
    assert reading.report.skipped["further transcript of the same dialog"] == 1


@pytest.mark.parametrize(
    "body",
    [
        [{"speaker": "Ida Berg", "message": AGENT_SAYS}, {"speaker": "Wren Ash", "message": CUSTOMER_SAYS}],
        {"segments": [{"speaker": "Ida Berg", "text": AGENT_SAYS, "start": 0.0}, {"speaker": "Wren Ash", "text": CUSTOMER_SAYS}]},
        f"Ida Berg: {AGENT_SAYS}\nWren Ash: {CUSTOMER_SAYS}",
    ],
)
@pytest.mark.parametrize("encoding", ["none", "json", "base64url"])
def test_bodies_of_every_shape_and_encoding_give_the_same_turns(body: object, encoding: str) -> None:
    if encoding == "base64url":
        text = body if isinstance(body, str) else json.dumps(body)
        body = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    elif encoding == "none" and not isinstance(body, str):
        body = json.dumps(body)
    assert said(read_json(_with_body(body, encoding=encoding))) == [
        ("agent", "Ida Berg", AGENT_SAYS),
        ("customer", "Wren Ash", CUSTOMER_SAYS),
    ]


def test_a_deepgram_answer_or_its_alternative_may_be_the_body() -> None:
    expected = [("unknown", "speaker 0", "Hello there."), ("unknown", "speaker 1", "Hi, my bill.")]
    assert said(read_json(_with_body(document("deepgram"), encoding="json"))) == expected
    alternative = json.loads(SAMPLES["deepgram"])["results"]["channels"][0]["alternatives"][0]
    assert said(read_json(_with_body(alternative))) == expected


def test_text_dialogs_are_their_originators_and_quoted_mail_is_left_out() -> None:
    transcripts, reading = read(SAMPLES["vcon-text"])
    assert said(transcripts[0]) == [("customer", "Wren Ash", CUSTOMER_SAYS), ("agent", "Ida Berg", "I will look.")]
    assert reading.report.skipped["quoted mail"] == 1


def test_multipart_mail_gives_its_plain_part() -> None:
    value: dict[str, Any] = document("vcon-text")
    value["dialog"] = value["dialog"][:1]
    value["dialog"][0]["mimetype"] = 'multipart/alternative; boundary="zz"'
    plain = "--zz\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nI paid twice.\r\n"
    value["dialog"][0]["body"] = plain + "--zz\r\nContent-Type: text/html\r\n\r\n<p>I paid <b>twice</b>.</p>\r\n--zz--"
    assert [turn.text for turn in read_json(value).turns] == ["I paid twice."]


def test_a_transcript_without_speakers_is_one_unknown_turn_with_a_warning() -> None:
    transcripts, reading = read(json.dumps(_with_body("we talked about the bill")))
    assert [turn.role for turn in transcripts[0].turns] == [Role.UNKNOWN]
    assert "names no speakers" in reading.report.warnings[0]


def test_a_signed_vcon_is_read_and_says_that_its_signature_was_not_checked() -> None:
    transcripts, reading = read(json.dumps(signed(document("vcon"))))
    assert roles(transcripts[0]) == ["agent", "customer"]
    assert "signature was not checked" in reading.report.warnings[0]


def test_signed_documents_that_hold_no_vcon_are_refused() -> None:
    assert "no vCon" in fault(json.dumps(signed({"a": 1})))
    assert "base64url" in fault(json.dumps({"payload": "***", "signatures": []}))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"analysis": []}, "neither text dialogs nor an analysis"),
        ({"dialog": None, "analysis": "text"}, "dialog and analysis should be arrays"),
        ({"parties": [], "dialog": [{"type": "text", "parties": [7], "body": ""}], "analysis": []}, "holds no words"),
        ({"parties": None, "dialog": None, "analysis": None, "ciphertext": "x"}, "encrypted"),
    ],
)
def test_vcons_without_words_are_refused_with_the_reason(change: dict[str, object], reason: str) -> None:
    assert reason in fault(json.dumps({**document("vcon"), **change}))


def test_party_numbers_out_of_range_leave_the_speaker_unknown() -> None:
    dialog = [{"type": "text", "parties": [0, 99], "originator": 42, "body": "Hello."}]
    assert said(read_json({**document("vcon-text"), "dialog": dialog})) == [("unknown", None, "Hello.")]
