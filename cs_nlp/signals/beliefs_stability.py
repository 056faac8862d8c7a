"""Do the same beliefs come out when some of the transcripts had not been there?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]

KEPT: Final = 0.8
LARGEST: Final = 1500  # statements that are grouped again in each draw


@dataclass(frozen=True, slots=True)
class Stability:
    """How well groups come back in parts of the data, averaged over draws.

    Attributes:
        rand: adjusted Rand index (Hubert and Arabie 1985) between the groups of all and of a part, over the part's statements; what is in
            no group is a group of its own. 1 is the same groups, 0 chance.
        jaccard: by group, how much of it and its likest group in the part is common to both, 0 to 1 (Hennig 2007, "Cluster-wise
            assessment of cluster stability", Computational Statistics and Data Analysis 52:258-271): below 0.5 it has dissolved.
    """

    rand: float
    jaccard: Mapping[int, float]


def stability_of(
    labels: Labels, transcripts: Sequence[str], regroup: Callable[[NDArray[np.int64]], Labels], *, draws: int, seed: int = 0
) -> Stability | None:
    """Group parts of the data again and compare.

    In each draw 80 % of the transcripts are kept, whole; of many statements 1,500 are.

    Args:
        labels: `(n,)`, the groups found in all; -1 for none.
        transcripts: `(n,)`, where each statement stands.
        regroup: gives the groups of some rows, in their order.
        draws: how many parts.
        seed: of the draws.

    Returns:
        None for fewer than two transcripts, or no draws.
    """
    places, place_of = np.unique(np.asarray(transcripts, dtype=object).astype(str), return_inverse=True)
    if len(places) < 2 or draws < 1:  # noqa: PLR2004 - nothing can be left out
        return None
    rng = np.random.default_rng([seed, 1])
    rows = np.sort(rng.permutation(len(labels))[:LARGEST])
    kept = max(1, round(KEPT * len(places)))
    rands: list[float] = []
    likeness: dict[int, list[float]] = {}
    for _ in range(draws):
        part = rows[np.isin(place_of[rows], rng.permutation(len(places))[:kept])]
        again = regroup(part)
        rands.append(rand_index(labels[part], again))
        for group, value in _jaccards(labels[part], again).items():
            likeness.setdefault(group, []).append(value)
    return Stability(float(np.mean(rands)), {group: float(np.mean(values)) for group, values in likeness.items()})


def rand_index(one: Labels, other: Labels) -> float:
    """The adjusted Rand index of two groupings of the same statements; each -1 is a group of its own. 1 where all are alone in both."""
    first, second = _singled(one), _singled(other)
    both = _pairs(first * (second.max(initial=0) + 1) + second)
    chance = _pairs(first) * _pairs(second) / max(len(one) * (len(one) - 1) / 2, 1.0)
    most = (_pairs(first) + _pairs(second)) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def _singled(labels: Labels) -> Labels:
    alone = labels < 0
    found = labels.copy()
    found[alone] = labels.max(initial=0) + 1 + np.arange(int(alone.sum()))
    return found


def _pairs(labels: Labels) -> float:
    """How many pairs of statements stand in one group."""
    sizes = np.unique(labels, return_counts=True)[1].astype(np.float64)
    return float((sizes * (sizes - 1)).sum() / 2)


def _jaccards(labels: Labels, again: Labels) -> dict[int, float]:
    """For each group of several statements: its likeness to the likest group of `again`."""
    found = {}
    sizes = np.bincount(again[again >= 0], minlength=1)
    for group in np.unique(labels[labels >= 0]):
        members = labels == group
        if members.sum() > 1:
            common = np.bincount(again[members & (again >= 0)], minlength=len(sizes))
            found[int(group)] = float((common / (members.sum() + sizes - common)).max())
    return found
