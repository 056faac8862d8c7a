"""What the classifier gets wrong, learnt from statements that it never saw in training."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.signals.balance import Balance
from cs_nlp.taxonomy import CULTURES, name_cultures

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES: Final = len(CULTURES)
FEWEST_ROWS: Final = 10
ROUNDING: Final = 0.01
WEAKEST_DIRECTION: Final = 0.1


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Correction:
    """Held-out statements with their true and their predicted culture, from which the classifier's errors are learnt.

    Attributes:
        truth: `(n,)`, index of each row's true culture in `taxonomy.CULTURES`.
        probabilities: `(n, 5)`, the classifier's answer in `taxonomy.CULTURES` order, balanced where totals are; rows sum to 1.
        groups: `(n,)`, index of the conversation each row stands in: rows of one group are resampled together.
        kinds: `(n,)`, index of the kind of text each row is of; empty where all are of one.
        predicted: `(n,)`, index of the culture that the classifier named; empty where that is the most probable one.
        confidence_of: `(n,)`, its probability before it was balanced; empty where it is that in `probabilities`.
        weights: by kind, how much a row of it counts; empty where all count the same.
        doubt: `(kinds, kinds)`, covariance of the logarithms of `weights`; empty where they are known.
        strange: how far the means by class of a team's text may lie from those of all kinds: their variance over that of single
            statements of the class; 0 where nothing speaks for it (see `kinds`).
    """

    truth: Ints
    probabilities: Floats
    groups: Ints
    kinds: Ints = field(default_factory=_none)
    predicted: Ints = field(default_factory=_none)
    confidence_of: Floats = field(default_factory=lambda: np.zeros(0))
    weights: tuple[float, ...] = ()
    doubt: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    strange: float = 0.0

    @classmethod
    def from_rows(
        cls,
        labels: Sequence[str],
        probabilities: Sequence[Sequence[float]],
        groups: Sequence[str],
        *,
        kinds: Sequence[str] | None = None,
        balance: Balance = Balance(),  # noqa: B008  # frozen
        none_weight: float = 1.0,
    ) -> Correction:
        """A correction from held-out rows.

        Args:
            labels: true culture of each row.
            probabilities: each row's class probabilities in `taxonomy.CULTURES` order, as the classifier gives them.
            groups: name of the conversation or situation that each row stands in.
            kinds: name of the kind of text each row is of; None where they are all of one.
            balance: how the summed probabilities of totals are balanced.
            none_weight: what the probability of none counts when a culture is named.

        Raises:
            InputError: the columns differ in length, a label is unknown, or a row is no distribution.
        """
        _check(labels, probabilities, groups, kinds)
        scores = np.asarray(probabilities, dtype=np.float64).reshape(-1, CLASSES)
        return cls(
            truth=np.array([CULTURES.index(label) for label in labels], dtype=np.int64),
            probabilities=balance(scores),
            groups=_indices(groups),
            kinds=_none() if kinds is None else _indices(kinds),
            predicted=name_cultures(scores, none_weight),
            confidence_of=scores.max(axis=1),
        )

    @property
    def n_kinds(self) -> int:
        """How many kinds of text there are, at least 1."""
        return int(self.kinds.max(initial=0)) + 1

    def weighted(self, weights: Sequence[float], doubt: Floats, strange: float) -> Correction:
        """The same rows, those of each kind counting by `weights`, whose logarithms are known up to the covariance `doubt`."""
        return replace(self, weights=tuple(weights), doubt=doubt, strange=strange)

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
        return self.means(self.probabilities)

    def confidence(self) -> Floats:
        """Mean probability of the most probable class by true class, `(5,)`; as `matrix`, each class needs a row."""
        return self.means(self.sureness[:, None])[:, 0]

    def means(self, columns: Floats) -> Floats:
        """Means of `columns` `(n, m)` by true class, `(5, m)`."""
        weights = self.row_weights
        return np.array([np.average(columns[own], axis=0, weights=weights[own]) for own in self.by_class])

    def noise(self) -> Floats:
        """Covariance of the probabilities among statements of one true class, `(5, 5, 5)`; as `matrix`, each class needs rows."""
        return self.covariances(self.probabilities)

    def covariances(self, columns: Floats) -> Floats:
        """Covariances of `columns` `(n, m)` within each true class, `(5, m, m)`."""
        weights = self.row_weights
        return np.array([np.cov(columns[own], rowvar=False, aweights=weights[own]) for own in self.by_class])

    def resampled(self, replicates: int, rng: np.random.Generator) -> Floats:
        """The matrix as other held-out samples might have given it, `(replicates, 5, 5)`.

        Groups get exponential weights, the Bayesian bootstrap of Rubin (1981, Annals of Statistics 9:130): as the
        ordinary bootstrap, but no class ever drops out of a replicate. Weights of kinds vary as far as they are in doubt.
        """
        return self.matrices(self.shares(replicates, rng), rng)

    def shares(self, replicates: int, rng: np.random.Generator) -> Floats:
        """Summed probabilities, and rows in the last place, of resampled groups by kind and true class: `(replicates, kinds, 5, 6)`."""
        size, kinds = int(self.groups.max(initial=-1)) + 1, self.n_kinds
        table = np.zeros((size, kinds, CLASSES, CLASSES + 1))
        place = self.groups, self.kinds if len(self.kinds) else np.zeros_like(self.groups), self.truth
        np.add.at(table, place, np.column_stack([self.probabilities, np.ones(len(self.truth))]))
        drawn = rng.standard_exponential((replicates, size)) @ table.reshape(size, -1)
        return drawn.reshape(replicates, kinds, CLASSES, CLASSES + 1)

    def matrices(self, shares: Floats, rng: np.random.Generator) -> Floats:
        """The matrices `(replicates, 5, 5)` that resampled sums of groups give with the weights of kinds; see `resampled`."""
        logs = np.log(self.weights or np.ones(self.n_kinds)) + np.zeros((len(shares), 1))
        if self.doubt.size:
            logs = logs + rng.multivariate_normal(np.zeros(len(self.doubt)), self.doubt, size=len(shares), method="eigh")
        total = np.einsum("rk,rkij->rij", np.exp(logs), shares)
        return np.asarray(total[:, :, :CLASSES] / total[:, :, CLASSES:])

    @cached_property
    def sureness(self) -> Floats:
        """The probability of the class that was named, `(n,)`, before it was balanced."""
        return self.confidence_of if len(self.confidence_of) else self.probabilities.max(axis=1)

    @cached_property
    def named(self) -> Ints:
        """The class that was named, `(n,)`."""
        return self.predicted if len(self.predicted) else self.probabilities.argmax(axis=1)

    @cached_property
    def row_weights(self) -> Floats:
        """How much each row counts, `(n,)`."""
        return np.asarray(self.weights)[self.kinds] if self.weights and len(self.kinds) else np.ones(len(self.truth))

    @cached_property
    def by_class(self) -> list[Ints]:
        """Places of the rows of each true class."""
        return [np.flatnonzero(self.truth == place) for place in range(CLASSES)]


def _check(labels: Sequence[str], probabilities: Sequence[Sequence[float]], groups: Sequence[str], kinds: Sequence[str] | None) -> None:
    if not len(labels) == len(groups) == len(probabilities) == len(labels if kinds is None else kinds):
        sizes = f"{len(labels)} labels, {len(probabilities)} probabilities, {len(groups)} groups"
        raise InputError(f"held-out columns differ in length: {sizes}" + ("" if kinds is None else f", {len(kinds)} kinds"))
    if unknown := sorted(set(labels) - set(CULTURES)):
        raise InputError(f"held-out rows have the labels {', '.join(unknown)}; expected {', '.join(CULTURES)}")
    for number, row in enumerate(probabilities, start=1):
        if not (len(row) == CLASSES and min(row) >= 0 and abs(sum(row) - 1) <= ROUNDING):
            msg = f"held-out row {number} has the probabilities {list(row)}; expected {CLASSES}, none negative, that sum to 1"
            raise InputError(msg)


def _indices(names: Sequence[str]) -> Ints:
    places = {name: index for index, name in enumerate(dict.fromkeys(names))}
    return np.array([places[name] for name in names], dtype=np.int64)
