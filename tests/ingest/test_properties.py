"""Whatever is done to a sample: transcripts or one of our errors, and every transcript keeps the records' promises."""

from __future__ import annotations

import json
import random
from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_nlp.errors import IngestError
from cs_nlp.ingest import ReadOptions, read_bytes
from cs_nlp.records import Role, Transcript, Turn
from tests.ingest.samples import JSON_SAMPLES, SAMPLES

if TYPE_CHECKING:
    from cs_nlp.ingest import FileReading

EXAMPLES = 30 if settings().max_examples <= 100 else settings().max_examples
SAMPLE_BYTES = 2200
"""Samples are repeated to this size, so that 5,000 mutations of one (`make fuzz`) are over 10 million bytes."""
PIECES = (
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r\n", b"\n\n", b"\x00", b"\xff", b"\xc3", b"\\ud800", b"\\u0000", b"null", b"-1"),
    *(b"1e999", b"9" * 5000, b"-->", b"<v ", b"</v>", b"<", b"&lt;", b"WEBVTT", b"Agent: ", b"\t", b";", b'"""', b"[[[[", b"00:00:99.9"),
    *(b"\xef\xbb\xbf", b"\xe2\x80\xa8"),
)
VALUES: tuple[object, ...] = (
    *(None, True, False, -1, 0, 10**30, 1e308, "", "x", "\ud800", "9" * 400, [], {}, [[]], [None], {"a": None}, [{}]),
    *("2026-13-45", -62135596801),
)


def _damaged(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 6)):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((0, 1, 1, 4, 30)))
        kind = rng.randrange(5)
        if kind == 0:
            data = data[:start] + data[end:]
        elif kind == 1:
            data = data[:start] + rng.choice(PIECES) + data[end:]
        elif kind == 2:
            data = data[:start] + bytes([rng.randrange(256)]) + data[start + 1 :]
        elif kind == 3:
            data = data[:start] + data[start:end] * rng.randint(2, 40) + data[end:]
        else:
            data = data[:start] if rng.random() < 0.3 else data[start:] + data[:start]
    return data


def _changed(value: object, rng: random.Random) -> object:
    """The document with one part, at any depth, taken out or made something else."""
    if rng.random() < 0.15 or not isinstance(value, dict | list) or not value:
        return rng.choice(VALUES)
    if isinstance(value, list):
        place = rng.randrange(len(value))
        return [_changed(item, rng) if at == place else item for at, item in enumerate(value)]
    key = rng.choice(sorted(value))
    if rng.random() < 0.2:
        return {name: item for name, item in value.items() if name != key}
    return {name: _changed(item, rng) if name == key else item for name, item in value.items()}


def _check(readings: list[FileReading]) -> None:
    for reading in readings:
        turns = transcripts = 0
        for transcript in reading:
            _check_transcript(transcript)
            turns += len(transcript.turns)
            transcripts += 1
        report = reading.report
        assert (report.transcripts, report.turns) == (transcripts, turns)
        assert reading.finished
        assert reading.error is None or isinstance(reading.error, IngestError)
        assert transcripts or reading.error is not None
        json.dumps([report.path, report.format, report.skipped, report.warnings, report.error])


def _check_transcript(transcript: Transcript) -> None:
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
    json.dumps([transcript.id, transcript.team, transcript.queue, transcript.agent])


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**64))
def test_damaged_samples_give_transcripts_or_our_errors(name: str, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - mutations, no secrets
    data = SAMPLES[name].encode()
    if name in JSON_SAMPLES:
        data = b"\n".join([json.dumps(json.loads(data)).encode()] * (1 + SAMPLE_BYTES // len(data)))
    else:
        data *= 1 + SAMPLE_BYTES // len(data)
    _check(list(read_bytes(_damaged(data, rng), "a/b.c", ReadOptions(role_map={"*": Role.AGENT} if seed % 2 else {}))))


@pytest.mark.parametrize("name", JSON_SAMPLES)
@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**64))
def test_documents_with_parts_changed_give_transcripts_or_our_errors(name: str, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - mutations, no secrets
    value = json.loads(JSON_SAMPLES[name])
    for _ in range(rng.randint(1, 4)):
        value = _changed(value, rng)
    _check(list(read_bytes(json.dumps(value).encode(), "a/b.c")))
    if isinstance(value, dict):
        _check(list(read_bytes(f"{json.dumps(value)}\n{JSON_SAMPLES[name]}".encode(), "a/b.c")))


@given(st.binary(max_size=3000))
def test_any_bytes_give_transcripts_or_our_errors(data: bytes) -> None:
    _check(list(read_bytes(data, "x")))


@given(st.text(max_size=3000))
def test_any_text_gives_transcripts_or_our_errors(text: str) -> None:
    _check(list(read_bytes(text.encode("utf-8", "surrogatepass"), "x")))


WORDS = (
    st.text(st.characters(categories=("L", "N", "P", "Zs"), exclude_characters=":\uff1a"), min_size=1, max_size=40)
    .map(str.strip)
    .filter(bool)
)
TURNS = st.lists(
    st.builds(
        Turn,
        index=st.just(0),
        role=st.sampled_from(Role),
        text=WORDS,
        speaker=st.none() | st.sampled_from(["Ann", "Bo", "spk_0"]),
        start_s=st.none() | st.floats(0, 1e5).map(lambda value: round(value, 3)),
    ),
    min_size=1,
    max_size=6,
)


@given(TURNS)
def test_what_we_write_as_json_lines_is_read_back(turns: list[Turn]) -> None:
    rows = [
        {
            "transcript_id": "t",
            "turn": place,
            "role": turn.role.value,
            "speaker": turn.speaker,
            "text": turn.text,
            "start_s": turn.start_s,
            "end_s": None,
        }
        for place, turn in enumerate(turns)
    ]
    (reading,) = read_bytes("\n".join(map(json.dumps, rows)).encode(), "x")
    (transcript,) = reading
    assert reading.error is None
    if not reading.report.doubled:
        assert [(turn.role, turn.text, turn.start_s) for turn in transcript.turns] == [
            (turn.role, turn.text, turn.start_s) for turn in turns
        ]
