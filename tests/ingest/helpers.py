"""Reading in tests: a file's bytes in, its transcripts and its reading out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cs_nlp.ingest import ReadOptions, parse_role_map, read_bytes

if TYPE_CHECKING:
    from cs_nlp.ingest import FileReading
    from cs_nlp.records import Transcript


def read(content: str | bytes, name: str = "call", options: ReadOptions | None = None) -> tuple[list[Transcript], FileReading]:
    """All transcripts of one file, and its reading."""
    data = content.encode() if isinstance(content, str) else content
    (reading,) = read_bytes(data, name, options)
    return list(reading), reading


def read_json(value: object, options: ReadOptions | None = None) -> Transcript:
    """The one transcript of a JSON document that is read without fault."""
    transcripts, reading = read(json.dumps(value), options=options)
    assert reading.error is None, reading.error
    (transcript,) = transcripts
    return transcript


def read_one(content: str, role_map: str = "") -> Transcript:
    """The one transcript of a text that is read without fault."""
    transcripts, reading = read(content, options=ReadOptions(role_map=parse_role_map(role_map)))
    assert reading.error is None, reading.error
    (transcript,) = transcripts
    return transcript


def fault(content: str | bytes, options: ReadOptions | None = None) -> str:
    """The message of a file from which nothing is read."""
    transcripts, reading = read(content, options=options)
    assert transcripts == []
    assert reading.error is not None
    assert reading.report.error == str(reading.error)
    return str(reading.error)


def said(transcript: Transcript) -> list[tuple[str, str | None, str]]:
    """Role, speaker and words of each turn."""
    return [(turn.role.value, turn.speaker, turn.text) for turn in transcript.turns]


def roles(transcript: Transcript) -> list[str]:
    """The role of each turn."""
    return [turn.role.value for turn in transcript.turns]
