"""Schemathesis takes the whole OpenAPI document and looks for what breaks it: all checks, one operation at a time and in sequence.

First examples and edges of every operation; then, for 40 seconds by default, whatever it likes: `make fuzz-service` gives it longer.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.scoring import Artefact, find_artefact
from cs_nlp.store import SCOPES, make_key, open_store
from service.schemas.operations import OPERATIONS
from tests.service.conftest import SECRET
from tests.service.reading.world import fill

SECONDS = os.environ.get("CS_NLP_FUZZ_S", "40")
CONFIG = Path(__file__).with_name("schemathesis.toml")
STARTS_S = 60


@pytest.fixture
def served(database: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address of a server on a database of its own, and a key that may do everything."""
    with open_store(database) as store:
        organisation = open_organisation(store, Keeping("acme", SECRET.encode()))
        fill(store, organisation, Artefact.open(find_artefact("culture-en-small")), {"north": 6, "south": 6}, 8)
        with store.writing() as db:
            _, key = make_key(db, organisation, "fuzzer", SCOPES)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"DATABASE": database, "SECRET": SECRET, "ORGANISATION": "acme", "THREADS": "1", "RATE": "100000", "PORT": str(port)}
    environment = os.environ | {f"CS_NLP_{name}": value for name, value in told.items()}
    log = (tmp_path / "server.log").open("w", encoding="utf-8")
    with log, subprocess.Popen([sys.executable, "-m", "service"], env=environment, stderr=log) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _await(address)
            yield address, key
        finally:
            server.terminate()


def _await(address: str) -> None:
    for _ in range(10 * STARTS_S):
        try:
            if httpx2.get(f"{address}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start within {STARTS_S} s")


def fuzz(served: tuple[str, str], folder: Path, *asked: str) -> str:
    """What schemathesis says when it finds nothing."""
    address, key = served
    program = str(Path(sys.executable).with_name("schemathesis"))
    # The timeout is for what hangs: how fast answers come is measured elsewhere.
    common = ["--checks", "all", "--continue-on-failure", "--request-timeout", "60", "--header", f"Authorization: Bearer {key}"]

    done = subprocess.run(
        [program, "--config-file", str(CONFIG), "run", f"{address}/openapi.json", *common, *asked],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_schemathesis_finds_nothing(served: tuple[str, str], tmp_path: Path) -> None:
    covered = fuzz(served, tmp_path, "--phases", "examples,coverage")
    fuzzed = fuzz(served, tmp_path, "--phases", "fuzzing,stateful", "--max-time", SECONDS)

    operations = len(OPERATIONS)
    assert f"Operations:       {operations} selected / {operations} total" in covered
    assert f"Tested: {operations}" in covered
    assert "Test Phases:" in fuzzed
    scenarios = re.search(r"Scenarios:\s+(\d+)", fuzzed)
    assert scenarios is not None, fuzzed
    assert int(scenarios[1]) > 0
