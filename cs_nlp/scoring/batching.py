"""Scores for many threads that each ask for a few statements: what waits at the same moment is scored together."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from cs_nlp.errors import BusyError
from cs_nlp.scoring.artefact import Artefact
from cs_nlp.scoring.classifier import Classifier, Floats, Scores

STATEMENTS_TOGETHER: Final = 64
"""Most statements in one go: what comes after them would wait too long."""
FEW: Final = 32
"""Requests of more statements than this are scored by themselves, so that small ones need not wait for them."""
MOST_WAITING: Final = 512
LARGE_AT_ONCE: Final = 2
_PATIENCE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Ask:
    texts: Sequence[str]
    contexts: Sequence[str | None]
    answer: Future[Scores] = field(default_factory=Future)


class BatchingClassifier:
    """A classifier that many threads share.

    Args:
        classifier: that does the work.
        most_waiting: statements that may wait; beyond that, requests are refused.
    """

    def __init__(self, classifier: Classifier, *, most_waiting: int = MOST_WAITING) -> None:
        self._classifier = classifier
        self._most = most_waiting
        self._asks: queue.SimpleQueue[_Ask | None] = queue.SimpleQueue()
        self._waiting = 0
        self._lock = threading.Lock()
        self._large = threading.BoundedSemaphore(LARGE_AT_ONCE)
        self._thread = threading.Thread(target=self._run, name="scoring", daemon=True)
        self._thread.start()

    @property
    def artefact(self) -> Artefact:
        """The model folder."""
        return self._classifier.artefact

    @property
    def waiting(self) -> int:
        """Statements that wait now."""
        return self._waiting

    def score(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> Scores:
        """Score statements; see `Classifier.score`.

        Raises:
            BusyError: too many wait.
        """
        contexts = contexts if contexts is not None else [None] * len(texts)
        if len(texts) > FEW:
            return self._score_large(texts, contexts)
        with self._lock:
            if self._waiting + len(texts) > self._most:
                raise BusyError(f"{self._waiting} statements wait to be scored, at most {self._most} may; try again in a moment")
            self._waiting += len(texts)
        ask = _Ask(texts, contexts)
        self._asks.put(ask)
        return ask.answer.result()

    def embed(self, texts: Sequence[str]) -> Floats:
        """Sentence vectors; see `Classifier.embed`."""
        return self._classifier.embed(texts)

    def close(self) -> None:
        """Score what waits, and end. Nothing may be asked afterwards."""
        self._asks.put(None)
        self._thread.join()

    def _score_large(self, texts: Sequence[str], contexts: Sequence[str | None]) -> Scores:
        if not self._large.acquire(timeout=_PATIENCE_S):
            raise BusyError(f"{LARGE_AT_ONCE} large requests are being scored; try again in a moment", _PATIENCE_S / 2)
        try:
            return self._classifier.score(texts, contexts)
        finally:
            self._large.release()

    def _run(self) -> None:
        held: _Ask | None = None
        while True:
            first = held or self._asks.get()
            if first is None:
                return
            together, held, ends = self._gather(first)
            self._answer(together)
            if ends:
                return

    def _gather(self, first: _Ask) -> tuple[list[_Ask], _Ask | None, bool]:
        """What to score with the first request, the request that was too much, and whether it is the end."""
        together, n = [first], len(first.texts)
        while True:
            try:
                ask = self._asks.get_nowait()
            except queue.Empty:
                return together, None, False
            if ask is None:
                return together, None, True
            n += len(ask.texts)
            if n > STATEMENTS_TOGETHER:
                return together, ask, False
            together.append(ask)

    def _answer(self, together: Sequence[_Ask]) -> None:
        texts = [text for ask in together for text in ask.texts]
        try:
            scores = self._classifier.score(texts, [context for ask in together for context in ask.contexts])
        except Exception as error:  # noqa: BLE001 - it is raised in the threads that asked
            for ask in together:
                ask.answer.set_exception(error)
        else:
            start = 0
            for ask in together:
                ask.answer.set_result(scores.take(slice(start, start + len(ask.texts))))
                start += len(ask.texts)
        finally:
            with self._lock:
                self._waiting -= len(texts)
