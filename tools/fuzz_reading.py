"""Throws mutated samples at every reader: `make fuzz`, or `python -m tools.fuzz_reading`.

Each small sample of `tests/ingest/sample_files`, and a Slack export, is changed over and over (see `tests.ingest.mutations`) until as many
bytes as asked for have reached the reader of its format: what is refused before does not count. Of every input, all promises of
transcripts and reports are checked, that no message holds words that stand for personal data, and limits on time and memory. An
input that breaks any of this is written to `out/fuzz/`, and the run ends with 1. The same seed gives the same inputs.
"""

from __future__ import annotations

import argparse
import faulthandler
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

from rich.console import Console
from rich.progress import Progress

from cs_nlp.ingest import FORMATS, ReadOptions, read_bytes
from cs_nlp.records import Role
from tests.ingest.mutations import NAMES, PRIVATE, mutated
from tests.ingest.promises import Found, check
from tests.ingest.samples import format_of

BYTES: Final = 10_000_000
SECONDS: Final = 10.0
"""Processor time within which any input must be done with; inputs are a few hundred KB at most."""
MEMORY: Final = 512 << 20
"""Bytes by which the process may grow."""
INPUTS_LIMIT: Final = 400_000
FAILURES_LIMIT: Final = 20
"""Inputs and failures of one sample after which it is given up."""
FAILURES: Final = Path("out/fuzz")
_PROGRESS_EVERY: Final = 50
_GIVEN_UP: Final = 60.0
"""Seconds by the clock; much more than the processor time, since other processes may have the processor."""


class TooSlowError(BaseException):
    """Reading took too long. No `except Exception` may stop it."""


@dataclass(slots=True)
class Tally:
    """What came of the mutations of one sample.

    Attributes:
        inputs: read or refused.
        thrown: bytes of all inputs.
        reached: bytes of the inputs that came as far as the format's reader.
        read: inputs that gave a transcript.
        refused: inputs with a fault.
        slowest: seconds of processor time of the slowest input.
        failures: names of files with inputs that broke a promise.
    """

    inputs: int = 0
    thrown: int = 0
    reached: int = 0
    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)


def options_for(seed: int) -> ReadOptions:
    """Options for an input: mostly none, now and then each of them."""
    return ReadOptions(
        role_map={"*": Role.AGENT} if seed % 3 == 0 else {},
        detect_roles=seed % 2 == 0,
        encoding="cp1252" if seed % 61 == 0 else None,
        format=FORMATS[seed % len(FORMATS)].name if seed % 37 == 0 else None,
    )


def throw(name: str, seed: int, seconds: float) -> tuple[bytes, Found, float]:
    """Read one mutation; gives its bytes, what came of it, and the seconds of processor time that reading took.

    Raises:
        TooSlowError: it took longer than `seconds`, although it ended.
    """
    data = mutated(name, seed)
    started = time.process_time()
    found = check(read_bytes(data, "a/b.c", options_for(seed)), PRIVATE)
    took = time.process_time() - started
    if took >= seconds:
        raise TooSlowError(f"reading took {took:.1f} s of processor time")
    return data, found, took


def fuzz(name: str, wanted: int, first_seed: int, progress: Progress | None = None, seconds: float = SECONDS) -> Tally:
    """Throw mutations of a sample until `wanted` bytes have reached its reader.

    Args:
        name: of the sample.
        wanted: bytes.
        first_seed: of the first input; the others follow.
        progress: shows how far it is.
        seconds: of processor time that an input may take.
    """
    tally = Tally()
    task = progress.add_task(name, total=wanted) if progress is not None else None
    seed = first_seed
    while tally.reached < wanted and tally.inputs < INPUTS_LIMIT and len(tally.failures) < FAILURES_LIMIT:
        try:
            with limited(seconds):
                data, found, took = throw(name, seed, seconds)
        except (Exception, TooSlowError):  # noqa: BLE001 - any exception is what is looked for
            tally.failures.append(_keep(name, seed))
        else:
            tally.inputs += 1
            tally.thrown += len(data)
            tally.reached += len(data) if format_of(name) in found.formats else 0
            tally.read += found.transcripts > 0
            tally.refused += found.faults > 0
            tally.slowest = max(tally.slowest, took)
        seed += 1
        if progress is not None and task is not None and seed % _PROGRESS_EVERY == 0:
            progress.update(task, completed=tally.reached)
    if progress is not None and task is not None:
        progress.remove_task(task)
    return tally


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `TooSlowError` after so many seconds of processor time; ends the process, with a traceback, where code can't be interrupted."""

    def stop(_: int, frame: FrameType | None) -> None:
        raise TooSlowError(f"still reading after {seconds} s of processor time, at {frame}")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    faulthandler.dump_traceback_later(_GIVEN_UP + 30 * seconds, exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _keep(name: str, seed: int) -> str:
    """Write an input that broke a promise, and the traceback beside it."""
    FAILURES.mkdir(parents=True, exist_ok=True)
    path = FAILURES / f"{name}-{seed}.bin"
    path.write_bytes(mutated(name, seed))
    path.with_suffix(".txt").write_text(f"{options_for(seed)}\n{traceback.format_exc()}", encoding="utf-8", errors="backslashreplace")
    return str(path)


def limit_memory(growth: int) -> None:
    """Let allocations fail (`MemoryError`) when the process grows by more than so many bytes."""
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + growth, resource.getrlimit(resource.RLIMIT_AS)[1]))


def main() -> None:
    """Fuzz all samples and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=BYTES, help=f"that must reach each reader (default {BYTES:,})")
    parser.add_argument("--seed", type=int, default=0, help="of the first input")
    parser.add_argument("--only", nargs="*", default=NAMES, choices=NAMES, metavar="SAMPLE", help="these samples instead of all")
    arguments = parser.parse_args()
    limit_memory(MEMORY)
    tallies: dict[str, Tally] = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for name in arguments.only:
            tallies[name] = fuzz(name, arguments.bytes, arguments.seed, progress)
    print("| sample | inputs | bytes | bytes that reached the reader | gave transcripts | had faults | slowest |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, tally in tallies.items():
        row = f"{tally.inputs:,} | {tally.thrown:,} | {tally.reached:,} | {tally.read:,} | {tally.refused:,} | {tally.slowest:.2f} s"
        print(f"| {name} | {row} |")
    failures = [path for tally in tallies.values() for path in tally.failures]
    short = [name for name, tally in tallies.items() if tally.reached < arguments.bytes]
    print(
        f"\n{sum(tally.thrown for tally in tallies.values()):,} bytes of mutated samples, "
        f"{sum(tally.reached for tally in tallies.values()):,} of them through the readers of {len({format_of(name) for name in tallies})} "
        f"formats; {len(failures)} broke a promise."
    )
    for path in failures[:20]:
        print(f"see {path} and the traceback beside it")
    if short:
        print(f"too few bytes reached the readers of {', '.join(short)}")
    sys.exit(1 if failures or short else 0)


if __name__ == "__main__":
    main()
