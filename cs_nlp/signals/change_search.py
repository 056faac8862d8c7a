"""The search for change points in a weighted series of vectors: whether, and where. `change` says what the vectors are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.spread import BORROWED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cs_nlp.signals.spread import Moments

Floats = NDArray[np.float64]

SHORTEST: Final = 2
WEAKEST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Points:
    """A series.

    Attributes:
        places: `(times, dimensions)`, such that the noise of each is the unit matrix over its weight.
        weights: `(times,)`, above 0.
        axes: `(classes, dimensions)`; a vector of means times it is a place, up to a shift.
    """

    places: Floats
    weights: Floats
    axes: Floats


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search.

    Attributes:
        cuts: indices of the first points after each change, rising.
        p_values: of each.
        p_left: of the strongest change beyond these.
        noise: what is left per degree of freedom of the weighted squared distances, at least 1.
    """

    cuts: tuple[int, ...]
    p_values: tuple[float, ...]
    p_left: float
    noise: float


def points_of(moments: Moments, squares: Floats) -> Points:
    """The series of groups of transcripts.

    The covariance within groups is pooled over them; what few transcripts tell of it is filled up with that of independent statements,
    which counts as ten transcripts.

    Args:
        moments: of the groups, in order of time.
        squares: `(groups,)`, sum over a group's transcripts of their squared number of statements.
    """
    total = moments.n.sum()
    centre = moments.n @ moments.mean / total
    alike = np.diag(centre) - np.outer(centre, centre)
    freedom = float((moments.transcripts - 1).sum())
    within = (moments.between * (moments.n**2)[:, None, None])[moments.transcripts > 1].sum(axis=0)
    seen = float(squares[moments.transcripts > 1].sum())
    pooled = within / seen if seen > 0 else alike
    filled = (freedom * pooled + BORROWED * alike * np.trace(pooled) / np.trace(alike)) / (freedom + BORROWED)
    values, vectors = np.linalg.eigh(filled)
    kept = values > values.max() * WEAKEST
    axes = vectors[:, kept] / np.sqrt(values[kept])
    return Points((moments.mean - centre) @ axes, moments.n**2 / squares, axes)


def search(points: Points, fixed: Sequence[int], *, level: float, shuffles: int, rng: np.random.Generator) -> Found:
    """The changes of a series, one after another, until the next one could be chance.

    Args:
        points: the series.
        fixed: indices of the first points after breaks that are known; changes are looked for between them.
        level: 1 less the share of steady series in which a change may be found by chance.
        shuffles: how many orders are tried.
        rng: makes the orders.
    """
    runs = [0, *fixed, len(points.weights)]
    numbers = [0] * (len(runs) - 1)
    cuts: list[int] = []
    p_values: dict[int, float] = {}
    while True:
        pieces = [*pairwise(sorted({*runs, *cuts}))]
        best, at = max((_best_gain(points, *piece) for piece in pieces), default=(0.0, 0))
        p_left = _chance(points, pieces, best, shuffles, rng)
        if p_left > 1 - level:
            return Found(tuple(cuts), tuple(p_values[cut] for cut in cuts), p_left, _noise(points, pieces))
        run = next(index for index, (start, end) in enumerate(pairwise(runs)) if start <= at < end)
        numbers[run] += 1
        cuts = _placed(points, runs, numbers)
        p_values = {cut: p_values.get(cut, p_left) for cut in cuts}


def likely_cuts(points: Points, start: int, end: int, noise: float, level: float) -> tuple[int, int]:
    """The first and the last of the likeliest cuts of the piece from `start` to before `end`, which together hold a share `level`."""
    cost = np.array([_cost(points, start, cut) + _cost(points, cut, end) for cut in range(start + 1, end)])
    chance = np.exp(-(cost - cost.min()) / (2 * noise))
    chance /= chance.sum()
    order = np.argsort(-chance, kind="stable")
    needed = int(np.searchsorted(np.cumsum(chance[order]), level)) + 1
    kept = order[:needed]
    return start + 1 + int(kept.min()), start + 1 + int(kept.max())


def gains(places: Floats, weights: Floats) -> Floats:
    """How much each cut of each series takes off the weighted squared distances to the mean.

    Args:
        places: `(..., times, dimensions)`.
        weights: `(..., times)`.

    Returns:
        `(..., times - 3)`, from the cut before the third point to the cut before the last but one.
    """
    weight = np.cumsum(weights, axis=-1)
    moment = np.cumsum(places * weights[..., None], axis=-2)
    inner = slice(SHORTEST - 1, -SHORTEST)
    left, right = weight[..., inner], weight[..., -1:] - weight[..., inner]
    apart = moment[..., inner, :] / left[..., None] - (moment[..., -1:, :] - moment[..., inner, :]) / right[..., None]
    return np.asarray(left * right / weight[..., -1:] * (apart**2).sum(axis=-1))


def _best_gain(points: Points, start: int, end: int) -> tuple[float, int]:
    """The best gain in the piece from `start` to before `end`, and the index of the first point after the cut."""
    if end - start < 2 * SHORTEST:
        return 0.0, start
    found = gains(points.places[start:end], points.weights[start:end])
    return float(found.max()), start + SHORTEST + int(found.argmax())


def _chance(points: Points, pieces: Iterable[tuple[int, int]], best: float, shuffles: int, rng: np.random.Generator) -> float:
    """How often the best gain is at least `best` when each piece is shuffled."""
    reached = np.zeros(shuffles)
    for start, end in pieces:
        if end - start >= 2 * SHORTEST:
            orders = start + np.argsort(rng.random((shuffles, end - start)), axis=1)
            reached = np.maximum(reached, gains(points.places[orders], points.weights[orders]).max(axis=1))
    # Orders that only swap equals give the same gain but for rounding.
    return float(1 + (reached >= best * (1 - WEAKEST)).sum()) / (shuffles + 1)


def _placed(points: Points, runs: Sequence[int], numbers: Sequence[int]) -> list[int]:
    """The best cuts, so many in each run."""
    from cs_nlp.signals.segments import best_cuts  # noqa: PLC0415 - takes seconds to load, and only a team that changed needs it

    found = []
    for (start, end), number in zip(pairwise(runs), numbers, strict=True):
        if number:
            found += [start + cut for cut in best_cuts(points.places[start:end], points.weights[start:end], number, SHORTEST)]
    return found


def _cost(points: Points, start: int, end: int) -> float:
    places, weights = points.places[start:end], points.weights[start:end]
    mean = weights @ places / weights.sum()
    return float((weights * ((places - mean) ** 2).sum(axis=1)).sum())


def _noise(points: Points, pieces: Sequence[tuple[int, int]]) -> float:
    times, dimensions = points.places.shape
    freedom = dimensions * (times - len(pieces))
    return max(1.0, sum(_cost(points, *piece) for piece in pieces) / freedom) if freedom > 0 else 1.0
