"""What holds of every reading, whatever was read: each promise of the records and reports, checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from cs_nlp.errors import IngestError
from cs_nlp.records import Role, Transcript

if TYPE_CHECKING:
    from cs_nlp.ingest import FileReading


@dataclass(frozen=True, slots=True)
class Found:
    """What came of an input: formats that it was read as, transcripts, and faults."""

    formats: frozenset[str]
    transcripts: int
    faults: int


def check(readings: Iterable[FileReading], private: Sequence[str] = ()) -> Found:
    """Read all, and check every promise.

    Args:
        readings: of one input.
        private: words in lower case that must stand in no message.
    """
    formats, total, faults = set(), 0, 0
    for reading in readings:
        turns = transcripts = 0
        for transcript in reading:
            check_transcript(transcript)
            turns += len(transcript.turns)
            transcripts += 1
        report = reading.report
        assert (report.transcripts, report.turns) == (transcripts, turns)
        assert reading.finished
        assert reading.error is None or isinstance(reading.error, IngestError)
        assert reading.report.error == (None if reading.error is None else str(reading.error))
        assert transcripts or reading.error is not None
        json.dumps(asdict(report))
        told = json.dumps([report.error, report.warnings, list(report.skipped)], ensure_ascii=False).casefold()
        assert not [word for word in private if word in told]
        formats |= {report.format} - {None}
        total += transcripts
        faults += reading.error is not None
    return Found(frozenset(filter(None, formats)), total, faults)


def check_transcript(transcript: Transcript) -> None:
    """A transcript keeps the promises of its records."""
    assert transcript.id
    assert transcript.turns
    assert transcript.started_at is None or transcript.started_at.astimezone(UTC).year
    for place, turn in enumerate(transcript.turns):
        assert turn.index == place
        assert turn.text.strip() == turn.text != ""
        turn.text.encode()
        (turn.speaker or "").encode()
        assert isinstance(turn.role, Role)
        assert turn.at is None or turn.at.astimezone(UTC).year
        assert all(offset is None or abs(offset) < float("inf") for offset in (turn.start_s, turn.end_s))
    "".join(filter(None, (transcript.id, transcript.team, transcript.queue, transcript.agent))).encode()
