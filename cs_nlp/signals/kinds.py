"""Which of the kinds of held-out text a team's text is like.

The classifier errs differently on a complaint in a forum and on a routine chat, and less on text that was picked because it looked
pointed. No label is needed to see something of it: counts, mean probabilities and mean confidence of a group are nine numbers, which five
shares can't fit by chance. So the rows of each held-out kind get a weight exp(w), the same for all statements of a team. Before the text is
looked at, each w is normal around 0 with standard deviation TYPICAL; SETS sets of weights are drawn so. With M(w) the means by
class under a set, p its likeliest prevalence (see `quantify`), and V the covariance of q at p, a set has the misfit

    J = (q - p M(w))' V^-1 (q - p M(w))

and the chance exp(-J / 2s), where s is the smallest misfit over its degrees of freedom, if that is above 1 (the Birge ratio; Birge 1932,
Phys. Rev. 40:207): where the text is like none of the kinds, they are not believed too much. The mean of w over the sets by their
chances is used, and their covariance is how far it is in doubt. What no weights explain says how far the held-out rows fail the text: all
that is learnt from them has its variance enlarged s times, as is usual where measurements disagree by more than their errors, but at most
MOST times: further stretching was measured to make intervals useless before it made them right.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.quantify import likeliest_prevalence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Cell, Totals
    from cs_nlp.signals.correction import Correction

Floats = NDArray[np.float64]

TYPICAL: Final = 0.5
SETS: Final = 64
POOLED: Final = 0.5
MOST: Final = 4.0
LEAST: Final = 1e-6


def fit_kinds(correction: Correction, rows: Sequence[Totals | Cell], effect: float) -> Correction:
    """The correction with the weights of kinds that suit a team's text, and as much doubt as it fails to fit.

    Args:
        correction: fit to be used.
        rows: all that is used of the team, with at least one statement.
        effect: the design effect: how many statements of it are worth one independent one.
    """
    sure = all(row.confidence is not None for row in rows)
    n = sum(row.n for row in rows)
    said = [np.sum([row.sums for row in rows], axis=0)[:-1], np.sum([row.counts for row in rows], axis=0)[:-1]]
    q = np.concatenate([*said, [sum(row.confidence or 0.0 for row in rows)] if sure else []]) / n
    sets, means, scatter, per_class = _held_out(correction, sure)

    def covariance(p: Floats) -> Floats:
        return np.asarray(np.einsum("gk,kij->gij", p * effect / n + p**2 / per_class, scatter) + LEAST * np.eye(len(q)))

    same = np.broadcast_to(q, (len(sets), len(q)))
    p = likeliest_prevalence(same, means, covariance)
    off = same - np.einsum("gk,gkc->gc", p, means)
    misfit = np.einsum("gi,gij,gj->g", off, np.linalg.inv(covariance(p)), off)
    misfits = max(1.0, float(misfit.min()) / (len(q) - len(per_class) + 1))
    chance = np.exp(-(misfit - misfit.min()) / (2 * misfits))
    chance /= chance.sum()
    logs = chance @ sets
    doubt = (sets - logs).T @ ((sets - logs) * chance[:, None])
    return correction.weighted([float(weight) for weight in np.exp(logs)], doubt, min(misfits, MOST))


@lru_cache(maxsize=8)
def _held_out(correction: Correction, sure: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """What the held-out rows say of the columns that are added up: probabilities, the class named and, if known, how surely.

    Returns:
        Logarithms of the sets' weights `(sets, kinds)`, means by class under each `(sets, 5, columns)`, covariances within each class
        `(5, columns, columns)`, and rows of each class `(5,)`.
    """
    classes = correction.probabilities.shape[1]
    parts = [correction.probabilities[:, :-1], np.eye(classes)[correction.named][:, :-1]]
    columns = np.column_stack([*parts, correction.sureness] if sure else parts)  # the last class follows from the others
    rows = np.zeros((correction.n_kinds, classes))
    sums = np.zeros((correction.n_kinds, classes, columns.shape[1]))
    place = correction.kinds if len(correction.kinds) else np.zeros_like(correction.truth), correction.truth
    np.add.at(rows, place, 1.0)
    np.add.at(sums, place, columns)
    half = np.random.default_rng(0).standard_normal((SETS // 2, correction.n_kinds))
    sets = TYPICAL * np.concatenate([half, -half]) if correction.n_kinds > 1 else np.zeros((1, 1))
    means = np.einsum("gk,kij->gij", np.exp(sets), sums) / (np.exp(sets) @ rows)[:, :, None]
    own, per_class = correction.covariances(columns), rows.sum(axis=0)
    # Few rows know their covariance badly: half of it is borrowed from all classes.
    common = np.einsum("k,kij->ij", per_class / per_class.sum(), own)
    return sets, means, POOLED * common + (1 - POOLED) * own, per_class
