"""Which distance between newcomers and their team is told best: several ways to measure it, on simulated people of known mixes.

`python -m tools.compare_distances` prints the table in docs/newcomers.md. A distance between two samples is too large, since each is off by
chance. Tried are: nothing against that; taking off the mean of the distances that shuffling people between the groups gives; taking off
the mean of their squares from the square; and, for the Euclidean distance, taking off the variance, which is known.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals.newcomers_gap import Stratum, gap_of
from cs_nlp.taxonomy import CULTURES
from tools.simulate_newcomers import World

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], Floats]

WEEKS: Final = (0, 3, 8)
SIGNALS: Final = 3.0
LIKENESS: Final = 6.0
SHUFFLES: Final = 200
TINY: Final = 1e-12


def euclidean(p: Floats, q: Floats) -> Floats:
    """The Euclidean distance between mixes `(..., 4)`, over the square root of 2."""
    return np.asarray(np.sqrt(((p - q) ** 2).sum(axis=-1) / 2))


def total_variation(p: Floats, q: Floats) -> Floats:
    """Half of the summed differences."""
    return np.asarray(np.abs(p - q).sum(axis=-1) / 2)


def hellinger(p: Floats, q: Floats) -> Floats:
    """The Hellinger distance."""
    return np.asarray(np.sqrt(np.maximum(1 - np.sqrt(p * q).sum(axis=-1), 0)))


def jensen_shannon(p: Floats, q: Floats) -> Floats:
    """The square root of the Jensen-Shannon divergence to base 2."""
    middle = np.maximum((p + q) / 2, TINY)
    halves = [(each * np.log2(np.maximum(each, TINY) / middle)).sum(axis=-1) for each in (p, q)]
    return np.asarray(np.sqrt(np.maximum(sum(halves) / 2, 0)))


MEASURES: Final[dict[str, Measure]] = {
    "Euclidean": euclidean,
    "total variation": total_variation,
    "Hellinger": hellinger,
    "Jensen-Shannon": jensen_shannon,
}


def people(world: World, week: int, rng: np.random.Generator) -> Stratum:
    """What newcomers and established members say in one week, by culture."""
    size = world.newcomers + world.established
    is_new = np.arange(size) < world.newcomers
    own, first = (rng.dirichlet(np.array(mix) * world.likeness, size) for mix in (world.mix, world.start))
    mixes = own + np.where(is_new, world.left(week), 0.0)[:, None] * (first - own)
    said = np.zeros((size, len(CULTURES)))
    for place, mix in enumerate(mixes):
        calls = rng.dirichlet(np.maximum(mix * LIKENESS, TINY), 1 + rng.poisson(world.transcripts - 1))
        said[place, :-1] = rng.multinomial(rng.poisson(SIGNALS, len(calls)), calls).sum(axis=0)
    return Stratum(np.arange(size), is_new, said)


def estimates(stratum: Stratum, measure: Measure, rng: np.random.Generator) -> tuple[float, float, float]:
    """A distance as it stands, less the mean of shuffled ones, and less that of their squares."""
    order = rng.random((SHUFFLES, len(stratum.people))).argsort(axis=1)
    groups = np.vstack([stratum.is_new, order < stratum.is_new.sum()]).astype(float)
    new = groups @ stratum.said[:, :-1]
    old = stratum.said[:, :-1].sum(axis=0) - new
    found, *shuffled = measure(new / new.sum(axis=1, keepdims=True), old / old.sum(axis=1, keepdims=True))
    null = np.array(shuffled)
    return float(found), max(float(found - null.mean()), 0.0), float(np.sqrt(max(found**2 - (null**2).mean(), 0.0)))


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    world = World()
    print(f"| distance | less | {' | '.join(f'week {week}: bias; error, %' for week in WEEKS)} |\n|{'---|' * (2 + len(WEEKS))}")
    found: dict[tuple[str, str], list[str]] = {}
    for week in WEEKS:
        rng = np.random.default_rng([options.seed, week])
        strata = [people(world, week, rng) for _ in range(options.runs)]
        for name, measure in MEASURES.items():
            first, truth = (float(measure(_mix(world, each), np.array(world.mix))) for each in (0, week))
            rows = np.array([estimates(stratum, measure, rng) for stratum in strata])
            for place, less in enumerate(("nothing", "mean of shuffles", "mean square of shuffles")):
                found.setdefault((name, less), []).append(_cell(rows[:, place] - truth, first))
            if measure is euclidean:
                gaps = [gap_of([stratum], np.eye(len(CULTURES)), len(stratum.people)) for stratum in strata]
                known = np.array([gap.distance() for gap in gaps if gap is not None])
                found.setdefault((name, "variance"), []).append(_cell(known - truth, first))
    for (name, less), cells in found.items():
        print(f"| {name} | {less} | {' | '.join(cells)} |")
    return 0


def _mix(world: World, week: int) -> Floats:
    return np.array(world.mix) + world.left(week) * np.subtract(world.start, world.mix)


def _cell(errors: Floats, first: float) -> str:
    """Mean error and root mean square error, in percent of the distance on the first day."""
    return f"{100 * errors.mean() / first:+.0f}; {100 * np.sqrt((errors**2).mean()) / first:.0f}"


if __name__ == "__main__":
    sys.exit(main())
