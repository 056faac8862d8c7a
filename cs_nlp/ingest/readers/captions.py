"""WebVTT and SRT: Teams voice tags, Zoom prefixes, numbered cues, old headers, times in every state."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from cs_nlp.errors import IngestError
from cs_nlp.ingest.formats import TextFormat, Verdict
from cs_nlp.ingest.intake import Draft, Intake, Span
from cs_nlp.ingest.labels import Labelled, accepted_labels, match_label
from cs_nlp.ingest.source import Source, read_text
from cs_nlp.records import Transcript

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2}(?:[.,]\d{1,6})?)"
_TIMING = re.compile(rf"^[ \t]*{_TIME}[ \t]*--+>?[ \t]*(?:{_TIME})?[^\n]*", re.MULTILINE)
_STANDARD_TIME = r"(\d\d:\d\d):(\d\d)[.,](\d\d\d)"
_STANDARD = re.compile(rf"^(.+\n|){_STANDARD_TIME} --> {_STANDARD_TIME}(.*)\n(.+(?:\n.+)*)\n\n", re.MULTILINE)
_STANDARD_CHARS = len("00:00:00.000 --> 00:00:00.000\n\n\n")
_BLANK_LINE = re.compile(r"\n[ \t]+(?=\n)")
_VTT_HEADER = re.compile(r"\s*WEBVTT(?:[ \t-][^\r\n]*)?(?:[\r\n]|$)", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?(?:[ \t\n]+([^<>]{0,300}))?>(.*?)(?:</v>|(?=<v[.\s>])|$)", re.DOTALL)
_ONE_VOICE = re.compile(r"<v ([^<>&\n]{0,300})>([^<>]*[^<>:\s])(?:</v>)?\s*")
_TAG = re.compile(r"</?(?:[cibuv]|ruby|rt|lang|font)(?:[.\s][^<>]{0,300})?>|<[\d:.]{1,20}>")
_LABEL_ONLY = re.compile(r"\s*([^:\n]{1,60}):\s*")
_MID_SENTENCE = frozenset(",;'\u2019-\u2013_")
_PREFIX_CHARS = 70
JOIN_CHARS = 600
"""A turn that is put together from cues of one speaker ends when it is longer than this."""
JOIN_GAP_S = 2.0
"""Cues further apart than this are not joined."""


_Cue: TypeAlias = tuple[str, float | None, float | None]
"""What stands below a timing line, and its times in seconds."""
_Said: TypeAlias = tuple[str | None, str, float | None, float | None]
"""A stretch of a cue said by one voice: the name in its voice tag (None where it has none), the words without tags, and the cue's times."""


class _Minutes(dict[str, int]):
    """Milliseconds of hours and minutes such as `01:02`; a file has few of them."""

    def __missing__(self, clock: str) -> int:
        self[clock] = found = int(clock[:2]) * 3_600_000 + int(clock[3:]) * 60_000
        return found


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
    said: list[_Said] = []
    for cue in _standard_cues(text, is_vtt=is_vtt) or _cues(text, intake, is_vtt=is_vtt):
        if "<" in cue[0]:
            _split_voices(cue, said)
        else:
            said.append((None, _plain(cue[0]), cue[1], cue[2]))
    if not said:
        raise IngestError("the file holds no cues; expected captions with times and words", path=source.name)
    if any(end is None for _, _, _, end in said):
        intake.report.warn("some cues have no end time; their words are read, their ends left open")
    draft = Draft()
    for speaker, words, span in _turns(_with_speakers(said)):
        intake.add(draft, intake.voice(speaker or None), words, span)
    yield from intake.finish(draft)


def _standard_cues(text: str, *, is_vtt: bool) -> list[_Cue]:
    """The cues of a file that holds nothing but cues as the standard shows them, which is quick; of any other file, none."""
    start = text.find("\n\n") + 2 if is_vtt else 0
    body = text[start:].strip("\n") + "\n\n"
    found = _STANDARD.findall(body)
    taken = sum([len(cue[0]) + len(cue[7]) + len(cue[8]) for cue in found]) + _STANDARD_CHARS * len(found)
    if taken != len(body) or "--" in text[:start]:
        return []
    if body.count("--") != len(found) and any(_TIMING.search(cue[0]) or _TIMING.search(cue[8]) for cue in found):
        return []
    minutes = _Minutes()
    return [
        (payload, (minutes[begun] + int(second + part)) / 1000, (minutes[ended] + int(last_second + last_part)) / 1000)
        for _, begun, second, part, ended, last_second, last_part, _, payload in found
    ]


def _cues(text: str, intake: Intake, *, is_vtt: bool) -> Iterator[_Cue]:
    """The cues of any file: what stands between two timing lines, without the identifier before the second."""
    timing: re.Match[str] | None = None
    for following in _TIMING.finditer(text):
        if timing is not None:
            yield _cue(timing, _words(text[timing.end() + 1 : following.start()], intake, is_vtt=is_vtt, is_last=False))
        timing = following
    if timing is not None:
        yield _cue(timing, _words(text[timing.end() + 1 :], intake, is_vtt=is_vtt, is_last=True))


def _cue(timing: re.Match[str], payload: str) -> _Cue:
    hours, minutes, seconds, end_hours, end_minutes, end_seconds = timing.groups()
    return payload, _seconds(hours, minutes, seconds), _seconds(end_hours, end_minutes, end_seconds)


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


def _split_voices(cue: _Cue, said: list[_Said]) -> None:
    """Add what each voice of a cue with tags says."""
    payload, start, end = cue
    one = _ONE_VOICE.fullmatch(payload)
    if one is not None:
        said.append((one[1].strip(), _plain(one[2]), start, end))
        return
    at, named = 0, ""
    for match in _VOICE.finditer(payload):
        before = _plain(payload[at : match.start()])
        if before:
            said.append((named or None, before, start, end))
        speaker = _plain(match[1] or "")
        label = _LABEL_ONLY.fullmatch(_plain(match[2]))
        named = label[1].strip() if label else ""
        if label is None:
            said.append((speaker or None, _plain(match[2]), start, end))
        at = match.end()
    rest = _plain(payload[at:])
    if rest or not at:
        said.append((named or None, rest, start, end))


def _plain(text: str) -> str:
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    text = text.strip()
    return text.replace("\n", " ") if "\n" in text else text


def _with_speakers(said: list[_Said]) -> Iterable[_Said]:
    """What was said, with the speakers that prefixes name.

    `Name: ` goes from the words to the speaker where the file as a whole shows that it names speakers so; in such files a cue without
    name goes on with the speaker before.
    """
    known: dict[str, Labelled | None] = {}
    found: list[tuple[Labelled | None, str]] = []
    for voice, words, _, _ in said:
        head, colon, rest = words.partition(": ")
        if voice is None and colon and head in known:  # a file says the same few names over and over
            found.append((known[head], rest))
        else:
            found.append((None, "") if voice is not None else _prefix(words, head, known))
    accepted = accepted_labels([label for label, _ in found if label is not None], len(said))
    return _named(said, found, accepted) if accepted else said


def _named(said: list[_Said], found: list[tuple[Labelled | None, str]], accepted: frozenset[str]) -> Iterator[_Said]:
    speakers = {label.label for label, _ in found if label is not None and label.label.casefold() in accepted}
    current: str | None = None
    for (voice, words, start, end), (label, rest) in zip(said, found, strict=True):
        if voice is not None:
            current = None
            yield voice, words, start, end
        elif label is not None and label.label in speakers:
            current = label.label
            yield current, rest, start, end
        else:
            yield current, words, start, end


def _prefix(words: str, head: str, known: dict[str, Labelled | None]) -> tuple[Labelled | None, str]:
    """The speaker that words may begin with, and the words after the name.

    Args:
        words: of a cue.
        head: what stands before the first colon that a space follows; all words where there is none.
        known: what was found so far before colons that a space follows; gets what is found now.
    """
    begin = words[:_PREFIX_CHARS]
    if ":" not in begin and "\uff1a" not in begin:
        return None, ""
    label = match_label(words)
    if len(head) < len(words) and ":" not in head and "\uff1a" not in head:
        known[head] = label
    return label, label.text if label else ""


def _turns(said: Iterable[_Said]) -> Iterator[tuple[str, str, Span]]:
    """Speaker, words and times of each turn: cues of one named speaker that were cut in the middle of a sentence are put together again."""
    speaker: str | None = None
    parts: list[str] = []
    length = 0
    begun: float | None = None
    ended: float | None = None
    for voice, words, start, end in said:
        soon = start is not None and ended is not None and start - ended <= JOIN_GAP_S
        if soon and voice and voice == speaker and length <= JOIN_CHARS and words and _is_cut(parts[-1]):
            parts.append(words)
            length += len(words) + 1
        else:
            if parts:
                yield speaker or "", " ".join(parts), (begun, ended)
            speaker, parts, length, begun = voice, [words], len(words), start
        ended = end
    if parts:
        yield speaker or "", " ".join(parts), (begun, ended)


def _is_cut(words: str) -> bool:
    """Whether words end in the middle of a sentence."""
    return bool(words) and (words[-1].isalnum() or words[-1] in _MID_SENTENCE)


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
