"""When a group of statements is a belief: it carries a culture, and holds together in what is said or in the stance it is said with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.beliefs_groups import meanings_of
from cs_nlp.taxonomy import SIGNAL_CULTURES

if TYPE_CHECKING:
    from cs_nlp.signals.beliefs_groups import Vectors

Floats = NDArray[np.float64]

CARRIES: Final = 0.5
LEADS: Final = 0.4
SAYS_THE_SAME: Final = 0.35
ONE_STANCE: Final = 0.8
_KINDS: Final = len(SIGNAL_CULTURES)


def carries_culture(probabilities: Floats) -> bool:
    """Whether statements with these class probabilities `(n, 5)` carry, all together, a culture rather than none, and one before others."""
    carried = probabilities[:, :_KINDS].mean(axis=0)
    return float(carried.sum()) >= CARRIES and float(carried.max()) >= LEADS * float(carried.sum())


def holds_together(vectors: Vectors, probabilities: Floats) -> bool:
    """Whether statements say the same, or are all of one culture: where neither is so, they share a word and nothing else.

    Args:
        vectors: `(n, d)`, from `belief_vectors`, n at least 2.
        probabilities: `(n, 5)`, of the classes.
    """
    carried = probabilities[:, :_KINDS].sum(axis=0)
    return float(carried.max()) >= ONE_STANCE * float(carried.sum()) or likeness(vectors) >= SAYS_THE_SAME


def likeness(vectors: Vectors) -> float:
    """Mean cosine between the sentence vectors of two different statements of a group of at least two, -1 to 1."""
    n = len(vectors)
    whole = meanings_of(vectors).sum(axis=0)
    return float(whole @ whole - n) / (n * (n - 1))


def of_culture(probabilities: Floats, culture: int) -> NDArray[np.bool_]:
    """`(n,)`: of which statements no culture is likelier than this one; others would be odd in its name."""
    carried = probabilities[:, :_KINDS]
    found: NDArray[np.bool_] = carried[:, culture] >= carried.max(axis=1)
    return found
