"""What comparisons, pooling, change points and decompositions of simulated teams find, and how often wrongly.

`python -m tools.series_study` prints the tables of docs/series.md. Teams have true shares; transcripts and a classifier that errs are
simulated as in `simulated_speech`; held-out rows are drawn anew in every run. Where weeks vary, each week's shares are drawn around the
team's (Dirichlet, worth 60 statements), as real weeks differ by more than their transcripts.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Difference, Totals
from cs_nlp.signals import Resampling
from cs_nlp.signals.change import find_changes
from cs_nlp.signals.comparison import with_other_teams, with_previous
from cs_nlp.signals.estimate import FIGURES, figures
from cs_nlp.signals.pooling import pooled
from cs_nlp.signals.units import units_of
from tools.simulated_speech import Call, Speech

Floats = NDArray[np.float64]

START: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
PLAIN: Final = np.array([0.12, 0.10, 0.06, 0.15, 0.57])
RICH: Final = np.array([0.30, 0.08, 0.02, 0.05, 0.55])
TURNED: Final = np.array([0.10, 0.08, 0.02, 0.25, 0.55])
WEEKS_WORTH: Final = 60.0
ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class World:
    """What teams are like.

    Attributes:
        weeks: how many.
        transcripts: of a team in a week.
        skill: of the classifier, as in `Speech`; 0 for one without errors.
        weeks_vary: whether weeks differ by more than their transcripts.
    """

    weeks: int
    transcripts: int
    skill: float = 2.0
    weeks_vary: bool = False

    @property
    def speech(self) -> Speech:
        """How transcripts are simulated."""
        return Speech(likeness=10.0, skill=self.skill)

    def team(self, name: str, mixes: Sequence[Floats], rng: np.random.Generator) -> list[Totals]:
        """A team's totals, with `mixes` for its weeks, each transcript by another person of the week."""
        calls = []
        for week, mix in enumerate(mixes):
            own = rng.dirichlet(mix * WEEKS_WORTH) if self.weeks_vary else mix
            calls += [Call(name, f"p{place}", START + timedelta(weeks=week), own) for place in range(self.transcripts)]
        return [replace(row, transcript_id=f"{name}-{row.transcript_id}") for row in self.speech.totals(calls, rng)]


def false_alarms(world: World, teams: int, runs: int, seed: int) -> dict[str, tuple[float, float]]:
    """Where nothing differs: share of reports with a difference that is believed, and share of p-values up to 0.05.

    Returns:
        Both, for comparisons with the period before (`previous`) and with the other teams (`other_teams`).
    """
    rng = np.random.default_rng(seed)
    ways: dict[str, Callable[..., list[Difference]]] = {"previous": with_previous, "other_teams": with_other_teams}
    alarms: defaultdict[str, list[bool]] = defaultdict(list)
    p_values: defaultdict[str, list[float]] = defaultdict(list)
    for run in range(runs):
        rows = [row for team in range(teams) for row in world.team(f"t{team}", [PLAIN] * world.weeks, rng)]
        units = units_of(rows, k=1, correction=world.speech.correction(rng), resampling=Resampling(replicates=50, seed=run))
        for name, compare in ways.items():
            found = [each for each in compare(units) if each.p_value is not None and each.adjusted is not None]
            alarms[name].append(any(each.adjusted <= ALPHA for each in found if each.adjusted is not None))
            p_values[name] += [each.p_value for each in found if each.p_value is not None]
    return {name: (float(np.mean(alarms[name])), float(np.mean(np.array(p_values[name]) <= ALPHA))) for name in ways}


def difference_coverage(world: World, runs: int, seed: int) -> dict[str, float]:
    """Share of intervals that hold the true difference of two periods with RICH and TURNED shares, by measure."""
    rng = np.random.default_rng(seed)
    before, after = figures(np.array([RICH, TURNED]))
    true = dict(zip(FIGURES, after - before, strict=True))
    held: defaultdict[str, list[bool]] = defaultdict(list)
    for run in range(runs):
        rows = world.team("t", [RICH, TURNED], rng)
        units = units_of(rows, k=1, correction=world.speech.correction(rng), resampling=Resampling(replicates=50, seed=run))
        for each in with_previous(units):
            if each.interval is not None:
                held[each.measure].append(each.interval.low <= true[each.measure, each.label] <= each.interval.high)
    return {measure: float(np.mean(values)) for measure, values in held.items()}


@dataclass(frozen=True, slots=True)
class Search:
    """How a search for a change did: shares of runs.

    Attributes:
        found: with a change.
        right: of those with one change, that have it where it is.
        held: of those with one change, whose dates hold it.
        width: mean number of weeks in the dates of those.
    """

    found: float
    right: float
    held: float
    width: float


def change_search(world: World, size: float, runs: int, seed: int, *, shuffles: int = 200) -> Search:
    """How often a change after 7/12 of the weeks, of `size` times the way from RICH to TURNED, is found."""
    rng = np.random.default_rng(seed)
    turn = world.weeks * 7 // 12
    day = (START + timedelta(weeks=turn)).date()
    mixes = [RICH + (TURNED - RICH) * size * (week >= turn) for week in range(world.weeks)]
    found, right, held, width = [], [], [], []
    for run in range(runs):
        rows = world.team("t", mixes, rng)
        (changes,) = find_changes(rows, k=1, resampling=Resampling(replicates=shuffles, seed=run))
        found.append(bool(changes.points))
        if len(changes.points) == 1:
            (point,) = changes.points
            right.append(point.at == day)
            held.append(point.earliest <= day <= point.latest)
            width.append((point.latest - point.earliest).days / 7 + 1)
    return Search(float(np.mean(found)), _mean(right), _mean(held), _mean(width))


def power_at_detectable(world: World, culture: int, runs: int, seed: int) -> float:
    """Share of runs that find a change in mid-series as large as a steady series says that it would find."""
    rng = np.random.default_rng(seed)
    found = []
    for run in range(runs):
        correction = world.speech.correction(rng)
        resampling = Resampling(replicates=200, seed=run)
        (steady,) = find_changes(world.team("t", [PLAIN] * world.weeks, rng), k=1, correction=correction, resampling=resampling)
        shift = [*steady.detectable.values()][culture] or 0.0
        turned = -PLAIN * shift / (1 - PLAIN[culture])
        turned[culture] = shift
        mixes = [PLAIN + turned * (week >= world.weeks // 2) for week in range(world.weeks)]
        (changes,) = find_changes(world.team("t", mixes, rng), k=1, resampling=resampling)
        found.append(bool(changes.points))
    return float(np.mean(found))


@dataclass(frozen=True, slots=True)
class Pooling:
    """How pooling did, over all figures: `gain`, mean squared error over that of the raw shares; `held`, share of intervals that hold."""

    gain: float
    held: float


def pooling_gain(world: World, teams: int, likeness: float, runs: int, seed: int) -> Pooling:
    """Pooling of teams whose shares are drawn around PLAIN; the larger `likeness`, the more alike they are."""
    rng = np.random.default_rng(seed)
    raw, better, held = [], [], []
    for run in range(runs):
        mixes = rng.dirichlet(PLAIN * likeness, teams)
        true = figures(mixes)
        rows = [row for team in range(teams) for row in world.team(f"t{team}", [mixes[team]] * world.weeks, rng)]
        units = units_of(rows, k=1, correction=world.speech.correction(rng), resampling=Resampling(replicates=100, seed=run))
        for each in pooled([unit for unit in units if unit.signals[0].by == "all"], "teams"):
            if each.value is None or each.interval is None or each.raw.value is None:
                continue
            truth = true[int(each.raw.team[1:]), FIGURES.index((each.raw.measure, each.raw.label))]
            raw.append((each.raw.value - truth) ** 2)
            better.append((each.value - truth) ** 2)
            held.append(each.interval.low <= truth <= each.interval.high)
    return Pooling(_mean(better) / _mean(raw), _mean(held))


def _mean(values: Iterable[float]) -> float:
    known = [*values]
    return float(np.mean(known)) if known else float("nan")


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    runs, seed = options.runs, options.seed
    print("\nNothing differs, 3 teams, 4 weeks\n\n| transcripts a week | classifier | reports with a false alarm | p-values up to 0.05 |")
    print("|---|---|---|---|")
    for transcripts, skill in ((5, 0.0), (5, 2.0), (20, 2.0), (100, 2.0)):
        for name, (alarms, low) in false_alarms(World(4, transcripts, skill), 3, runs // 2, seed).items():
            print(f"| {transcripts} ({name}) | {_classifier(skill)} | {alarms:.1%} | {low:.1%} |", flush=True)
    print("\nOne period differs from the one before\n\n| transcripts | classifier | intervals that hold the difference |\n|---|---|---|")
    for transcripts, skill in ((5, 2.0), (20, 2.0), (100, 2.0), (400, 2.0)):
        held = difference_coverage(World(2, transcripts, skill), runs, seed)
        print(f"| {transcripts} | {_classifier(skill)} | {', '.join(f'{name} {share:.1%}' for name, share in held.items())} |", flush=True)
    print("\nChange points\n\n| weeks | transcripts | weeks vary | change | found | right week | dates hold it | weeks in the dates |")
    print("|---|---|---|---|---|---|---|---|")
    for weeks, transcripts in ((8, 5), (12, 5), (12, 20), (26, 10), (52, 10)):
        for vary in (False, True):
            for size in (0.0, 0.5, 1.0):
                got = change_search(World(weeks, transcripts, weeks_vary=vary), size, runs, seed)
                where = f"{got.right:.0%} | {got.held:.0%} | {got.width:.1f}" if size else " | | "
                print(f"| {weeks} | {transcripts} | {'yes' if vary else 'no'} | {size:.0%} | {got.found:.1%} | {where} |", flush=True)
    print("\nPooling, figures of 12 teams\n\n| transcripts | classifier | alike | squared error, of raw | intervals that hold |")
    print("|---|---|---|---|---|")
    for transcripts, skill in ((5, 0.0), (5, 2.0), (40, 2.0)):
        for likeness in (1e4, 50.0, 20.0):
            done = pooling_gain(World(1, transcripts, skill), 12, likeness, max(1, runs // 10), seed)
            print(f"| {transcripts} | {_classifier(skill)} | {likeness:.0f} | {done.gain:.0%} | {done.held:.1%} |", flush=True)
    return 0


def _classifier(skill: float) -> str:
    return "errs" if skill else "does not err"


if __name__ == "__main__":
    sys.exit(main())
