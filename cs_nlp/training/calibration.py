"""Makes probabilities mean what they say, on statements the model did not learn from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from cs_nlp.training.evaluation import Ints, micro_f1

Floats = NDArray[np.floating[Any]]
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
