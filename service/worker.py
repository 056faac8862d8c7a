"""What goes on in the background: transcripts are scored and events delivered, by any number of processes at once."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from typing import Final

from cs_nlp.pipeline.batches import read_waiting
from cs_nlp.pipeline.events import announce_batches
from cs_nlp.pipeline.items import Seal
from cs_nlp.pipeline.storing import WayIn, score_waiting
from cs_nlp.store import organisation_names
from service.logs import log, log_error
from service.state import Service

IDLE_S: Final = 1.0
"""Seconds between two looks where nobody says that there is work."""


class Worker:
    """Threads that work until they are stopped; at any moment they may be killed.

    Args:
        service: what is open.
        idle_s: seconds between two looks.
    """

    def __init__(self, service: Service, *, idle_s: float = IDLE_S) -> None:
        self._service = service
        self._idle_s = idle_s
        self._name = f"{socket.gethostname()}, process {os.getpid()}"[:200]
        self._stopping = threading.Event()
        self._seal = Seal(service.secret)
        steps = (("scoring", self._score), ("reading", self._read))
        self._threads = [threading.Thread(target=self._repeat, args=(step,), name=name, daemon=True) for name, step in steps]

    @property
    def is_alive(self) -> bool:
        """Whether all threads work."""
        return all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()
        log("worker started", {"worker": self._name})

    def stop(self) -> None:
        """Finish what was begun, take nothing more, and end."""
        self._stopping.set()
        self._service.wake.set()
        for thread in self._threads:
            thread.join()
        log("worker stopped", {"worker": self._name})

    def run_until(self, stopped: threading.Event) -> None:
        """Work until somebody says so."""
        self.start()
        stopped.wait()
        self.stop()

    def _repeat(self, step: Callable[[], bool]) -> None:
        """Take a step again and again, at once while it finds something to do."""
        while not self._stopping.is_set():
            try:
                busy = step()
            except Exception as error:  # noqa: BLE001 - the worker outlives whatever a transcript or the database does to it
                log_error("worker step failed", error, {"worker": self._name})
                self._service.metrics.failures.labels(type(error).__name__).inc()
                busy = False
            if not busy:
                self._service.wake.wait(self._idle_s)
                self._service.wake.clear()

    def _score(self) -> bool:
        service, found = self._service, False
        with service.store.reading() as db:
            organisations = organisation_names(db)
        for organisation in organisations.values():
            announce_batches(service.store, organisation)
            for batch in score_waiting(service.store, organisation, service.classifier, worker=self._name, keep=service.text):
                found = True
                service.metrics.scored.inc(len(batch))
                if self._stopping.is_set():
                    return False
                announce_batches(service.store, organisation)
        return found

    def _read(self) -> bool:
        """Read the files of batches."""
        service, found = self._service, False
        with service.store.reading() as db:
            organisations = organisation_names(db)
        for name, organisation in organisations.items():
            way_in = WayIn(service.store, organisation, service.keeping(name), service.redactor, service.scorer)
            for _ in read_waiting(way_in, self._seal, stopping=self._stopping.is_set):
                found = True
        return found
