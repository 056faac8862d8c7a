"""Writes sample transcripts in the shapes in which platforms export them. Each writer takes samples and gives files by name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

Files = dict[str, str]

_CONTACTS: Final = UUID("6f1b0a52-6a0e-5d0c-9d5a-2f1d2c7c9a10")
_SECONDS_A_WORD: Final = {"call": 0.38, "chat": 1.1, "team_chat": 1.6}
_PAUSE_S: Final = {"call": 0.6, "chat": 6.0, "team_chat": 25.0}
_PAUSE_OF_ONE_SPEAKER_S: Final = 2.5
"""Two lines of one speaker are two turns, so the pause between them is longer than between captions of one turn."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one person said: `name` is None for the customer; begin and end in milliseconds from the start."""

    name: str | None
    text: str
    begin_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One transcript to write.

    Attributes:
        id: as in the source (`nb-02`).
        team: its team; kind: call, chat or team_chat.
        started_at: aware, in the team's zone.
        people: staff who speak.
        lines: in order.
    """

    id: str
    team: str
    kind: str
    started_at: datetime
    people: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def agent(self) -> str:
        """The one who served the customer; "" for team chat."""
        return "" if self.kind == "team_chat" else self.people[0]

    def at(self, line: Line) -> datetime:
        """When a line was begun."""
        return self.started_at + timedelta(milliseconds=line.begin_ms)


def timed(kind: str, spoken: Iterable[tuple[str | None, str]]) -> tuple[Line, ...]:
    """Give lines the times that they would have at a steady pace: the source has none.

    Args:
        kind: call, chat or team_chat.
        spoken: name (None for the customer) and text of each line.
    """
    lines: list[Line] = []
    now = 0
    for name, text in spoken:
        if lines and lines[-1].name == name:
            now = max(now, lines[-1].end_ms + round(1000 * _PAUSE_OF_ONE_SPEAKER_S))
        end = now + max(800, round(1000 * _SECONDS_A_WORD[kind] * len(text.split())))
        lines.append(Line(name, text, now, end))
        now = end + round(1000 * _PAUSE_S[kind])
    return tuple(lines)


def contact_id(sample: Sample) -> str:
    """The id that Amazon Connect would give the contact; the same for a sample in every run."""
    return str(uuid5(_CONTACTS, sample.id))


def contact_lens(samples: Sequence[Sample]) -> Files:
    """Amazon Connect Contact Lens, voice: one file a contact, roles by participant, no agent, team or date inside."""
    files = {}
    for sample in samples:
        contact = contact_id(sample)
        participants = [{"ParticipantId": role, "ParticipantRole": role} for role in ("AGENT", "CUSTOMER")]
        analysis = {
            "AccountId": "000000000000",
            "Categories": {"MatchedCategories": [], "MatchedDetails": {}},
            "Channel": "VOICE",
            "ContentMetadata": {"Output": "Raw"},
            "ConversationCharacteristics": {"TotalConversationDurationMillis": sample.lines[-1].end_ms},
            "CustomerMetadata": {"ContactId": contact, "InstanceId": str(uuid5(_CONTACTS, sample.team))},
            "JobStatus": "COMPLETED",
            "LanguageCode": "en-GB",
            "Participants": participants,
            "Transcript": [
                {
                    "Id": str(uuid5(_CONTACTS, f"{sample.id}/{place}")),
                    "ParticipantId": "CUSTOMER" if line.name is None else "AGENT",
                    "Content": line.text,
                    "BeginOffsetMillis": line.begin_ms,
                    "EndOffsetMillis": line.end_ms,
                }
                for place, line in enumerate(sample.lines)
            ],
            "Version": "1.1.0",
        }
        stamp = sample.started_at.strftime("%Y-%m-%dT%H_%M_%S")
        files[f"{contact}_analysis_{stamp}.json"] = json.dumps(analysis, ensure_ascii=False, indent=1) + "\n"
    return files


def teams_vtt(samples: Sequence[Sample]) -> Files:
    """Microsoft Teams: WebVTT with a voice tag a cue; the customer is known by a telephone number only."""
    files = {}
    for number, sample in enumerate(samples):
        cues = ["WEBVTT\n"]
        for line in sample.lines:
            voice = line.name or f"+1 401-555-01{number:02d}"
            cues.append(f"{_clock(line.begin_ms)} --> {_clock(line.end_ms)}\n<v {voice}>{_escaped(line.text)}</v>\n")
        files[f"{sample.id}.vtt"] = "\n".join(cues)
    return files


def zoom_vtt(samples: Sequence[Sample]) -> Files:
    """Zoom: WebVTT with numbered cues and the speaker's name before the words."""
    files = {}
    for sample in samples:
        cues = ["WEBVTT\n"]
        for number, line in enumerate(sample.lines, start=1):
            cues.append(f"{number}\n{_clock(line.begin_ms)} --> {_clock(line.end_ms)}\n{line.name or 'Caller'}: {_escaped(line.text)}\n")
        files[f"{sample.id}.vtt"] = "\n".join(cues)
    return files


def plain_text(samples: Sequence[Sample]) -> Files:
    """Plain text: one file a transcript, each line begun by who speaks: roles with customers, names among staff."""
    files = {}
    for sample in samples:
        head = f"Transcript ID: {sample.id}\nDate: {sample.started_at.isoformat()}\n\n"
        body = "".join(f"{_label(sample, line)}: {line.text}\n" for line in sample.lines)
        files[f"{sample.id}.txt"] = head + body
    return files


def rows_csv(name: str) -> Callable[[Sequence[Sample]], Files]:
    """CSV, one row a turn, all transcripts in one file; team chat has no roles, only names."""

    def write(samples: Sequence[Sample]) -> Files:
        head = ["conversation_id", "turn", "role", "speaker", "timestamp", "text"]
        rows: list[list[object]] = [
            [sample.id, place, "customer" if line.name is None else "agent", line.name or "", sample.at(line).isoformat(), line.text]
            for sample in samples
            for place, line in enumerate(sample.lines, start=1)
        ]
        table: list[list[object]] = [[*head], *rows]
        if all(sample.kind == "team_chat" for sample in samples):
            table = [[*row[:2], *row[3:]] for row in table]
        return {name: csv_text(table)}

    return write


def cells_csv(name: str) -> Callable[[Sequence[Sample]], Files]:
    """CSV, one call a row, its transcript with speaker labels in one cell."""

    def write(samples: Sequence[Sample]) -> Files:
        rows = [
            [
                sample.id,
                sample.started_at.isoformat(),
                sample.agent,
                "\n".join(f"{_label(sample, line)}: {line.text}" for line in sample.lines),
            ]
            for sample in samples
        ]
        return {name: csv_text([["conversation_id", "started_at", "agent", "transcript"], *rows])}

    return write


def rows_jsonl(name: str) -> Callable[[Sequence[Sample]], Files]:
    """JSONL, one message a line, all transcripts in one file; team chat has no roles, only names."""

    def write(samples: Sequence[Sample]) -> Files:
        lines = []
        for sample in samples:
            for line in sample.lines:
                row = {"conversation_id": sample.id, "timestamp": sample.at(line).isoformat()}
                if sample.kind != "team_chat":
                    row["role"] = "customer" if line.name is None else "agent"
                if line.name is not None:
                    row["speaker"] = line.name
                lines.append(json.dumps({**row, "text": line.text}, ensure_ascii=False) + "\n")
        return {name: "".join(lines)}

    return write


def _label(sample: Sample, line: Line) -> str:
    if sample.kind == "team_chat" and line.name is not None:
        return line.name
    return "Customer" if line.name is None else "Agent"


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV with the line ends that spreadsheets write."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()
