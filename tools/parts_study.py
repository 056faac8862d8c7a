"""Whether the parts of a change come out right: teams whose work, people and ways of speaking change by known amounts.

`python -m tools.parts_study` prints the table of docs/series.md. What a person says in a queue is drawn around base + queue + person +
period (each transcript a little off, one in three with three people in it). Between the periods the queues' volumes change, two people
leave, two join, and everybody speaks differently. The true parts are those of a sample so large that little is left to chance.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Channel, Decomposition, Totals
from cs_nlp.signals import Resampling
from cs_nlp.signals.decomposition import Stretch, decompose

Floats = NDArray[np.float64]

BASE: Final = np.array([0.12, 0.10, 0.06, 0.15, 0.57])
SHIFT: Final = np.array([-0.05, 0.0, 0.0, 0.06, -0.01])
QUEUES: Final = 3
PEOPLE: Final = 12
MOVED: Final = 2
STATEMENTS: Final = 8.0
LIKENESS: Final = 12.0
LARGE: Final = 1500


@dataclass(frozen=True, slots=True)
class World:
    """A team in two periods.

    Attributes:
        queues: what each queue adds to the shares, `(3, 5)`; people: likewise, `(12, 5)`.
        volumes: share of the transcripts of each queue, `(2, 3)`; voices: of each person, `(2, 12)`.
    """

    queues: Floats
    people: Floats
    volumes: Floats
    voices: Floats

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> World:
        """A world at random."""
        voices = rng.dirichlet(np.full(PEOPLE, 3.0), 2)
        voices[1, :MOVED], voices[0, -MOVED:] = 0.0, 0.0
        return cls(
            rng.dirichlet(BASE * 60, QUEUES) - BASE,
            rng.dirichlet(BASE * 60, PEOPLE) - BASE,
            rng.dirichlet(np.full(QUEUES, 4.0), 2),
            voices / voices.sum(axis=1, keepdims=True),
        )

    def stretch(self, period: int, transcripts: int, rng: np.random.Generator) -> Stretch:
        """What is said in a period, by person and transcript."""
        rows = []
        for number in range(transcripts):
            queue = rng.choice(QUEUES, p=self.volumes[period])
            speakers = {int(one) for one in rng.choice(PEOPLE, size=rng.choice((1, 1, 3)), p=self.voices[period])}
            for person in sorted(speakers):
                mix = np.clip(BASE + self.queues[queue] + self.people[person] + SHIFT * period, 0.002, None)
                said = rng.multinomial(1 + rng.poisson(STATEMENTS / len(speakers)), rng.dirichlet(LIKENESS * mix / mix.sum()))
                counts = tuple(said.tolist())
                sums = tuple(float(count) for count in counts)
                name = f"{period}-{number}"
                rows.append(Totals(name, "t", None, Channel.CALL, f"q{queue}", frozenset({f"p{person}"}), int(said.sum()), counts, sums))
        return Stretch(rows)


def coverage(transcripts: int, worlds: int, seed: int, *, draws: int = 4) -> dict[str, float]:
    """Share of intervals that hold the truth: of the whole change (`change`), and of each part by its cause."""
    rng = np.random.default_rng(seed)
    held: defaultdict[str, list[bool]] = defaultdict(list)
    for run in range(worlds):
        world = World.drawn(rng)
        true = _parts(world, LARGE, 2, rng)
        for draw in range(draws):
            for got, truth in zip(_parts(world, transcripts, 120, rng, seed=run * draws + draw), true, strict=True):
                if got.interval is not None and truth.value is not None:
                    held["change"].append(got.interval.low <= truth.value <= got.interval.high)
                for part, right in zip(got.parts, truth.parts, strict=True):
                    if part.interval is not None and right.value is not None:
                        held[part.cause].append(part.interval.low <= right.value <= part.interval.high)
    return {name: float(np.mean(values)) for name, values in held.items()}


def _parts(world: World, transcripts: int, replicates: int, rng: np.random.Generator, seed: int = 0) -> list[Decomposition]:
    before, after = (world.stretch(period, transcripts, rng) for period in (0, 1))
    return decompose(before, after, k=1, resampling=Resampling(replicates=replicates, seed=seed))


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--worlds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| transcripts in each period | change | other work | other people | the same people |\n|---|---|---|---|---|")
    for transcripts in (20, 60, 200):
        held = coverage(transcripts, options.worlds, options.seed)
        print(f"| {transcripts} | {' | '.join(f'{share:.1%}' for share in held.values())} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
