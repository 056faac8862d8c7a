"""Plain text: labels in every shape, headers, and what is no label."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from cs_nlp.records import Channel
from tests.ingest.helpers import fault, read, read_one, roles, said
from tests.ingest.samples import AGENT_SAYS, CUSTOMER_SAYS, SAMPLES


def test_header_facts_are_taken_and_unlabelled_lines_go_on() -> None:
    transcripts, reading = read(SAMPLES["plain_text"])
    (transcript,) = transcripts
    assert said(transcript) == [
        ("agent", "Agent", AGENT_SAYS),
        ("customer", "Customer", f"{CUSTOMER_SAYS}\nBoth times it was the same amount."),
        ("agent", "Agent", "Thank you."),
    ]
    assert (transcript.id, transcript.team) == ("4711", "Fernhill North")
    assert transcript.started_at == datetime(2026, 6, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert dict(reading.report.skipped) == {"header line": 3, "line without speaker": 1}


@pytest.mark.parametrize(
    "text",
    [
        "Agent: Hello.\nCustomer: Hi.",
        "agent: Hello.\ncustomer: Hi.",
        "AGENT : Hello.\nCUSTOMER : Hi.",
        "Agent:\nHello.\n\nCustomer:\nHi.\n",
        "**Agent:** Hello.\n\n**Customer:** Hi.",
        "**Agent**: Hello.\n**Customer**: Hi.",
        "- Agent: Hello.\n- Customer: Hi.",
        "[Agent]: Hello.\n[Customer]: Hi.",
        "<Agent>: Hello.\n<Customer>: Hi.",
        "> Agent: Hello.\n> Customer: Hi.",
        'Agent: "Hello."\nCustomer: "Hi."',
        "Agent: \u201cHello.\u201d\nCustomer: \u201cHi.\u201d",
        '"""\nAgent: Hello.\nCustomer: Hi.\n"""',
        "Agent: Hello.\r\nCustomer: Hi.\r\n",
        "Agent\uff1aHello.\nCustomer\uff1aHi.",
        "[00:01] Agent: Hello.\n[00:04] Customer: Hi.",
        "00:00:01 Agent: Hello.\n00:00:04 Customer: Hi.",
        "(00:01) - Agent: Hello.\n(00:04) - Customer: Hi.",
        "Agent [00:01]: Hello.\nCustomer [00:04]: Hi.",
        "Agent (00:01.608)\nHello.\n\nCustomer (00:04.12)\nHi.",
        "Agent 00:01\nHello.\nCustomer 00:04\nHi.",
        "**Agent** 0:01\nHello.\n\n**Customer** (00:04)\nHi.",
        "Agent: Hello. Customer: Hi.",
        "--- call begins ---\nAgent: Hello.\nCustomer: Hi.\n--- call ends ---",
    ],
)
def test_labels_are_found_in_every_shape(text: str) -> None:
    found = [(role, (speaker or "").title(), words) for role, speaker, words in said(read_one(text))]
    assert found == [("agent", "Agent", "Hello."), ("customer", "Customer", "Hi.")]


def test_times_beside_labels_are_kept() -> None:
    turns = read_one("Ida Berg (00:03.608)\nHello.\n\nWren (01:02:14.39)\nHi.\n\nStill me.").turns
    assert [(turn.speaker, turn.start_s, turn.text) for turn in turns] == [
        ("Ida Berg", 3.608, "Hello."),
        ("Wren", 3734.39, "Hi.\n\nStill me."),
    ]
    spans = read_one("[00:01 - 00:03] Ida: Hello.\n[00:04 --> 00:05] Wren: Hi.").turns
    assert [(turn.start_s, turn.end_s) for turn in spans] == [(1.0, 3.0), (4.0, 5.0)]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Advisor", "agent"),
        ("Representative", "agent"),
        ("Customer Service Representative", "agent"),
        ("PA Agent", "agent"),
        ("Agent Lisa Park", "agent"),
        ("Agent 2", "agent"),
        ("Lisa (Agent)", "agent"),
        ("Client Advisor", "agent"),
        ("상담사", "agent"),
        ("Caller", "customer"),
        ("Member", "customer"),
        ("Customer - Wren", "customer"),
        ("고객", "customer"),
        ("Kundin", "customer"),
        ("Virtual Agent", "bot"),
        ("IVR", "bot"),
        ("NARRATOR", "system"),
        ("Lisa Park", "unknown"),
        ("Speaker 1", "unknown"),
        ("spk_0", "unknown"),
        ("AE", "unknown"),
        ("Team Lead", "unknown"),
    ],
)
def test_a_label_states_a_role_and_a_name_does_not(label: str, role: str) -> None:
    assert roles(read_one(f"{label}: Hello.\nZora Quill: Hi.\n{label}: Yes.\nZora Quill: No.")) == [role, "unknown"] * 2


def test_a_role_map_says_who_names_are_and_goes_before_labels() -> None:
    text = "Ida: Hello.\nWren: Hi.\nIda: Yes.\nWren: No."
    assert roles(read_one(text, role_map="IDA=agent, wren = customer")) == ["agent", "customer"] * 2
    assert roles(read_one("Agent: Hello.\nCustomer: Hi.", role_map="agent=customer,customer=agent")) == ["customer", "agent"]
    assert roles(read_one(text, role_map="Ida=agent,*=customer")) == ["agent", "customer"] * 2


def test_words_before_a_colon_are_no_speakers() -> None:
    text = (
        "Agent: Here is what I found.\nOrder number: 88\nMy view is: we wait.\nSee https://example.com/x\nIt is 10:30 now.\n"
        "Customer: Fine.\nNote: call back.\n"
    )
    turns = read_one(text).turns
    assert [turn.speaker for turn in turns] == ["Agent", "Customer"]
    assert turns[0].text.count("\n") == 4


def test_named_speakers_under_a_heading_are_read() -> None:
    text = "Team standup\n\nIda: I fixed the queue.\nJon: Nice.\nIda: Nothing else.\n"
    transcripts, reading = read(text)
    assert [turn.speaker for turn in transcripts[0].turns] == ["Ida", "Jon", "Ida"]
    assert transcripts[0].channel is Channel.CALL
    assert reading.report.skipped["line without speaker"] == 1


def test_a_header_may_name_agent_and_channel() -> None:
    text = "Agent: Ida Berg\nCall ID: c-1\nChannel: team chat\n\nAgent: Hello there.\nCustomer: Hi.\n"
    transcript = read_one(text)
    assert (transcript.id, transcript.agent, transcript.channel, len(transcript.turns)) == ("c-1", "Ida Berg", Channel.TEAM_CHAT, 2)


def test_a_first_paragraph_of_speech_is_no_header() -> None:
    transcript = read_one("Agent: Hello, how can I help you today?\nCustomer: My bill.\n\nAgent: Let me see.\n")
    assert [turn.text for turn in transcript.turns] == ["Hello, how can I help you today?", "My bill.", "Let me see."]


def test_text_without_speakers_is_refused_with_the_way_out() -> None:
    message = fault("We talked about the bill.\nIt was paid twice.\n")
    assert "no line names its speaker" in message
    assert "*=agent" in message


def test_text_without_speakers_is_read_when_the_map_names_everyone() -> None:
    transcript = read_one("We talked about the bill.\nIt was paid twice.\n", role_map="*=agent")
    assert said(transcript) == [("agent", None, "We talked about the bill.\nIt was paid twice.")]
