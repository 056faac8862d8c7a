"""Class counts of any group of statements, with the classifier's mean errors undone.

Figures that compare groups (distances, effects) are smooth functions of added-up counts. The correction q = p M of `quantify` is linear,
so its inverse undoes the errors of the counts of any part, however small: single parts may get negative counts, sums are right on average.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.methods import Methods
from cs_nlp.taxonomy import CULTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Cell, Totals
    from cs_nlp.signals.correction import Correction
    from cs_nlp.signals.estimate import Resampling

Floats = NDArray[np.float64]

CLASSES: Final = len(CULTURES)
MATRICES: Final = 200


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A linear way from what the classifier said to how many statements there were of each class.

    Attributes:
        uses_sums: whether it starts from summed probabilities, else from counts of the most probable class.
        matrix: `(5, 5)`; a row of counts times it is the adjusted row, in `taxonomy.CULTURES` order.
        others: `(replicates, 5, 5)`, the same as other held-out samples might have given it; a single one where there is no correction.
    """

    uses_sums: bool
    matrix: Floats
    others: Floats

    def said(self, rows: Sequence[Totals | Cell]) -> Floats:
        """What it starts from, `(rows, 5)`."""
        return np.array([row.sums if self.uses_sums else row.counts for row in rows], dtype=np.float64).reshape(-1, CLASSES)


COUNTING: Final = Adjustment(uses_sums=False, matrix=np.eye(CLASSES), others=np.eye(CLASSES)[None])


def adjustments(rows: Sequence[Totals | Cell], correction: Correction | None, resampling: Resampling) -> tuple[str, tuple[Adjustment, ...]]:
    """How the counts of a team are adjusted, by the same rules as its signals (see `methods`).

    Args:
        rows: all that is used of the team.
        correction: the classifier's errors, or None.
        resampling: seed of the resampled corrections.

    Returns:
        The method's name, and the adjustments: the first gives the values, all of them together the intervals; none where nothing
        can be trusted.
    """
    method = Methods(correction, resampling).of(rows)
    if not method.estimators:
        return method.name, ()
    if method.correction is None:
        return method.name, (COUNTING,)
    correction = method.correction
    matrices = correction.resampled(MATRICES, np.random.default_rng([resampling.seed, 0]))
    undoing = Adjustment(
        uses_sums=True, matrix=np.asarray(np.linalg.pinv(correction.matrix())), others=np.asarray(np.linalg.pinv(matrices))
    )
    return method.name, (COUNTING, undoing) if len(method.estimators) > 1 else (undoing,)
