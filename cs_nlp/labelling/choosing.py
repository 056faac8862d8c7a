"""What to label next.

Four answers to four needs: statements that the model is least sure of (`uncertain`); ones unlike each other and unlike what is labelled
(`diverse`); as many of each likely class (`balanced`), to begin with; and a random sample that shrinks a team's interval most (`interval`).

For the last, let f be the model's probabilities of a statement and e(y) the indicator of its true class. The mean of f is wrong by the
mean of f - e(y), which labelled statements, each weighted by one over its chance of being drawn, estimate without bias, whatever the
model's errors (Horvitz and Thompson 1952, JASA 47:663-685; Angelopoulos et al. 2023, "Prediction-powered inference", Science
382:669-674). With chances pi the variance of that estimate is the sum of |f - e(y)|^2 (1 / pi - 1) over the square of the number of
statements; it is least with chances in proportion to the root of the expected |f - e(y)|^2 (Neyman 1934, Journal of the Royal
Statistical Society 97:558-625; Zrnic and Candes 2024, "Active statistical inference", ICML). Where f is calibrated, that expectation is the
sum of f (1 - f).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.records import Interval
from cs_nlp.taxonomy import CULTURES

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]

WAYS: Final = ("mixed", "uncertain", "diverse", "balanced", "interval")
AT_RANDOM: Final = 0.2
_ROUNDS: Final = 50
_Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Choice:
    """A statement to label.

    Attributes:
        row: its place among those given.
        reason: why, in words.
        weight: how many statements it stands for, where it was drawn at random (`interval`); else None, and shares in the sample
            say nothing.
    """

    row: int
    reason: str
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """What a sample of labels is worth for a team's shares.

    Attributes:
        labels: how many are expected to be drawn.
        error: expected standard error with this sample, root of the sum over classes.
        at_random: the same with as many drawn with equal chances.
    """

    labels: float
    error: float
    at_random: float


def uncertainty(probabilities: Floats) -> Floats:
    """Entropy of each row over that of an even distribution, 0 (sure) to 1, `(n,)`."""
    shares = np.clip(probabilities, np.finfo(np.float64).tiny, 1.0)
    return np.asarray(-(shares * np.log(shares)).sum(axis=1) / np.log(probabilities.shape[1]))


def choose_uncertain(probabilities: Floats, n: int) -> list[Choice]:
    """The `n` statements of which the model is least sure, the least sure first."""
    found = uncertainty(probabilities)
    return [Choice(int(row), _unsure(probabilities[row])) for row in np.argsort(-found, kind="stable")[:n]]


def choose_diverse(vectors: Vectors, n: int, *, labelled: Vectors | None = None) -> list[Choice]:
    """`n` statements, each as far as possible from those before it and from what is labelled (greedy k-centre).

    Args:
        vectors: `(statements, width)`, of unit length.
        n: how many.
        labelled: vectors of labelled statements, same width.
    """
    return [Choice(row, reason) for row, reason in _spread(vectors, np.ones(len(vectors)), n, labelled)]


def choose_mixed(probabilities: Floats, vectors: Vectors, n: int, *, labelled: Vectors | None = None) -> list[Choice]:
    """`n` statements of which the model is unsure and that are unlike each other and what is labelled: uncertainty times distance."""
    found = _spread(vectors, uncertainty(probabilities), n, labelled)
    return [Choice(row, f"{_unsure(probabilities[row])}, {reason}") for row, reason in found]


def choose_balanced(probabilities: Floats, n: int, *, seed: int = 0) -> list[Choice]:
    """`n` statements, as many of each likely class as there are, drawn at random within it: to begin with, where nothing is labelled."""
    rng = np.random.default_rng([seed, 0])
    likely = probabilities.argmax(axis=1)
    queues = [rng.permutation(np.flatnonzero(likely == place)).tolist() for place in range(len(CULTURES))]
    found: list[Choice] = []
    while len(found) < min(n, len(probabilities)):
        for place, queue in enumerate(queues):
            if queue and len(found) < n:
                found.append(Choice(int(queue.pop()), f"likely {CULTURES[place]}"))
    return found


def choose_for_interval(probabilities: Floats, n: int, *, classes: Sequence[int] = (), seed: int = 0) -> tuple[list[Choice], Worth]:
    """A random sample of about `n` statements, whose labels shrink the interval of a team's shares most.

    A share `AT_RANDOM` of the chances is the same for all, so that no weight is huge where the model is sure and wrong.

    Args:
        probabilities: `(statements, 5)`, of all statements of a team and time, calibrated.
        n: how many to expect; the sample's size varies a little, since each is drawn by itself.
        classes: the cultures that matter, as places in `taxonomy.CULTURES`; () for all.
        seed: of the draw.

    Returns:
        The sample, in order, each with its weight, and what it is worth.
    """
    own = probabilities[:, list(classes)] if classes else probabilities
    doubt = np.asarray((own * (1 - own)).sum(axis=1))
    budget = min(n, len(doubt))
    even = np.full(len(doubt), budget / max(1, len(doubt)))
    chances = (1 - AT_RANDOM) * _chances(np.sqrt(doubt), budget) + AT_RANDOM * even
    drawn = np.flatnonzero(np.random.default_rng([seed, 1]).random(len(doubt)) < chances)
    worth = Worth(float(chances.sum()), _error(doubt, chances), _error(doubt, even))
    return [Choice(int(row), _unsure(probabilities[row]), float(1 / chances[row])) for row in drawn], worth


def shares_from_sample(
    mean: Floats, total: int, said: Floats, labels: Sequence[str], weights: Sequence[float]
) -> list[tuple[float, Interval]]:
    """The shares of all cultures among all statements, from the model's answers and the labels of a random sample.

    Args:
        mean: `(5,)`, mean probabilities of all statements.
        total: how many they are.
        said: `(labels, 5)`, the probabilities of the labelled ones.
        labels: their cultures.
        weights: of each, one over the chance with which it was drawn.

    Returns:
        For each culture its share and a 95 % interval, both cut to 0..1. The interval holds the doubt about the labels that were not given;
        it is a normal one and wants about 30 labels.

    Raises:
        InputError: there are no labels, or not as many of each.
    """
    if not len(said) == len(labels) == len(weights) or not len(said):
        raise InputError(
            f"shares: {len(said)} answers, {len(labels)} labels, {len(weights)} weights; expected as many of each, at least one"
        )
    factor = np.asarray(weights)[:, None]
    misses = np.eye(len(CULTURES))[[CULTURES.index(label) for label in labels]] - said
    value = mean + (factor * misses).sum(axis=0) / total
    half = _Z * np.sqrt((factor * (factor - 1) * misses**2).sum(axis=0)) / total
    cut = [np.clip(part, 0.0, 1.0) for part in (value, value - half, value + half)]
    return [(float(share), Interval(float(low), float(high))) for share, low, high in zip(*cut, strict=True)]


def _unsure(probabilities: Floats) -> str:
    first, second = np.argsort(-probabilities, kind="stable")[:2]
    return f"{CULTURES[first]} {probabilities[first]:.2f} or {CULTURES[second]} {probabilities[second]:.2f}"


def _spread(vectors: Vectors, worth: Floats, n: int, labelled: Vectors | None) -> list[tuple[int, str]]:
    """Rows, each with the largest worth times distance (1 - cosine) to the nearest before it, and how near that is."""
    nearest = np.full(len(vectors), -1.0)
    for vector in [] if labelled is None else labelled:
        nearest = np.maximum(nearest, vectors @ vector)
    left = np.ones(len(vectors), dtype=np.bool_)
    found: list[tuple[int, str]] = []
    for _ in range(min(n, len(vectors))):
        row = int(np.where(left, worth * (1 - nearest), -np.inf).argmax())
        is_first = not found and not (labelled is not None and len(labelled))
        found.append((row, "the first" if is_first else f"cosine {nearest[row]:.2f} to the nearest before it"))
        left[row] = False
        nearest = np.maximum(nearest, vectors @ vectors[row])
    return found


def _chances(sizes: Floats, n: int) -> Floats:
    """Chances in proportion to `sizes`, none above 1, that sum to `n`."""
    chances = np.zeros(len(sizes))
    open_rows = np.arange(len(sizes))
    for _ in range(_ROUNDS):
        left = n - (len(sizes) - len(open_rows))
        total = sizes[open_rows].sum()
        chances[open_rows] = left * (sizes[open_rows] / total if total > 0 else 1 / max(1, len(open_rows)))
        full = chances[open_rows] >= 1
        if not full.any():
            break
        chances[open_rows[full]] = 1.0
        open_rows = open_rows[~full]
    return np.clip(chances, 0.0, 1.0)


def _error(squares: Floats, chances: Floats) -> float:
    return float(np.sqrt((squares * (1 / np.maximum(chances, np.finfo(np.float64).tiny) - 1)).sum()) / max(1, len(squares)))
