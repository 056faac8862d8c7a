"""Amazon: Transcribe with speaker or channel labels, Post Call Analytics, Bedrock Data Automation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.html_text import html_to_text
from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.times import parse_time
from cs_nlp.ingest.values import Object, as_object, as_text, from_milliseconds, number, objects
from cs_nlp.ingest.words import Word, in_order, stretches
from cs_nlp.records import Role, Transcript


def read_transcribe(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a Transcribe job: words grouped by the speaker or channel that the job found."""
    root = as_object(value)
    results = as_object(root.get("results"))
    draft = Draft(id=as_text(root.get("jobName")))
    channels = list(objects(as_object(results.get("channel_labels")).get("channels")))
    if channels:
        words = [word for channel in channels for word in _words(channel.get("items"), {}, as_text(channel.get("channel_label")))]
        words = in_order(words)
    else:
        words = list(_words(results.get("items"), _speaker_by_start(results), None))
    if all(word.speaker is None for word in words):
        intake.report.warn(
            "the job has neither speaker_labels nor channel_labels: read with role unknown; run it with speaker or channel identification"
        )
    for stretch in stretches(words):
        intake.add(draft, intake.voice(stretch.speaker), stretch.text, (stretch.start_s, stretch.end_s))
    yield from intake.finish(draft)


def _speaker_by_start(results: Object) -> dict[str, str]:
    segments = objects(as_object(results.get("speaker_labels")).get("segments"))
    return {
        as_text(item.get("start_time")): as_text(item.get("speaker_label"))
        for segment in segments
        for item in objects(segment.get("items"))
    }


def _words(items: object, speakers: dict[str, str], channel: str | None) -> Iterator[Word]:
    for item in objects(items):
        best = next(objects(item.get("alternatives")), {})
        start = as_text(item.get("start_time"))
        speaker = channel or as_text(item.get("speaker_label")) or speakers.get(start) or as_text(item.get("channel_label")) or None
        mark = item.get("type") == "punctuation"
        yield Word(as_text(best.get("content")), number(start), number(item.get("end_time")), None if mark else speaker, mark)


def read_post_call(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a Post Call Analytics interim file, the only one of Amazon's that names agent and start."""
    root = as_object(value)
    head = as_object(root.get("ConversationAnalytics"))
    draft = Draft(id=_said(head.get("GUID")), agent=_said(head.get("Agent")) or None, started_at=_local_time(head, intake))
    shown = {as_text(label.get("Speaker")): as_text(label.get("DisplayText")) for label in objects(head.get("SpeakerLabels"))}
    for segment in objects(root.get("SpeechSegments")):
        speaker = as_text(segment.get("SegmentSpeaker"))
        text = as_text(segment.get("DisplayText")) or as_text(segment.get("OriginalText"))
        span = (number(segment.get("SegmentStartTime")), number(segment.get("SegmentEndTime")))
        intake.add(draft, intake.voice(shown.get(speaker) or speaker or None, Role.UNKNOWN, speaker), html_to_text(text), span)
    yield from intake.finish(draft)


def _said(value: object) -> str:
    """A text that Python wrote; it writes `None` for what it does not know."""
    text = as_text(value)
    return "" if text == "None" else text


def _local_time(head: Object, intake: Intake) -> datetime | None:
    try:
        zone = ZoneInfo(as_text(head.get("ConversationLocation")) or "invalid")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return intake.time(head.get("ConversationTime"))
    return parse_time(head.get("ConversationTime"), zone)


def read_bedrock(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read Bedrock Data Automation's standard output for audio."""
    root = as_object(value)
    metadata = as_object(root.get("metadata"))
    draft = Draft(id=as_text(metadata.get("asset_id")) if metadata.get("asset_id") != "0" else "")
    for segment in objects(root.get("audio_segments")):
        speaker, channel = as_object(segment.get("speaker")), as_object(segment.get("channel"))
        label = next(
            (as_text(found) for found in (speaker.get("speaker_label"), speaker.get("speaker_id"), speaker.get("speaker_name")) if found),
            "",
        )
        heard = as_text(channel.get("channel_label")) or as_text(channel.get("channel_id"))
        span = (from_milliseconds(segment.get("start_timestamp_millis")), from_milliseconds(segment.get("end_timestamp_millis")))
        intake.add(draft, intake.voice(label or heard or None, Role.UNKNOWN, heard), as_text(segment.get("text")), span)
    yield from intake.finish(draft)


TRANSCRIBE = JsonFormat(
    name="transcribe",
    title="Amazon Transcribe",
    recognised_by="`results.items[]` with `alternatives[].content` and `results.transcripts[]`",
    taken="words put together by speaker or channel label, times, job name as id",
    not_taken="confidence, alternatives; the job knows no roles: use a role map; without labels the role stays unknown",
    needs=(
        "results.items[].alternatives[].content|results.channel_labels.channels[].items[].alternatives[].content",
        "results.transcripts[]|results.speaker_labels|results.channel_labels",
    ),
    read=read_transcribe,
)
POST_CALL = JsonFormat(
    name="post_call_analytics",
    title="Amazon Transcribe Post Call Analytics, interim file",
    recognised_by="`SpeechSegments[]` and `ConversationAnalytics`",
    taken="segments, roles where the speaker labels state them, times, agent, start (in the call's own zone where it is named)",
    not_taken="sentiment, entities, categories",
    needs=("SpeechSegments[].SegmentSpeaker", "ConversationAnalytics"),
    read=read_post_call,
)
BEDROCK = JsonFormat(
    name="bedrock_audio",
    title="Amazon Bedrock Data Automation, audio, standard output",
    recognised_by="`audio_segments[]` with `text`",
    taken="segments, speaker and channel labels, times",
    not_taken="items, topics, summaries; custom output (`inference_result`) holds no transcript and is refused",
    needs=("audio_segments[].text", "metadata|audio_items|audio"),
    refuses=(
        (
            "inference_result",
            "this is Bedrock Data Automation's custom output, which holds no transcript; take the standard output, with audio_segments",
        ),
    ),
    read=read_bedrock,
)
