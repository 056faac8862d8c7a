"""Simulated transcripts of people with a known mix of cultures, and a classifier that errs: what the simulation tools share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Channel, Totals
from cs_nlp.signals import Correction
from cs_nlp.taxonomy import CULTURES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HELD_OUT_MIX: Final = (0.08, 0.15, 0.03, 0.11, 0.63)
HELD_OUT_ROWS: Final = 1000
SHARED_NOISE: Final = 0.3
SHARPNESS: Final = 1.2
LEAST_SHARE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Call:
    """A transcript to be simulated.

    Attributes:
        team: the team; person: who of the staff speaks.
        at: when it begins, aware.
        prevalence: the shares that its own are drawn around, in `taxonomy.CULTURES` order.
    """

    team: str
    person: str
    at: datetime
    prevalence: Floats


@dataclass(frozen=True, slots=True)
class Speech:
    """How transcripts are simulated.

    Attributes:
        statements: mean number in a transcript, at least 1.
        likeness: concentration of the transcripts' shares around their expectation; the smaller, the more they differ.
        skill: how far the true class's logit stands out of noise of size 1; 0 for a classifier without errors.
    """

    statements: float = 8.0
    likeness: float = 6.0
    skill: float = 2.0

    def totals(self, calls: Sequence[Call], rng: np.random.Generator) -> list[Totals]:
        """The totals of simulated transcripts, one a call."""
        sizes = 1 + rng.poisson(self.statements - 1, len(calls))
        shares = rng.standard_gamma(np.maximum([call.prevalence * self.likeness for call in calls], LEAST_SHARE))
        ends = (shares / shares.sum(axis=1, keepdims=True)).cumsum(axis=1)
        place = np.repeat(np.arange(len(calls)), sizes)
        truth = (rng.random(len(place))[:, None] > ends[place, :-1]).sum(axis=1)
        scores = _scores(truth, rng.normal(0.0, SHARED_NOISE, (len(calls), len(CULTURES)))[place], self.skill, rng)
        counts, sums, sure = (
            np.zeros((len(calls), len(CULTURES)), dtype=np.int64),
            np.zeros((len(calls), len(CULTURES))),
            np.zeros(len(calls)),
        )
        np.add.at(counts, (place, scores.argmax(axis=1)), 1)
        np.add.at(sums, place, scores)
        np.add.at(sure, place, scores.max(axis=1))
        return [
            Totals(
                transcript_id=f"{number:06}",
                team=call.team,
                started_at=call.at,
                channel=Channel.CALL,
                queue=None,
                people=frozenset({call.person}),
                n=int(sizes[number]),
                counts=tuple(counts[number].tolist()),
                sums=tuple(sums[number].tolist()),
                confidence=float(sure[number]),
            )
            for number, call in enumerate(calls)
        ]

    def correction(self, rng: np.random.Generator) -> Correction | None:
        """The classifier's errors on held-out statements; None for one without errors."""
        if not self.skill:
            return None
        truth = rng.choice(len(CULTURES), size=HELD_OUT_ROWS, p=HELD_OUT_MIX)
        groups = np.sort(rng.integers(0, HELD_OUT_ROWS * 3 // 4, HELD_OUT_ROWS))
        shared = rng.normal(0.0, SHARED_NOISE, (HELD_OUT_ROWS, len(CULTURES)))[groups]
        return Correction(truth, _scores(truth, shared, self.skill, rng), groups)


def _scores(truth: Ints, shared: Floats, skill: float, rng: np.random.Generator) -> Floats:
    right = np.eye(len(CULTURES))[truth]
    if not skill:
        return right
    odds = np.exp(SHARPNESS * (rng.normal(0.0, 1.0, right.shape) + shared + skill * right))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
