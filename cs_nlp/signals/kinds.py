"""Which of the kinds of held-out text a team's text is like.

The classifier errs differently on a complaint in a forum and on a routine chat, and less on text that was picked because it looked
pointed. No label is needed to see something of it: counts, mean probabilities and mean confidence of a group are nine numbers, which five
shares can't fit by chance. So the rows of each held-out kind get a weight exp(w), the same for all statements of a team. Before the text is
looked at, each w is normal around 0 with standard deviation TYPICAL; SETS sets of weights are drawn so. With M(w) the means by
class under a set, p its likeliest prevalence (see `quantify`), and V the covariance of q at p, a set has the misfit

    J = (q - p M(w))' V^-1 (q - p M(w))

and the chance exp(-J / 2s), where s is the smallest misfit over its degrees of freedom, if that is above 1 (the Birge ratio; Birge 1932,
Phys. Rev. 40:207): where the text is like none of the kinds, they are not believed too much. The mean of w over the sets by their
chances is used, and their covariance is how far it is in doubt. V counts held-out rows as so many independent ones as their
conversations and weights leave (Kish 1965, "Survey sampling"): rows of a conversation resemble one another, and taken for independent
ones they would make text look strange that is not.

What no weights explain says that the text is of a further kind. Its means by class are then taken to lie around M with covariance t C_i,
C_i being that of single statements of class i: a random effect (DerSimonian and Laird 1986, Control. Clin. Trials 7:177), the same for
classes with few and with many held-out rows, as another kind of text is no nearer for them. For t, the chance is FITTING that it is 0;
otherwise its root is half-normal with mean square FAR. The likelihood is the restricted one (Patterson and Thompson 1971, Biometrika
58:545): nine sums less four free shares tell t. The mean of t after that counts in intervals.
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
FITTING: Final = 0.8
# Kinds of held-out and of evaluation text lie 0.09 and 0.06 from the rest of them, by that measure and beyond chance.
FAR: Final = 0.075
ROOTS: Final = np.linspace(0.1, 2.5, 25)
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
    sets, means, scatter, worth = _held_out(correction, sure)

    def covariance(p: Floats) -> Floats:
        return np.asarray(np.einsum("gk,kij->gij", p * effect / n + p**2 / worth, scatter) + LEAST * np.eye(len(q)))

    same = np.broadcast_to(q, (len(sets), len(q)))
    p = likeliest_prevalence(same, means, covariance)
    off = same - np.einsum("gk,gkc->gc", p, means)
    doubted = covariance(p)
    misfit = np.einsum("gi,gij,gj->g", off, np.linalg.inv(doubted), off)
    best = int(misfit.argmin())
    chance = np.exp(-(misfit - misfit[best]) / (2 * max(1.0, float(misfit[best]) / (len(q) - means.shape[1] + 1))))
    chance /= chance.sum()
    logs = chance @ sets
    doubt = (sets - logs).T @ ((sets - logs) * chance[:, None])
    strange = _strange(off[best], means[best], doubted[best], np.einsum("k,kij->ij", p[best] ** 2, scatter))
    return correction.weighted([float(weight) for weight in np.exp(logs)], doubt, strange)


def _strange(off: Floats, means: Floats, covariance: Floats, unit: Floats) -> float:
    """The mean of t, given how far off the sums are.

    Args:
        off: `(columns,)`, what the sums are beyond what some prevalence explains.
        means: `(5, columns)`, by class.
        covariance: `(columns, columns)`, of the sums if t is 0.
        unit: likewise, what t = 1 adds to it.
    """
    sizes = np.append(0.0, ROOTS**2 * FAR)
    prior = np.exp(-(ROOTS**2) / 2)
    prior = np.append(FITTING, (1 - FITTING) * prior / prior.sum())
    inverse = np.linalg.inv(covariance + sizes[:, None, None] * unit)
    free = means[:-1] - means[-1]
    known = free @ inverse @ free.T
    slope = (inverse @ off) @ free.T
    misfit = (inverse @ off) @ off - np.einsum("tf,tfh,th->t", slope, np.linalg.inv(known), slope)
    log = (np.linalg.slogdet(inverse)[1] - np.linalg.slogdet(known)[1] - misfit) / 2
    chance = prior * np.exp(log - log.max())
    return float(chance @ sizes / chance.sum())


@lru_cache(maxsize=8)
def _held_out(correction: Correction, sure: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """What the held-out rows say of the columns that are added up: probabilities, the class named and, if known, how surely.

    Returns:
        Logarithms of the sets' weights `(sets, kinds)`, means by class under each `(sets, 5, columns)`, covariances within each class
        `(5, columns, columns)`, and how many independent rows those of each class are worth under each set, `(sets, 5)`.
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
    weights = np.exp(sets)
    effects = [_effect(columns[places], correction.groups[places]) for places in correction.by_class]
    return sets, means, POOLED * common + (1 - POOLED) * own, (weights @ rows) ** 2 / (weights**2 @ rows) / np.array(effects)


def _effect(columns: Floats, groups: NDArray[np.int64]) -> float:
    """How many times larger the variance of the mean of rows is than that of independent ones, at least 1."""
    off = columns - columns.mean(axis=0)
    sums = np.zeros((int(groups.max()) + 1, off.shape[1]))
    np.add.at(sums, groups, off)
    return max(1.0, float((sums**2).sum()) / max(float((off**2).sum()), LEAST))
