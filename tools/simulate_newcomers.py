"""Whether newcomers' distance and half-life come out right: teams in which newcomers adopt the culture at a known speed.

`python -m tools.simulate_newcomers` prints the table in docs/newcomers.md. A person has a mix of cultures, drawn around the team's
(Dirichlet); a newcomer's starts from a mix drawn around another one, and half of the difference is lost every `half_life` weeks. Each
transcript draws its own mix around the person's, then its statements; the classifier errs, and the correction is learnt from held-out
rows that are drawn anew in every run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Newcomers
from cs_nlp.signals import Resampling
from cs_nlp.signals.newcomers import team_newcomers
from tools.simulated_speech import Call, Speech

Floats = NDArray[np.float64]

MONDAY: Final = datetime(2026, 1, 5, 12, tzinfo=UTC)
LONG_AGO: Final = date(2020, 1, 6)
WEEKS: Final = 13
SHOWN: Final = (0, 3, 8)
ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class World:
    """What is simulated.

    Attributes:
        half_life: in weeks.
        newcomers: how many; established: how many.
        transcripts: mean number of each person in a week.
        signal_rate: share of statements with a culture.
        likeness: concentration of people's mixes around their group's.
        classes: weeks in which newcomers join, evenly spread over them.
        start: the newcomers' mix on the first day; mix: the team's; in `taxonomy.SIGNAL_CULTURES` order.
        speech: how transcripts come about.
    """

    half_life: float = 3.0
    newcomers: int = 8
    established: int = 15
    transcripts: float = 8.0
    signal_rate: float = 0.35
    likeness: float = 60.0
    classes: int = 1
    start: tuple[float, ...] = (0.1, 0.1, 0.15, 0.65)
    mix: tuple[float, ...] = (0.5, 0.2, 0.1, 0.2)
    speech: Speech = Speech()  # noqa: RUF009 - frozen

    def distance(self, week: int) -> float:
        """The true distance so many weeks after joining."""
        first = float(np.linalg.norm(np.subtract(self.start, self.mix))) / np.sqrt(2)
        return float(first * self.left(week))

    def left(self, week: int) -> float:
        """The share of the gap that is left."""
        # All of a week's calls are taken to be on its Monday.
        return float(2 ** (-week / self.half_life))


def simulate(world: World, rng: np.random.Generator, seed: int) -> Newcomers:
    """What is said of the newcomers of one simulated team."""
    calls, joined_on = [], {}
    for number in range(world.newcomers + world.established):
        own = rng.dirichlet(np.array(world.mix) * world.likeness)
        first = rng.dirichlet(np.array(world.start) * world.likeness)
        is_new = number < world.newcomers
        joined = number % world.classes
        joined_on[str(number)] = (MONDAY + timedelta(weeks=joined)).date() if is_new else LONG_AGO
        for week in range(joined if is_new else 0, WEEKS + world.classes - 1):
            mix = own + (first - own) * world.left(week - joined) if is_new else own
            prevalence = np.append(mix * world.signal_rate, 1 - world.signal_rate)
            calls += [Call("", str(number), MONDAY + timedelta(weeks=week), prevalence)] * rng.poisson(world.transcripts)
    rows = world.speech.totals(calls, rng)
    correction, resampling = world.speech.correction(rng), Resampling(seed=seed)
    return team_newcomers(rows, {"": joined_on}, correction=correction, resampling=resampling)[0]


WORLDS: Final = {
    "standard": World(),
    "half-life of 1 week": World(half_life=1.0),
    "half-life of 6 weeks": World(half_life=6.0),
    "3 transcripts a week each": World(transcripts=3.0),
    "5 newcomers, 5 established": World(newcomers=5, established=5),
    "20 newcomers, 40 established": World(newcomers=20, established=40),
    "people very unlike": World(likeness=20.0),
    "joining over 4 weeks": World(newcomers=12, classes=4),
    "no errors of the classifier": World(speech=Speech(skill=0.0)),
    "never unlike the team": World(start=(0.5, 0.2, 0.1, 0.2)),
}


SPEED_COLUMNS: Final = (
    "half-life",
    "found: median; quartiles",
    "held, %",
    "ends of the interval, medians",
    "no upper end, %",
    "not told, %",
)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=[*WORLDS], choices=[*WORLDS])
    options = parser.parse_args()
    columns = ["world", *(f"week {week}: true, found; held, %; p at most 0.05, %" for week in SHOWN), *SPEED_COLUMNS]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name in options.only:
        world = WORLDS[name]
        found = [simulate(world, np.random.default_rng([options.seed, run]), run) for run in range(options.runs)]
        cells = [name, *(distance_cell(found, world, week) for week in SHOWN), *speed_cells(found, world)]
        print(f"| {' | '.join(cells)} |", flush=True)
    return 0


def distance_cell(found: Sequence[Newcomers], world: World, week: int) -> str:
    """True distance, mean of those found, share of intervals that hold it, and of weeks called different."""
    entries = [each.weeks[week] for each in found]
    truth = world.distance(week)
    rows = [
        (entry.distance, entry.interval.low <= truth <= entry.interval.high, entry.p_value <= ALPHA)
        for entry in entries
        if entry.distance is not None and entry.interval is not None and entry.p_value is not None
    ]
    mean, held, different = np.mean(rows, axis=0)
    return f"{truth:.2f}, {mean:.2f}; {100 * held:.0f}; {100 * different:.0f}"


def speed_cells(found: Sequence[Newcomers], world: World) -> list[str]:
    """What became of the half-life; where there is no distance, there is none to be held."""
    told = [each for each in found if each.half_life is not None or each.half_life_low is not None]
    missing = f"{100 * (len(found) - len(told)) / len(found):.0f}"
    if not told:
        return [f"{world.half_life:g}", "-", "-", "-", "-", missing]
    values = [each.half_life or np.inf for each in told]
    low, high = [each.half_life_low or 0.0 for each in told], [each.half_life_high or np.inf for each in told]
    held = np.mean([a <= world.half_life <= b for a, b in zip(low, high, strict=True)])
    median, *quartiles = (f"{np.quantile(values, share, method='nearest'):.1f}" for share in (0.5, 0.25, 0.75))
    ends = ", ".join(f"{np.quantile(each, 0.5, method='nearest'):.1f}" for each in (low, high))
    truth = (f"{world.half_life:g}", f"{100 * held:.0f}") if world.distance(0) > 0 else ("-", "-")
    return [truth[0], f"{median}; {', '.join(quartiles)}", truth[1], ends, f"{100 * np.mean(np.isinf(high)):.0f}", missing]


if __name__ == "__main__":
    sys.exit(main())
