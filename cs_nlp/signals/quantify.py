"""From what the classifier said to how much there is: prevalence from mean probabilities.

Counting predictions is biased whenever the classifier errs (Forman 2008, "Quantifying counts and costs via
classification", Data Mining and Knowledge Discovery 17:164-206). The probabilistic adjusted count undoes its mean errors:
if row i of a matrix M holds the classifier's mean probabilities on statements of class i, then the mean probabilities q in
a group with prevalence p are p M, and p is found from q (Bella et al. 2010, "Quantification via probability estimators",
ICDM, for two classes; the least-squares form for several follows Hopkins and King 2010, "A method of automated
nonparametric content analysis", American Journal of Political Science 54:229-247).

Of few statements q is noisy, and the p that fits best often lies on the edge, with no statement at all of some class. The likeliest p
under a prior that thinks little of such edges is better: with V the covariance of q at p,

    minimise  (q - p M)' V^-1 (q - p M) / 2  -  PRIOR * sum of log p_k

which is the posterior mode for a normal q and a Dirichlet prior with all parameters 1 + PRIOR.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDING: Final = 1e-12
PRIOR: Final = 0.5
SMALLEST: Final = 1e-9
ROUNDS: Final = 2
STEPS: Final = 10
NEAR_EDGE: Final = 0.9


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


def likeliest_prevalence(q: Floats, matrix: Floats, covariance: Callable[[Floats], Floats], prior: float = PRIOR) -> Floats:
    """The most probable distributions p behind q.

    V depends on p, so it is taken at the last p, starting from an even mix, for a few rounds. In each, Newton's steps on the plane
    of sum 1 are cut short where they would leave the simplex: all shares stay positive.

    Args:
        q: means of each group, `(groups, columns)`; any columns whose means by class are known and not all are dependent.
        matrix: M, `(5, columns)`, or one for each group.
        covariance: from p `(groups, 5)` to the covariance of q, `(groups, columns, columns)`, positive definite.
        prior: how strongly shares near 0 are doubted; above 0.

    Returns:
        `(groups, 5)`, rows sum to 1, all positive.
    """
    classes = matrix.shape[-2]
    eye = np.eye(classes)
    p = np.full((len(q), classes), 1 / classes)
    for _ in range(ROUNDS):
        scaled = matrix @ np.linalg.inv(covariance(p))
        hessian, target = scaled @ np.swapaxes(matrix, -1, -2), np.einsum("gkc,gc->gk", scaled, q)
        for _ in range(STEPS):
            slope = np.einsum("gkl,gl->gk", hessian, p) - target - prior / p
            inverse = np.linalg.inv(hessian + eye * (prior / p**2)[:, None, :])
            free, even = np.einsum("gkl,gl->gk", inverse, slope), inverse.sum(axis=2)
            step = even * (free.sum(axis=1) / even.sum(axis=1))[:, None] - free
            room = np.divide(p, -step, out=np.full_like(p, np.inf), where=step < 0).min(axis=1)
            p = p + np.minimum(1.0, NEAR_EDGE * room)[:, None] * step
            if np.abs(step).max(initial=0.0) < SMALLEST:
                break
    return np.asarray(p / p.sum(axis=1, keepdims=True))
