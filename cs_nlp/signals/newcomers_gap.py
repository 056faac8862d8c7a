"""How far apart the culture mixes of two groups of people are, heard in the same calendar weeks.

The gap d is the difference of two mixes, a vector with one number for each of the four cultures. In each calendar week the newcomers are
held against the established members of that very week, so what changes for all cannot pass for a difference; weeks count by the
newcomers' statements. The distance is |d| / sqrt(2): 0 for like mixes, 1 for two groups of one culture each and not the same. Among the
usual distances it shrinks by the same factor as the gap itself (Jensen-Shannon and Hellinger do not), and its bias is known exactly:
E|d_hat|^2 = |d|^2 + tr V, where V is the covariance of d_hat (as in the unbiased statistic of Gretton et al. 2012, "A kernel two-sample
test", Journal of Machine Learning Research 13:723-773). docs/newcomers.md has the comparison.

People differ from one another, lastingly, so people are what varies: V is the linearised variance between whole persons, as a
bootstrap over persons would give it without its Monte Carlo error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.taxonomy import SIGNAL_CULTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.signals.estimate import Resampling

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Ints = NDArray[np.int64]

KINDS: Final = len(SIGNAL_CULTURES)


@dataclass(frozen=True, slots=True)
class Stratum:
    """The people heard in one calendar week.

    Attributes:
        people: `(people,)`, their numbers.
        is_new: `(people,)`, who is a newcomer; the others are established. There are some of both.
        said: `(people, 5)`, what each said by class, as `Adjustment.said`.
    """

    people: Ints
    is_new: Booleans
    said: Floats


@dataclass(frozen=True, slots=True)
class Gap:
    """The difference between the newcomers' mix and that of the established members.

    Attributes:
        vector: `(4,)`, newcomers less established, in `taxonomy.SIGNAL_CULTURES` order; sums to 0.
        influence: `(people, 4)`, by how much each person moves it.
        is_new: `(people,)`.
        worth: statements with a culture that it rests on: the harmonic mean of both groups', halved.
    """

    vector: Floats
    influence: Floats
    is_new: Booleans
    worth: float

    def covariances(self) -> list[tuple[Floats, int]]:
        """The part of V that newcomers and that established members bring, `(4, 4)`, each with its degrees of freedom."""
        return [covariance_of(self.influence[group]) for group in (self.is_new, ~self.is_new)]

    def distance(self) -> float:
        """The distance, 0 to 1, its bias removed."""
        bias = sum(float(np.trace(part)) for part, _ in self.covariances())
        return length(max(float(self.vector @ self.vector) - bias, 0.0))


def length(square: float) -> float:
    """The distance, 0 to 1, that belongs to a squared norm of a gap."""
    return min(float(np.sqrt(square / 2)), 1.0)


def covariance_of(influence: Floats) -> tuple[Floats, int]:
    """Covariance of a sum of people's influences `(people, 4)`, and its degrees of freedom; people without influence are not counted."""
    heard = influence[np.abs(influence).sum(axis=1) > 0]
    freedom = max(len(heard) - 1, 1)
    return heard.T @ heard * len(heard) / freedom, freedom


def gap_of(strata: Sequence[Stratum], matrix: Floats, people: int) -> Gap | None:
    """The gap over some calendar weeks.

    Args:
        strata: those weeks.
        matrix: `Adjustment.matrix`.
        people: how many people there are in all.

    Returns:
        The gap, or None where either group made no statement with a culture.
    """
    counts = [(stratum.said @ matrix)[:, :KINDS] for stratum in strata]
    is_new = [stratum.is_new for stratum in strata]
    new = np.array([rows[mask].sum(axis=0) for rows, mask in zip(counts, is_new, strict=True)])
    old = np.array([rows[~mask].sum(axis=0) for rows, mask in zip(counts, is_new, strict=True)])
    vector = _vectors(new[None], old[None])[0]
    if np.isnan(vector).any():
        return None
    n, n_old = new.sum(axis=1), old.sum(axis=1)
    influence, newcomers = np.zeros((people, KINDS)), np.zeros(people, dtype=np.bool_)
    for place, (stratum, rows, mask) in enumerate(zip(strata, counts, is_new, strict=True)):
        size, mix = rows.sum(axis=1, keepdims=True), old[place] / n_old[place]
        influence[stratum.people[mask]] += (rows[mask] - size[mask] * (mix + vector)) / n.sum()
        influence[stratum.people[~mask]] -= (rows[~mask] - size[~mask] * mix) * n[place] / n_old[place] / n.sum()
        newcomers[stratum.people[mask]] = True
    return Gap(vector, influence, newcomers, float(1 / (1 / n.sum() + 1 / n_old.sum())))


def _vectors(new: Floats, old: Floats) -> Floats:
    """Gaps `(replicates, 4)` from both groups' counts `(replicates, strata, 4)`; NaN where either group has none."""
    n, n_old = new.sum(axis=2), old.sum(axis=2)
    known = (n.sum(axis=1) > 0) & (n_old > 0).all(axis=1)
    mixes = old / np.where(n_old > 0, n_old, 1.0)[:, :, None]
    total = np.where(known, n.sum(axis=1), 1.0)[:, None]
    return np.asarray(np.where(known[:, None], (new - n[:, :, None] * mixes).sum(axis=1) / total, np.nan))


def other_gaps(strata: Sequence[Stratum], matrices: Floats) -> Floats:
    """The gap under each of some adjustments `(replicates, 5, 5)`: `(replicates, 4)`, NaN where it has no value."""
    new = np.array([stratum.said[stratum.is_new].sum(axis=0) for stratum in strata])
    old = np.array([stratum.said[~stratum.is_new].sum(axis=0) for stratum in strata])
    return _vectors(np.einsum("si,rij->rsj", new, matrices)[:, :, :KINDS], np.einsum("si,rij->rsj", old, matrices)[:, :, :KINDS])


def interval_of(gap: Gap, others: Floats, resampling: Resampling, rng: np.random.Generator) -> tuple[float, float]:
    """Ends of the interval of a distance.

    An end D is where a gap of length D in the direction seen, with the errors e of the gap, comes out as far as the one seen in
    (1 - level) / 2 of cases: for each draw of e, |D u + e| = |d_hat| is solved for D. So it holds 0 where there may be no distance.

    Args:
        gap: the gap.
        others: `other_gaps` of resampled corrections.
        resampling: level and number of draws.
        rng: of the draws.
    """
    size = float(np.linalg.norm(gap.vector))
    if size == 0:
        return 0.0, 0.0
    level, replicates = resampling.level, resampling.replicates
    known = others[~np.isnan(others).any(axis=1)]
    errors = known[np.arange(replicates) % len(known)] - gap.vector if len(known) else np.zeros((replicates, KINDS))
    for covariance, freedom in gap.covariances():
        values, vectors = np.linalg.eigh(covariance)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))).T
        # Estimated from few people, V itself may be off: Student's t instead of a normal error.
        scale = np.sqrt(freedom / rng.chisquare(freedom, replicates))[:, None]
        errors = errors + rng.standard_normal((replicates, KINDS)) @ root * scale
    along = errors @ gap.vector / size
    inside = size**2 - (errors**2).sum(axis=1) + along**2
    solved = np.where(inside > 0, np.maximum(np.sqrt(np.maximum(inside, 0.0)) - along, 0.0), 0.0)
    low, high = np.quantile(solved**2, [(1 - level) / 2, (1 + level) / 2])
    return length(low), length(high)


def shuffled(strata: Sequence[Stratum], matrix: Floats, shuffles: int, rng: np.random.Generator) -> Floats:
    """Squared norms of the gaps when, in each calendar week, the same people are shuffled between the groups: `(shuffles,)`.

    NaN where a shuffle leaves a group without statements.
    """
    new, old = [], []
    for stratum in strata:
        counts = (stratum.said @ matrix)[:, :KINDS]
        order = rng.random((shuffles, len(counts))).argsort(axis=1)
        chosen = (order < stratum.is_new.sum()).astype(np.float64)
        new.append(chosen @ counts)
        old.append(counts.sum(axis=0) - new[-1])
    return np.asarray((_vectors(np.stack(new, axis=1), np.stack(old, axis=1)) ** 2).sum(axis=1))
