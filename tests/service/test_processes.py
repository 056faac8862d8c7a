"""`cs-nlp keys`, `serve` and `worker` as users start them: keys work, the worker scores, a signal ends both cleanly."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.service.samples import item

COMMAND = str(Path(sys.executable).parent / "cs-nlp")
PATIENCE_S = 120


@pytest.fixture
def env(tmp_path: Path, tiny_baseline: Path) -> dict[str, str]:
    """The settings of a small installation whose service leaves scoring to a worker."""
    own = {"DATABASE": str(tmp_path / "calls.db"), "MODEL": str(tiny_baseline), "PORT": "0", "SCORE_INSIDE": "false"}
    return os.environ | {f"CS_NLP_{name}": value for name, value in own.items()}


def run(env: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run([COMMAND, *arguments], env=dict(env), capture_output=True, text=True, check=False)


@contextmanager
def started(env: Mapping[str, str], folder: Path, command: str, sign: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A command that goes on until it is told to stop, once its log shows a sign; and its log."""
    log = folder / f"{command}.log"
    with log.open("wb") as file:
        process = subprocess.Popen([COMMAND, command], env=dict(env), stderr=file)
    try:
        until = time.monotonic() + PATIENCE_S
        while sign not in log.read_text(encoding="utf-8") and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        assert sign in log.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")
        yield process, log
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_service_and_a_worker_beside_it(env: dict[str, str], tmp_path: Path) -> None:
    made = run(env, "keys", "create", "tests", "--scope", "ingest", "--scope", "read")
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    with started(env, tmp_path, "serve", "running on") as (service, log), started(env, tmp_path, "worker", "worker started") as (worker, _):
        port = re.findall(r"running on http://127\.0\.0\.1:(\d+)", log.read_text(encoding="utf-8"))[0]
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=PATIENCE_S) as client:
            where = client.post("/v1/transcripts", json=item(0)).headers["location"]
            until = time.monotonic() + PATIENCE_S
            while (state := client.get(where).json()["state"]) != "scored" and time.monotonic() < until:
                time.sleep(0.1)
        for process, sent in ((worker, signal.SIGTERM), (service, signal.SIGINT)):
            process.send_signal(sent)
        codes = [worker.wait(PATIENCE_S), service.wait(PATIENCE_S)]
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]

    assert state == "scored"
    assert codes == [0, 0]
    assert "service stopped" in {line["event"] for line in lines}
    assert {"method", "route", "status", "ms", "key"} <= next(line for line in lines if line["event"] == "request").keys()


def test_keys_are_made_listed_and_revoked(env: dict[str, str]) -> None:
    made = json.loads(run(env, "keys", "create", "platform", "--scope", "read", "--days", "9", "--json").stdout)
    listed = run(env, "keys", "list", "--json").stdout

    assert made["key"].startswith(f"{made['id']}.")
    assert made["scopes"] == ["read"]
    assert made["key"].partition(".")[2] not in listed
    assert run(env, "keys", "revoke", made["id"]).returncode == 0
    assert json.loads(run(env, "keys", "list", "--json").stdout)["revoked_at"]
    again = run(env, "keys", "revoke", made["id"])
    assert (again.returncode, "none of that id" in again.stderr) == (2, True)
    assert run(env, "keys", "list").stdout.count("platform") == 1


def test_a_scope_that_there_is_not_is_refused(env: dict[str, str]) -> None:
    done = run(env, "keys", "create", "platform", "--scope", "everything")

    assert (done.returncode, "expected some of ingest, read, evidence, label, admin" in done.stderr) == (2, True)
