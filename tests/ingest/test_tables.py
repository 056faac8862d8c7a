"""CSV, TSV, JSON lines and JSON arrays: columns by their usual names, rows in order, bad rows told and left out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cs_nlp.ingest import ReadOptions, parse_role_map
from cs_nlp.records import Channel
from tests.ingest.helpers import fault, read, read_json, read_one, roles, said
from tests.ingest.samples import AGENT_SAYS, CUSTOMER_SAYS, SAMPLES, document


def test_a_row_a_turn_gives_transcripts_in_order_of_turns() -> None:
    transcripts, reading = read(SAMPLES["csv"])
    assert reading.error is None
    assert [(item.id, item.team) for item in transcripts] == [("c1", "North"), ("c2", "South")]
    assert said(transcripts[0]) == [("agent", "Ida", AGENT_SAYS), ("customer", "Wren", CUSTOMER_SAYS)]
    assert [(turn.start_s, turn.end_s) for turn in transcripts[0].turns] == [(0.0, 2.4), (2.5, 6.0)]


def test_a_row_a_call_is_split_into_its_turns() -> None:
    transcripts, _ = read(SAMPLES["csv-calls"])
    assert [item.id for item in transcripts] == ["k1", "k2"]
    assert said(transcripts[0]) == [
        ("agent", "PA Agent", AGENT_SAYS),
        ("customer", "Member", CUSTOMER_SAYS),
        ("system", "NARRATOR", "The line drops."),
    ]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [("conversationId", "turnNumber", "utterance"), ("a", "0", "hello, you; there"), ("a", "1", "hi")]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert [turn.text for turn in read_one(text).turns] == ["hello, you; there", "hi"]


@pytest.mark.parametrize("header", ["Conversation ID", "conversationId", "conversation-id", "CALL_ID", "call id", "contactId"])
def test_spellings_of_a_column_are_one(header: str) -> None:
    assert read_one(f"{header},speaker,text\nx9,Agent,Hello.\nx9,Customer,Hi.\n").id == "x9"


def test_quoted_cells_may_hold_line_ends_and_the_line_of_a_bad_row_is_told() -> None:
    text = 'id,speaker,text\n1,Agent,"Hello\nthere."\n2,Customer\n3,Agent,Bye.\n'
    transcripts, reading = read(text)
    assert [turn.text for turn in transcripts[0].turns] == ["Hello\nthere.", "Bye."]
    assert str(reading.error) == "call, line 4: the row has 2 cells; expected 3 as in the header"
    assert reading.report.skipped["bad row"] == 1


def test_a_missing_text_column_is_named() -> None:
    message = fault("conversation_id,speaker,duration\nc1,Ida,3\nc1,Wren,4\n")
    assert "csv (it lacks a column with the words of turns" in message
    assert "(it has conversation_id, speaker and 1 of other names; expected one of text, utterance" in message


def test_names_of_columns_are_not_told_where_they_may_be_data() -> None:
    message = fault("Ada Byron,ada@example.org,London\nBo Ek,bo@example.org,Paris\nCy Lee,cy@example.org,Rome\n")
    assert "(it has 3 of other names; expected one of text" in message
    assert "ada" not in message.casefold()


def test_an_unclosed_quote_is_told_and_rows_before_it_are_kept() -> None:
    text = 'conversation_id,text\na,one\nb,two\nc,"three\n' + "d,x\n" * 5
    transcripts, reading = read(text)
    assert [item.id for item in transcripts][:2] == ["a", "b"]
    assert reading.error is None or "quote" in str(reading.error)


def test_a_call_without_speakers_in_its_cell_is_a_bad_row() -> None:
    transcripts, reading = read(SAMPLES["csv-calls"] + "k3,just a note about the call,open\n")
    assert len(transcripts) == 2
    assert "line 7: the cell names no speakers" in str(reading.error)


def test_role_columns_of_platforms_are_understood() -> None:
    assert roles(read_one("text,is_agent\nHello.,true\nHi.,false\n")) == ["agent", "customer"]
    assert roles(read_one("text,authorRole\nHello.,AGENT\nHi.,END USER\nPress 1.,IVR\n")) == ["agent", "customer", "bot"]
    lines = [{"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Hi."}]
    assert roles(read_one("\n".join(map(json.dumps, lines)))) == ["bot", "customer"]


def test_channels_and_ids_may_be_named_in_a_role_map() -> None:
    text = "channel,text\n0,Hello.\n1,Hi.\n"
    transcripts, _ = read(text, options=ReadOptions(role_map=parse_role_map("0=agent,channel 1=customer")))
    assert roles(transcripts[0]) == ["agent", "customer"]


def test_a_table_without_roles_has_unknown_ones_and_says_how_many() -> None:
    transcripts, reading = read("conversationId\tturnNumber\tutterance\na\t0\thello\na\t1\thi\n")
    assert roles(transcripts[0]) == ["unknown", "unknown"]
    assert reading.report.unknown_roles == 2


def test_metadata_columns_reach_the_transcript() -> None:
    text = "conversation_id,text,queue,agent,channel,started_at\nc,Hello.,billing,Ida,team_chat,2026-06-01 09:00\n"
    transcripts, _ = read(text, options=ReadOptions(zone=ZoneInfo("Europe/London")))
    (item,) = transcripts
    assert (item.queue, item.agent, item.channel) == ("billing", "Ida", Channel.TEAM_CHAT)
    assert item.started_at == datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def test_rows_of_a_conversation_need_not_stand_together() -> None:
    rows = [{"call_id": f"c{place % 3}", "turn": place, "speaker": "Agent", "text": f"turn {place}"} for place in range(9)]
    transcripts, _ = read("\n".join(map(json.dumps, rows)))
    assert {item.id: [turn.text for turn in item.turns] for item in transcripts} == {
        f"c{call}": [f"turn {place}" for place in range(call, 9, 3)] for call in range(3)
    }


def test_json_lines_keep_good_rows_and_tell_bad_ones() -> None:
    bad = ['{"text": "cut', "[1, 2]", '{"speaker": "Ida", "duration": 3}', "not json"]
    transcripts, reading = read(SAMPLES["jsonl"] + "\n".join(bad) + "\n" + SAMPLES["jsonl"].replace("c1", "c3").replace("c2", "c4"))
    assert [item.id for item in transcripts] == ["c1", "c2", "c3", "c4"]
    assert reading.report.skipped["bad row"] == 4
    assert reading.error is not None
    assert reading.error.line == 4
    assert "4 faults, the first: the JSON ends in the middle" in str(reading.error)


def test_a_broken_first_line_does_not_hide_what_the_file_is() -> None:
    transcripts, reading = read('{"conversation_id": "c1", "te\n' + SAMPLES["jsonl"])
    assert [item.id for item in transcripts] == ["c1", "c2"]
    assert reading.error is not None
    assert reading.error.line == 1


def test_json_lines_may_hold_a_whole_call_each() -> None:
    lines = [{"id": "a", "transcript": "Agent: Hello.\nCustomer: Hi."}, {"id": "b", "transcript": "Agent: Yes?\nCustomer: No."}]
    transcripts, reading = read("\n".join(map(json.dumps, lines)))
    assert reading.error is None
    assert [(item.id, roles(item)) for item in transcripts] == [("a", ["agent", "customer"]), ("b", ["agent", "customer"])]


def test_lines_without_conversation_id_are_one_transcript_named_after_the_file() -> None:
    transcripts, _ = read('{"text": "Hello.", "speaker": "Agent"}\n{"text": "Hi.", "speaker": "Customer"}\n', "monday/call-7.jsonl")
    assert [item.id for item in transcripts] == ["call-7"]


def test_times_are_offsets_or_wall_clock_times_as_their_values_show() -> None:
    rows = [{"text": "a", "start": "00:01:02.5"}, {"text": "b", "start": "2026-06-01T09:00:00Z"}, {"text": "c", "timestamp": "0:07"}]
    turns = read_one("\n".join(map(json.dumps, rows))).turns
    assert [turn.start_s for turn in turns] == [62.5, None, 7.0]
    assert turns[1].at == datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def test_naive_times_are_read_in_the_zone_of_the_options() -> None:
    transcripts, _ = read(SAMPLES["jsonl"], options=ReadOptions(zone=ZoneInfo("Asia/Tokyo")))
    assert transcripts[1].turns[0].at == datetime(2026, 6, 1, 0, 0, tzinfo=UTC)


def test_arrays_of_turns_and_of_calls_are_read() -> None:
    assert said(read_json(document("json"))) == [("agent", "Agent", AGENT_SAYS), ("unknown", "Wren", CUSTOMER_SAYS)]
    call = read_json(document("json-calls"))
    assert (call.id, call.agent, roles(call)) == ("k1", "r7", ["agent", "customer"])
    assert call.turns[0].at == datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
