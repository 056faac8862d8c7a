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

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,6}))?"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*--+>?[ \t]*(?:{_TIME})?[^\n]*")
_VTT_HEADER = re.compile(r"\s*WEBVTT(?:[ \t-][^\n]*)?(?:\n|$)", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?(?:[ \t\n]+([^<>]{0,300}))?>(.*?)(?:</v>|(?=<v[.\s>])|$)", re.DOTALL)
_TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[.\s][^<>]{0,300})?>|<[\d:.]{1,20}>")
_LABEL_ONLY = re.compile(r"\s*([^:\n]{1,60}):\s*")
_MID_SENTENCE = re.compile(r"[\w,;'\u2019\-\u2013]$")
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
    text = read_text(source).replace("\r\n", "\n").replace("\r", "\n")
    cues = [cue for start, end, payload in _blocks(text, intake, is_vtt=is_vtt) for cue in _split_voices(payload, start, end)]
    if not cues:
        raise IngestError("the file holds no cues; expected captions with times and words", path=source.name)
    _read_prefixes(cues)
    draft = Draft()
    for cue in _joined(cues):
        intake.add(draft, intake.voice(cue.speaker or None), cue.text, (cue.start_s, cue.end_s))
    yield from intake.finish(draft)


def _blocks(text: str, intake: Intake, *, is_vtt: bool) -> Iterator[tuple[float | None, float | None, str]]:
    """Start, end and words of each cue. In SRT, words after a blank line belong to the cue before; in WebVTT they are nobody's."""
    timing: tuple[float | None, float | None] | None = None
    parts: list[str] = []
    for block in re.split(r"\n[ \t]*\n\s*", text):
        head, arrow, payload = _cut_timing(block)
        if arrow is None:
            if timing is not None and not is_vtt:
                parts.append(block)
            elif timing is not None and not block.startswith(("NOTE", "STYLE", "REGION")) and block.strip():
                intake.skip("text outside cues")
            continue
        if timing is not None:
            yield *timing, "\n".join(parts)
        if arrow[5] is None and arrow[6] is None:
            intake.report.warn("some cues have no end time; their words are read, their ends left open")
        timing = (_seconds(arrow, 1), _seconds(arrow, 5))
        parts = [payload]
        if head.count("\n") > 1 and not is_vtt:
            intake.skip("text outside cues")
    if timing is not None:
        yield *timing, "\n".join(parts)


def _cut_timing(block: str) -> tuple[str, re.Match[str] | None, str]:
    """The lines before a block's timing line, the timing line, and its words."""
    at = block.find("--")
    while at >= 0:
        begin = block.rfind("\n", 0, at) + 1
        end = block.find("\n", at)
        end = len(block) if end < 0 else end
        match = _TIMING.fullmatch(block, begin, end)
        if match is not None:
            return block[:begin], match, block[end + 1 :]
        at = block.find("--", end)
    return block, None, ""


def _seconds(match: re.Match[str], first: int) -> float | None:
    hours, minutes, seconds, fraction = match.group(first, first + 1, first + 2, first + 3)
    if minutes is None:
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return float(whole) if fraction is None else round(whole + int(fraction) / 10 ** len(fraction), 6)


def _split_voices(payload: str, start: float | None, end: float | None) -> Iterator[Cue]:
    if "<v" not in payload:
        yield Cue("", False, _plain(payload), start, end)
        return
    at, named = 0, ""
    for match in _VOICE.finditer(payload):
        before = _plain(payload[at : match.start()])
        if before:
            yield Cue(named, bool(named), before, start, end)
        speaker = _plain(match[1] or "")
        label = _LABEL_ONLY.fullmatch(_plain(match[2]))
        named = label[1].strip() if label else ""
        if label is None:
            yield Cue(speaker, bool(speaker), _plain(match[2]), start, end)
        at = match.end()
    rest = _plain(payload[at:])
    if rest:
        yield Cue(named, bool(named), rest, start, end)


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
    if last.end_s is None or cue.start_s is None or cue.start_s - last.end_s > JOIN_GAP_S:
        return False
    return _MID_SENTENCE.search(last.text) is not None


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
