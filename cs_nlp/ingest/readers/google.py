"""Google: CX Insights conversations and Speech-to-Text."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.times import from_epoch, offset_seconds
from cs_nlp.ingest.values import Object, as_list, as_object, as_text, number, objects
from cs_nlp.ingest.words import Stretch, Word, stretches
from cs_nlp.records import Role, Transcript

_ROLES = {
    "AGENT": Role.AGENT,
    "HUMAN_AGENT": Role.AGENT,
    "CUSTOMER": Role.CUSTOMER,
    "END_USER": Role.CUSTOMER,
    "AUTOMATED_AGENT": Role.BOT,
}
_REPEAT_SHARE = 0.8
"""A last result with at least this share of the words of all others repeats them: Speech-to-Text does so when it tells speakers apart."""


def read_conversation(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a conversation in the form that Insights imports (`entries`) or exports (`transcript.transcriptSegments`)."""
    root = as_object(value)
    draft = Draft(id=as_text(root.get("name")).rsplit("/", 1)[-1])
    for entry in objects(root.get("entries")):
        role = _ROLES.get(as_text(entry.get("role")).upper(), Role.UNKNOWN)
        user = as_text(entry.get("user_id"))
        intake.add(
            draft,
            intake.voice(user or None, role, user),
            as_text(entry.get("text")),
            at=from_epoch(entry.get("start_timestamp_usec"), 1e-6),
        )
    for segment in objects(as_object(root.get("transcript")).get("transcriptSegments")):
        person = as_object(segment.get("segmentParticipant"))
        role = _ROLES.get(as_text(person.get("role")).upper(), Role.UNKNOWN)
        channel = as_text(segment.get("channelTag"))
        speaker = as_text(person.get("userId")) or as_text(person.get("obfuscatedExternalUserId")) or channel
        words = list(objects(segment.get("words")))
        span = (offset_seconds(words[0].get("startOffset")), offset_seconds(words[-1].get("endOffset"))) if words else (None, None)
        voice = intake.voice(speaker or None, role, channel, f"channel {channel}")
        intake.add(draft, voice, as_text(segment.get("text")), span, intake.time(segment.get("messageTime")))
    draft.started_at = intake.time(root.get("startTime")) or next((turn.at for turn in draft.turns if turn.at), None)
    yield from intake.finish(draft)


def read_speech(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read recognised speech; a last result that repeats the whole call with speakers takes the place of the others."""
    root = as_object(value)
    results = list(objects(root.get("results") or as_object(root.get("response")).get("results")))
    draft = Draft()
    last = _words(results[-1]) if results else []
    if last and any(word.speaker for word in last) and len(results) > 1:
        others = sum(_length(result) for result in results[:-1])
        if len(last) >= _REPEAT_SHARE * others:
            intake.report.doubled += len(results) - 1
            results = results[-1:]
    if not any(word.speaker for result in results for word in _words(result)):
        intake.report.warn(
            "the words carry no speaker: read with role unknown; recognise the call with diarization or one channel a speaker"
        )
    for result in results:
        for stretch in _stretches(result):
            tag = stretch.speaker
            intake.add(
                draft, intake.voice(tag and f"speaker {tag}", Role.UNKNOWN, tag or ""), stretch.text, (stretch.start_s, stretch.end_s)
            )
    yield from intake.finish(draft)


def _best(result: Object) -> Object:
    return next(objects(result.get("alternatives")), {})


def _length(result: Object) -> int:
    best = _best(result)
    return len(as_list(best.get("words"))) or len(as_text(best.get("transcript")).split())


def _words(result: Object) -> list[Word]:
    channel = as_text(result.get("channelTag"))
    return [_word(word, channel) for word in objects(_best(result).get("words"))]


def _word(word: Object, channel: str) -> Word:
    tag = as_text(word.get("speakerLabel")) or as_text(word.get("speakerTag"))
    start = word.get("startTime", word.get("startOffset"))
    end = word.get("endTime", word.get("endOffset"))
    return Word(as_text(word.get("word")), _seconds(start), _seconds(end), (tag if tag != "0" else "") or channel or None)


def _seconds(value: object) -> float | None:
    """Seconds of `"12.9s"` or of `{"seconds": 12, "nanos": 900000000}`, in which zeros are left out."""
    if not isinstance(value, dict):
        return offset_seconds(value)
    return round((number(value.get("seconds")) or 0.0) + (number(value.get("nanos")) or 0.0) * 1e-9, 6)


def _stretches(result: Object) -> Iterator[Stretch]:
    words = _words(result)
    if words and any(word.speaker for word in words):
        yield from stretches(words)
        return
    text = as_text(_best(result).get("transcript"))
    if text.strip():
        yield Stretch(None, words[0].start_s if words else None, words[-1].end_s if words else None, [text])
    else:
        yield from stretches(words)


INSIGHTS = JsonFormat(
    name="google_insights",
    title="Google Customer Experience Insights conversation",
    recognised_by="`entries[]` with `text` and `role`, or `transcript.transcriptSegments[]`",
    taken="turns, roles, user ids, times",
    not_taken="annotations; agent and queue are not in this file: use a side file",
    needs=("entries[].text|transcript.transcriptSegments[].text", "entries[].role|transcript.transcriptSegments[]"),
    read=read_conversation,
)
SPEECH = JsonFormat(
    name="google_speech",
    title="Google Speech-to-Text",
    recognised_by="`results[].alternatives[]` with `words` or `transcript`, and no `timestamps`",
    taken="words put together by speaker tag or channel, times; a last result that repeats all others with speakers is counted once",
    not_taken="confidence, further alternatives; roles are not in this file: use a role map",
    needs=("results[].alternatives[].words[].word|results[].alternatives[].transcript|response.results[].alternatives[]",),
    lacks=("results[].alternatives[].timestamps", "result_index", "results[].final", "results[].type"),
    read=read_speech,
)
