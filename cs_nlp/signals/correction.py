"""What the classifier gets wrong, learnt from statements that it never saw in training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.taxonomy import CULTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]

CLASSES: Final = len(CULTURES)
FEWEST_ROWS: Final = 10
ROUNDING: Final = 0.01
WEAKEST_DIRECTION: Final = 0.1


@dataclass(frozen=True)
class Correction:
    """Held-out statements with their true and their predicted culture, from which the classifier's errors are learnt.

    Attributes:
        truth: `(n,)`, index of each row's true culture in `taxonomy.CULTURES`.
        probabilities: `(n, 5)`, the classifier's answer in `taxonomy.CULTURES` order; rows sum to 1.
        groups: `(n,)`, index of the conversation each row stands in: rows of one group are resampled together.
    """

    truth: NDArray[np.int64]
    probabilities: Floats
    groups: NDArray[np.int64]

    @classmethod
    def from_rows(cls, labels: Sequence[str], probabilities: Sequence[Sequence[float]], groups: Sequence[str]) -> Correction:
        """A correction from held-out rows.

        Args:
            labels: true culture of each row.
            probabilities: each row's class probabilities in `taxonomy.CULTURES` order.
            groups: name of the conversation or situation that each row stands in.

        Raises:
            InputError: the columns differ in length, a label is unknown, or a row is no distribution.
        """
        if not len(labels) == len(groups) == len(probabilities):
            msg = f"held-out columns differ in length: {len(labels)} labels, {len(probabilities)} probabilities, {len(groups)} groups"
            raise InputError(msg)
        if unknown := sorted(set(labels) - set(CULTURES)):
            msg = f"held-out rows have the labels {', '.join(unknown)}; expected {', '.join(CULTURES)}"
            raise InputError(msg)
        for number, row in enumerate(probabilities, start=1):
            if not (len(row) == CLASSES and min(row) >= 0 and abs(sum(row) - 1) <= ROUNDING):
                msg = f"held-out row {number} has the probabilities {list(row)}; expected {CLASSES}, none negative, that sum to 1"
                raise InputError(msg)
        scores = np.asarray(probabilities, dtype=np.float64).reshape(-1, CLASSES)
        truth = np.array([CULTURES.index(label) for label in labels], dtype=np.int64)
        names = {name: index for index, name in enumerate(dict.fromkeys(groups))}
        return cls(truth, scores, np.array([names[name] for name in groups], dtype=np.int64))

    @cached_property
    def _by_group(self) -> tuple[Floats, Floats]:
        """Summed probabilities `(groups, true class, class)` and rows `(groups, true class)` of each group."""
        size = int(self.groups.max(initial=-1)) + 1
        sums, rows = np.zeros((size, CLASSES, CLASSES)), np.zeros((size, CLASSES))
        np.add.at(sums, (self.groups, self.truth), self.probabilities)
        np.add.at(rows, (self.groups, self.truth), 1.0)
        return sums, rows

    def unfit(self) -> str:
        """Why this correction can't be trusted, in a few words; empty when it can."""
        rows = np.bincount(self.truth, minlength=CLASSES)
        if few := [CULTURES[index] for index in np.flatnonzero(rows < FEWEST_ROWS)]:
            return f"fewer than {FEWEST_ROWS} held-out rows of {', '.join(few)}"
        if np.linalg.svd(self.matrix(), compute_uv=False)[-1] < WEAKEST_DIRECTION:
            return "the classifier hardly tells some classes apart"
        return ""

    def matrix(self) -> Floats:
        """Mean probabilities by true class, `(5, 5)`: row i is what the classifier says, on average, of class i.

        Only for a correction that is fit: each class needs a row.
        """
        sums, rows = self._by_group
        return np.asarray(sums.sum(axis=0) / rows.sum(axis=0)[:, None])

    def confidence(self) -> Floats:
        """Mean probability of the most probable class by true class, `(5,)`; as `matrix`, each class needs a row."""
        return np.array([self.probabilities[self.truth == place].max(axis=1).mean() for place in range(CLASSES)])

    def noise(self) -> Floats:
        """Covariance of the probabilities among statements of one true class, `(5, 5, 5)`; as `matrix`, each class needs rows."""
        return np.array([np.cov(self.probabilities[self.truth == place], rowvar=False) for place in range(CLASSES)])

    def resampled(self, replicates: int, rng: np.random.Generator) -> Floats:
        """The matrix as other held-out samples might have given it, `(replicates, 5, 5)`.

        Groups get exponential weights, the Bayesian bootstrap of Rubin (1981, Annals of Statistics 9:130): as the
        ordinary bootstrap, but no class ever drops out of a replicate.
        """
        sums, rows = self._by_group
        weights = rng.standard_exponential((replicates, len(rows)))
        total = (weights @ sums.reshape(len(rows), -1)).reshape(-1, CLASSES, CLASSES)
        return np.asarray(total / (weights @ rows)[:, :, None])
