"""Measures how fast transcripts are read: `python -m tools.measure_reading`.

Calls of 120 turns with words of the project's corpus are written as the platforms write them (Contact Lens on one line with loudness
and sentiment; Teams and Zoom captions of at most 14 words), and read from memory to canonical turns, in one process on one thread.
Figures are megabytes (2^20 bytes) a second of processor time, median of the rounds; rounds are interleaved. It ends with 1 below a bound.

With `--memory` it writes 1 GB of JSON lines, whose conversations take turns, reads them in a process of its own and prints the
most memory that took.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from cs_nlp.ingest import read_bytes

DOCUMENTS: Final = Path(__file__).resolve().parents[1] / "data" / "corpus" / "documents.jsonl"
MEGABYTE: Final = 1 << 20
TURNS: Final = 120
CAPTION_WORDS: Final = 14
MAX_MEMORY_MB: Final = 400
_PEAK: Final = """
import sys
from pathlib import Path
from cs_nlp.ingest import read_files
(reading,) = read_files([sys.argv[1]])
print(sum(len(transcript.turns) for transcript in reading), Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""

Spoken = tuple[bool, str]
"""Whether the agent says it, and the words."""


def spoken_lines(path: Path = DOCUMENTS) -> list[Spoken]:
    """All lines of the corpus's documents."""
    documents = map(json.loads, path.read_text(encoding="utf8").splitlines())
    return [(line["speaker"] == "staff", line["text"]) for document in documents for line in document["lines"]]


def contact_lens(call: Sequence[Spoken], number: int, rng: random.Random) -> bytes:
    """A call as Contact Lens writes it."""
    turns, now = [], 0
    for place, (is_agent, text) in enumerate(call):
        end = now + 400 * len(text.split())
        turn = {
            "BeginOffsetMillis": now,
            "Content": text,
            "EndOffsetMillis": end,
            "Id": f"{rng.getrandbits(64):016x}-{place:08x}",
            "LoudnessScore": [round(rng.uniform(40, 80), 2) for _ in range(1 + (end - now) // 1000)],
            "ParticipantId": "AGENT" if is_agent else "CUSTOMER",
            "Sentiment": rng.choice(("NEUTRAL", "NEGATIVE", "POSITIVE")),
        }
        turns.append(turn)
        now = end + 300
    people = [{"ParticipantId": name, "ParticipantRole": name} for name in ("AGENT", "CUSTOMER")]
    root = {"Channel": "VOICE", "CustomerMetadata": {"ContactId": f"contact-{number}"}, "Participants": people, "Transcript": turns}
    return json.dumps(root, separators=(",", ":")).encode()


def _captions(call: Sequence[Spoken], layout: str) -> bytes:
    """Captions of a call, each laid out with its number, its times, the speaker's name, and the words."""
    cues, now = ["WEBVTT\n\n"], 0
    for is_agent, text in call:
        words = text.split()
        for start in range(0, len(words), CAPTION_WORDS):
            said = words[start : start + CAPTION_WORDS]
            end = now + 400 * len(said)
            name = "Ida Berg" if is_agent else "Wren Ash"
            cues.append(layout.format(len(cues), f"{_clock(now)} --> {_clock(end)}", name, " ".join(said)))
            now = end + 300
    return "".join(cues).encode()


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"


def teams(call: Sequence[Spoken], number: int, rng: random.Random) -> bytes:  # noqa: ARG001 - one signature for all writers
    """A call as Teams writes it: a voice tag a caption."""
    return _captions(call, "{1}\n<v {2}>{3}</v>\n\n")


def zoom(call: Sequence[Spoken], number: int, rng: random.Random) -> bytes:  # noqa: ARG001 - as above
    """A call as Zoom writes it: numbered captions that begin with a name."""
    return _captions(call, "{0}\n{1}\n{2}: {3}\n\n")


WRITERS: Final[dict[str, tuple[Callable[[Sequence[Spoken], int, random.Random], bytes], float]]] = {
    "Contact Lens": (contact_lens, 20.0),
    "WebVTT, Teams": (teams, 10.0),
    "WebVTT, Zoom": (zoom, 10.0),
}
"""How a format's calls are written, and the megabytes a second below which the tool fails."""


def make_files(write: Callable[[Sequence[Spoken], int, random.Random], bytes], size: int, seed: int) -> list[bytes]:
    """Files of one call each, `size` bytes or a little more together; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - test data, no secrets
    lines = spoken_lines()
    files: list[bytes] = []
    while sum(map(len, files)) < size:
        files.append(write([rng.choice(lines) for _ in range(TURNS)], len(files), rng))
    return files


def read_all(files: Sequence[bytes]) -> tuple[int, float]:
    """Read the files; gives the turns in them and the seconds of processor time that it took."""
    started = time.process_time()
    turns = 0
    for number, data in enumerate(files):
        for reading in read_bytes(data, f"call-{number}"):
            turns += sum(len(transcript.turns) for transcript in reading)
    return turns, time.process_time() - started


def measure_speed(size: int, rounds: int) -> bool:
    """Print a table; gives whether all formats reach their bounds."""
    files = {name: make_files(write, size, seed=0) for name, (write, _) in WRITERS.items()}
    seconds: dict[str, list[float]] = {name: [] for name in files}
    turns: dict[str, int] = {}
    for _ in range(rounds):
        for name, made in files.items():
            turns[name], took = read_all(made)
            seconds[name].append(took)
    print("| format | MB | turns | MB a second | at least |\n|---|---:|---:|---:|---:|")
    good = True
    for name, made in files.items():
        megabytes = sum(map(len, made)) / MEGABYTE
        speed, bound = megabytes / statistics.median(seconds[name]), WRITERS[name][1]
        good = good and speed >= bound
        spread = f"{megabytes / max(seconds[name]):.1f} to {megabytes / min(seconds[name]):.1f}"
        print(f"| {name} | {megabytes:.1f} | {turns[name]:,} | {speed:.1f} ({spread}) | {bound:.0f} |")
    return good


def measure_memory(size: int) -> bool:
    """Print the most memory that reading JSON lines of a size takes; gives whether it is within the bound."""
    rng, lines = random.Random(0), spoken_lines()  # noqa: S311 - as above
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        rows = 0
        with path.open("w", encoding="utf8") as stream:
            while stream.tell() < size:
                block = []
                for _ in range(10_000):
                    is_agent, text = rng.choice(lines)
                    row = {"conversation_id": f"c{rows % 50}-{rows // 5000}", "role": "agent" if is_agent else "customer", "text": text}
                    block.append(json.dumps(row))
                    rows += 1
                stream.write("\n".join(block) + "\n")
        done = subprocess.run([sys.executable, "-c", _PEAK, str(path)], check=True, capture_output=True, text=True)
        turns, kilobytes = map(int, done.stdout.split())
        print(
            f"JSON lines: {path.stat().st_size / 1e9:.2f} GB, {rows:,} rows, {turns:,} turns, at most {kilobytes / 1024:.0f} MB of memory"
        )
    return turns == rows and kilobytes / 1024 <= MAX_MEMORY_MB


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=8.0, help="size of each format's files together (default 8)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="measure memory on 1 GB of JSON lines instead")
    arguments = parser.parse_args()
    good = measure_memory(10**9) if arguments.memory else measure_speed(int(arguments.megabytes * MEGABYTE), arguments.rounds)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
