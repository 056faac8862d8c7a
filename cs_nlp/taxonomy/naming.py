"""From probabilities to the culture that a statement is labelled with: one rule, wherever labels are named or counted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.taxonomy.labels import CULTURES


def name_cultures(probabilities: NDArray[np.floating[Any]], none_weight: float = 1.0) -> NDArray[np.int64]:
    """The culture named for each statement: the most probable one, after none has been weighed.

    None is by far the commonest, so the most probable culture is none too often: statements that carry one are missed. A weight below 1
    finds more of them (see `training.calibration.fit_none_weight`).

    Args:
        probabilities: shape `(n, 5)`, in `CULTURES` order.
        none_weight: what the probability of none is multiplied by, above 0 and at most 1.

    Returns:
        Indices into `CULTURES`, shape `(n,)`.
    """
    weights = np.array([none_weight if name == "none" else 1.0 for name in CULTURES])
    found: NDArray[np.int64] = (probabilities * weights).argmax(axis=1)
    return found
