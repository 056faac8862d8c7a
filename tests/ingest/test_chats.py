"""Chats with customers and among staff: threads, bots, deleted words, clean text."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from cs_nlp.ingest import ReadOptions, parse_role_map
from cs_nlp.ingest.html_text import html_to_text
from cs_nlp.records import Channel
from tests.ingest.helpers import read, read_json, roles, said
from tests.ingest.samples import CUSTOMER_SAYS, SAMPLES, document, teams_message


def test_intercom_starts_with_the_source_and_leaves_notes_and_events_out() -> None:
    transcripts, reading = read(SAMPLES["intercom"])
    (chat,) = transcripts
    assert said(chat) == [("customer", "Wren", CUSTOMER_SAYS), ("agent", "Ida", "Let me look."), ("bot", "b", "Did that help?")]
    assert (chat.id, chat.team) == ("147", "55")
    assert chat.turns[1].at == datetime(2026, 6, 1, 9, 0, 2, tzinfo=UTC)
    assert dict(reading.report.skipped) == {"event": 1, "internal note": 1}


def test_intercom_warns_when_parts_are_missing() -> None:
    value = {**document("intercom"), "conversation_parts": {"total_count": 900, "conversation_parts": []}}
    _, reading = read(json.dumps(value))
    assert "more parts" in reading.report.warnings[0]


def test_liveperson_tells_bots_from_agents_and_reads_undefined_as_nothing() -> None:
    transcripts, reading = read(SAMPLES["liveperson"])
    (chat,) = transcripts
    assert [(turn.role.value, turn.speaker) for turn in chat.turns] == [("customer", "c"), ("bot", "8"), ("agent", "Ida")]
    assert (chat.team, chat.queue, chat.agent) == ("North", None, "Ida")
    assert reading.report.skipped["attachment"] == 1


def test_zendesk_knows_roles_by_sender_type_or_by_the_chats_agents() -> None:
    chat = read_json(document("zendesk_chat"))
    assert roles(chat) == ["customer", "agent", "bot"]
    assert (chat.queue, chat.agent) == ("Billing", "Ida")


def test_teams_threads_are_joined_across_days_and_the_rest_is_by_day() -> None:
    transcripts, reading = read(SAMPLES["teams_chat"])
    assert {item.id: [turn.text for turn in item.turns] for item in transcripts} == {
        "19:abc/1": ["Line 2 is down, Jon", "Both lines now."],
        "19:abc/2026-06-01": ["Lunch at 12?"],
    }
    assert {item.channel for item in transcripts} == {Channel.TEAM_CHAT}
    assert {item.team for item in transcripts} == {"team-1"}
    assert dict(reading.report.skipped) == {"bot": 1, "deleted": 1, "event": 1}


def test_teams_replies_without_their_root_make_a_thread() -> None:
    replies = [teams_message(str(place), f"2026-06-01T08:0{place}:00Z", "Ida", f"reply {place}", replyToId="77") for place in (2, 1)]
    chat = read_json({"value": replies})
    assert (chat.id, [turn.text for turn in chat.turns]) == ("19:abc/77", ["reply 1", "reply 2"])


def test_a_page_of_teams_messages_says_that_others_are_missing() -> None:
    _, reading = read(json.dumps({**document("teams_chat"), "@odata.nextLink": "https://graph.example/next"}))
    assert any("nextLink" in warning for warning in reading.report.warnings)


def test_a_role_map_may_name_members_by_id() -> None:
    transcripts, _ = read(SAMPLES["slack_messages"], options=ReadOptions(role_map=parse_role_map("U2=system")))
    assert [turn.role.value for item in transcripts for turn in item.turns if turn.speaker == "U2"] == ["system"]


def test_a_slack_day_alone_keeps_ids_for_names_and_cleans_the_text() -> None:
    transcripts, reading = read(SAMPLES["slack_messages"], "general/2026-06-01.json")
    assert [(turn.speaker, turn.text) for item in transcripts for turn in item.turns] == [
        ("U1", "morning & welcome @someone"),
        ("U2", "see the board"),
    ]
    assert dict(reading.report.skipped) == {"event": 1, "bot": 1}


def test_slackdump_replies_lie_inside_their_messages() -> None:
    root = {"type": "message", "user": "U1", "text": "who is on?", "ts": "1780304400.1", "thread_ts": "1780304400.1"}
    reply = {"type": "message", "user": "U2", "text": "me", "ts": "1780390800.1", "thread_ts": "1780304400.1"}
    chat = read_json({"channel_id": "C1", "name": "north", "messages": [{**root, "slackdump_thread_replies": [reply]}]})
    assert (chat.id, [turn.text for turn in chat.turns]) == ("north/1780304400.1", ["who is on?", "me"])


def test_html_gives_its_words_without_quotes_styles_and_tags() -> None:
    source = "<style>p{}</style><p>One &amp; two<br>three</p><blockquote>old <b>words</b></blockquote><ul><li>four</li></ul>5 < 6 <3"
    assert html_to_text(source) == "One & two\nthree\nfour\n5 < 6 <3"
    assert html_to_text("<blockquote>never closed") == ""
