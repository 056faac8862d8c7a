"""Many threads share a classifier: each gets its own scores, and too many are refused."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cs_nlp.errors import BusyError
from cs_nlp.scoring import Artefact, Classifier, Scores, load_classifier
from cs_nlp.scoring.batching import FEW, BatchingClassifier
from cs_nlp.scoring.classifier import Floats

TEXTS = [f"that is rule number {n}, and you should have read it" for n in range(40)]


class Held:
    """A real classifier that waits for a sign before it scores, and says how many statements it was given together."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self.go = threading.Event()
        self.sizes: list[int] = []

    @property
    def artefact(self) -> Artefact:
        return self._classifier.artefact

    def score(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> Scores:
        self.sizes.append(len(texts))
        self.go.wait(10)
        if "fail" in texts:
            raise ValueError("told to fail")
        return self._classifier.score(texts, contexts)

    def embed(self, texts: Sequence[str]) -> Floats:
        return self._classifier.embed(texts)


@pytest.fixture
def held(tiny_baseline: Path) -> Held:
    return Held(load_classifier(tiny_baseline))


def test_each_thread_gets_the_scores_of_its_own_texts(tiny_baseline: Path) -> None:
    classifier = load_classifier(tiny_baseline)
    together = BatchingClassifier(classifier)
    alone = classifier.score(TEXTS).cultures

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda text: together.score([text]).cultures, TEXTS))
    together.close()

    np.testing.assert_allclose(np.concatenate(found), alone, atol=1e-6)


def test_what_waits_is_scored_together(held: Held) -> None:
    together = BatchingClassifier(held)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(together.score, [text]) for text in TEXTS[:8]]
        while together.waiting < 8:
            pass
        held.go.set()
        assert all(len(answer.result(10)) == 1 for answer in answers)
    together.close()

    assert len(held.sizes) <= 3
    assert sum(held.sizes) == 8


def test_too_many_waiting_are_refused_with_a_time_to_come_again(held: Held) -> None:
    together = BatchingClassifier(held, most_waiting=2)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(together.score, TEXTS[:2])
        while together.waiting < 2:
            pass
        with pytest.raises(BusyError, match="at most 2 may") as refused:
            together.score(TEXTS[:1])
        held.go.set()
        first.result(10)
    together.close()

    assert refused.value.retry_after_s > 0


def test_a_large_request_does_not_wait_in_the_queue_of_small_ones(held: Held) -> None:
    held.go.set()
    together = BatchingClassifier(held, most_waiting=1)

    assert len(together.score(TEXTS[: FEW + 1])) == FEW + 1
    together.close()


def test_an_error_reaches_who_asked_and_nobody_after(held: Held) -> None:
    held.go.set()
    together = BatchingClassifier(held)

    with pytest.raises(ValueError, match="told to fail"):
        together.score(["fail"])
    assert len(together.score(TEXTS[:1])) == 1
    together.close()
