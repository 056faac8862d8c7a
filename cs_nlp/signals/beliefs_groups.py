"""Statements that say the same, grouped by what they mean and by the stance that the classifier hears in them.

Average linkage (Sokal and Michener 1958): two groups are as far apart as their statements are on average, by 1 - cosine. Groups join
while they are near (`NEAR`); farther on, up to `FAR`, they join only as long as one of them is of too few people to be shown. So a
belief that many say in many ways stays apart from its neighbours, and what few say, each in their own way, still comes together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.taxonomy import SIGNAL_CULTURES, SIGNED_DRIVERS, TARGETS

if TYPE_CHECKING:
    from cs_nlp.records import Score

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

# Squared lengths beside the sentence vector's 1; see docs/beliefs.md for what else was tried.
CULTURE: Final = 0.25
TARGET: Final = 0.25
DRIVERS: Final = 0.2
NEAR: Final = 0.45
FAR: Final = 0.55
LARGEST: Final = 3000  # statements linked at once: half a second and 110 MB; the others join the groups found
_STANCE: Final = len(SIGNAL_CULTURES) + len(TARGETS) + len(SIGNED_DRIVERS)
_CHUNK: Final = 4096
_TINY: Final = 1e-12


def belief_vectors(meanings: Vectors, scores: Sequence[Score]) -> Vectors:
    """Vectors in which statements of one belief are near: what they say, beside the stance that it is said with.

    Args:
        meanings: `(n, d)`, sentence vectors of any length above 0.
        scores: `(n,)`, of the same statements.

    Returns:
        `(n, d + 36)`, unit length: the unit sentence vector; square roots of the probabilities of the four cultures, as a unit vector;
        square roots of those of the targets and of the drivers. The products of such roots are Bhattacharyya's coefficients.

    Raises:
        InputError: there are not as many vectors as scores.
    """
    if meanings.ndim != 2 or len(meanings) != len(scores):  # noqa: PLR2004 - rows and columns
        raise InputError(f"sentence vectors have the shape {meanings.shape}; expected a row for each of the {len(scores)} statements")
    if not scores:
        return np.zeros((0, 0), dtype=np.float32)
    kinds = len(SIGNAL_CULTURES)
    parts = (
        (1.0, _unit(meanings)),
        (CULTURE, _unit(np.sqrt([score.probabilities[:kinds] for score in scores]))),
        (TARGET, np.sqrt([score.target_probabilities for score in scores])),
        (DRIVERS, np.sqrt([score.driver_probabilities for score in scores])),
    )
    return _unit(np.concatenate([np.sqrt(weight) * part for weight, part in parts], axis=1)).astype(np.float32)


def meanings_of(vectors: Vectors) -> Vectors:
    """The unit sentence vectors that `belief_vectors` was given, from what it made of them."""
    return _unit(vectors[:, : vectors.shape[1] - _STANCE]).astype(np.float32)


def group_statements(vectors: Vectors, people: Sequence[str], transcripts: Sequence[str], k: int, *, seed: int = 0) -> Labels:
    """The group of each statement.

    Of more than `LARGEST` statements as many are drawn and linked; each of the others joins the group to which it is nearest on
    average, if that is within `FAR`. Time grows with their number, memory hardly.

    Args:
        vectors: `(n, d)`, unit length.
        people: `(n,)`, who said each, "" where nobody knows.
        transcripts: `(n,)`, where.
        k: groups of so many people and transcripts can be shown.
        seed: of the draw.

    Returns:
        `(n,)`, numbers of groups from 0. A statement that says the same as no other has a number of its own, or -1.
    """
    n = len(vectors)
    if n <= LARGEST:
        return _linked(vectors, people, transcripts, k)
    drawn = np.sort(np.random.default_rng(seed).permutation(n)[:LARGEST])
    found = _linked(vectors[drawn], [people[row] for row in drawn], [transcripts[row] for row in drawn], k)
    labels = np.full(n, -1, dtype=np.int64)
    labels[drawn] = found
    # A single statement is no group to join: who drew another one would have had another.
    sizes = np.bincount(found)
    groups = np.flatnonzero(sizes > 1)
    if groups.size:
        means = np.array([vectors[drawn[found == group]].mean(axis=0) for group in groups])
        rest = np.setdiff1d(np.arange(n), drawn)
        for start in range(0, len(rest), _CHUNK):
            rows = rest[start : start + _CHUNK]
            likeness = vectors[rows] @ means.T
            near = likeness.max(axis=1) >= 1 - FAR
            labels[rows[near]] = groups[likeness.argmax(axis=1)[near]]
    return labels


def _linked(vectors: Vectors, people: Sequence[str], transcripts: Sequence[str], k: int) -> Labels:
    n = len(vectors)
    if n < 2:  # noqa: PLR2004 - nothing to link
        return np.zeros(n, dtype=np.int64)
    from scipy.cluster.hierarchy import linkage  # noqa: PLC0415 - half a second to load
    from scipy.spatial.distance import squareform  # noqa: PLC0415 - as above

    apart = 1 - vectors @ vectors.T
    np.fill_diagonal(apart, 0)
    merges = linkage(squareform(np.maximum(apart, 0), checks=False), "average")
    forest = _Forest(people, transcripts, k)
    for left, right, height, _ in merges:
        forest.meet(int(left), int(right), float(height))
    return forest.labels()


class _Forest:
    """Groups that grow by meeting in pairs, nearest first.

    Args:
        people: who said each statement; transcripts: where.
        k: smallest group to be shown.
    """

    def __init__(self, people: Sequence[str], transcripts: Sequence[str], k: int) -> None:
        self._n = len(people)
        self._k = k
        self._rows: dict[int, list[int]] = {row: [row] for row in range(self._n)}
        self._people = {row: {person} for row, person in enumerate(people)}
        self._places = {row: {place} for row, place in enumerate(transcripts)}
        self._next = self._n
        self._done: list[list[int]] = []

    def meet(self, left: int, right: int, height: float) -> None:
        """Join two groups, or leave both as they are for good; whatever meets one that was left so stays as it is, too."""
        both = left in self._rows and right in self._rows
        if both and height <= FAR and (height <= NEAR or not (self._is_shown(left) and self._is_shown(right))):
            self._rows[self._next] = self._rows.pop(left) + self._rows.pop(right)
            self._people[self._next] = self._people.pop(left) | self._people.pop(right)
            self._places[self._next] = self._places.pop(left) | self._places.pop(right)
        else:
            self._done += [self._rows.pop(group) for group in (left, right) if group in self._rows]
        self._next += 1

    def labels(self) -> Labels:
        """Numbers of the groups, in the order of their first statements."""
        found = np.empty(self._n, dtype=np.int64)
        for number, rows in enumerate(sorted([*self._done, *self._rows.values()], key=min)):
            found[rows] = number
        return found

    def _is_shown(self, group: int) -> bool:
        return min(len(self._people[group]), len(self._places[group])) >= self._k


def _unit(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    found: NDArray[np.floating] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _TINY)
    return found
