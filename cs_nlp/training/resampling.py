"""How sure a figure is: the 95 % percentile bootstrap over whole groups (conversations, documents).

Statements of one conversation are not independent, so groups are drawn, not statements. Efron and Tibshirani, 1993, "An Introduction to the
Bootstrap", chapter 13. All figures of a set are made from the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]
Ranking = Callable[[Bools, Floats, NDArray[Any]], Floats]
"""A figure of how a score ranks: positive `(n,)`, score `(n,)`, weights `(draws, n)` to `(draws,)`."""

_CELLS = 4_000_000  # weights that are held at once


@dataclass(frozen=True, slots=True)
class Draws:
    """How often each group was drawn.

    Attributes:
        groups: the group of each statement, shape `(n,)`.
        drawn: shape `(replicates, groups)`.
    """

    groups: Ints
    drawn: Ints

    @classmethod
    def of(cls, names: Sequence[str], replicates: int, seed: int) -> Self:
        """Draws of as many groups as there are, with replacement; the same for a seed."""
        groups = np.unique(list(names), return_inverse=True)[1].astype(np.int64)
        n = int(groups.max()) + 1
        return cls(groups, np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), replicates))

    def sums(self, columns: NDArray[Any]) -> NDArray[Any]:
        """The sum of each column over the statements of each draw: `(n, k)` to `(replicates, k)`."""
        table = np.zeros((self.drawn.shape[1], columns.shape[1]), dtype=columns.dtype)
        np.add.at(table, self.groups, columns)
        found: NDArray[Any] = self.drawn @ table
        return found

    def f1(self, gold: Ints, predicted: Ints, classes: int) -> Floats:
        """F1 of each class, shape `(replicates, classes)`."""
        pairs = np.zeros((len(gold), classes * classes), dtype=np.int64)
        pairs[np.arange(len(gold)), gold * classes + predicted] = 1
        return f1_by_class(self.sums(pairs).reshape(-1, classes, classes))

    def ranked(self, ranking: Ranking, positive: Bools, score: Floats) -> Floats:
        """A ranking figure of each draw, shape `(replicates,)`; NaN where a draw can't tell."""
        return np.concatenate([ranking(positive, score, weights) for weights in self._weights()])

    def _weights(self) -> Iterator[NDArray[Any]]:
        """How often each statement was drawn, some draws at once, so that memory stays bounded."""
        step = max(1, _CELLS // len(self.groups))
        for start in range(0, len(self.drawn), step):
            yield self.drawn[start : start + step][:, self.groups]


def bounds(values: Floats) -> tuple[float, float]:
    """The 2.5 and 97.5 % quantiles of the draws that can tell; NaN where none can."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def f1_by_class(counts: NDArray[Any]) -> Floats:
    """F1 of each class, shape `(..., k)`, from confusion matrices `(..., k, k)`; 0 for a class neither met nor predicted."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    both = counts.sum(axis=-2) + counts.sum(axis=-1)
    found: Floats = np.divide(2 * right, both, out=np.zeros(both.shape), where=both > 0)
    return found


def ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """`part / whole`, NaN where `whole` is 0."""
    found: Floats = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=np.asarray(whole) > 0)
    return found


def roc_auc(positive: Bools, score: Floats, weights: NDArray[Any]) -> Floats:
    """Area under the ROC curve: the share of pairs ranked right, ties counting half; NaN without both kinds."""
    yes, no = _by_value(positive, score, weights)
    below = np.cumsum(no, axis=1) - no
    return ratio((yes * (below + no / 2)).sum(axis=1), yes.sum(axis=1) * no.sum(axis=1))


def average_precision(positive: Bools, score: Floats, weights: NDArray[Any]) -> Floats:
    """The precision at each positive, ranked from the highest score, averaged (scikit-learn's definition); NaN without a positive."""
    yes, no = _by_value(positive, -score, weights)
    right = np.cumsum(yes, axis=1)
    precision = np.nan_to_num(ratio(right, right + np.cumsum(no, axis=1)))
    return ratio((yes * precision).sum(axis=1), yes.sum(axis=1))


def _by_value(positive: Bools, score: Floats, weights: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weight of the positives and of the others at each distinct score, ascending: `(draws, values)` each."""
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=np.nan) != 0)
    ordered, is_positive = weights[:, order], positive[order]
    yes = np.add.reduceat(ordered * is_positive, starts, axis=1)
    return yes, np.add.reduceat(ordered * ~is_positive, starts, axis=1)
