"""The worker: goes on after failures, tells them, and can be away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from httpx2 import Client

from cs_nlp.scoring import Artefact, Classifier, Scores
from cs_nlp.scoring.classifier import Floats
from cs_nlp.settings import Settings
from cs_nlp.store import count_states, organisation_names, set_retention
from service.state import Service
from service.worker import Worker
from tests.service.conftest import Keys
from tests.service.samples import item


class Stumbling:
    """A real classifier that fails the first times."""

    def __init__(self, classifier: Classifier, failures: int) -> None:
        self._classifier = classifier
        self.left = failures

    @property
    def artefact(self) -> Artefact:
        return self._classifier.artefact

    def score(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> Scores:
        if self.left:
            self.left -= 1
            raise FloatingPointError("you should not read this")
        return self._classifier.score(texts, contexts)

    def embed(self, texts: Sequence[str]) -> Floats:
        return self._classifier.embed(texts)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The service leaves the work to others."""
    return settings.model_copy(update={"score_inside": False})


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    patience = time.monotonic() + 60
    while not is_so() and time.monotonic() < patience:
        time.sleep(0.05)
    assert is_so()


def states(service: Service) -> dict[str, int]:
    """How many transcripts are in each state."""
    with service.store.reading() as db:
        return dict(count_states(db, organisation_names(db)["acme"]))


def test_it_goes_on_after_a_failure_and_counts_it(client: Client, keys: Keys, service: Service) -> None:
    client.post("/v1/transcripts", json=item(0), headers=keys("ingest"))
    worker = Worker(replace(service, classifier=Stumbling(service.classifier, 1)), idle_s=0.05)

    worker.start()
    until(lambda: states(service)["scored"] == 1)
    worker.stop()

    text = client.get("/metrics").text
    assert 'cs_nlp_worker_failures_total{kind="FloatingPointError"} 1.0' in text
    assert "cs_nlp_transcripts_scored_total 1.0" in text


def test_many_workers_score_each_transcript_once(client: Client, keys: Keys, service: Service) -> None:
    for n in range(30):
        client.post("/v1/transcripts", json=item(n), headers=keys("ingest"))
    client.post("/v1/batches", json={"items": [item(n) for n in range(30, 50)]}, headers=keys("ingest"))
    workers = [Worker(service, idle_s=0.05) for _ in range(3)]

    for worker in workers:
        worker.start()
    until(lambda: states(service)["scored"] == 50)
    for worker in workers:
        worker.stop()

    assert "cs_nlp_transcripts_scored_total 50.0" in client.get("/metrics").text


def test_what_is_older_than_it_is_kept_is_erased(client: Client, keys: Keys, service: Service) -> None:
    new = item(1)
    new["metadata"]["started_at"] = datetime.now(UTC).isoformat()
    for one in (item(0), new):
        client.post("/v1/transcripts", json=one, headers=keys("ingest"))
    with service.store.writing() as db:
        set_retention(db, organisation_names(db)["acme"], 30)
    worker = Worker(service, idle_s=0.05)

    worker.start()
    until(lambda: states(service) == {"received": 0, "scoring": 0, "scored": 1, "failed": 0})
    worker.stop()

    (kept,) = client.get("/v1/transcripts", headers=keys("ingest", "read")).json()["items"]
    assert kept["name"] == "call-1"


def test_a_worker_that_is_stopped_ends_at_once_when_there_is_nothing_to_do(service: Service) -> None:
    worker, stopped = Worker(service, idle_s=30), threading.Event()
    thread = threading.Thread(target=worker.run_until, args=(stopped,))
    thread.start()
    until(lambda: worker.is_alive)

    began = time.monotonic()
    stopped.set()
    thread.join(20)

    assert time.monotonic() - began < 10
    assert not worker.is_alive


def test_a_service_whose_worker_has_ended_is_not_ready(client: Client, app: FastAPI, service: Service) -> None:
    assert client.get("/readyz").status_code == 200
    worker = Worker(service, idle_s=0.05)
    worker.start()
    worker.stop()
    app.state.worker = worker
    try:
        answer = client.get("/readyz")
    finally:
        app.state.worker = None

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
