"""Contact centre platforms and speech recognisers: who speaks, when, and what else their files know."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from cs_nlp.ingest import ReadOptions, parse_role_map
from tests.ingest.helpers import fault, read, read_json, roles, said
from tests.ingest.samples import AGENT_SAYS, CUSTOMER_SAYS, SAMPLES, document


def test_contact_lens_joins_roles_from_the_participants() -> None:
    transcripts, reading = read(SAMPLES["contact_lens"])
    (call,) = transcripts
    assert call.id == "contact-1"
    assert said(call)[:2] == [("agent", "AGENT", AGENT_SAYS), ("customer", "CUSTOMER", CUSTOMER_SAYS)]
    assert (call.turns[0].start_s, call.turns[0].end_s) == (0.04, 2.9)
    assert reading.report.pii_marks == 1


def test_contact_lens_chat_leaves_events_out_and_keeps_times() -> None:
    transcripts, reading = read(SAMPLES["contact_lens-chat"])
    (chat,) = transcripts
    assert [(turn.role.value, turn.speaker) for turn in chat.turns] == [("system", "p2"), ("customer", "Wren"), ("agent", "Ida")]
    assert chat.started_at == chat.turns[0].at == datetime(2026, 6, 1, 9, 0, 1, tzinfo=UTC)
    assert reading.report.skipped["event"] == 2


def test_a_contact_lens_participant_without_entry_has_an_unknown_role() -> None:
    value = document("contact_lens")
    value["Transcript"][1]["ParticipantId"] = "7f3c"
    assert said(read_json(value))[1] == ("unknown", "7f3c", CUSTOMER_SAYS)


def test_call_analytics_has_the_role_on_the_turn() -> None:
    assert roles(read_json(document("transcribe_call_analytics"))) == ["agent", "customer"]


def test_transcribe_words_are_put_together_by_speaker() -> None:
    call = read_json(document("transcribe"))
    assert call.id == "job-1"
    assert [(turn.speaker, turn.text, turn.start_s, turn.end_s) for turn in call.turns] == [
        ("spk_0", "Hello there.", 0.0, 1.5),
        ("spk_1", "Hi, my bill.", 3.0, 5.5),
    ]


def test_transcribe_without_speakers_is_read_as_unknown_and_names_the_missing_block() -> None:
    job = document("transcribe")
    transcripts, reading = read(
        json.dumps({**job, "results": {key: part for key, part in job["results"].items() if key != "speaker_labels"}})
    )
    assert {turn.speaker for turn in transcripts[0].turns} == {None}
    assert "speaker_labels" in reading.report.warnings[0]


def test_transcribe_channels_are_put_in_order_of_time() -> None:
    call = read_json(document("transcribe-channels"))
    assert [(turn.speaker, turn.text) for turn in call.turns] == [
        ("ch_0", "Hello there."),
        ("ch_1", "Hi, my bill."),
        ("ch_0", "Right, goodbye."),
    ]


def test_post_call_analytics_knows_agent_and_start_in_the_calls_own_zone() -> None:
    call = read_json(document("post_call_analytics"))
    assert (call.id, call.agent, roles(call)) == ("guid-1", "Ida", ["agent", "customer"])
    assert call.started_at == datetime(2026, 1, 15, 14, 30, tzinfo=UTC)
    assert call.turns[1].text == "It's twice."


def test_post_call_analytics_writes_none_for_what_it_does_not_know() -> None:
    value = document("post_call_analytics")
    value["ConversationAnalytics"].update(GUID="None", Agent="None", ConversationLocation="Nowhere/Land")
    call = read_json(value)
    assert (call.id, call.agent) == ("call", None)
    assert call.started_at == datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


def test_bedrock_segments_have_speakers_and_custom_output_is_refused() -> None:
    assert [turn.speaker for turn in read_json(document("bedrock_audio")).turns] == ["spk_0", "spk_1"]
    assert "audio_segments" in fault(json.dumps({"metadata": {}, "matched_blueprint": {}, "inference_result": {"call_summary": "x"}}))


def test_insights_entries_have_roles_and_times() -> None:
    call = read_json(document("google_insights"))
    assert roles(call) == ["agent", "customer"]
    assert call.started_at == datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def test_diarized_google_speech_is_counted_once() -> None:
    plain, _ = read(json.dumps(document("google_speech")))
    transcripts, reading = read(json.dumps(document("google_speech-diarized")))
    assert [turn.speaker for turn in plain[0].turns] == [None, None]
    assert [(turn.speaker, turn.text) for turn in transcripts[0].turns] == [
        ("speaker 1", "hello this is fernhill water"),
        ("speaker 2", "hi my meter was read twice"),
    ]
    assert reading.report.doubled == 2
    assert transcripts[0].turns[0].start_s == 0.5


def test_google_times_may_be_strings() -> None:
    words = [{"word": "hello", "startTime": "12.900s", "endTime": "13s", "speakerLabel": "2"}]
    (turn,) = read_json({"results": [{"alternatives": [{"transcript": "hello", "words": words}]}]}).turns
    assert (turn.speaker, turn.start_s, turn.end_s) == ("speaker 2", 12.9, 13.0)


def test_genesys_tells_the_machine_from_the_agent_by_who_was_on_the_line() -> None:
    call = read_json(document("genesys_cloud"))
    assert said(call) == [
        ("bot", "ivr", "press one for bills"),
        ("customer", "external", "one"),
        ("agent", "user-7", "Good morning, how can I help?"),
    ]
    assert (call.id, call.team, call.queue, call.agent) == ("conv-9", "team-3", "queue-1", "user-7")
    assert call.turns[2].start_s == 12.0
    assert call.turns[2].at == datetime(2026, 6, 1, 9, 0, 12, tzinfo=UTC)


def test_genesys_without_participants_leaves_internal_phrases_unknown() -> None:
    value = document("genesys_cloud")
    value["participants"] = []
    assert roles(read_json(value)) == ["unknown", "customer", "unknown"]


def test_genesys_times_may_count_from_the_start_of_the_call() -> None:
    value = document("genesys_cloud")
    value.pop("conversationStartTime")
    value.pop("startTime")
    value["transcripts"][0].pop("startTime")
    for place, phrase in enumerate(value["transcripts"][0]["phrases"]):
        phrase["startTimeMs"] = place * 1000
    call = read_json(value)
    assert [turn.start_s for turn in call.turns] == [0.0, 1.0, 2.0]
    assert {turn.at for turn in call.turns} == {None}


def test_twilio_sentences_are_put_in_order_and_channels_take_a_role_map() -> None:
    transcripts, _ = read(SAMPLES["twilio"], options=ReadOptions(role_map=parse_role_map("1=agent,channel 2=customer")))
    (call,) = transcripts
    assert call.id == "GT123"
    assert said(call) == [("agent", "channel 1", AGENT_SAYS), ("customer", "channel 2", CUSTOMER_SAYS)]
    assert call.turns[1].start_s is None


def test_twilio_participants_state_roles_where_they_are_in_the_file() -> None:
    value = {
        **document("twilio"),
        "channel": {"participants": [{"channel_participant": 1, "role": "agent"}, {"channel_participant": 2, "role": "Customer"}]},
    }
    assert roles(read_json(value)) == ["agent", "customer"]


def test_deepgram_utterances_and_words_give_the_same_turns() -> None:
    value = document("deepgram")
    with_utterances = said(read_json(value))
    value["results"].pop("utterances")
    assert said(read_json(value)) == with_utterances == [("unknown", "speaker 0", "Hello there."), ("unknown", "speaker 1", "Hi, my bill.")]


def test_deepgram_utterances_without_speakers_yield_to_words_with_them() -> None:
    value = document("deepgram")
    for utterance in value["results"]["utterances"]:
        utterance.pop("speaker")
    assert [turn.speaker for turn in read_json(value).turns] == ["speaker 0", "speaker 1"]


def test_deepgram_channels_are_told_apart() -> None:
    value = document("deepgram")
    value["results"].pop("utterances")
    value["results"]["channels"].append({"alternatives": [{"transcript": "x", "words": [{"word": "yes", "start": 2.5, "end": 2.9}]}]})
    assert [(turn.speaker, turn.text) for turn in read_json(value).turns] == [
        ("channel 0", "Hello there."),
        ("channel 1", "yes"),
        ("channel 0", "Hi, my bill."),
    ]


def test_assemblyai_rebuilds_turns_from_words_and_takes_a_role_map() -> None:
    transcripts, _ = read(SAMPLES["assemblyai"], options=ReadOptions(role_map=parse_role_map("A=agent")))
    assert said(transcripts[0]) == [("agent", "speaker A", "Hello"), ("unknown", "speaker B", "Hi.")]
    assert transcripts[0].turns[1].start_s == 0.9


def test_a_failed_assemblyai_job_is_refused() -> None:
    assert "could not transcribe" in fault(json.dumps({"id": "x", "status": "error", "error": "bad audio", "audio_url": "u", "text": None}))


def test_watson_joins_speakers_by_time_and_drops_hesitations() -> None:
    assert [(turn.speaker, turn.text) for turn in read_json(document("ibm_watson")).turns] == [
        ("speaker 0", "hello there"),
        ("speaker 1", "hi"),
    ]


def test_speechmatics_is_read_in_both_shapes() -> None:
    assert [(turn.speaker, turn.text) for turn in read_json(document("speechmatics")).turns] == [
        ("speaker S1", "Hello."),
        ("speaker S2", "Hi"),
    ]
    assert [(turn.speaker, turn.text) for turn in read_json(document("speechmatics-old")).turns] == [
        ("speaker F1", "Hello."),
        ("speaker M2", "Hi"),
    ]


def test_whisperx_segments_without_speaker_take_that_of_most_words() -> None:
    transcripts, reading = read(SAMPLES["whisper"])
    assert [turn.speaker for turn in transcripts[0].turns] == ["SPEAKER_00", "SPEAKER_01", None]
    assert reading.report.unknown_roles == 3
    assert any("several speakers" in warning for warning in reading.report.warnings)


def test_whisper_segments_without_times_take_them_from_words() -> None:
    value = {"segments": [{"text": "Hello there", "words": [{"word": "Hello"}, {"word": "there", "start": 0.5, "end": 0.9}]}]}
    (turn,) = read_json(value).turns
    assert (turn.start_s, turn.end_s) == (0.5, 0.9)


def test_knowledge_mining_markdown_is_split_and_a_bare_paragraph_is_refused() -> None:
    call = read_json(document("ms_knowledge_mining"))
    assert (call.id, roles(call)) == ("km-1", ["agent", "customer"])
    assert call.started_at == datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    assert "names no speakers" in fault(json.dumps({**document("ms_knowledge_mining"), "Content": "Hi, my name is Wren. I paid twice."}))


def test_abcd_actions_are_the_systems_and_splits_are_read() -> None:
    assert roles(read_json(document("abcd"))) == ["agent", "customer", "system"]
    transcripts, _ = read(json.dumps({"train": document("abcd"), "dev": [{"convo_id": 13, "original": [["agent", "Hi."]]}], "test": []}))
    assert [item.id for item in transcripts] == ["12", "13"]


def test_tweetsumm_summaries_are_read_once_with_role_unknown_and_a_warning() -> None:
    transcripts, reading = read(SAMPLES["tweetsumm"])
    assert said(transcripts[0]) == [
        ("unknown", "summary-customer", "Customer paid twice."),
        ("unknown", "summary-agent", "Agent asks for the number."),
    ]
    assert "summary-agent=agent" in reading.report.warnings[0]
    assert reading.report.skipped["summary of a further annotator"] == 1
