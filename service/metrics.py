"""What `/metrics` tells, in Prometheus' text format: counts and durations, never names."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE

__all__ = ["CONTENT_TYPE", "Metrics"]

_SECONDS: Final = (0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The service's counters, in a registry of their own, so that several services can live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter("cs_nlp_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry)
        self.seconds = Histogram(
            "cs_nlp_request_seconds", "Time until a request was answered.", ("method", "route"), buckets=_SECONDS, registry=self._registry
        )
        self.running = Gauge("cs_nlp_requests_running", "Requests being answered now.", registry=self._registry)
        self.waiting = Gauge(
            "cs_nlp_transcripts_waiting", "Transcripts that wait to be scored or are being scored.", registry=self._registry
        )
        self.scored = Counter("cs_nlp_transcripts_scored", "Transcripts scored by this process.", registry=self._registry)
        self.failures = Counter(
            "cs_nlp_worker_failures", "Steps of the worker that failed, by kind of error.", ("kind",), registry=self._registry
        )
        self.deliveries = Counter("cs_nlp_deliveries", "Attempts to deliver events, by outcome.", ("outcome",), registry=self._registry)

    def text(self) -> bytes:
        """All of it, as `CONTENT_TYPE`."""
        return generate_latest(self._registry)
