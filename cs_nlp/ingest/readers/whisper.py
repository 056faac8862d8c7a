"""Whisper and its kin: OpenAI Whisper, faster-whisper, whisper-timestamped, WhisperX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.readers.recognisers import NO_SPEAKERS
from cs_nlp.ingest.values import Object, as_object, as_text, number, objects
from cs_nlp.records import Transcript


def read(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read segments; a segment without a speaker takes the one that most of its words carry."""
    root = as_object(value)
    draft = Draft()
    named, mixed = 0, 0
    for segment in objects(root.get("segments")):
        votes = _votes(segment)
        speaker = as_text(segment.get("speaker")) or (votes.most_common(1)[0][0] if votes else "")
        named += bool(speaker)
        mixed += len(votes) > 1
        text = as_text(segment.get("text")) or " ".join(as_text(word.get("word")).strip() for word in objects(segment.get("words")))
        intake.add(draft, intake.voice(speaker or None), text, _span(segment))
    if not named:
        intake.report.warn(NO_SPEAKERS)
    if mixed:
        intake.report.warn(
            f"{mixed} segments hold words of several speakers; each has the segment's speaker, else that of most of its words"
        )
    yield from intake.finish(draft)


def _votes(segment: Object) -> Counter[str]:
    return Counter(label for word in objects(segment.get("words")) if (label := as_text(word.get("speaker"))))


def _span(segment: Object) -> tuple[float | None, float | None]:
    """The segment's times, else those of its first and last words that have any."""
    words = list(objects(segment.get("words")))
    starts = [number(segment.get("start")), *(number(word.get("start")) for word in words)]
    ends = [number(segment.get("end")), *(number(word.get("end")) for word in reversed(words))]
    return next((start for start in starts if start is not None), None), next((end for end in ends if end is not None), None)


FORMAT = JsonFormat(
    name="whisper",
    title="Whisper, WhisperX, whisper-timestamped, faster-whisper",
    recognised_by="`segments[]` with `text`, `start` and `end`",
    taken="segments, speakers of segments or of most of their words, times",
    not_taken="words, probabilities; roles are not in this file: use a role map such as SPEAKER_00=agent",
    needs=("segments[].text|segments[].words[].word", "segments[].start|segments[].words[].start"),
    read=read,
)
