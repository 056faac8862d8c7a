"""How often an intervention's interval holds the true effect, and leaves out 0 where there is none: simulated teams.

`python -m tools.simulate_interventions` prints the table in docs/interventions.md. Each team has a level of its own, a drift that lasts
(AR(1)), and shares in what moves all teams; each transcript draws its own mix around the week's, then its statements; the classifier
errs, and the correction is learnt from held-out rows that are drawn anew in every run. Beside difference in differences stands a
synthetic control: weights for the other teams, 0 or more with sum 1, that follow the team before the intervention (Abadie, Diamond
and Hainmueller 2010, Journal of the American Statistical Association 105:493-505; levels taken out first, after Ferman and Pinto 2021,
Quantitative Economics 12:1197-1221), with the same interval.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from cs_nlp.records import Effect, Intervention, Totals
from cs_nlp.signals import Correction, Resampling
from cs_nlp.signals.adjusted import Adjustment
from cs_nlp.signals.interventions import Buckets, Trial, intervention_effect
from cs_nlp.signals.interventions_panel import Panel
from cs_nlp.signals.interventions_shares import Outcome, Said, shown_periods
from cs_nlp.taxonomy import CULTURES
from tools.simulated_speech import Call, Speech

Floats = NDArray[np.float64]

MONDAY: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
PEOPLE: Final = 12
SIGNAL_RATE: Final = 0.35
# How what is not assertive is shared out among the other cultures.
OTHERS: Final = (0.4, 0.35, 0.25)
BOUNDS: Final = (0.03, 0.97)


@dataclass(frozen=True, slots=True)
class World:
    """What is simulated; shares are those of assertive statements among those with a culture.

    Attributes:
        effect: on the first team's share.
        teams: how many; before and after: weeks.
        transcripts: mean number in a week of each team.
        drift: standard deviation of a team's own drift; lasting: its correlation from week to week.
        common: standard deviation of what moves all teams, of each week's own part and of each step of a random walk.
        apart: standard deviation of how strongly a team is moved by that, around 1; 0 for parallel trends.
        ramp: weeks until the effect is there in full, in equal steps.
        speech: how transcripts come about.
    """

    effect: float = 0.1
    teams: int = 5
    before: int = 12
    after: int = 8
    transcripts: float = 30.0
    drift: float = 0.02
    lasting: float = 0.5
    common: float = 0.015
    apart: float = 0.0
    ramp: int = 1
    speech: Speech = Speech()  # noqa: RUF009 - frozen

    @property
    def on(self) -> datetime:
        """When it was done."""
        return MONDAY + timedelta(weeks=self.before)

    @property
    def mean_effect(self) -> float:
        """The effect, averaged over the weeks after."""
        return float((self.effect * np.minimum(np.arange(1, self.after + 1) / self.ramp, 1)).mean())


def shares(world: World, rng: np.random.Generator) -> Floats:
    """True shares, `(teams, weeks)`."""
    weeks = world.before + world.after
    moves = rng.normal(0, world.common, (2, weeks))
    strength = 1 + rng.normal(0, world.apart, (world.teams, 1)) if world.apart else np.ones((world.teams, 1))
    drift = rng.normal(0, world.drift, (world.teams, weeks))
    for week in range(1, weeks):
        drift[:, week] = world.lasting * drift[:, week - 1] + np.sqrt(1 - world.lasting**2) * drift[:, week]
    found = rng.uniform(0.25, 0.6, (world.teams, 1)) + strength * (moves[0].cumsum() + moves[1]) + drift
    found[0, world.before :] += world.effect * np.minimum(np.arange(1, world.after + 1) / world.ramp, 1)
    return np.asarray(np.clip(found, *BOUNDS))


def transcripts(world: World, rng: np.random.Generator) -> list[Totals]:
    """The totals of all teams' transcripts."""
    calls = []
    for team, own in enumerate(shares(world, rng)):
        for week, share in enumerate(own):
            mix = SIGNAL_RATE * np.array([*((1 - share) * np.array(OTHERS)), share])
            size = rng.poisson(world.transcripts)
            at = MONDAY + timedelta(weeks=week)
            calls += [Call(str(team), str(place % PEOPLE), at, np.append(mix, 1 - SIGNAL_RATE)) for place in range(size)]
    return world.speech.totals(calls, rng)


def measured(world: World, rng: np.random.Generator, seed: int) -> tuple[Effect, tuple[float, float, float]]:
    """The effect in one simulated world, and that by a synthetic control with its interval."""
    buckets = shown_periods(transcripts(world, rng), "week", UTC, 1)
    correction, resampling = world.speech.correction(rng), Resampling(replicates=200, seed=seed)
    done = Intervention("0", world.on.date())
    found = intervention_effect(buckets, done, Trial(aim=1.0), correction=correction, resampling=resampling)
    return found, synthetic_control(buckets, world, correction, resampling)


def synthetic_control(buckets: Buckets, world: World, correction: Correction | None, resampling: Resampling) -> tuple[float, float, float]:
    """The effect by a synthetic control, and the ends of its interval."""
    teams, periods = sorted(buckets), sorted({period for own in buckets.values() for period in own})
    matrix = np.eye(len(CULTURES)) if correction is None else np.linalg.pinv(correction.matrix())
    way = Adjustment(uses_sums=correction is not None, matrix=np.asarray(matrix), others=np.eye(len(CULTURES))[None])
    share, variance = Said.of([buckets[team] for team in teams], periods, way).shares(Outcome.of("mix", "assertive"), way.matrix)
    variance = np.where(np.isfinite(variance), variance, variance[np.isfinite(variance)].max())
    after = np.array([period.start >= world.on.date() for period in periods])
    level = share - share[:, ~after].mean(axis=1, keepdims=True)
    heavy = 1e3  # holds the sum of the weights at 1
    before = np.vstack([level[1:, ~after].T, heavy * np.ones((1, len(teams) - 1))])
    weights = nnls(before, np.append(level[0, ~after], heavy))[0]
    pair = np.array([level[0], weights @ level[1:]])
    mixture = Panel(pair, np.array([variance[0], weights**2 @ variance[1:]])).effect(0, after.astype(float))
    return mixture.value, *mixture.ends(resampling.level)


WORLDS: Final = {
    "standard": World(),
    "no drift": World(drift=0.0),
    "lasting drift": World(drift=0.04, lasting=0.9),
    "one other team": World(teams=2),
    "two other teams": World(teams=3),
    "nine other teams": World(teams=10),
    "8 transcripts a week": World(transcripts=8),
    "100 transcripts a week": World(transcripts=100),
    "6 weeks before, 3 after": World(before=6, after=3),
    "26 weeks before, 14 after": World(before=26, after=14),
    "no errors of the classifier": World(speech=Speech(skill=0.0)),
    "teams moved unlike, 100 transcripts a week": World(apart=1.0, transcripts=100),
    "effect in 4 steps": World(ramp=4),
}


COLUMNS: Final = (
    "world",
    "effect",
    "held, %",
    "0 left out, %",
    "mean error",
    "width",
    "synthetic: held, %",
    "0 left out, %",
    "mean error",
    "placebo dates: 0 left out, %",
    "placebo teams: 0 left out, %",
)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=[*WORLDS], choices=[*WORLDS])
    options = parser.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for name in options.only:
        for effect in (0.0, WORLDS[name].effect):
            world = replace(WORLDS[name], effect=effect)
            print(f"| {name} | {effect:g} | {row(world, options.runs, options.seed)} |", flush=True)
    return 0


def row(world: World, runs: int, seed: int) -> str:
    """A row of the table."""
    truth = world.mean_effect
    own, other, dates, teams = [], [], [], []
    for run in range(runs):
        found, control = measured(world, np.random.default_rng([seed, run]), seed=run)
        if found.value is None or found.interval is None:
            continue
        own.append(_facts(found.value, found.interval.low, found.interval.high, truth))
        other.append(_facts(*control, truth))
        dates += [not item.interval.low <= 0 <= item.interval.high for item in found.placebo_dates]
        teams += [not item.interval.low <= 0 <= item.interval.high for item in found.placebo_teams]
    mine, its = np.mean(own, axis=0), np.mean(other, axis=0)
    placebo = " | ".join(f"{100 * np.mean(group):.0f}" if group else "-" for group in (dates, teams))
    synthetic = f"{100 * its[0]:.0f} | {100 * its[1]:.0f} | {its[2]:.3f}"
    return f"{100 * mine[0]:.0f} | {100 * mine[1]:.0f} | {mine[2]:.3f} | {mine[3]:.2f} | {synthetic} | {placebo}"


def _facts(value: float, low: float, high: float, truth: float) -> tuple[float, ...]:
    return float(low <= truth <= high), float(not low <= 0 <= high), abs(value - truth), high - low


if __name__ == "__main__":
    sys.exit(main())
