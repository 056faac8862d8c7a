"""What every classifier offers, and the way from a model folder to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Score, Unsure
from cs_nlp.scoring.artefact import Artefact
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS, name_cultures

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of many statements as arrays, rows in the order given.

    Attributes:
        cultures: shape `(n, 5)`, rows sum to 1, columns in `taxonomy.CULTURES` order; calibrated.
        targets: shape `(n, 6)`, rows sum to 1, `taxonomy.TARGETS` order.
        drivers: shape `(n, 26)`, each 0 to 1, `taxonomy.SIGNED_DRIVERS` order.
        windows: shape `(n,)`, in how many windows each statement was read.
        driver_threshold: from which probability on a driver is named.
        unsure: of each statement why its scores should not be believed, or None; () where that was not asked.
        none_weight: what the probability of none counts, above 0 and at most 1, when a culture is named.
    """

    cultures: Floats
    targets: Floats
    drivers: Floats
    windows: NDArray[np.int64]
    driver_threshold: float
    unsure: tuple[Unsure | None, ...] = ()
    none_weight: float = 1.0

    def __len__(self) -> int:
        """Number of statements."""
        return len(self.windows)

    @property
    def named(self) -> NDArray[np.int64]:
        """The culture that each statement is labelled with, shape `(n,)`, as index into `taxonomy.CULTURES`."""
        return name_cultures(self.cultures, self.none_weight)

    def take(self, rows: slice | NDArray[np.int64]) -> Scores:
        """The scores of some of the statements, in the order asked for."""
        own = np.arange(len(self))[rows]
        return replace(
            self,
            cultures=self.cultures[own],
            targets=self.targets[own],
            drivers=self.drivers[own],
            windows=self.windows[own],
            unsure=tuple(self.unsure[row] for row in own) if self.unsure else (),
        )

    def to_records(self) -> list[Score]:
        """One record a statement, in order."""
        top_culture = self.named
        top_target = self.targets.argmax(axis=1)
        named = self.drivers >= self.driver_threshold
        return [
            Score(
                culture=CULTURES[top_culture[row]],
                probabilities=tuple(self.cultures[row].tolist()),
                target=TARGETS[top_target[row]],
                target_probabilities=tuple(self.targets[row].tolist()),
                drivers=tuple(SIGNED_DRIVERS[column] for column in np.flatnonzero(named[row])),
                driver_probabilities=tuple(self.drivers[row].tolist()),
                windows=int(self.windows[row]),
                unsure=self.unsure[row] if self.unsure else None,
            )
            for row in range(len(self))
        ]


class Classifier(Protocol):
    """Anything that gives statements their scores."""

    @property
    def artefact(self) -> Artefact:
        """The model folder it was loaded from."""

    def score(self, texts: Sequence[str], contexts: Sequence[str | None] | None = None) -> Scores:
        """Score statements; `contexts` (same length) are what was said before each, None where there is none."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Sentence vectors: `(n, width)`, unit length, near one another where statements mean the same.

        Raises:
            ArtefactError: the model gives none.
        """


def softmax(logits: Floats) -> Floats:
    """Probabilities of shape `(n, classes)` from logits of the same shape; rows sum to 1."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    found: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return found


def sigmoid(logits: Floats) -> Floats:
    """Probabilities from logits, each by itself; same shape."""
    return (1 / (1 + np.exp(-logits))).astype(np.float32)
