"""Speech recognisers: Deepgram, AssemblyAI, IBM Watson, Speechmatics. None of them knows roles."""

from __future__ import annotations

from collections.abc import Iterator

from cs_nlp.ingest.formats import JsonFormat
from cs_nlp.ingest.intake import Draft, Intake, Voice
from cs_nlp.ingest.values import Object, as_list, as_object, as_text, from_milliseconds, number, objects
from cs_nlp.ingest.words import Word, in_order, stretches
from cs_nlp.records import Role, Transcript

NO_SPEAKERS = "the file names no speakers: read with role unknown; recognise the call with diarization or one channel a speaker"


def _numbered(label: str | None, kind: str, intake: Intake) -> Voice:
    """The voice of a numbered speaker or channel; a role map may name it `0`, `speaker 0` or `speaker_0`."""
    if not label:
        return intake.voice(None)
    return intake.voice(f"{kind} {label}", Role.UNKNOWN, label, f"{kind}_{label}")


def _add_words(draft: Draft, words: list[Word], kind: str, intake: Intake) -> None:
    if all(word.speaker is None for word in words):
        intake.report.warn(NO_SPEAKERS)
    for stretch in stretches(words):
        intake.add(draft, _numbered(stretch.speaker, kind, intake), stretch.text, (stretch.start_s, stretch.end_s))


def read_deepgram(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a Deepgram answer: utterances where they name speakers, else words."""
    root = as_object(value)
    draft = Draft(id=as_text(as_object(root.get("metadata")).get("request_id")))
    add_deepgram(root, draft, intake)
    yield from intake.finish(draft)


def add_deepgram(root: Object, draft: Draft, intake: Intake) -> None:
    """Add the turns of a Deepgram answer to a transcript in the making."""
    results = as_object(root.get("results"))
    channels = list(objects(results.get("channels")))
    by_channel = len(channels) > 1
    utterances = list(objects(results.get("utterances")))
    named = any("speaker" in utterance for utterance in utterances)
    words = [word for place, channel in enumerate(channels) for word in _deepgram_words(channel, str(place) if by_channel else None)]
    if utterances and (by_channel or named or not any(word.speaker for word in words)):
        if not by_channel and not named:
            intake.report.warn(NO_SPEAKERS)
        for item in utterances:
            label, kind = (item.get("channel"), "channel") if by_channel else (item.get("speaker"), "speaker")
            span = (number(item.get("start")), number(item.get("end")))
            intake.add(draft, _numbered(as_text(label), kind, intake), as_text(item.get("transcript")), span)
        return
    _add_words(draft, in_order(words) if by_channel else words, "channel" if by_channel else "speaker", intake)
    if not draft.turns:
        for place, channel in enumerate(channels):
            best = next(objects(channel.get("alternatives")), {})
            intake.add(draft, _numbered(str(place) if by_channel else None, "channel", intake), as_text(best.get("transcript")))


def _deepgram_words(channel: Object, label: str | None) -> Iterator[Word]:
    best = next(objects(channel.get("alternatives")), {})
    for word in objects(best.get("words")):
        text = as_text(word.get("punctuated_word")) or as_text(word.get("word"))
        yield Word(text, number(word.get("start")), number(word.get("end")), label or as_text(word.get("speaker")) or None)


def read_assemblyai(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read an AssemblyAI transcript: utterances, else words, else the text alone."""
    root = as_object(value)
    draft = Draft(id=as_text(root.get("id")))
    for item in objects(root.get("utterances")):
        label = as_text(item.get("speaker")) or as_text(item.get("channel"))
        span = (from_milliseconds(item.get("start")), from_milliseconds(item.get("end")))
        intake.add(draft, _numbered(label, "speaker", intake), as_text(item.get("text")), span)
    if not draft.turns:
        words = [_assembly_word(word) for word in objects(root.get("words"))]
        _add_words(draft, words, "speaker", intake)
    if not draft.turns:
        intake.add(draft, intake.voice(None), as_text(root.get("text")))
    yield from intake.finish(draft)


def _assembly_word(word: Object) -> Word:
    speaker = as_text(word.get("speaker")) or as_text(word.get("channel")) or None
    return Word(as_text(word.get("text")), from_milliseconds(word.get("start")), from_milliseconds(word.get("end")), speaker)


def read_watson(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read IBM Watson results, whether or not a wrapper with an id stands around them."""
    root = as_object(value)
    draft = Draft(id=as_text(root.get("id")))
    wrapped = [item for item in objects(root.get("results")) if "results" in item]
    words = [word for answer in wrapped or [root] for word in _watson_words(answer)]
    _add_words(draft, words, "speaker", intake)
    yield from intake.finish(draft)


def _watson_words(answer: Object) -> Iterator[Word]:
    speakers = {number(label.get("from")): as_text(label.get("speaker")) for label in objects(answer.get("speaker_labels"))}
    for result in objects(answer.get("results")):
        best = next(objects(result.get("alternatives")), {})
        stamps = [as_list(stamp) for stamp in as_list(best.get("timestamps"))]
        if not stamps:
            yield Word(as_text(best.get("transcript")))
        for word, start, end in (stamp[:3] for stamp in stamps if len(stamp) > 2):  # noqa: PLR2004 - word, start, end
            text = as_text(word)
            if not text.startswith("%"):  # %HESITATION and its kin are no words
                yield Word(text, number(start), number(end), speakers.get(number(start)) or None)


def read_speechmatics(value: object, intake: Intake) -> Iterator[Transcript]:
    """Read a Speechmatics transcript, of the old (`words`, `speakers`) or the present (`results`) shape."""
    root = as_object(value)
    job = as_object(root.get("job"))
    draft = Draft(id=as_text(job.get("id")))
    words = [_result_word(item) for item in objects(root.get("results"))] or list(_old_words(root))
    _add_words(draft, words, "speaker", intake)
    yield from intake.finish(draft)


def _result_word(item: Object) -> Word:
    best = next(objects(item.get("alternatives")), {})
    mark = item.get("type") == "punctuation"
    speaker = as_text(best.get("speaker")) or as_text(item.get("channel"))
    known = speaker if speaker and speaker != "UU" and not mark else None
    return Word(as_text(best.get("content")), number(item.get("start_time")), number(item.get("end_time")), known, mark)


def _old_words(root: Object) -> Iterator[Word]:
    turns = [(number(turn.get("time")) or 0.0, as_text(turn.get("name"))) for turn in objects(root.get("speakers"))]
    turns.sort(key=lambda turn: turn[0])
    place = -1
    for word in objects(root.get("words")):
        start, lasts = number(word.get("time")), number(word.get("duration"))
        while place + 1 < len(turns) and start is not None and turns[place + 1][0] <= start:
            place += 1
        text = as_text(word.get("name"))
        mark = text in {".", ",", "?", "!"}
        end = None if start is None or lasts is None else round(start + lasts, 6)
        speaker = turns[place][1] if place >= 0 and not mark else ""
        yield Word(text, start, end, speaker if speaker != "UU" and speaker else None, mark)


DEEPGRAM = JsonFormat(
    name="deepgram",
    title="Deepgram",
    recognised_by="`results.channels[].alternatives[]`",
    taken="utterances or words put together by speaker or channel, times, request id",
    not_taken="confidence, further alternatives, summaries; roles are not in this file: use a role map such as 0=agent",
    needs=("results.channels[].alternatives[].transcript|results.channels[].alternatives[].words",),
    read=read_deepgram,
)
ASSEMBLYAI = JsonFormat(
    name="assemblyai",
    title="AssemblyAI",
    recognised_by="`words[]` with `text` in milliseconds beside `audio_url` and `status`",
    taken="utterances, or words put together by speaker, times, id",
    not_taken="confidence, chapters, entities; roles are not in this file: use a role map such as A=agent",
    needs=("status", "text|words[].text|utterances[].text", "audio_url|audio_duration|acoustic_model|speech_model"),
    refuses=(("error", "AssemblyAI could not transcribe this call: the file holds its error, no words"),),
    read=read_assemblyai,
)
WATSON = JsonFormat(
    name="ibm_watson",
    title="IBM Watson Speech to Text",
    recognised_by="`results[].alternatives[].timestamps`, or `result_index`, or `results[].final`",
    taken="words put together by speaker label, times",
    not_taken="confidence, hesitation marks; roles are not in this file: use a role map such as 0=agent",
    needs=(
        "results[].alternatives[].transcript|results[].results[].alternatives[].transcript",
        "results[].alternatives[].timestamps|results[].results[].alternatives[].timestamps|result_index|results[].final",
    ),
    read=read_watson,
)
SPEECHMATICS = JsonFormat(
    name="speechmatics",
    title="Speechmatics",
    recognised_by="`results[]` with `type` and `alternatives[].content`, or `words[]` with `name` and `time` beside `job`",
    taken="words put together by speaker, times, job id",
    not_taken="confidence, entities; roles are not in this file: use a role map such as S1=agent",
    needs=("results[].alternatives[].content|words[].name", "results[].type|words[].time", "job|metadata|format"),
    read=read_speechmatics,
)
