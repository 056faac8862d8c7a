"""From the votes of rules to one label: how far each rule can be trusted, and what several say together.

A rule votes for one class only, or not at all. With a the share of its votes that are right, c the share of statements on which it
fires, and p the shares of classes, it fires on a statement of its own class with probability a c / p, on one of another class with
(1 - a) c / (1 - p), whatever the other rules do. That is the model of Dawid and Skene (1979, "Maximum likelihood estimation of observer
error-rates using the EM algorithm", Applied Statistics 28:20-28) with one number a rule and silence as an answer. EM alternates between
the probability of each class given who fired and who did not, and a, held near PRIOR as by PRIOR_VOTES votes. Statements whose label is
known teach a directly. Rules that say the same in other words are not independent; put them into one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.labelling.weak_rules import Fired

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNKNOWN: Final = -1
PRIOR: Final = 0.7
PRIOR_VOTES: Final = 5.0
ROUNDS: Final = 200
SMALLEST: Final = 1e-6
_EDGE: Final = 1e-3


@dataclass(frozen=True, eq=False)
class LabelModel:
    """How far rules can be trusted.

    Attributes:
        votes: `(rules,)`, the class that each rule votes for.
        accuracy: `(rules,)`, share of its votes that are right, 0 to 1.
        coverage: `(rules,)`, share of statements on which it fires.
        shares: `(classes,)`, of the classes; sums to 1.
    """

    votes: Ints
    accuracy: Floats
    coverage: Floats
    shares: Floats

    def probabilities(self, fired: Fired) -> Floats:
        """Of each class, `(statements, classes)`, rows sum to 1; NaN where no rule fired: nothing is known then."""
        found = _probabilities(fired, self.votes, self.accuracy, self.coverage, self.shares)
        found[~fired.any(axis=1)] = np.nan
        return found


def fit_label_model(fired: Fired, votes: Sequence[int], classes: int, *, known: Ints | None = None) -> LabelModel:
    """Learn how far each rule can be trusted.

    Args:
        fired: `(statements, rules)`.
        votes: `(rules,)`, the class that each rule votes for.
        classes: how many there are.
        known: `(statements,)`, the true class, UNKNOWN where it is not known; None where it is nowhere known. The shares of the classes are
            taken from those that are known, else all alike: from votes alone they can't be told.
    """
    chosen = np.asarray(votes, dtype=np.int64)
    truth = np.full(len(fired), UNKNOWN, dtype=np.int64) if known is None else known
    given = np.bincount(truth[truth != UNKNOWN], minlength=classes)
    shares = (given + 1.0) / (given.sum() + classes)
    counts = fired.sum(axis=0)
    coverage = np.clip(counts / max(1, len(fired)), _EDGE, 1 - _EDGE)
    accuracy = np.full(len(chosen), PRIOR)
    for _ in range(ROUNDS):
        found = _probabilities(fired, chosen, accuracy, coverage, shares)
        found[truth != UNKNOWN] = np.eye(classes)[truth[truth != UNKNOWN]]
        right = (fired * found[:, chosen]).sum(axis=0)
        renewed = (right + PRIOR * PRIOR_VOTES) / (counts + PRIOR_VOTES)
        change = float(np.abs(renewed - accuracy).max(initial=0.0))
        accuracy = renewed
        if change < SMALLEST:
            break
    return LabelModel(chosen, accuracy, coverage, shares)


def majority(fired: Fired, votes: Ints, classes: int) -> Ints:
    """The class that most rules vote for, `(statements,)`; UNKNOWN where none fires, or where it is a tie."""
    counts = np.stack([fired[:, votes == place].sum(axis=1) for place in range(classes)], axis=1)
    best = counts.max(axis=1, keepdims=True)
    is_clear = ((counts == best).sum(axis=1) == 1) & (best[:, 0] > 0)
    return np.where(is_clear, counts.argmax(axis=1), UNKNOWN)


def _probabilities(fired: Fired, votes: Ints, accuracy: Floats, coverage: Floats, shares: Floats) -> Floats:
    own, others = accuracy * coverage / shares[votes], (1 - accuracy) * coverage / (1 - shares[votes])
    # A rule that fires more often than its class stands: both chances shrink alike, so that alone it is still right with `accuracy`.
    room = np.minimum(1.0, (1 - _EDGE) / np.maximum(own, others))
    own, others = own * room, others * room
    fires = np.repeat(others[:, None], len(shares), axis=1)  # (rules, classes)
    fires[np.arange(len(votes)), votes] = own
    fires = np.clip(fires, _EDGE * _EDGE, 1 - _EDGE)
    logs = np.log(shares) + fired @ np.log(fires) + (~fired) @ np.log1p(-fires)
    found = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(found / found.sum(axis=1, keepdims=True))
