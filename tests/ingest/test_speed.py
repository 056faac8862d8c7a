"""What `tools.measure_reading` measures is what it says, and reading has not become slow."""

from __future__ import annotations

import statistics

import pytest

from cs_nlp.ingest import read_bytes
from tools.measure_reading import MEGABYTE, TURNS, WRITERS, make_files, read_all

FORMATS = {"Contact Lens": "contact_lens", "WebVTT, Teams": "webvtt", "WebVTT, Zoom": "webvtt"}
SLACK = 4
"""How much slower than the stated bound a busy machine may be: this test is to notice when reading becomes slow, not to measure."""


@pytest.mark.parametrize("name", WRITERS)
def test_files_that_are_measured_are_read_whole(name: str) -> None:
    for data in make_files(WRITERS[name][0], MEGABYTE // 16, seed=1):
        (reading,) = read_bytes(data, "call")
        (transcript,) = reading
        assert reading.error is None
        assert reading.report.format == FORMATS[name]
        assert not reading.report.skipped
        assert len(transcript.turns) > TURNS // 2  # captions that break a sentence are joined
        assert len({turn.speaker for turn in transcript.turns}) == 2
        assert sum(len(turn.text) for turn in transcript.turns) > len(data) / 6


@pytest.mark.parametrize("name", WRITERS)
def test_reading_is_nowhere_near_slow(name: str) -> None:
    write, bound = WRITERS[name]
    files = make_files(write, MEGABYTE // 4, seed=2)
    seconds = statistics.median(read_all(files)[1] for _ in range(5))
    assert sum(map(len, files)) / MEGABYTE / seconds > bound / SLACK
