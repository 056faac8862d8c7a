"""From what the classifier said to how much there is: prevalence from mean probabilities.

Counting predictions is biased whenever the classifier errs (Forman 2008, "Quantifying counts and costs via
classification", Data Mining and Knowledge Discovery 17:164-206). The probabilistic adjusted count undoes its mean errors:
if row i of a matrix M holds the classifier's mean probabilities on statements of class i, then the mean probabilities q in
a group with prevalence p are p M, and p is found from q (Bella et al. 2010, "Quantification via probability estimators",
ICDM, for two classes; the least-squares form for several follows Hopkins and King 2010, "A method of automated
nonparametric content analysis", American Journal of Political Science 54:229-247).
"""

from __future__ import annotations

from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDING: Final = 1e-12


def nearest_prevalence(q: Floats, matrix: Floats) -> Floats:
    """The distributions p that minimise |p M - q|.

    The optimum has some set of classes with a positive share; on that set it is an ordinary least-squares solution with
    sum 1. With five classes there are 31 sets: all are solved, and the best solution without a negative share is exact.

    Args:
        q: mean probabilities of each group, `(groups, classes)`, rows sum to 1.
        matrix: M, `(classes, classes)`, rows sum to 1.

    Returns:
        `(groups, classes)`, rows sum to 1, none negative.
    """
    classes = len(matrix)
    best = np.full(len(q), np.inf)
    answer = np.zeros_like(q)
    for size in range(1, classes + 1):
        for chosen in map(list, combinations(range(classes), size)):
            shares = np.zeros_like(q)
            shares[:, chosen] = _with_sum_one(q, matrix[chosen])
            misfit = ((shares @ matrix - q) ** 2).sum(axis=1)
            better = (shares.min(axis=1) >= -ROUNDING) & (misfit < best)
            best[better], answer[better] = misfit[better], shares[better]
    return np.clip(answer, 0.0, 1.0)


def _with_sum_one(q: Floats, rows: Floats) -> Floats:
    """The `(groups, chosen)` shares of `rows`, of any sign but with sum 1, that come closest to `q`."""
    # As 1 - sum(d) of the first row and d of the others, d is an unconstrained least-squares solution.
    rest = (q - rows[0]) @ np.linalg.pinv(rows[1:] - rows[0])
    return np.column_stack([1.0 - rest.sum(axis=1), rest])
