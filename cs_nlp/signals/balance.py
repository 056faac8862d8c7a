"""Class probabilities moved most of the way from the mix that the classifier learnt to an even one: what prevalence is estimated from.

A calibrated probability leans on how common each class was in training, and most statements carry no culture. So what speaks for a rare
class hardly moves the sum of the probabilities, and a correction has to be large, which makes it jump about. At the other end,
probabilities as if all classes were equally common tell rare classes best, but tell common mixes worse. Seven tenths of the way, in
logarithms, serve both (docs/study.md has the figures):

    balanced = softmax(slopes * log(probabilities) + shifts)

The slopes recalibrate (vector scaling; Guo et al. 2017, "On calibration of modern neural networks", ICML, section 4.2), the shifts do that
and move the mix. Both are fitted once, on held-out statements, and kept with the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.taxonomy import CULTURES

Floats = NDArray[np.float64]

CLASSES: Final = len(CULTURES)
SMALLEST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Balance:
    """How probabilities are balanced; by default they are left as they are.

    Attributes:
        slopes: one for each culture, in `taxonomy.CULTURES` order; shifts: likewise.
    """

    slopes: tuple[float, ...] = (1.0,) * CLASSES
    shifts: tuple[float, ...] = (0.0,) * CLASSES

    def __post_init__(self) -> None:
        """Checks both.

        Raises:
            InputError: a number is missing or is none.
        """
        for name, values in (("slopes", self.slopes), ("shifts", self.shifts)):
            if len(values) != CLASSES or not np.isfinite(values).all():
                raise InputError(f"the {name} of a balance are {list(values)}; expected {CLASSES} numbers")

    def __call__(self, probabilities: Floats) -> Floats:
        """Balance `probabilities` `(n, 5)`; rows sum to 1 before and after."""
        if self == Balance():
            return np.asarray(probabilities, dtype=np.float64)
        odds = np.log(np.maximum(probabilities, SMALLEST)) * self.slopes + self.shifts
        odds = np.exp(odds - odds.max(axis=1, keepdims=True)) if len(odds) else odds
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))
