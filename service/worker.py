"""What goes on in the background: transcripts are scored and events delivered, by any number of processes at once."""

from __future__ import annotations

import math
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from cs_nlp.pipeline.announcing import announce_changes
from cs_nlp.pipeline.batches import read_waiting
from cs_nlp.pipeline.events import announce_batches
from cs_nlp.pipeline.items import Seal
from cs_nlp.pipeline.retaining import erase_expired
from cs_nlp.pipeline.storing import WayIn, score_waiting
from cs_nlp.store import (
    claim_deliveries,
    count_uploads,
    disable_webhook,
    end_delivery,
    forget_requests,
    list_deliveries,
    next_free,
    organisation_names,
    published_mark,
)
from service.logs import log, log_error
from service.sending import GONE, send
from service.state import Service

_LETTERS: Final = 4  # sent one after the other, they end well within their lease
_FORGET_EVERY_S: Final = 600.0
_SWEEP_EVERY_S: Final = 60.0  # figures are brought up to date where nothing was scored: facts were corrected, or another process died
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
        self._lease = timedelta(seconds=service.settings.lease_s)
        self._name = f"{socket.gethostname()}, process {os.getpid()}"[:200]
        self._stopping = threading.Event()
        self._bell = threading.Event()
        self._swept: dict[int, float] = {}
        self._forgot = time.monotonic()
        self._marks: dict[int, str] = {}
        self._seal = Seal(service.secret)
        steps = (
            ("scoring", self._score, service.wake),
            ("reading", self._read, service.wake_reading),
            ("delivering", self._deliver, self._bell),
        )
        self._threads = [threading.Thread(target=self._repeat, args=(step, wake), name=name, daemon=True) for name, step, wake in steps]

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
        for event in (self._service.wake, self._service.wake_reading, self._bell):
            event.set()
        for thread in self._threads:
            thread.join()
        log("worker stopped", {"worker": self._name})

    def run_until(self, stopped: threading.Event) -> None:
        """Work until somebody says so."""
        self.start()
        stopped.wait()
        self.stop()

    def _repeat(self, step: Callable[[], bool], wake: threading.Event) -> None:
        """Take a step again and again, at once while it finds something to do, else after a while or when woken."""
        while not self._stopping.is_set():
            try:
                busy = step()
            except Exception as error:  # noqa: BLE001 - the worker outlives whatever a transcript or the database does to it
                log_error("worker step failed", error, {"worker": self._name})
                self._service.metrics.failures.labels(type(error).__name__).inc()
                busy = False
            if not busy:
                wake.wait(self._idle_s)
                wake.clear()

    def _score(self) -> bool:
        """Score what waits, a few transcripts of each organisation in turn, so that none waits for another one's thousands."""
        running = {one: self._scoring(one) for one in self._with_work()}
        found, failed = bool(running), None
        while running and not self._stopping.is_set():
            for organisation in list(running):
                try:
                    n = next(running[organisation], None)
                except Exception as error:  # noqa: BLE001 - the others go on, and it is raised below
                    n, failed = None, error
                if n is None:
                    del running[organisation]
                else:
                    self._service.metrics.scored.inc(n)
        if failed is not None:
            raise failed
        return found

    def _with_work(self) -> list[int]:
        """Organisations in which something can be claimed, or that were not looked after for a while."""
        chosen, now = [], time.monotonic()
        with self._service.store.reading() as db:
            for organisation in organisation_names(db).values():
                free = next_free(db, organisation)
                if (free is not None and free <= datetime.now(UTC)) or now >= self._swept.get(organisation, -math.inf) + _SWEEP_EVERY_S:
                    chosen.append(organisation)
        return chosen

    def _scoring(self, organisation: int) -> Iterator[int]:
        """Score what waits in an organisation and tell what follows from it; yields how many at a time."""
        service = self._service
        for batch in score_waiting(
            service.store, organisation, service.classifier, worker=self._name, keep=service.text, lease=self._lease
        ):
            yield len(batch)
            announce_batches(service.store, organisation)
        announce_batches(service.store, organisation)
        if erased := erase_expired(service.store, organisation).transcripts:
            log("transcripts erased: their time is over", {"transcripts": erased})
        self._look_for_changes(organisation)
        self._swept[organisation] = time.monotonic()

    def _look_for_changes(self, organisation: int) -> None:
        """Tell which teams began to speak differently, where something was published since the last look."""
        with self._service.store.reading() as db:
            mark = published_mark(db, organisation)
        if mark != self._marks.get(organisation, ""):
            announce_changes(self._service.store, organisation, self._service.classifier.artefact, seed=self._service.settings.seed)
            self._marks[organisation] = mark

    def _read(self) -> bool:
        """Read the files of batches."""
        service, found = self._service, False
        with service.store.reading() as db:
            organisations = {name: one for name, one in organisation_names(db).items() if count_uploads(db, one)}
        for name, organisation in organisations.items():
            way_in = WayIn(service.store, organisation, service.keeping(name), service.redactor, service.scorer)
            for _ in read_waiting(way_in, self._seal, lease=self._lease, stopping=self._stopping.is_set):
                found = True
                service.wake.set()
            announce_batches(service.store, organisation)
        return found

    def _deliver(self) -> bool:
        """Send the events that are due, and forget answers that are too old to be given again."""
        service, found = self._service, False
        with service.store.reading() as db:
            organisations = list(organisation_names(db).values())
            waiting = {one for one in organisations if list_deliveries(db, one, "pending", 1)}
        tidy = time.monotonic() - self._forgot > _FORGET_EVERY_S
        for organisation in organisations if tidy else waiting:
            with service.store.writing() as db:
                due = claim_deliveries(db, organisation, _LETTERS)
                if tidy:
                    forget_requests(db, organisation)
            for delivery in due:
                found = True
                sent = send(delivery, private=service.settings.private_webhooks)
                with service.store.writing() as db:
                    end_delivery(db, organisation, delivery, sent.status, sent.error)
                    if sent.status == GONE:
                        disable_webhook(db, organisation, delivery.webhook.uid)
                service.metrics.deliveries.labels("delivered" if sent.error is None else "failed").inc()
        if tidy:
            self._forgot = time.monotonic()
        return found
