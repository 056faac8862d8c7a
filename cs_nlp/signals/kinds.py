"""Which of the kinds of held-out text a team's text is like.

The classifier errs differently on a complaint in a forum and on a routine chat, and less on text that was picked because it looked
pointed. No label is needed to see something of it: counts, mean probabilities and mean confidence of a group are nine numbers, which five
shares can't fit by chance. So the rows of each held-out kind get a weight exp(w), the same for all statements of a team, and with M(w) the
means by class under these weights

    minimise  (q - p M(w))' V^-1 (q - p M(w)) / (2 s)  -  PRIOR * sum of log p_k  +  |w|^2 / (2 TYPICAL^2)

over p and w. Weights stay near 1 unless the text speaks against it: TYPICAL is what w would be on average. s is the
misfit over its degrees of freedom, where that is above 1 (the Birge ratio; Birge 1932, Phys. Rev. 40:207): where the text is
like none of the kinds, they are not believed too much. The Hessian at the minimum says how far w is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.quantify import PRIOR, likeliest_prevalence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Cell, Totals
    from cs_nlp.signals.correction import Correction

Floats = NDArray[np.float64]

TYPICAL: Final = 0.5
POOLED: Final = 0.5
LEAST: Final = 1e-6
STEPS: Final = 8
NEAR_EDGE: Final = 0.9


def fit_kinds(correction: Correction, rows: Sequence[Totals | Cell], effect: float) -> Correction:
    """The correction with the weights of kinds that suit a team's text; the same one where all rows are of one kind.

    Args:
        correction: fit to be used.
        rows: all that is used of the team, with at least one statement.
        effect: the design effect: how many statements of it are worth one independent one.
    """
    if correction.n_kinds == 1:
        return correction
    sure = all(row.confidence is not None for row in rows)
    columns = _columns(correction, sure=sure)
    n = sum(row.n for row in rows)
    said = [np.sum([row.sums for row in rows], axis=0)[:-1], np.sum([row.counts for row in rows], axis=0)[:-1]]
    q = np.concatenate([*said, [sum(row.confidence or 0.0 for row in rows)] if sure else []]) / n
    logs, doubt = _Fit(correction, columns).logs(q, n / effect)
    return correction.weighted([float(weight) for weight in np.exp(logs)], doubt)


def _columns(correction: Correction, *, sure: bool) -> Floats:
    """What is added up of each held-out row, without what follows from the rest: probabilities, the class named, and how surely."""
    named = np.eye(correction.probabilities.shape[1])[correction.named]
    parts = [correction.probabilities[:, :-1], named[:, :-1]]
    return np.column_stack([*parts, correction.sureness] if sure else parts)


@dataclass(frozen=True, slots=True)
class _Known:
    """Of the held-out rows by kind and class: how many, and sums of their columns."""

    rows: Floats
    sums: Floats

    def means(self, logs: Floats) -> tuple[Floats, Floats]:
        """Means by class `(5, columns)` under weights exp(logs), and how they move with each, `(kinds, 5, columns)`."""
        weights = np.exp(logs - logs.max())
        total = weights @ self.rows
        means = np.einsum("k,kij->ij", weights, self.sums) / total[:, None]
        moves = weights[:, None, None] * (self.sums - self.rows[:, :, None] * means) / total[:, None]
        return means, moves


class _Fit:
    """The held-out rows as far as the weights of kinds depend on them."""

    def __init__(self, correction: Correction, columns: Floats) -> None:
        classes = correction.probabilities.shape[1]
        place = correction.kinds, correction.truth
        rows = np.zeros((correction.n_kinds, classes))
        sums = np.zeros((correction.n_kinds, classes, columns.shape[1]))
        np.add.at(rows, place, 1.0)
        np.add.at(sums, place, columns)
        self._known = _Known(rows, sums)
        self._per_class = rows.sum(axis=0)
        own = correction.covariances(columns)
        # Few rows know their covariance badly: half of it is borrowed from all classes.
        common = np.einsum("k,kij->ij", self._per_class / self._per_class.sum(), own)
        self._scatter = POOLED * common + (1 - POOLED) * own

    def logs(self, q: Floats, worth: float) -> tuple[Floats, Floats]:
        """Logarithms of the weights `(kinds,)`, and their covariance.

        Args:
            q: means of the columns.
            worth: how many independent statements they are of.
        """
        kinds = len(self._known.rows)
        logs = np.zeros(kinds)
        prior = np.eye(kinds) / TYPICAL**2
        p = likeliest_prevalence(q[None], self._known.means(logs)[0], lambda p: self._covariance(p, worth))[0]
        misfit = 1.0
        hessian = prior
        for _ in range(STEPS):
            means, moves = self._known.means(logs)
            weight = np.linalg.inv(self._covariance(p[None], worth)[0])
            off = q - p @ means
            misfit = max(1.0, float(off @ weight @ off) / max(1, len(q) - len(p) + 1))
            shape = np.vstack([means, np.einsum("j,kjc->kc", p, moves)]) @ weight / misfit
            slope = -shape @ off - np.concatenate([PRIOR / p, -logs / TYPICAL**2])
            full = shape @ np.vstack([means, np.einsum("j,kjc->kc", p, moves)]).T
            full[: len(p), : len(p)] += np.diag(PRIOR / p**2)
            full[len(p) :, len(p) :] += prior
            step, hessian = _step(full, slope, len(p))
            fall = step[: len(p)] < 0
            room = float((-p[fall] / step[: len(p)][fall]).min()) if fall.any() else np.inf
            part = min(1.0, NEAR_EDGE * room)
            p, logs = p + part * step[: len(p)], np.clip(logs + part * step[len(p) :], -3 * TYPICAL, 3 * TYPICAL)
        return logs, hessian

    def _covariance(self, p: Floats, worth: float) -> Floats:
        spread = np.einsum("gk,kij->gij", p / worth + p**2 / self._per_class, self._scatter)
        return np.asarray(spread + LEAST * np.eye(spread.shape[1]))


def _step(hessian: Floats, slope: Floats, shares: int) -> tuple[Floats, Floats]:
    """Newton's step that keeps the sum of the first `shares` unknowns, and the covariance of the others."""
    inverse = np.linalg.inv(hessian)
    even = inverse[:, :shares].sum(axis=1)
    kept = inverse - np.outer(even, even) / even[:shares].sum()
    return -kept @ slope, kept[shares:, shares:]
