"""How far the ways of estimating are from the truth, on samples of real conversations, and under shift."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.signals import Balance
from cs_nlp.taxonomy import SIGNAL_CULTURES
from tools.study_data import Rows, Sample, Targets, draw
from tools.study_methods import COUNTING, DEFAULT, QUAPY, Answer, Default, ours, quapys

Floats = NDArray[np.float64]

KINDS: Final = len(SIGNAL_CULTURES)
RESAMPLED: Final = 2000
INTERVAL: Final = (2.5, 97.5)


@dataclass(frozen=True)
class Setting:
    """What is learnt from, and what is judged on.

    Attributes:
        learnt: the held-out rows, in a few words; judged: the rows that samples are drawn from.
        targets: of which prevalence the samples are; n: statements in each; draws: how many.
    """

    learnt: str
    judged: str
    targets: Targets
    n: int
    draws: int


@dataclass(frozen=True)
class Spread:
    """A mean over draws with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Errors:
    """Absolute errors in one setting.

    Attributes:
        setting: which.
        shares: by method, `(draws,)`: the error of the prevalence, mean over the five classes.
        mixes: likewise of the culture mix, mean over the four cultures.
        said: how often the default said what: names of methods as in a signal.
        held: share of the default's intervals that hold the target prevalence; NaN where it gave none.
        gives: share of the samples for which it gave intervals.
    """

    setting: Setting
    shares: dict[str, Floats]
    mixes: dict[str, Floats]
    said: dict[str, int]
    held: float
    gives: float

    def error(self, method: str, *, of_mix: bool = False) -> Spread:
        """Mean absolute error."""
        return _spread((self.mixes if of_mix else self.shares)[method])

    def ratio(self, method: str) -> Spread:
        """Mean absolute error over that of classify and count."""
        return _spread(self.shares[method], self.shares[COUNTING])

    @property
    def best_of_quapy(self) -> str:
        """Its method with the smallest mean error here."""
        return min((name for name in self.shares if name.startswith(QUAPY)), key=lambda name: float(self.shares[name].mean()))

    @property
    def ahead(self) -> Spread:
        """The mean error of QuaPy's best less that of the default: above 0 where the default is better."""
        return _spread(self.shares[self.best_of_quapy] - self.shares[DEFAULT])


def measure(setting: Setting, learnt: Rows, judged: Rows, balance: Balance, seed: int) -> Errors:
    """The errors of all methods on the same samples."""
    samples = draw(judged, setting.n, setting.draws, setting.targets, seed)
    true = np.array([judged.shares(sample.places) for sample in samples])
    default = Default(learnt, judged, balance)
    answers = [default.answer(sample) for sample in samples]
    methods = ours(learnt, judged, balance)
    if not learnt.correction(balance).unfit():
        methods |= quapys(learnt, judged)
    found = {DEFAULT: np.array([answer.shares for answer in answers])}
    found |= {name: np.array([method(sample) for sample in samples]) for name, method in methods.items()}
    held = np.array([_held(answer, sample) for answer, sample in zip(answers, samples, strict=True)])
    gives = ~np.isnan(held)
    return Errors(
        setting,
        {name: np.abs(shares - true).mean(axis=1) for name, shares in found.items()},
        {name: np.abs(_mix(shares) - _mix(true)).mean(axis=1) for name, shares in found.items()},
        dict(Counter(answer.method for answer in answers)),
        float(held[gives].mean()) if gives.any() else float("nan"),
        float(gives.mean()),
    )


def _held(answer: Answer, sample: Sample) -> float:
    if np.isnan(answer.low).any():
        return float("nan")
    return float(((answer.low <= sample.target) & (sample.target <= answer.high)).mean())


def _mix(shares: Floats) -> Floats:
    """The culture mix `(draws, 4)`; even where nothing carries a culture."""
    carried = np.maximum(shares[:, :KINDS], 0.0)
    rate = carried.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(carried, rate, out=np.full_like(carried, 1 / KINDS), where=rate > 0))


def _spread(values: Floats, over: Floats | None = None) -> Spread:
    """The mean, or the ratio of two means, with its bootstrap interval over draws."""
    rng = np.random.default_rng(0)
    picked = rng.integers(len(values), size=(RESAMPLED, len(values)))
    below = np.ones_like(values) if over is None else over
    low, high = np.percentile(values[picked].mean(axis=1) / below[picked].mean(axis=1), INTERVAL)
    return Spread(float(values.mean() / below.mean()), float(low), float(high))
