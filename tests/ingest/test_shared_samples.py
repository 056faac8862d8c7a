"""Real and documented files of every format: each is read right, or refused with the right reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cs_nlp.ingest import read_files
from cs_nlp.records import Channel

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared


class Expected(NamedTuple):
    """What a file gives: format, transcripts, turns by role, and a piece of a warning ("" for none)."""

    format: str
    transcripts: int
    roles: dict[str, int]
    warning: str = ""


READ = {
    "abcd_dialogues/abcd_sample.json": Expected("abcd", 3, {"agent": 32, "customer": 31, "system": 9}),
    "amazon_transcribe/03-speaker-identification.json": Expected("transcribe", 1, {"unknown": 7}),
    "amazon_transcribe/05-automatic-content-redaction-with-undredacted-redacted.json": Expected(
        "transcribe", 1, {"unknown": 6}, "speaker_labels"
    ),
    "amazon_transcribe/amazonTranscribe.sample.json": Expected("transcribe", 1, {"unknown": 34}, "speaker_labels"),
    "amazon_transcribe_call_analytics/example-call.json": Expected("transcribe_call_analytics", 1, {"agent": 19, "customer": 18}),
    "assemblyai/assemblyai_transcription.json": Expected("assemblyai", 1, {"unknown": 1}),
    "aws_pca_interim_results/pca-ui-testfile.json": Expected("post_call_analytics", 1, {"agent": 6, "customer": 6}),
    "ccai_insights_conversation/chat_0.json": Expected("google_insights", 1, {"agent": 7, "customer": 7}),
    "ccai_insights_conversation/readme_example.json": Expected("google_insights", 1, {"agent": 7, "customer": 7}),
    "contact_lens/awsdocs_chat_0.json": Expected("contact_lens", 1, {"agent": 15, "customer": 13, "system": 3}),
    "contact_lens/devkit_aws_transcript.json": Expected("contact_lens", 1, {"agent": 5, "customer": 5}),
    "deepgram/dg_speakers.json": Expected("deepgram", 1, {"unknown": 22}),
    "deepgram/dg_transcription.json": Expected("deepgram", 1, {"unknown": 1}, "no speakers"),
    "deepgram/dg_utterances.json": Expected("deepgram", 1, {"unknown": 6}, "no speakers"),
    "genesys_cloud/genesys_transcript.json": Expected("genesys_cloud", 1, {"customer": 3, "agent": 1}),
    "google_stt/gcpSttPunctuation.sample.json": Expected("google_speech", 1, {"unknown": 57}, "no speaker"),
    "google_stt/gcpSttSpeakerDiarization.sample.json": Expected("google_speech", 1, {"unknown": 31}),
    "ibm_watson_stt/ibmTedTalkTranscript.sample.json": Expected("ibm_watson", 1, {"unknown": 32}),
    "ms_ckm_json/convo_0b7ecd6e-f37c-4bcb-8ea5-4b48906d37c0_2025-12-05020000.json": Expected(
        "ms_knowledge_mining", 1, {"agent": 18, "customer": 17}
    ),
    "ms_ckm_json/convo_0df3c5bc-e6d6-499e-8811-24d80efeaefe_2025-12-06070000.json": Expected(
        "ms_knowledge_mining", 1, {"agent": 13, "customer": 12}
    ),
    "plain_text/fenic_transcript-1.txt": Expected("plain_text", 1, {"unknown": 65}),
    "plain_text/ko_speaker_prefix.txt": Expected("plain_text", 1, {"customer": 5, "agent": 4}),
    "speechmatics/speechmaticsTedTalkTranscript.sample.json": Expected("speechmatics", 1, {"unknown": 35}),
    "srt_speaker_prefix/fenic_transcript-1.srt": Expected("srt", 1, {"unknown": 58}),
    "tabular_multidogo/insurance_turn_dev.tsv": Expected("csv", 232, {"unknown": 1980}),
    "tweetsumm/final_test_tweetsum.jsonl": Expected("tweetsumm", 110, {"unknown": 220}, "summary-agent=agent"),
    "vcon/01-siprec-billing-dispute.json": Expected("vcon", 1, {"agent": 6, "customer": 5}),
    "vcon/02-siprec-vpn-support.json": Expected("vcon", 1, {"agent": 6, "customer": 5}),
    "vcon/03-siprec-followup-positive.json": Expected("vcon", 1, {"agent": 4, "customer": 3}),
    "vcon/05-teams-vpn-followup.json": Expected("vcon", 1, {"agent": 6, "unknown": 5}),
    "vcon/ietf_draft/ab_call_ext_rec_analysis.vcon": Expected("vcon", 1, {"unknown": 1}),
    "vcon/ietf_draft/ab_email_acct_prob_thread.vcon": Expected("vcon", 1, {"unknown": 2}),
    "vcon/ietf_draft/ab_email_prob_followup_text_thread.vcon": Expected("vcon", 1, {"unknown": 3}),
    "whisper/whisper_timestamped.json": Expected("whisper", 1, {"unknown": 4}, "no speakers"),
    "whisperx/fenic_whisper-transcript.json": Expected("whisper", 1, {"unknown": 243}, "several speakers"),
    "zoom_vtt/zoom_no_speakers.vtt": Expected("webvtt", 1, {"unknown": 26}),
}
TEAM_CHATS = {
    "chat_list_messages_0": (1, 1),
    "chatmessage_delta_0": (2, 2),
    "chatmessage_delta_1": (1, 2),
    "chatmessage_delta_2": (1, 2),
    "chatmessage_delta_3": (1, 1),
    "chatmessage_list_replies_0": (1, 3),
    "chats_getallmessages_0": (1, 1),
}
"""Transcripts and turns of answers of Graph."""
NO_WORDS = "neither text dialogs nor an analysis of type transcript"
REFUSED = {
    "README.md": "no line names its speaker",
    "MANIFEST.tsv": "",
    "aws_bda_audio/bda-custom.json": "custom output, which holds no transcript",
    "contact_lens/awsdocs_voice_0.json": "line 297: there is something after the end",
    "contact_lens/awsdocs_voice_1.json": "line 10: not valid JSON: expecting ',' delimiter at column 44",
    "ms_ckm_json/convo_32e38683-bbf7-407e-a541-09b37b77921d_2024-12-07_04_3A00_3A00.json": "names no speakers",
    "ms_ckm_json/convo_44c8a398-0fef-4217-8ec9-c01976fa8ae0_2024-12-08_08_3A00_3A00.json": "names no speakers",
    "vcon/ietf_draft/simple-vcon.vcon": "line 2: not valid JSON",
    "vcon/invalid/null_dialog_string_analysis.json": "dialog and analysis should be arrays",
    **{
        f"vcon/invalid/{name}.json": NO_WORDS
        for name in (
            *("bad_dialog_types", "bad_duration", "bad_mimetype", "bad_party_ref", "empty_vcon", "invalid_dialog_url"),
            *("missing_uuid_and_vcon_version", "out_of_range_party_indices"),
        )
    },
}


@pytest.mark.parametrize("name", READ)
def test_files_are_read_right(shared_dir: Path, name: str) -> None:
    expected = READ[name]
    (reading,) = read_files([shared_dir / "formats" / name])
    transcripts = list(reading)
    assert reading.error is None
    roles = Counter(turn.role.value for transcript in transcripts for turn in transcript.turns)
    assert (reading.report.format, len(transcripts), dict(roles)) == (expected.format, expected.transcripts, expected.roles)
    assert any(expected.warning in warning for warning in reading.report.warnings) if expected.warning else not reading.report.warnings


@pytest.mark.parametrize("name", TEAM_CHATS)
def test_team_chats_are_read_as_team_chat(shared_dir: Path, name: str) -> None:
    (reading,) = read_files([shared_dir / "formats" / "teams_graph_chat" / f"{name}.json"])
    transcripts = list(reading)
    assert reading.error is None
    assert (len(transcripts), sum(len(transcript.turns) for transcript in transcripts)) == TEAM_CHATS[name]
    assert {transcript.channel for transcript in transcripts} == {Channel.TEAM_CHAT}


@pytest.mark.parametrize("name", REFUSED)
def test_files_without_transcript_are_refused_with_the_reason(shared_dir: Path, name: str) -> None:
    (reading,) = read_files([shared_dir / "formats" / name])
    assert list(reading) == []
    assert REFUSED[name] in str(reading.error)


def test_no_file_is_left_out_of_these_tables(shared_dir: Path) -> None:
    folder = shared_dir / "formats"
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert present == {*READ, *REFUSED, *(f"teams_graph_chat/{name}.json" for name in TEAM_CHATS)}


def test_the_whole_folder_is_read_in_one_go_and_bad_files_stop_nobody(shared_dir: Path) -> None:
    readings = list(read_files([shared_dir / "formats"]))
    ids = [transcript.id for reading in readings for transcript in reading]
    assert len(ids) == len(set(ids)) == sum(item.transcripts for item in READ.values()) + sum(count for count, _ in TEAM_CHATS.values())
    assert sum(reading.error is not None for reading in readings) == len(REFUSED)
