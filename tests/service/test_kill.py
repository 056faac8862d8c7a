"""Services and workers are killed at random while transcripts are posted: none that was answered is lost, and none counts twice."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.settings import Settings
from cs_nlp.store import (
    Store,
    count_states,
    count_uploads,
    count_waiting,
    faults,
    find_job,
    list_transcripts,
    make_key,
    open_store,
    read_totals,
)
from tests.service.conftest import SECRET
from tests.service.killed import serve, work
from tests.service.samples import item
from tests.store.test_cells import assert_cells_are_totals

SINGLY, IN_BATCHES, A_BATCH = 200, 800, 50
FEWEST_KILLS = 10
PATIENCE_S = 200.0

pytestmark = pytest.mark.slow


class Fleet:
    """One service and two workers, one of which is killed every now and then and started anew."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._port_file = settings, folder / "port"
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.service.killed"])
        self._chance = random.Random(0)  # noqa: S311 - no secret
        self._stopped = threading.Event()
        self._processes: dict[str, BaseProcess] = {}
        self.kills = 0
        for name in ("service", "worker 1", "worker 2"):
            self._start(name)
        self._thread = threading.Thread(target=self._kill)
        self._thread.start()

    def _start(self, name: str) -> None:
        if name == "service":
            self._port_file.unlink(missing_ok=True)
            process: BaseProcess = self._context.Process(target=serve, args=(self._settings, self._port_file))
        else:
            process = self._context.Process(target=work, args=(self._settings,))
        process.start()
        self._processes[name] = process

    def _kill(self) -> None:
        while not self._stopped.wait(self._chance.uniform(0.3, 1.0)):
            name = self._chance.choice(sorted(self._processes))
            victim = self._processes.pop(name)
            victim.kill()
            victim.join()
            self.kills += 1
            self._start(name)
            # Where starting takes longer than living, nothing would ever be done.
            while not self._port_file.exists() and not self._stopped.is_set():
                time.sleep(0.01)

    def url(self) -> str:
        """Where the service is just now; raises while there is none."""
        return f"http://127.0.0.1:{self._port_file.read_text(encoding='ascii')}"

    def leave_alone(self) -> None:
        """Kill no more."""
        self._stopped.set()
        self._thread.join()

    def end(self) -> None:
        """All ends."""
        self.leave_alone()
        for process in self._processes.values():
            process.kill()
            process.join()


def post(fleet: Fleet, path: str, body: object, headers: dict[str, str]) -> httpx2.Response:
    """Post until there is an answer, as any client of a service that is restarted would."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            answer = httpx2.post(fleet.url() + path, json=body, headers=headers, timeout=20)
        except (httpx2.TransportError, OSError):
            time.sleep(0.05)
            continue
        if answer.status_code in {200, 202}:
            return answer
        assert answer.status_code == 503, answer.text
        time.sleep(0.2)
    raise AssertionError("no answer")


def when(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE_S
    while not is_so() and time.monotonic() < until:
        time.sleep(0.1)
    assert is_so()


def nothing_waits(store: Store) -> bool:
    """Whether all is read and scored."""
    with store.reading() as db:
        return not count_waiting(db) and not count_uploads(db)


def test_killing_loses_nothing_that_was_answered_and_repeats_nothing(database: str, tiny_baseline: Path, tmp_path: Path) -> None:
    secret = SecretStr(SECRET)
    settings = Settings(database=database, secret=secret, model=str(tiny_baseline), threads=1, rate=10_000, port=0, lease_s=1)
    with open_store(database) as store:
        org = open_organisation(store, Keeping("acme", SECRET.encode()))
        with store.writing() as db:
            _, shown = make_key(db, org, "test", ["ingest"])
        headers = {"Authorization": f"Bearer {shown}"}
        fleet = Fleet(settings, tmp_path)
        try:
            batches = [[item(n) for n in range(first, first + A_BATCH)] for first in range(SINGLY, SINGLY + IN_BATCHES, A_BATCH)]
            with ThreadPoolExecutor(4) as pool:
                singly = pool.map(lambda n: post(fleet, "/v1/transcripts", item(n), headers), range(SINGLY))
                jobs = list(pool.map(lambda items: post(fleet, "/v1/batches", {"items": items}, headers).json()["id"], batches))
                assert len(list(singly)) == SINGLY
            when(lambda: fleet.kills >= FEWEST_KILLS)
            fleet.leave_alone()
            when(lambda: nothing_waits(store))
        finally:
            fleet.end()

        with store.reading() as db:
            states, named = count_states(db, org), [one.name for one in list_transcripts(db, org, limit=SINGLY + IN_BATCHES + 1)]
            counts = [found.counts for job in jobs if (found := find_job(db, org, job)) is not None and found.closed_at is not None]
            said = [totals.n for totals in read_totals(db, org)]
            assert list(faults(db)) == []
        assert states == {"received": 0, "scoring": 0, "scored": SINGLY + IN_BATCHES, "failed": 0}
        assert sorted(named) == sorted(f"call-{n}" for n in range(SINGLY + IN_BATCHES))
        assert said == [2] * (SINGLY + IN_BATCHES)
        assert len(counts) == len(jobs)
        assert all((one["accepted"] + one["duplicates"], one["rejected"]) == (A_BATCH, 0) for one in counts)
        assert_cells_are_totals(store, org)
