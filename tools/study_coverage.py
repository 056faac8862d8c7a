"""How often intervals hold the true value, by its size: in simulation, and on resampled real answers of the classifier.

Every run gives the five classes the shares of `LADDER` in another order, so that each share is measured on each class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Totals
from cs_nlp.signals import Balance, Correction, Resampling
from cs_nlp.signals.estimate import FIGURES, Estimate, figures
from cs_nlp.signals.methods import Methods
from tools.coverage import LIKENESSES, SKILLS, World, simulate
from tools.study_data import CLASSES, Rows, Sample, conversations_of, weights_for

Floats = NDArray[np.float64]

LADDER: Final = (0.005, 0.02, 0.08, 0.295, 0.6)
TRANSCRIPTS: Final = (20, 100, 500)
REPLICATES: Final = 300
IN_USE: Final = "real, as in use"
ALIKE: Final = "real, held-out rows alike"
HALVED: Final = "real, half of the held-out rows"
WORLDS: Final = (*(f"simulated, {skill}" for skill in SKILLS), ALIKE, IN_USE, HALVED)


@dataclass(frozen=True)
class Held:
    """How often intervals held the truth.

    Attributes:
        world: what was simulated or resampled; transcripts: in a group; runs: how many groups.
        by_share: for each share of `LADDER`; mix: of the culture mix; rate: of the signal rate.
        width: mean width of the intervals of `by_share`.
    """

    world: str
    transcripts: int
    runs: int
    by_share: tuple[float, ...]
    mix: float
    rate: float
    width: tuple[float, ...]

    @property
    def all(self) -> float:
        """Over the ten figures."""
        return float((sum(self.by_share) + 4 * self.mix + self.rate) / len(FIGURES))


def simulated(skill: str, transcripts: int, runs: int, seed: int) -> Held:
    """Coverage in the simulation of `tools.coverage`; transcripts' likeness alternates."""
    rng = np.random.default_rng([seed, transcripts])
    facts = []
    for run in range(runs):
        order = rng.permutation(CLASSES)
        mix = tuple(np.array(LADDER)[order].tolist())
        world = World(mix, transcripts, likeness=LIKENESSES[run % len(LIKENESSES)], skill=SKILLS[skill])
        got = simulate(world, 1, int(rng.integers(2**31)))
        facts.append(_by_share(got.covered, got.width, order))
    return _held(f"simulated, {skill}", transcripts, facts)


@dataclass(frozen=True)
class Answers:
    """What real groups are made of.

    Attributes:
        held_out: the rows that the model keeps; real: what conversations are drawn from, with replacement.
        balance: of the probabilities.
    """

    held_out: Rows
    real: Rows
    balance: Balance


def resampled(world: str, answers: Answers, transcripts: int, runs: int, seed: int) -> Held:
    """Coverage for groups of real conversations, of which the mean prevalence is known since it is chosen.

    Args:
        world: `IN_USE` corrects with the held-out rows; `ALIKE` with conversations drawn from `real`, as many as there are, anew each time:
            then held-out rows and groups are of one kind, and intervals have to hold; `HALVED` with half of the held-out
            conversations, drawn anew each time: as in use, but what chance did to the rows is not the same in all runs.
        answers: what groups are made of.
        transcripts: in a group.
        runs: how many groups.
        seed: of all draws.
    """
    rng = np.random.default_rng([seed, transcripts, 1])
    held_out, real, balance = answers.held_out, answers.real, answers.balance
    members, counts = conversations_of(real)
    kept = Methods(held_out.correction(balance), Resampling(replicates=REPLICATES))
    facts = []
    for _ in range(runs):
        order = rng.permutation(CLASSES)
        true = np.array(LADDER)[order]
        picked = rng.choice(len(members), size=transcripts, p=weights_for(counts, true))
        group = Sample([members[place] for place in picked], true).totals(real, balance)
        methods = kept
        if world == ALIKE:
            drawn = rng.choice(len(members), size=len(members))
            methods = Methods(_redrawn(real, [members[place] for place in drawn], balance), Resampling(replicates=REPLICATES))
        elif world == HALVED:
            methods = Methods(_halved(held_out, rng).correction(balance), Resampling(replicates=REPLICATES))
        facts.append(_facts(methods, group, true, order))
    return _held(world, transcripts, facts)


def _redrawn(real: Rows, conversations: list[NDArray[np.int64]], balance: Balance) -> Correction:
    places = np.concatenate(conversations)
    numbered = np.repeat(np.arange(len(conversations)), [len(own) for own in conversations])
    drawn = real.where(places)
    return Rows(drawn.truth, drawn.probabilities, numbered, drawn.columns, drawn.none_weight).correction(balance)


def _halved(held_out: Rows, rng: np.random.Generator) -> Rows:
    names = np.unique(held_out.groups)
    return held_out.where(np.isin(held_out.groups, rng.choice(names, size=len(names) // 2, replace=False)))


def _facts(methods: Methods, group: list[Totals], true: Floats, order: NDArray[np.int64]) -> Floats:
    truth = figures(true[None])[0]
    made = methods.of(group).estimate([group])
    if not made:
        return np.full(2 * len(FIGURES), np.nan)
    found: Estimate = made[0]
    low, high = (np.nan_to_num(end, nan=other) for end, other in ((found.low, 0.0), (found.high, 1.0)))
    return _by_share(((low <= truth) & (truth <= high)).astype(np.float64), high - low, order)


def _by_share(covered: Floats, width: Floats, order: NDArray[np.int64]) -> Floats:
    """What is known of the figures, prevalences in the order of `LADDER`: held, then widths."""
    place = np.concatenate([np.argsort(order), np.arange(CLASSES, len(FIGURES))])
    return np.concatenate([covered[place], width[place]])


def _held(world: str, transcripts: int, facts: list[Floats]) -> Held:
    mean = np.nanmean(facts, axis=0)
    size = len(FIGURES)
    return Held(
        world,
        transcripts,
        len(facts),
        tuple(mean[:CLASSES].tolist()),
        float(mean[CLASSES : size - 1].mean()),
        float(mean[size - 1]),
        tuple(mean[size : size + CLASSES].tolist()),
    )
