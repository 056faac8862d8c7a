"""From what the classifier said to how much there is: prevalence from mean probabilities.

Counting predictions is biased whenever the classifier errs (Forman 2008, "Quantifying counts and costs via
classification", Data Mining and Knowledge Discovery 17:164-206). The probabilistic adjusted count undoes its mean errors:
if row i of a matrix M holds the classifier's mean probabilities on statements of class i, then the mean probabilities q in
a group with prevalence p are M'p, and p is found from q (Bella et al. 2010, "Quantification via probability estimators",
ICDM, for two classes; the least-squares form for several follows Hopkins and King 2010, "A method of automated
nonparametric content analysis", American Journal of Political Science 54:229-247).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class SimplexSolver:
    """Solves min |M'p - q| over all distributions p, for many q and one matrix or one for each replicate.

    The optimum has some set of classes with a positive share; on that set it is an ordinary least-squares solution with sum 1.
    With five classes there are 31 sets: all are solved, and the best one that is nowhere negative is exact.

    Args:
        matrices: `(replicates, classes, classes)`, rows sum to 1.
    """

    def __init__(self, matrices: Floats) -> None:
        self._matrices = matrices
        classes = matrices.shape[1]
        self._parts = [
            (list(chosen), *_affine_least_squares(matrices[:, list(chosen), :]))
            for size in range(1, classes + 1)
            for chosen in combinations(range(classes), size)
        ]

    def __call__(self, q: Floats) -> Floats:
        """The prevalence `(replicates, groups, classes)` behind mean probabilities `q` of the same shape."""
        best = np.full(q.shape[:2], np.inf)
        answer = np.zeros_like(q)
        for chosen, gain, base in self._parts:
            shares = np.zeros_like(q)
            shares[:, :, chosen] = q @ gain + base[:, None, :]
            misfit = ((shares @ self._matrices - q) ** 2).sum(axis=2)
            better = (shares.min(axis=2) >= -1e-12) & (misfit < best)
            best = np.where(better, misfit, best)
            answer = np.where(better[:, :, None], shares, answer)
        return np.clip(answer, 0.0, 1.0)


def _affine_least_squares(rows: Floats) -> tuple[Floats, Floats]:
    """The map q -> p = q @ gain + base that minimises |p @ rows - q| with sum(p) = 1.

    Args:
        rows: `(replicates, chosen, classes)`.

    Returns:
        gain `(replicates, classes, chosen)` and base `(replicates, chosen)`.
    """
    _replicates, size, _ = rows.shape
    # With p = e0 + d, sum(d) = 0: d is spanned by the differences to the first chosen class.
    first, differences = rows[:, :1, :], rows[:, 1:, :] - rows[:, :1, :]
    pinv = np.linalg.pinv(differences)  # (replicates, classes, chosen - 1)
    spread = np.hstack([-np.ones((size - 1, 1)), np.eye(size - 1)])
    gain = pinv @ spread
    base = -(first @ gain)[:, 0, :]
    base[:, 0] += 1.0
    return gain, base
