"""Measures the service under load: a server process with the released model and a database of its own, and this process as its client.

    python -m tools.bench_service [--transcripts 10000] [--seconds 20] [--database postgresql://user@host/an_empty_database]

Requests are sent when they are due, whatever became of those before, and times count from then. It exits with 1 when a bound is not kept:
99 of 100 single statements at 50 requests a second within 60 ms; at 500 a second nothing but answers and refusals (429, 503); all
transcripts that are posted as fast as they are taken are scored, with less than 600 MB of memory at the most.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich.console import Console

from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.store import make_key, open_store

BOUND_MS: Final = 60.0
BOUND_MB: Final = 600.0
RATE: Final = 50
FLOOD: Final = 500
CONNECTIONS: Final = 16
TURNS: Final = 6
ROOT: Final = Path(__file__).resolve().parent.parent
CORPUS: Final = ROOT / "data" / "corpus" / "statements.jsonl"
FIRST: Final = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
CUSTOMER: Final = ("I have called three times about this.", "That is not what I was told.", "When will it be done?", "All right.")
_WAIT_S: Final = 120.0

out = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Server:
    """A running service.

    Attributes:
        port: of this machine.
        pid: of its process.
        key: with all that is needed.
    """

    port: int
    pid: int
    key: str

    @property
    def peak_mb(self) -> float:
        """Most memory that it has had."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmHWM:\s+(\d+)", text)[0]) / 1024


class Line:
    """A connection that is kept, for one request after the other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Status and body of an answer; 0 where the connection broke.

        A connection that was kept and is closed in this moment is opened anew, once, as every HTTP client does.
        """
        was_kept = self._streams is not None
        status, answer = await self._ask(method, path, body)
        return await self._ask(method, path, body) if was_kept and not status else (status, answer)

    async def _ask(self, method: str, path: str, body: object) -> tuple[int, bytes]:
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self._server.key}\r\nContent-Type: application/json\r\n"
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._server.port)
            reader, writer = self._streams
            writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
            headers = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = re.search(rb"content-length: (\d+)", headers)
            answer = await reader.readexactly(int(length[1])) if length else b""
            if b"connection: close" in headers:
                self.close()
            return int(headers.split(b" ", 2)[1]), answer
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            return 0, b""

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def flood(server: Server, rate: int, seconds: float, texts: Sequence[str]) -> tuple[list[float], Counter[int]]:
    """Single statements at a rate; milliseconds of each good answer, and how many answers of each status there were."""
    free: list[Line] = []
    times: list[float] = []
    statuses: Counter[int] = Counter()
    began = time.perf_counter()

    async def one(n: int) -> None:
        due = began + n / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        line = free.pop() if free else Line(server)
        status, _ = await line.ask("POST", "/v1/score", {"texts": [texts[n % len(texts)]]})
        statuses[status] += 1
        if status == 200:  # noqa: PLR2004 - as HTTP has it
            times.append((time.perf_counter() - due) * 1000)
        free.append(line)

    await asyncio.gather(*(one(n) for n in range(int(rate * seconds))))
    for line in free:
        line.close()
    return times, statuses


async def pour(server: Server, n: int, texts: Sequence[str]) -> tuple[float, float, Counter[int]]:
    """Post transcripts as fast as they are taken; seconds until all were in, until all were scored, and statuses."""
    waiting, statuses, began = iter(range(n)), Counter[int](), time.perf_counter()

    async def post(line: Line) -> None:
        for number in waiting:
            while True:
                status, _ = await line.ask("POST", "/v1/transcripts", call(number, texts))
                statuses[status] += 1
                if status in {200, 202}:
                    break
                await asyncio.sleep(1)
        line.close()

    await asyncio.gather(*(post(Line(server)) for _ in range(CONNECTIONS)))
    taken, line = time.perf_counter() - began, Line(server)
    while await waits(line):
        await asyncio.sleep(0.5)
    line.close()
    return taken, time.perf_counter() - began, statuses


async def waits(line: Line) -> float:
    """How many transcripts wait."""
    _, text = await line.ask("GET", "/metrics")
    return float(re.findall(rb"^cs_nlp_transcripts_waiting (\S+)", text, re.MULTILINE)[0])


async def scored(server: Server) -> int:
    """How many transcripts are scored."""
    line, cursor, n = Line(server), "", 0
    while True:
        _, body = await line.ask("GET", f"/v1/transcripts?state=scored&limit=500{cursor}")
        page = json.loads(body)
        n += len(page["items"])
        if not page["has_more"]:
            line.close()
            return n
        cursor = f"&cursor={page['next_cursor']}"


def call(number: int, texts: Sequence[str]) -> dict[str, Any]:
    """A call that is like no other."""
    lines = []
    for turn in range(TURNS):
        lines.append(f"Agent: {texts[(number * TURNS + turn) % len(texts)]}")
        lines.append(f"Customer: {CUSTOMER[(number + turn) % len(CUSTOMER)]}")
    at = FIRST + timedelta(minutes=number)  # the same words at the same minute would be the same call
    facts = {"id": f"call-{number}", "team": f"team {number % 4}", "agent": f"agent {number % 40}", "started_at": at.isoformat()}
    return {"transcript": "\n".join(lines), "metadata": facts}


@contextmanager
def served(database: str, folder: Path) -> Iterator[Server]:
    """A service in a process of its own."""
    secret, log = secrets.token_hex(16), folder / "service.log"
    with open_store(database, create=True) as store:
        organisation = open_organisation(store, Keeping("bench", secret.encode()))
        with store.writing() as db:
            _, key = make_key(db, organisation, "bench", ["ingest", "read"])
    env = os.environ | {"CS_NLP_DATABASE": database, "CS_NLP_SECRET": secret, "CS_NLP_RATE": "1000000", "CS_NLP_PORT": "0"}
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-m", "service"], env=env, cwd=ROOT, stderr=file)
    try:
        yield Server(_port(process, log), process.pid, key)
    finally:
        process.terminate()
        process.wait(60)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    until = time.monotonic() + _WAIT_S
    while process.poll() is None and time.monotonic() < until:
        found = re.search(r"running on http://[^:]+:(\d+)", log.read_text(encoding="utf-8"))
        if found:
            return int(found[1])
        time.sleep(0.1)
    raise RuntimeError(f"the service did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


async def measure(server: Server, seconds: float, n: int) -> list[str]:
    """Measure and tell; what is not kept."""
    texts = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    await flood(server, RATE, 2, texts)
    broken: list[str] = []
    times, statuses = await flood(server, RATE, seconds, texts)
    p50, p99 = np.percentile(times, [50, 99])
    out.print(f"{RATE} statements a second for {seconds:.0f} s: median {p50:.1f} ms, 99 of 100 within {p99:.1f} ms; {dict(statuses)}")
    if p99 > BOUND_MS or set(statuses) != {200}:
        broken.append(f"99 of 100 within {BOUND_MS:.0f} ms at {RATE} a second")
    times, statuses = await flood(server, FLOOD, seconds, texts)
    p99 = np.percentile(times, 99) if times else float("nan")
    out.print(f"{FLOOD} a second for {seconds:.0f} s: {dict(statuses)}; of those answered, 99 of 100 within {p99:.0f} ms")
    if set(statuses) - {200, 429, 503}:
        broken.append(f"nothing but answers and refusals at {FLOOD} a second")
    taken, whole, statuses = await pour(server, n, texts)
    done = await scored(server)
    peak = server.peak_mb
    out.print(f"{n:,} transcripts of {2 * TURNS} turns: in after {taken:.0f} s, {done:,} scored after {whole:.0f} s; {dict(statuses)}")
    out.print(f"memory of the service: at most {peak:.0f} MB")
    if done != n or set(statuses) - {200, 202, 429, 503}:
        broken.append("all transcripts are scored")
    if peak > BOUND_MB:
        broken.append(f"at most {BOUND_MB:.0f} MB")
    return broken


def main() -> None:
    """Measure; see the module."""
    parser = argparse.ArgumentParser(description="Measures the service under load.")
    parser.add_argument("--transcripts", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(given.database or str(Path(folder) / "bench.db"), Path(folder)) as server:
        broken = asyncio.run(measure(server, given.seconds, given.transcripts))
    for bound in broken:
        out.print(f"not kept: {bound}", style="red")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
