"""Small groups borrow strength from their like: partial pooling of shares.

Few statements make a share jump about; the mean of all groups hardly moves, but is nobody's share. The best guess lies between, the
nearer to the group's own share v the more statements it has:

    pooled = w v + (1 - w) m,   w = n / (n + f)

where n is how many independent statements the group is worth, m the mean of the groups, each with the weight 1 / (1/n + 1/f), and f how
alike the groups are, in statements. It is the posterior mean if the groups' true shares follow a Beta distribution (Morris 1983,
"Parametric empirical Bayes inference: theory and applications", JASA 78:47-55, with the Beta in place of his normal distribution). How
alike the groups are is learnt from how far they lie apart: all f from 1 to 100,000 are averaged, each weighted by its likelihood (the
beta-binomial) and by the prior f^-2, which is flat in the variance between groups, as Morris's is. Each class is pooled by
itself, since groups may differ much in one and little in another; then the classes of a group are scaled to add up to 1.

n is the number of statements over the design effect, which is the variance by whole transcripts over v (1 - v) / statements, summed over
the groups. Of a rare class it borrows from all classes, and it is never below theirs.

The variance of a pooled share is that of its posterior, plus (1 - w)^2 times that of the mean, averaged over f, plus the variance over f of
the posterior mean (the three terms of Prasad and Rao 1990, "The estimation of the mean squared error of small-area estimators",
JASA 85:163-171), plus that of the correction, which all groups share. The interval is that of the Beta distribution with this mean and
variance: its central part, or where the density is highest at 0 or 1, the part from there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Interval, Pooled, Withheld
from cs_nlp.signals.estimate import CLASSES, FIGURES, MIX
from cs_nlp.signals.spread import BORROWED
from cs_nlp.signals.units import Unit

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Floats = NDArray[np.float64]
Like = Literal["teams", "periods"]

LEVEL: Final = 0.95
FEWEST: Final = 4  # the James-Stein result: with an estimated mean, pooling is sure to help from four groups on
ALIKE: Final = np.geomspace(1.0, 1e5, 51)
PRIOR: Final = 1 / ALIKE  # f^-2 on a grid of equal steps in log f
HALF: Final = 0.5
SMALLEST: Final = 1e-6
BLOCKS: Final = (range(CLASSES), range(MIX.start, MIX.stop), range(MIX.stop, len(FIGURES)))


def pooled(units: Sequence[Unit], like: Like, *, level: float = LEVEL) -> list[Pooled]:
    """Each figure beside what it becomes when the group borrows from its like.

    Only groups whose shares were estimated in one way from the answers of one model are pooled with one another.

    Args:
        units: of any number of teams, as from `units_of`.
        like: `teams`, the teams' same periods; or `periods`, the periods of the same team, the whole time left out.
        level: of the intervals.

    Returns:
        One for each figure of each unit (without whole times for `periods`), in the order of the units. Withheld where the
        figure itself is, as `mixed_models` where several models scored the unit, and as `no_data` with fewer than 4 groups to pool.
    """
    chosen = [unit for unit in units if like == "teams" or unit.signals[0].by != "all"]
    groups: defaultdict[Hashable, list[Unit]] = defaultdict(list)
    for unit in chosen:
        if unit.used and len(unit.models) == 1:
            groups[unit.key[1:] if like == "teams" else unit.key[:2], unit.used, unit.models].append(unit)
    found = {unit.key: [_withheld(unit, place, like) for place in range(len(FIGURES))] for unit in chosen}
    for members in groups.values():
        for places in BLOCKS:
            known = [unit for unit in members if not any(np.isnan(unit.readings[way].value[[*places]]).any() for way in unit.used)]
            if len(known) >= FEWEST:
                for unit, made in zip(known, _pooled(known, places, like, level), strict=True):
                    found[unit.key][places.start : places.stop] = made
    return [each for unit in chosen for each in found[unit.key]]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Shares of one class after pooling.

    Attributes:
        mean: `(groups,)`, 0 to 1.
        variance: likewise, without that of the correction.
        weight: likewise, of the own share.
        parts: `(groups, groups)`, how much of each group (column) is in each one's mean.
    """

    mean: Floats
    variance: Floats
    weight: Floats
    parts: Floats


def shrink(shares: Floats, worth: Floats) -> Shrunk:
    """Pools the shares of one class, each with the help of all.

    Args:
        shares: `(groups,)`, 0 to 1.
        worth: `(groups,)`, how many independent statements each is worth, above 0.
    """
    from scipy.special import gammaln, softmax  # noqa: PLC0415 - takes a third of a second to load

    n, alike = worth[None, :], ALIKE[:, None]  # arrays are (alike, groups)
    pull = 1 / (1 / n + 1 / alike)
    total = pull.sum(axis=1)
    centre = ((pull @ shares + HALF) / (total + 2 * HALF))[:, None]
    likelihood = gammaln(alike) - gammaln(n + alike)
    for share, prior in ((shares, alike * centre), (1 - shares, alike * (1 - centre))):
        likelihood = likelihood + gammaln(n * share + prior) - gammaln(prior)
    chance = softmax(likelihood.sum(axis=1) + np.log(PRIOR))
    weight = n / (n + alike)
    means = weight * shares + (1 - weight) * centre
    own = means * (1 - means) / (n + alike + 1)
    of_centre = (1 - weight) ** 2 * centre * (1 - centre) / total[:, None]
    mean = chance @ means
    mine = chance @ weight
    parts = np.einsum("a,ag,ah->gh", chance, 1 - weight, pull / total[:, None]) + np.diag(mine)
    return Shrunk(mean, chance @ (own + of_centre + (means - mean) ** 2), mine, parts)


def interval_of(mean: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Ends of the intervals of Beta distributions with these means and variances."""
    from scipy.special import betaincinv  # noqa: PLC0415 - as above

    mean = np.clip(mean, SMALLEST, 1 - SMALLEST)
    size = np.maximum(mean * (1 - mean) / variance - 1, HALF)
    a, b = mean * size, (1 - mean) * size
    tail = (1 - level) / 2
    at_zero, at_one = (a < 1) & (b >= 1), (b < 1) & (a >= 1)
    low = np.where(at_zero, 0.0, betaincinv(a, b, np.where(at_one, 2 * tail, tail)))
    high = np.where(at_one, 1.0, betaincinv(a, b, np.where(at_zero, 1 - 2 * tail, 1 - tail)))
    return np.minimum(low, mean), np.maximum(high, mean)


def _pooled(units: Sequence[Unit], places: range, like: Like, level: float) -> list[list[Pooled]]:
    """The figures at `places` of each of the units, of which all have a value."""
    ways = [_block(units, way, places, level) for way in units[0].used]
    value, _, _, weight = ways[0]
    low, high = np.min([way[1] for way in ways], axis=0), np.max([way[2] for way in ways], axis=0)
    found = []
    for row, unit in enumerate(units):
        made = []
        for column, place in enumerate(places):
            raw, cell = unit.signals[place], (row, column)
            share, interval = float(value[cell]), Interval(float(low[cell]), float(high[cell]), level)
            made.append(Pooled(raw, share, interval, float(weight[cell]), like, len(units), f"{raw.method}, pooled"))
        found.append(made)
    return found


def _block(units: Sequence[Unit], way: str, places: range, level: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Pooled shares, ends of their intervals, and weights, `(units, places)`, as one way of estimating gives them."""
    columns = [*places]
    values = np.array([unit.readings[way].value for unit in units])
    shares, worth = values[:, columns], _worth(units, way, values)[:, columns]
    shrunk = [shrink(*each) for each in zip(shares.T, worth.T, strict=True)]
    doubts = np.array([unit.readings[way].doubts[:, columns] for unit in units])
    shared = [np.einsum("gh,hr->gr", each.parts, doubts[:, :, column]).var(axis=1) for column, each in enumerate(shrunk)]
    mean = np.array([each.mean for each in shrunk]).T
    variance = np.array([each.variance for each in shrunk]).T + np.array(shared).T
    low, high = interval_of(mean, variance, level)
    scale = 1 / mean.sum(axis=1, keepdims=True) if len(columns) > 1 else np.ones((len(units), 1))
    ends = np.clip([low * scale, high * scale], 0, 1)
    return mean * scale, ends[0], ends[1], np.array([each.weight for each in shrunk]).T


def _worth(units: Sequence[Unit], way: str, values: Floats) -> Floats:
    """How many independent statements each figure of each unit is worth, `(units, 10)`."""
    n = np.array([[float(unit.signals[0].n_statements or 0)] for unit in units])
    size = np.repeat(n, len(FIGURES), axis=1)
    size[:, MIX] *= np.maximum(values[:, -1:], SMALLEST)
    shares = np.nan_to_num(values)
    freedom = sum((unit.signals[0].n_transcripts or 1) - 1 for unit in units)
    scatter = np.array([unit.readings[way].scatter for unit in units])
    effects, least = np.ones(len(FIGURES)), 1.0
    for places in BLOCKS:
        columns = [*places]
        halves = HALF * max(2, len(columns))
        smooth = (shares[:, columns] * size[:, columns] + HALF) / (size[:, columns] + halves)
        alike = smooth * (1 - smooth) / size[:, columns]
        least = max(least, scatter[:, columns].sum() / alike.sum())
        own = scatter[:, columns].sum(axis=0) / alike.sum(axis=0)
        effects[columns] = np.maximum(least, (freedom * own + BORROWED * least) / (freedom + BORROWED))
    return np.asarray(size / effects)


def _withheld(unit: Unit, place: int, like: Like) -> Pooled:
    signal = unit.signals[place]
    reason = signal.withheld or (Withheld.MIXED_MODELS if len(unit.models) > 1 else Withheld.NO_DATA)
    return Pooled(signal, None, None, None, like, 0, signal.method, reason)
