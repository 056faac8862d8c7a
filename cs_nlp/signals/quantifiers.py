"""The classic ways of estimating prevalence, each from the classifier's answers on single statements.

Series use an adjusted count of whole groups (see `estimate`). These stand beside it for comparison, in the study and in notebooks, and for
whoever has statements and no transcripts. None gives an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.quantify import nearest_prevalence

if TYPE_CHECKING:
    from cs_nlp.signals.correction import Correction

Floats = NDArray[np.float64]
Quantifier = Callable[[Floats, "Correction"], Floats]

STEPS: Final = 1000
CONVERGED: Final = 1e-6
SMALLEST: Final = 1e-9


def classify_and_count(probabilities: Floats, correction: Correction) -> Floats:
    """The share of each class among the most probable ones, `(5,)`, from probabilities `(n, 5)`; nothing is corrected."""
    del correction
    return np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1]) / len(probabilities)


def probabilistic_count(probabilities: Floats, correction: Correction) -> Floats:
    """The mean probability of each class, `(5,)` (Bella et al. 2010); nothing is corrected."""
    del correction
    return np.asarray(probabilities.mean(axis=0))


def adjusted_count(probabilities: Floats, correction: Correction) -> Floats:
    """Classify and count, its mean errors undone, `(5,)` (Forman 2008; for several classes Hopkins and King 2010)."""
    named = np.eye(probabilities.shape[1])[correction.named]
    return np.asarray(nearest_prevalence(classify_and_count(probabilities, correction)[None], correction.means(named))[0])


def probabilistic_adjusted_count(probabilities: Floats, correction: Correction) -> Floats:
    """Mean probabilities, their mean errors undone, `(5,)` (Bella et al. 2010)."""
    return np.asarray(nearest_prevalence(probabilities.mean(axis=0)[None], correction.matrix())[0])


def expectation_maximisation(probabilities: Floats, correction: Correction) -> Floats:
    """The prevalence under which the probabilities, adapted to it, have it as their mean, `(5,)`.

    Probabilities of a class are multiplied by its new share over its share on the held-out rows, then averaged, until nothing changes
    (Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities", Neural
    Computation 14:21-41). Right if the probabilities are calibrated for the held-out mix.
    """
    known = np.bincount(correction.truth, minlength=probabilities.shape[1]) / len(correction.truth)
    odds = probabilities / np.maximum(known, SMALLEST)
    share = known
    for _ in range(STEPS):
        adapted = odds * share
        adapted /= np.maximum(adapted.sum(axis=1, keepdims=True), SMALLEST)
        before, share = share, adapted.mean(axis=0)
        if np.abs(share - before).max() < CONVERGED:
            break
    return np.asarray(share / share.sum())


QUANTIFIERS: Final[Mapping[str, Quantifier]] = MappingProxyType(
    {
        "cc": classify_and_count,
        "pcc": probabilistic_count,
        "acc": adjusted_count,
        "pacc": probabilistic_adjusted_count,
        "emq": expectation_maximisation,
    }
)
