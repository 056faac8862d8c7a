"""Large files: rows stream through in bounded memory, whichever way they stand."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from cs_nlp.ingest import read_files

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTE = 1 << 20
MEASURE = """
import sys
from pathlib import Path
from cs_nlp.ingest import read_files
(reading,) = read_files([sys.argv[1]])
print(sum(len(transcript.turns) for transcript in reading), Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""
"""Prints turns read and the most memory taken, in KB. (`ru_maxrss` would count the process that this one was started from.)"""


def _write(path: Path, size: int, row_bytes: int, conversations: int | None) -> int:
    """Rows of one file, of `conversations` that take turns, or without conversation ids; gives their number."""
    count = size // row_bytes
    with path.open("w", encoding="utf8") as stream:
        for place in range(count):
            row: dict[str, object] = {"speaker": "Agent", "text": f"{place} " + "word " * (row_bytes // 5)}
            if conversations is not None:
                row["conversation_id"] = f"c{place % conversations}-{place // (conversations * 40)}"
            stream.write(json.dumps(row) + "\n")
    return count


def test_rows_of_conversations_that_take_turns_need_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    rows = _write(path, 128 * MEGABYTE, 4096, conversations=20)
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], check=True, capture_output=True, text=True)
    turns, kilobytes = map(int, done.stdout.split())
    assert turns == rows
    assert kilobytes < 250 * 1024


def test_a_file_without_conversation_ids_is_cut_with_a_warning_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    rows = _write(path, 60 * MEGABYTE, MEGABYTE // 2, conversations=None)
    (reading,) = read_files([path])
    transcripts = list(reading)
    assert len(transcripts) > 1
    assert sum(len(transcript.turns) for transcript in transcripts) == rows
    assert "larger than 48 MB and was cut" in reading.report.warnings[0]


def test_a_document_above_the_limit_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text('[\n"' + ("word " * 1000 + '",\n"') * (70 * 210) + '"]', encoding="utf8")
    (reading,) = read_files([path])
    assert list(reading) == []
    assert "a single document is read up to 64 MB" in str(reading.error)
    assert "JSONL or CSV" in str(reading.error)
