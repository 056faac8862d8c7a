"""How often the intervals of signals hold the true value: a simulation of teams, transcripts and a classifier that errs.

`python -m tools.coverage` prints the table. A team has a true prevalence; each transcript draws its own mix around it
(Dirichlet, so that statements of one transcript resemble one another), then its statements; the classifier's logits
are the true class plus noise, part of it shared within a transcript. Held-out rows are drawn anew in every run, from another
mix. What an interval should hold is the team's prevalence, not the share in the transcripts that happened to be drawn.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Channel, Signal, Totals
from cs_nlp.signals import Correction, Resampling, team_signals
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HELD_OUT_MIX: Final = (0.08, 0.15, 0.03, 0.11, 0.63)
SHARED_NOISE: Final = 0.3
SHARPNESS: Final = 1.2
LIKENESSES: Final = (6.0, 15.0)
WEEKS: Final = 12  # simulated where weeks have fewer than FEW transcripts
FEW: Final = 20
START: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """What is simulated.

    Attributes:
        prevalence: the team's true prevalence in `taxonomy.CULTURES` order.
        transcripts: in each week.
        weeks: length of the series.
        statements: mean number in a transcript.
        likeness: concentration of the transcripts' mixes around the team's; the smaller, the more they differ.
        skill: how far the true class's logit stands out of noise of size 1; 0 for a classifier without errors, used without correction.
        held_out: rows from which the correction is learnt; held_out_skill: skill on them, None for the same.
    """

    prevalence: tuple[float, ...]
    transcripts: int = 20
    weeks: int = 1
    statements: float = 6.0
    likeness: float = 6.0
    skill: float = 2.0
    held_out: int = 1000
    held_out_skill: float | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What came out, by figure (`prevalence` and `mix` of each culture, `signal_rate`).

    Attributes:
        names: of the figures.
        missed_low: share of intervals that lie above the truth; missed_high: below it.
        width: mean width of the intervals.
        error: mean absolute error of the estimate; plain_error: of classify and count.
    """

    names: tuple[str, ...]
    missed_low: Floats
    missed_high: Floats
    width: Floats
    error: Floats
    plain_error: Floats

    @property
    def covered(self) -> Floats:
        """Share of intervals that hold the truth."""
        return np.asarray(1 - self.missed_low - self.missed_high)


def simulate(world: World, runs: int, seed: int) -> Coverage:
    """Coverage and error of the weekly signals in `runs` simulated worlds."""
    rng = np.random.default_rng(seed)
    rate = sum(world.prevalence[: len(SIGNAL_CULTURES)])
    truth = {("prevalence", name): share for name, share in zip(CULTURES, world.prevalence, strict=True)}
    truth |= {("mix", name): truth["prevalence", name] / rate for name in SIGNAL_CULTURES} | {("signal_rate", ""): rate}
    rows = []
    for run in range(runs):
        correction = _correction(world, rng) if world.skill else None
        signals = team_signals(_team(world, rng), k=1, correction=correction, resampling=Resampling(replicates=500, seed=run))
        facts = [_facts(signal, truth[signal.measure, signal.label]) for signal in signals if signal.by == "week"]
        rows.append(np.reshape(facts, (world.weeks, len(truth), -1)).mean(axis=0))
    return Coverage(tuple(f"{measure} {label}".strip() for measure, label in truth), *np.mean(rows, axis=0).T)


def _facts(signal: Signal, truth: float) -> tuple[float, ...]:
    if signal.value is None or signal.interval is None or signal.plain is None:
        return 0.0, 0.0, 1.0, truth, truth  # a mix of nothing: it claims nothing, and errs by all
    low, high = signal.interval.low, signal.interval.high
    return float(low > truth), float(high < truth), high - low, abs(signal.value - truth), abs(signal.plain - truth)


def _team(world: World, rng: np.random.Generator) -> list[Totals]:
    totals = []
    for week in range(world.weeks):
        for place in range(world.transcripts):
            mix = rng.dirichlet(np.array(world.prevalence) * world.likeness)
            truth = rng.choice(len(CULTURES), size=1 + rng.poisson(world.statements - 1), p=mix)
            scores = _scores(truth, rng.normal(0.0, SHARED_NOISE, len(CULTURES)), world.skill, rng)
            counts = tuple(int(count) for count in np.bincount(scores.argmax(axis=1), minlength=len(CULTURES)))
            totals.append(
                Totals(
                    transcript_id=f"{week:03}-{place:04}",
                    team="",
                    started_at=START + timedelta(weeks=week),
                    channel=Channel.CALL,
                    queue=None,
                    people=frozenset({str(place)}),
                    n=len(truth),
                    counts=counts,
                    sums=tuple(scores.sum(axis=0).tolist()),
                    confidence=float(scores.max(axis=1).sum()),
                )
            )
    return totals


def _correction(world: World, rng: np.random.Generator) -> Correction:
    truth = rng.choice(len(CULTURES), size=world.held_out, p=HELD_OUT_MIX)
    groups = np.sort(rng.integers(0, world.held_out * 3 // 4, world.held_out))
    skill = world.skill if world.held_out_skill is None else world.held_out_skill
    shared = rng.normal(0.0, SHARED_NOISE, (world.held_out, len(CULTURES)))[groups]
    return Correction(truth, _scores(truth, shared, skill, rng), groups)


def _scores(truth: Ints, shared: Floats, skill: float, rng: np.random.Generator) -> Floats:
    right = np.eye(len(CULTURES))[truth]
    if not skill:
        return right
    odds = np.exp(SHARPNESS * (rng.normal(0.0, 1.0, right.shape) + shared + skill * right))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


MIXES: Final = {
    "rich": (0.3, 0.08, 0.005, 0.02, 0.595),
    "plain": (0.01, 0.03, 0.005, 0.06, 0.895),
}
SKILLS: Final = {"no errors": 0.0, "F1 0.9": 3.0, "F1 0.69": 2.0, "F1 0.54": 1.5}


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--transcripts", type=int, nargs="+", default=[5, 20, 100, 500])
    options = parser.parse_args()
    print("mix    classifier transcripts likeness | coverage of prevalence (5), mix (4), rate, in % | mean error / plain | mean width")
    for mix, prevalence in MIXES.items():
        for skill, amount in SKILLS.items():
            for transcripts, likeness in product(options.transcripts, LIKENESSES):
                weeks = WEEKS if transcripts < FEW else 1
                world = World(prevalence, transcripts, weeks, likeness=likeness, skill=amount)
                got = simulate(world, max(1, options.runs * 3 // (weeks + 2)), options.seed)
                covered = " ".join(f"{100 * share:3.0f}" for share in got.covered)
                error = f"{got.error[: len(CULTURES)].mean():.3f} / {got.plain_error[: len(CULTURES)].mean():.3f}"
                width = " ".join(f"{share:.2f}" for share in got.width)
                print(f"{mix:6} {skill:10} {transcripts:4} {likeness:4.0f} | {covered} | {error} | {width}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
