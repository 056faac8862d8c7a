"""Processes are killed at random while they score: no transcript is lost, and none counts twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from datetime import timedelta
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from cs_nlp.pipeline.storing import score_waiting
from cs_nlp.scoring import load_classifier
from cs_nlp.store import Incoming, Store, count_states, list_transcripts
from tests.store.samples import MONDAY, call, keep
from tests.store.scorer import run
from tests.store.test_cells import assert_cells_are_totals
from tests.store.test_erase import figures

A_ROUND = 12
FEWEST_ROUNDS, MOST_ROUNDS = 12, 80
FEWEST_INTERRUPTED = 5
PATIENCE_S = 120

pytestmark = pytest.mark.slow


class Killer:
    """Starts scoring processes and kills them."""

    def __init__(self, database: str, org: int, model: Path, folder: Path) -> None:
        self._arguments, self._folder, self._names = (database, org, model), folder, count()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.store.scorer"])

    def start(self) -> BaseProcess:
        """A process that scores, from its beginning on."""
        begun = self._folder / f"begun-{next(self._names)}"
        process = self._context.Process(target=run, args=(*self._arguments, begun))
        process.start()
        patience = time.monotonic() + PATIENCE_S
        while not begun.exists() and process.is_alive() and time.monotonic() < patience:
            time.sleep(0.005)
        assert begun.exists()
        return process


def test_killing_loses_nothing_and_repeats_nothing(
    store: Store, org: int, other: int, database: str, tiny_baseline: Path, tmp_path: Path
) -> None:
    chance, killer = random.Random(0), Killer(database, org, tiny_baseline, tmp_path)  # noqa: S311 - no secret
    calls: list[Incoming] = []
    processes = [killer.start(), killer.start()]
    while len(calls) < MOST_ROUNDS * A_ROUND and (len(calls) < FEWEST_ROUNDS * A_ROUND or interrupted(store, org) < FEWEST_INTERRUPTED):
        new = [call(f"c{n}", f"agent-{n % 7}", started_at=MONDAY + timedelta(hours=n)) for n in range(len(calls), len(calls) + A_ROUND)]
        keep(store, org, *new)
        calls += new
        processes.append(killer.start())
        time.sleep(chance.uniform(0.0, 0.05))
        victim = processes.pop(chance.randrange(len(processes)))
        victim.kill()
        victim.join()
    processes.append(killer.start())
    for process in processes:
        process.join(PATIENCE_S)
        assert process.exitcode == 0

    keep(store, other, *calls)
    for _ in score_waiting(store, other, load_classifier(tiny_baseline, threads=1), worker="undisturbed"):
        pass
    assert interrupted(store, org) >= FEWEST_INTERRUPTED
    with store.reading() as db:
        assert count_states(db, org) == {"received": 0, "scoring": 0, "scored": len(calls), "failed": 0}
        assert db.exec_driver_sql("SELECT count(*) FROM inputs").scalar_one() == 0
    assert figures(store, org) == figures(store, other)
    assert_cells_are_totals(store, org)


def interrupted(store: Store, org: int) -> int:
    """How many transcripts were claimed more than once: somebody died over them."""
    with store.reading() as db:
        return sum(one.attempts > 1 for one in list_transcripts(db, org, limit=MOST_ROUNDS * A_ROUND))
