"""A short run of what `make fuzz` does at length, and that it would notice."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cs_nlp.ingest import FORMATS, read_bytes
from tests.ingest.mutations import NAMES, PRIVATE, mutated
from tests.ingest.promises import check
from tests.ingest.samples import format_of
from tools.fuzz_reading import FAILURES_LIMIT, TooSlowError, fuzz, limited

if TYPE_CHECKING:
    from pathlib import Path

BYTES = 30_000


@pytest.mark.parametrize("name", NAMES)
def test_mutated_samples_break_no_promise(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tally = fuzz(name, BYTES, first_seed=1_000_000)
    assert tally.failures == [], "".join(path.read_text() for path in tmp_path.rglob("*.txt"))
    assert tally.reached >= BYTES
    assert tally.read
    assert tally.refused


def test_every_format_is_fuzzed() -> None:
    assert {format_of(name) for name in NAMES} == {item.name for item in FORMATS}


def test_a_seed_gives_the_same_input_in_every_process() -> None:
    code = "import hashlib; from tests.ingest.mutations import mutated; print(hashlib.sha256(mutated('vcon', 7)).hexdigest())"
    runs = {subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout for _ in range(2)}
    assert len(runs) == 1
    assert mutated("vcon", 7) != mutated("vcon", 8)


def test_an_input_that_takes_too_long_is_told_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tally = fuzz("whisper", BYTES, first_seed=0, seconds=0.0)
    assert len(tally.failures) == FAILURES_LIMIT
    assert (tmp_path / tally.failures[0]).read_bytes() == mutated("whisper", 0)
    assert "TooSlowError" in (tmp_path / tally.failures[0]).with_suffix(".txt").read_text()


def test_a_loop_without_end_is_stopped() -> None:
    with pytest.raises(TooSlowError), limited(0.05):
        all(n > 0 for n in itertools.count(1))


def test_memory_is_limited() -> None:
    code = "from tools.fuzz_reading import limit_memory; limit_memory(64 << 20); bytearray(256 << 20)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "MemoryError" in done.stderr


def test_a_private_word_in_a_message_is_noticed() -> None:
    with pytest.raises(AssertionError):
        check(read_bytes(b"just words", "quillfeather.txt"), PRIVATE)
    assert check(read_bytes(b"Agent: quillfeather", "x"), PRIVATE).formats == {"plain_text"}
