"""WebVTT and SRT: Teams voice tags, Zoom prefixes, numbered cues, old headers, times in every state."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cs_nlp.errors import IngestError
from cs_nlp.ingest.formats import TextFormat, Verdict
from cs_nlp.ingest.intake import Draft, Intake
from cs_nlp.ingest.labels import Labelled, accepted_labels, match_label
from cs_nlp.ingest.source import Source, read_text
from cs_nlp.records import Transcript

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d{1,6})?)"
_TIMING = re.compile(rf"^[ \t]*{_TIME}[ \t]*--+>?[ \t]*(?:{_TIME})?[^\n]*", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t]+(?=\n)")
_VTT_HEADER = re.compile(r"\s*WEBVTT(?:[ \t-][^\n]*)?(?:\n|$)", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?(?:[ \t\n]+([^<>]{0,300}))?>(.*?)(?:</v>|(?=<v[.\s>])|$)", re.DOTALL)
_TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[.\s][^<>]{0,300})?>|<[\d:.]{1,20}>")
_LABEL_ONLY = re.compile(r"\s*([^:\n]{1,60}):\s*")
_MID_SENTENCE = frozenset(",;'\u2019-\u2013_")
_PREFIX_CHARS = 70
JOIN_CHARS = 600
"""A turn that is put together from cues of one speaker ends when it is longer than this."""
JOIN_GAP_S = 2.0
"""Cues further apart than this are not joined."""


@dataclass(slots=True)
class Cue:
    """A stretch of a caption file said by one speaker.

    Attributes:
        speaker: of a voice tag or prefix, "" where the file shows none.
        tagged: whether the speaker stands in a voice tag.
        text: the words, without tags.
        start_s, end_s: seconds, or None where the file has none.
    """

    speaker: str
    tagged: bool
    text: str
    start_s: float | None
    end_s: float | None


def recognise_vtt(head: str, intake: Intake) -> Verdict:  # noqa: ARG001 - one signature for all text formats
    """WebVTT begins with its name, in any case."""
    return Verdict(found=1) if _VTT_HEADER.match(head) else Verdict()


def recognise_srt(head: str, intake: Intake) -> Verdict:  # noqa: ARG001 - one signature for all text formats
    """SRT has timing lines near its top and no header."""
    if _VTT_HEADER.match(head):
        return Verdict()
    lines = [line for line in head.lstrip()[:2000].splitlines() if line.strip()][:3]
    return Verdict(found=1) if any(_TIMING.fullmatch(line) for line in lines) else Verdict()


def read_vtt(source: Source, intake: Intake) -> Iterator[Transcript]:
    """Read a WebVTT file as one transcript."""
    yield from _read(source, intake, is_vtt=True)


def read_srt(source: Source, intake: Intake) -> Iterator[Transcript]:
    """Read an SRT file as one transcript; a speaker, once named, goes on until the next one is."""
    yield from _read(source, intake, is_vtt=False)


def _read(source: Source, intake: Intake, *, is_vtt: bool) -> Iterator[Transcript]:
    text = _BLANK_LINE.sub("\n", read_text(source).replace("\r\n", "\n").replace("\r", "\n"))
    cues: list[Cue] = []
    open_ended = False
    for timing, payload in _payloads(text, intake, is_vtt=is_vtt):
        hours, minutes, seconds, end_hours, end_minutes, end_seconds = timing.groups()
        end = _seconds(end_hours, end_minutes, end_seconds)
        open_ended = open_ended or end is None
        _split_voices(payload, _seconds(hours, minutes, seconds), end, cues)
    if not cues:
        raise IngestError("the file holds no cues; expected captions with times and words", path=source.name)
    if open_ended:
        intake.report.warn("some cues have no end time; their words are read, their ends left open")
    _read_prefixes(cues)
    draft = Draft()
    for cue in _joined(cues):
        intake.add(draft, intake.voice(cue.speaker or None), cue.text, (cue.start_s, cue.end_s))
    yield from intake.finish(draft)


def _payloads(text: str, intake: Intake, *, is_vtt: bool) -> Iterator[tuple[re.Match[str], str]]:
    """The timing line and the words of each cue: what stands between two timing lines, without the identifier before the second."""
    timing: re.Match[str] | None = None
    for following in _TIMING.finditer(text):
        if timing is not None:
            yield timing, _words(text[timing.end() + 1 : following.start()], intake, is_vtt=is_vtt, is_last=False)
        timing = following
    if timing is not None:
        yield timing, _words(text[timing.end() + 1 :], intake, is_vtt=is_vtt, is_last=True)


def _words(between: str, intake: Intake, *, is_vtt: bool, is_last: bool) -> str:
    """The words of a cue.

    After a blank line comes the identifier of the next cue. Whatever stands between them belongs to the cue in SRT (paragraphs);
    in WebVTT it is a note, a style, or nobody's.
    """
    words, blank, rest = between.partition("\n\n")
    if not blank and not is_last:
        words, _, identifier = words.rstrip("\n").rpartition("\n")
        return words if identifier.isdigit() else f"{words}\n{identifier}"
    if "\n" not in rest.strip("\n") and not is_last:
        return words
    blocks = [block for block in rest.strip("\n").split("\n\n") if block.strip()]
    if not is_last and blocks:
        last, _, identifier = blocks.pop().rpartition("\n")
        if last or not (is_vtt or identifier.isdigit()):
            blocks.append(last if identifier.isdigit() else f"{last}\n{identifier}")
    if not is_vtt:
        return "\n".join((words, *blocks))
    lost = sum(1 for block in blocks if not block.lstrip().startswith(("NOTE", "STYLE", "REGION")))
    if lost:
        intake.skip("text outside cues", lost)
    return words


def _seconds(hours: str | None, minutes: str | None, seconds: str) -> float | None:
    if minutes is None:
        return None
    found = float(seconds.replace(",", ".")) + int(minutes) * 60
    return round(found + int(hours) * 3600, 6) if hours else round(found, 6)


def _split_voices(payload: str, start: float | None, end: float | None, cues: list[Cue]) -> None:
    """Add a cue for each voice of a payload."""
    if "<" not in payload:
        cues.append(Cue("", False, _plain(payload), start, end))
        return
    if payload.startswith("<v ") and payload.count("<") == 1 + payload.endswith("</v>"):
        name, _, words = payload[3:].partition(">")
        if not words.removesuffix("</v>").endswith(":"):
            cues.append(Cue(_plain(name), True, _plain(words.removesuffix("</v>")), start, end))
            return
    at, named = 0, ""
    for match in _VOICE.finditer(payload):
        before = _plain(payload[at : match.start()])
        if before:
            cues.append(Cue(named, bool(named), before, start, end))
        speaker = _plain(match[1] or "")
        label = _LABEL_ONLY.fullmatch(_plain(match[2]))
        named = label[1].strip() if label else ""
        if label is None:
            cues.append(Cue(speaker, bool(speaker), _plain(match[2]), start, end))
        at = match.end()
    rest = _plain(payload[at:])
    if rest or not at:
        cues.append(Cue(named, bool(named), rest, start, end))


def _plain(text: str) -> str:
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return text.replace("\n", " ").strip() if "\n" in text else text.strip()


def _read_prefixes(cues: list[Cue]) -> None:
    """Move `Name: ` from the words to the speaker, where the file as a whole shows that it names speakers so.

    A cue without name goes on with the speaker before, in files that name speakers by prefix.
    """
    found = [None if cue.tagged else _prefix(cue.text) for cue in cues]
    accepted = accepted_labels((candidate for candidate in found if candidate), len(cues))
    current = ""
    for cue, candidate in zip(cues, found, strict=True):
        if cue.tagged:
            current = ""
        elif candidate is not None and candidate.label.casefold() in accepted:
            cue.speaker = current = candidate.label
            cue.text = candidate.text
        else:
            cue.speaker = current


def _prefix(text: str) -> Labelled | None:
    begin = text[:_PREFIX_CHARS]
    return match_label(text) if ":" in begin or "\uff1a" in begin else None


def _joined(cues: list[Cue]) -> Iterator[Cue]:
    """Cues of one named speaker that were cut in the middle of a sentence, put together again."""
    last: Cue | None = None
    for cue in cues:
        if last is not None and _goes_on(last, cue):
            last.text = f"{last.text} {cue.text}"
            last.end_s = cue.end_s
            continue
        if last is not None:
            yield last
        last = cue
    if last is not None:
        yield last


def _goes_on(last: Cue, cue: Cue) -> bool:
    if not last.speaker or last.speaker != cue.speaker or not last.text or not cue.text or len(last.text) > JOIN_CHARS:
        return False
    mark = last.text[-1]
    if not mark.isalnum() and mark not in _MID_SENTENCE:
        return False
    return last.end_s is not None and cue.start_s is not None and cue.start_s - last.end_s <= JOIN_GAP_S


VTT = TextFormat(
    name="webvtt",
    title="WebVTT (Microsoft Teams, Zoom, others)",
    recognised_by="`WEBVTT` at the start, in any case",
    taken="words, times, speakers from voice tags or `Name: ` prefixes; cues of one speaker that break a sentence are joined",
    not_taken="notes, styles, positions; a file without speakers is read with role unknown",
    recognise=recognise_vtt,
    read=read_vtt,
)
SRT = TextFormat(
    name="srt",
    title="SubRip (SRT)",
    recognised_by="timing lines `00:00:01,000 --> 00:00:02,000` without a header",
    taken="words, times, speakers from `Name: ` prefixes, carried on until the next name",
    not_taken="formatting tags; a file without speakers is read with role unknown",
    recognise=recognise_srt,
    read=read_srt,
)
