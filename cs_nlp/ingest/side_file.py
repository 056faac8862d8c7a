"""Metadata beside the transcripts: who, which team and queue, when. Files of every format take it from here."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from pathlib import Path, PurePosixPath

from cs_nlp.errors import IngestError
from cs_nlp.ingest.outcome import FileReport
from cs_nlp.ingest.source import Source, detect_encoding, read_text, shown, stem_of, transcoded
from cs_nlp.ingest.times import parse_date, parse_time
from cs_nlp.ingest.values import Object, as_list, as_object, as_text, clean_name
from cs_nlp.records import Channel, Transcript

SIDE_FILES = ("metadata.csv", "metadata.json")
_CHANNELS = {
    Channel.CALL: ("call", "voice", "phone", "chat", "email", "mail", "social", "messaging", "sms", "customer"),
    Channel.TEAM_CHAT: ("team_chat", "teamchat", "team", "slack", "teams", "internal", "staff", "meeting"),
}
_CHANNEL_OF_WORD = {word: channel for channel, words in _CHANNELS.items() for word in words}
_FACTS = ("agent", "team", "queue", "channel", "started_at", "joined_on")
_KEY_COLUMNS = ("transcript", "transcript_id", "file", "filename", "file_name", "conversation_id", "call_id", "id")


def channel_of_word(word: str) -> Channel | None:
    """The channel that a word such as `voice`, `chat` or `team_chat` names, or None."""
    return _CHANNEL_OF_WORD.get(re.sub(r"[\s_-]+", "_", word.strip().lower()))


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a side file says of one transcript; None or "" where it says nothing."""

    agent: str | None = None
    team: str | None = None
    queue: str | None = None
    channel: Channel | None = None
    started_at: datetime | None = None
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class SideFile:
    """A side file.

    Attributes:
        rows: metadata by transcript id or file name, in lower case.
        joined_on: date at which an agent joined, by agent.
        everyone: metadata for transcripts that have no row of their own, or None.
        warnings: sentences about cells that could not be read.
    """

    rows: Mapping[str, Metadata] = field(default_factory=dict)
    joined_on: Mapping[str, date] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    everyone: Metadata | None = None

    def applied(self, transcript: Transcript, names: Iterable[str], report: FileReport) -> Transcript:
        """The transcript with what the side file says of it; the side file goes before the transcript's own file.

        Args:
            transcript: as its file gives it.
            names: names by which the side file may know it.
            report: where warnings about the side file go.
        """
        for warning in self.warnings:
            report.warn(warning)
        if not self.rows and self.everyone is None:
            return transcript
        row = next((self.rows[key] for name in names for key in _spellings(name) if key in self.rows), self.everyone)
        if row is None:
            report.warn("the side file has no row for some transcripts of this file")
            return transcript
        return replace(
            transcript,
            agent=row.agent or transcript.agent,
            team=row.team or transcript.team,
            queue=row.queue or transcript.queue,
            channel=row.channel or transcript.channel,
            started_at=row.started_at or transcript.started_at,
            joined_on=row.joined_on or transcript.joined_on,
        )


NO_SIDE_FILE = SideFile()


def _spellings(name: str) -> Iterator[str]:
    """Ways to write a transcript's name: whole, its last part, and both without suffix."""
    lower = name.strip().lower().replace("!", "/")
    if not lower:
        return
    last = PurePosixPath(lower).name
    for spelling in (lower, last):
        yield spelling
        yield stem_of(spelling)


def read_side_file(path: Path, zone: tzinfo, encoding: str | None = None) -> SideFile:
    """Read `metadata.csv` or `metadata.json`.

    Args:
        path: a CSV file with a header, or a JSON array of objects (or an object of objects by transcript). Columns: `transcript` (id) or
            `file`, and any of `agent`, `team`, `queue`, `channel`, `started_at`, `joined_on` (of the agent).
        zone: zone of times that carry none.
        encoding: its encoding where it is not Unicode.

    Raises:
        IngestError: the file can't be read, or has no column that names transcripts.
    """
    try:
        return read_side_source(Source.of_path(path), zone, encoding)
    except OSError as error:
        raise IngestError(f"the side file can't be read: {error.strerror}", path=path) from None


def read_side_bytes(data: bytes, name: str, zone: tzinfo) -> SideFile:
    """Read a side file that is in memory (an upload); see `read_side_file`."""
    return read_side_source(Source(shown(name), shown(name), len(data), lambda: io.BytesIO(data)), zone)


def read_side_source(source: Source, zone: tzinfo, encoding: str | None = None) -> SideFile:
    """Read a side file wherever it lies; see `read_side_file`."""
    return _gather(read_rows(source, encoding), source.name, zone)


def read_rows(source: Source, encoding: str | None = None) -> list[Object]:
    """The rows of a table of facts: a CSV file with a header, a JSON array of objects, or an object of objects.

    Column names of CSV files come in lower case, with `_` for spaces.

    Args:
        source: the file.
        encoding: its encoding where it is not Unicode.

    Raises:
        IngestError: neither valid CSV nor valid JSON.
    """
    try:
        text = read_text(transcoded(source, *detect_encoding(source.read_head(), source.name)))
    except IngestError:
        if encoding is None:
            raise
        text = read_text(transcoded(source, encoding, 0))
    return list(_json_rows(text, source.name) if text.lstrip()[:1] in {"[", "{"} else _csv_rows(text, source.name))


def _json_rows(text: str, path: str) -> Iterator[Object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise IngestError("the side file is not valid JSON; expected an array of objects", path=path, line=line) from None
    if isinstance(value, dict) and all(isinstance(row, dict) for row in value.values()):
        yield from ({"transcript": key, **row} for key, row in value.items())
    else:
        yield from (as_object(row) for row in as_list(value))


def _csv_rows(text: str, path: str) -> Iterator[Object]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield {key.strip().lower().replace(" ", "_"): value for key, value in row.items() if isinstance(key, str)}
    except csv.Error as error:
        raise IngestError(f"the side file is not valid CSV: {error}", path=path) from None


def _gather(rows: list[Object], path: str, zone: tzinfo) -> SideFile:
    if rows and not any(as_text(row.get(key)) for row in rows for key in _KEY_COLUMNS):
        there = ", ".join(key for key in _FACTS if key in rows[0]) or "none that is known"
        problem = f"the side file lacks a column transcript or file; of {', '.join(_FACTS)} it has {there}; its first line must be a header"
        raise IngestError(problem, path=path, line=1)
    known: dict[str, Metadata] = {}
    joined: dict[str, date] = {}
    warnings: list[str] = []
    for place, row in enumerate(rows, start=2):
        metadata, faults = _read_row(row, zone)
        warnings.extend(f"{path}, row {place}: {fault}" for fault in faults)
        for key in _KEY_COLUMNS:
            name = as_text(row.get(key)).strip().lower().replace("!", "/").replace("\\", "/").removeprefix("./")
            if name:
                known.setdefault(name, metadata)
        if metadata.joined_on is not None and metadata.agent:
            joined[metadata.agent] = metadata.joined_on
    return SideFile(known, joined, tuple(warnings[:10]))


def _read_row(row: Object, zone: tzinfo) -> tuple[Metadata, list[str]]:
    cells = {key: clean_name(as_text(row.get(key))) for key in _FACTS}
    channel = channel_of_word(cells["channel"])
    started_at = parse_time(cells["started_at"], zone)
    joined_on = parse_date(cells["joined_on"])
    faults = []
    if cells["channel"] and channel is None:
        faults.append("channel is neither call nor team_chat")
    if cells["started_at"] and started_at is None:
        faults.append("started_at is no time; expected ISO 8601, for example 2026-06-01T09:30:00+01:00")
    if cells["joined_on"] and joined_on is None:
        faults.append("joined_on is no date; expected a date such as 2026-06-01")
    return Metadata(cells["agent"] or None, cells["team"] or None, cells["queue"] or None, channel, started_at, joined_on), faults
