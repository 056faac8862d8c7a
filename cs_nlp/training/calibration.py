"""Makes probabilities mean what they say, on statements the model did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from cs_nlp.signals import Balance
from cs_nlp.taxonomy import CULTURES, name_cultures
from cs_nlp.training.evaluation import Ints, micro_f1
from cs_nlp.training.resampling import Draws

Floats = NDArray[np.floating[Any]]
_CLASSES = len(CULTURES)
_LEAST = 1e-6
_RIDGE = 1e-3
_KEPT = 0.3
_MOST_LOG = 1.5  # a weight of 0.22
_STEPS = 31
_DRAWS = 500
_THRESHOLDS = np.round(np.arange(0.05, 0.95, 0.01), 2)


def log_loss(gold: Ints, logits: Floats, temperature: float) -> float:
    """Mean negative log-probability of the gold class.

    Args:
        gold: shape `(n,)`, class indices.
        logits: shape `(n, classes)`.
        temperature: what the logits are divided by.
    """
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=1, keepdims=True)
    norm = np.log(np.exp(scaled).sum(axis=1))
    return float((norm - scaled[np.arange(len(gold)), gold]).mean())


def fit_temperature(gold: Ints, logits: Floats) -> float:
    """The temperature, 0.2 to 5, with the smallest log-loss (Guo et al., 2017, "On Calibration of Modern Neural Networks")."""
    found = minimize_scalar(lambda log_t: log_loss(gold, logits, float(np.exp(log_t))), bounds=(np.log(0.2), np.log(5.0)), method="bounded")
    return float(np.exp(found.x))


def fit_threshold(gold: NDArray[np.bool_], probabilities: Floats) -> float:
    """The threshold, one for all drivers, with the highest micro-F1.

    Args:
        gold: shape `(n, drivers)`.
        probabilities: same shape.
    """
    return float(max(_THRESHOLDS, key=lambda threshold: micro_f1(gold, probabilities >= threshold)))


def fit_none_weight(gold: Ints, probabilities: Floats, groups: Sequence[str], sources: Sequence[str], *, seed: int = 0) -> float:
    """What the probability of none is to count when a culture is named, so that macro-F1 is highest.

    Where F1 counts, a class is best named from half its F1 on, not from one half (Lipton et al., 2014, "Optimal Thresholding of
    Classifiers to Maximize F1 Measure"), and none, the commonest, hides the others. Macro-F1 is the mean over the sources. Near its
    top it is flat and its best place is noise, so the answer is the geometric mean of the best weights in bootstrap draws of groups.

    Args:
        gold: shape `(n,)`, class indices.
        probabilities: shape `(n, 5)`, calibrated.
        groups: what each row belongs together with.
        sources: the data set that each row is from.
        seed: of the draws.
    """
    steps = np.linspace(0.0, _MOST_LOG, _STEPS)
    named = [name_cultures(probabilities, float(np.exp(-step))) for step in steps]
    total = np.zeros((_DRAWS, _STEPS))
    for source in dict.fromkeys(sources):
        rows = np.array([place for place, name in enumerate(sources) if name == source])
        draws = Draws.of([groups[row] for row in rows], _DRAWS, seed)
        total += np.stack([draws.f1(gold[rows], each[rows], _CLASSES).mean(axis=1) for each in named], axis=1)
    return float(np.exp(-steps[total.argmax(axis=1)].mean()))


def fit_balance(gold: Ints, probabilities: Floats) -> Balance:
    """How probabilities are balanced before prevalence is estimated from them (see `signals.balance`).

    Slopes and shifts have the smallest log-loss when every class counts the same, so they give probabilities as if all classes were equally
    common; then the shifts are moved 0.3 of the way, in logarithms, back to the classes' shares in `gold`.

    Args:
        gold: shape `(n,)`, class indices.
        probabilities: shape `(n, 5)`.

    Returns:
        The balance; one that changes nothing where a class is absent.
    """
    counts = np.bincount(gold, minlength=_CLASSES)
    if not counts.all():
        return Balance()
    logs = np.log(np.maximum(probabilities.astype(np.float64), _LEAST))
    right = np.eye(_CLASSES)[gold]
    weights = 1 / (_CLASSES * counts[gold])
    start = np.concatenate([np.ones(_CLASSES), np.zeros(_CLASSES)])

    def loss(both: Floats) -> tuple[float, Floats]:
        odds = logs * both[:_CLASSES] + both[_CLASSES:]
        odds = odds - odds.max(axis=1, keepdims=True)
        norm = np.log(np.exp(odds).sum(axis=1, keepdims=True))
        slope = weights[:, None] * (np.exp(odds - norm) - right)
        value = -float(weights @ (right * (odds - norm)).sum(axis=1)) + _RIDGE / 2 * float(((both - start) ** 2).sum())
        return value, np.concatenate([(logs * slope).sum(axis=0), slope.sum(axis=0)]) + _RIDGE * (both - start)

    found = minimize(loss, start, jac=True, method="BFGS").x
    shifts = found[_CLASSES:] + _KEPT * np.log(counts / counts.sum())
    return Balance(tuple(np.round(found[:_CLASSES], 5).tolist()), tuple(np.round(shifts - shifts.mean(), 5).tolist()))
