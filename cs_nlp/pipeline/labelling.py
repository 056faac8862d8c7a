"""Where labelling meets scoring: what a model makes of the statements of annotation files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import AnnotatedStatement
from cs_nlp.scoring import Classifier
from cs_nlp.taxonomy import CULTURES

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]

AT_ONCE: Final = 512


def probabilities_for(statements: Sequence[AnnotatedStatement], classifier: Classifier, *, progress: Progress | None = None) -> Floats:
    """The model's probabilities of each culture, `(statements, 5)`, in `taxonomy.CULTURES` order; with context where there is one."""
    parts = [np.empty((0, len(CULTURES)))]
    for done, batch in _batches(statements):
        scores = classifier.score([_whole(one.text) for one in batch], [one.context and _whole(one.context) for one in batch])
        parts.append(scores.cultures.astype(np.float64))
        if progress is not None:
            progress(done, len(statements))
    return np.concatenate(parts)


def vectors_for(statements: Sequence[AnnotatedStatement], classifier: Classifier, *, progress: Progress | None = None) -> Vectors:
    """Sentence vectors, `(statements, width)`, of unit length.

    Raises:
        ArtefactError: the model gives none.
    """
    parts = []
    for done, batch in _batches(statements):
        parts.append(classifier.embed([_whole(one.text) for one in batch]))
        if progress is not None:
            progress(done, len(statements))
    return np.concatenate(parts) if parts else classifier.embed([])


def _whole(text: str) -> str:
    """Text without halves of surrogate pairs, which broken emoji leave and no tokeniser takes."""
    return text.encode("utf-8", "replace").decode()


def _batches(statements: Sequence[AnnotatedStatement]) -> Iterator[tuple[int, Sequence[AnnotatedStatement]]]:
    for start in range(0, len(statements), AT_ONCE):
        batch = statements[start : start + AT_ONCE]
        yield start + len(batch), batch
