"""Runs the TF-IDF baseline with numpy alone, counting words as scikit-learn's TfidfVectorizer does."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import ArtefactError
from cs_nlp.scoring.artefact import LINEAR_FILES, Artefact, LinearConfig
from cs_nlp.scoring.classifier import Floats, Scores, sigmoid, softmax
from cs_nlp.scoring.doubt import doubt_of
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

_WORD = re.compile(r"(?u)\b\w\w+\b")
_HEADS = {"culture": len(CULTURES), "target": len(TARGETS), "drivers": len(SIGNED_DRIVERS)}


class LinearClassifier:
    """Word n-grams weighted by TF-IDF (1 + log of the count, unit length) and a linear model for each head. Context is not used.

    Args:
        artefact: the checked model folder.
        config: its configuration.

    Raises:
        ArtefactError: weights and vocabulary do not fit together.
    """

    def __init__(self, artefact: Artefact, config: LinearConfig) -> None:
        self._artefact = artefact
        self._doubt = doubt_of(artefact)
        self._config = config
        weights, vocabulary = (artefact.path / name for name in LINEAR_FILES)
        self._columns = _read_vocabulary(vocabulary)
        self._idf, self._coef, self._intercept = _read_weights(weights, len(self._columns))

    @property
    def artefact(self) -> Artefact:
        """The model folder."""
        return self._artefact

    def score(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> Scores:
        """Score statements; see `Classifier.score`. The contexts are not looked at."""
        del contexts
        logits = np.empty((len(texts), len(self._intercept)), dtype=np.float32)
        for row, text in enumerate(texts):
            columns, values = self._features(text)
            logits[row] = self._intercept + values @ self._coef[columns]
        culture, target, drivers = np.split(logits, np.cumsum([*_HEADS.values()])[:-1], axis=1)
        return Scores(
            cultures=softmax(culture / self._config.temperature),
            targets=softmax(target),
            drivers=sigmoid(drivers),
            windows=np.ones(len(texts), dtype=np.int64),
            driver_threshold=self._config.driver_threshold,
            unsure=self._doubt(texts),
            none_weight=self._config.none_weight,
        )

    def embed(self, texts: Sequence[str]) -> Floats:
        """Always refused; see `Classifier.embed`."""
        del texts
        raise ArtefactError(f"{self._artefact.path}: a model of word counts gives no sentence vectors; take a fine-tuned encoder")

    def _features(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Columns of the known n-grams of a text and their weights; both of shape `(n_grams,)`, empty where none is known."""
        terms = _ngrams(_WORD.findall(text.lower()), self._config.ngram_max)
        counts = Counter(self._columns[term] for term in terms if term in self._columns)
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        found = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
        values = (1 + np.log(found)) * self._idf[columns]
        length = np.sqrt((values**2).sum())
        return columns, values / (length or 1.0)


def _ngrams(words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _read_vocabulary(path: Path) -> dict[str, int]:
    try:
        terms = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactError(f"{path}: not readable as JSON ({error}); get the model anew or train again") from error
    if not isinstance(terms, list):
        raise ArtefactError(f"{path}: holds a {type(terms).__name__}, expected a list of n-grams; train the model again")
    return {str(term): column for column, term in enumerate(terms)}


def _read_weights(path: Path, n_terms: int) -> tuple[Floats, Floats, Floats]:
    """Inverse document frequencies `(terms,)`, coefficients `(terms, 37)` and intercepts `(37,)` of all heads side by side."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = dict(arrays)
    except (OSError, ValueError, BadZipFile) as error:
        raise ArtefactError(f"{path}: not readable as arrays ({error}); get the model anew or train again") from error
    shapes: dict[str, tuple[int, ...]] = {"idf": (n_terms,)}
    for head, size in _HEADS.items():
        shapes |= {f"{head}_coef": (size, n_terms), f"{head}_intercept": (size,)}
    got = {name: found[name].shape if name in found else None for name in shapes}
    if got != shapes:
        raise ArtefactError(f"{path}: shapes are {got}, expected {shapes}; train the model again")
    coef = np.concatenate([found[f"{head}_coef"] for head in _HEADS]).T
    return found["idf"], np.ascontiguousarray(coef), np.concatenate([found[f"{head}_intercept"] for head in _HEADS])
