"""What the service has open while it runs: database, classifier, redactor, counters."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from cs_nlp.pipeline.storing import Keeping
from cs_nlp.redact import Redactor
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.scoring.batching import BatchingClassifier
from cs_nlp.settings import Settings
from cs_nlp.store import KeepText, Store, open_store, read_secret
from service.logs import log
from service.metrics import Metrics

_POOL: Final = 20  # connections to PostgreSQL: half as many as threads, and as many again when they are busy
_WARM: Final = "Thank you for calling, how can I help?"


@dataclass(frozen=True, slots=True)
class Service:
    """What is open.

    Attributes:
        settings: as they were read.
        store: the database.
        classifier: for the background.
        scorer: for requests: scores what comes at the same moment together.
        redactor: one for the process, or None where no text is kept.
        secret: makes pseudonyms, hashes and signatures of cursors.
        metrics: counters.
        wake: set when there is something to score.
        wake_reading: set when there is a batch to read.
    """

    settings: Settings
    store: Store
    classifier: Classifier
    scorer: BatchingClassifier
    redactor: Redactor | None
    secret: bytes
    metrics: Metrics
    wake: threading.Event = field(default_factory=threading.Event)
    wake_reading: threading.Event = field(default_factory=threading.Event)

    @property
    def text(self) -> KeepText:
        """Of which statements the text is kept."""
        return KeepText(self.settings.keep_text)

    def keeping(self, organisation: str, team: str | None = None) -> Keeping:
        """How the transcripts of an organisation are kept.

        Args:
            organisation: its name.
            team: of transcripts that name none.
        """
        return Keeping(organisation, self.secret, self.text, self.settings.time_zone, team)

    def derived(self, purpose: str) -> bytes:
        """A secret for one purpose, from which the secret itself can't be found."""
        return hmac.digest(self.secret, f"cs_nlp {purpose}".encode(), hashlib.sha256)


@contextmanager
def opened(settings: Settings, *, metrics: Metrics | None = None, warm: bool = True) -> Iterator[Service]:
    """Open all that the service needs; everything is closed at the end.

    Args:
        settings: where and how.
        metrics: where to count; new ones by default.
        warm: load at once what would else be loaded by the first request.

    Raises:
        CsNlpError: something can't be opened.
    """
    with open_store(settings.database, create=True, pool_size=_POOL) as store:
        secret, made = read_secret(store, settings.secret.get_secret_value())
        if made is not None:
            log("secret made: keep a copy apart from the database", {"path": str(made)})
        redactor = None if settings.keep_text == "none" else shared_redactor()
        classifier = load_classifier(settings.model, threads=settings.threads)
        if warm:
            classifier.score([_WARM])
            if redactor is not None:
                redactor.redact_texts([_WARM])
        scorer = BatchingClassifier(classifier)
        try:
            yield Service(settings, store, classifier, scorer, redactor, secret, metrics or Metrics())
        finally:
            scorer.close()


@cache
def shared_redactor() -> Redactor:
    """One for the process: it takes seconds and a hundred megabytes to load."""
    return Redactor()
