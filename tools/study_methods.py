"""The ways of estimating that the study compares: ours, and QuaPy's with the same probabilities of the same held-out rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from cs_nlp.signals import Balance, Resampling
from cs_nlp.signals.estimate import Estimator
from cs_nlp.signals.methods import Methods
from cs_nlp.signals.quantifiers import QUANTIFIERS, probabilistic_adjusted_count
from tools.study_data import CLASSES, Rows, Sample

Floats = NDArray[np.float64]
Estimating = Callable[[Sample], Floats]

DEFAULT: Final = "cs_nlp"
COUNTING: Final = "CC"
ALL_ALIKE: Final = "cs_nlp, kinds all alike"
BALANCED: Final = "PACC, balanced"
QUAPY: Final = "QuaPy "
REPLICATES: Final = 300


@dataclass(frozen=True)
class Answer:
    """What signals say of a sample.

    Attributes:
        method: its name, as in a signal.
        shares: the prevalence `(5,)`; the plain count where nothing is trusted.
        low: lower ends of the intervals `(5,)`, NaN where nothing is said; high: upper ends.
    """

    method: str
    shares: Floats
    low: Floats
    high: Floats


class Default:
    """What signals do, refusals among it."""

    def __init__(self, learnt: Rows, judged: Rows, balance: Balance) -> None:
        self._judged, self._balance = judged, balance
        self._methods = Methods(learnt.correction(balance), Resampling(replicates=REPLICATES))

    def answer(self, sample: Sample) -> Answer:
        """What is said of a sample of the judged rows."""
        totals = sample.totals(self._judged, self._balance)
        method = self._methods.of(totals)
        if made := method.estimate([totals]):
            own = slice(0, CLASSES)
            return Answer(method.name, made[0].value[own], made[0].low[own], made[0].high[own])
        counted = np.sum([row.counts for row in totals], axis=0) / sum(row.n for row in totals)
        nothing = np.full(CLASSES, np.nan)
        return Answer(method.name, counted, nothing, nothing)


def ours(learnt: Rows, judged: Rows, balance: Balance) -> dict[str, Estimating]:
    """The classic methods and the default's steps, learnt on some rows and judged on samples of others; all but the default itself."""
    plain, balanced = learnt.correction(Balance()), learnt.correction(balance)
    raw, moved = judged.probabilities, balance(judged.probabilities)

    def classic(name: str) -> Estimating:
        return lambda sample: QUANTIFIERS[name](raw[sample.places], plain)

    found = {name.upper(): classic(name) for name in QUANTIFIERS}
    found[COUNTING] = lambda sample: judged.counted(sample.places) / len(sample.places)
    if not balanced.unfit():
        found[BALANCED] = lambda sample: probabilistic_adjusted_count(moved[sample.places], balanced)
        estimator = Estimator(balanced, Resampling(replicates=REPLICATES))
        found[ALL_ALIKE] = lambda sample: estimator([sample.totals(judged, balance)])[0].value[:CLASSES]
    return found


class _Given(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn ships no types
    """A classifier for QuaPy whose rows are their own probabilities."""

    def __init__(self) -> None:
        self.classes_ = np.arange(CLASSES)

    def fit(self, rows: Floats, truth: Floats) -> _Given:
        """Nothing is learnt."""
        del rows, truth
        return self

    def predict_proba(self, rows: Floats) -> Floats:
        """The rows."""
        return rows

    def predict(self, rows: Floats) -> NDArray[np.int64]:
        """The most probable classes."""
        return np.asarray(rows.argmax(axis=1))


class _Aggregating(Protocol):
    """A method of QuaPy."""

    def fit(self, rows: Floats, truth: NDArray[np.int64]) -> object:
        """Learns from held-out rows."""

    def aggregate(self, predictions: object) -> object:
        """From what was predicted to prevalence."""


def quapys(learnt: Rows, judged: Rows) -> dict[str, Estimating]:
    """QuaPy's aggregative methods for several classes that need no further package; EMQ also with the calibrations that change anything.

    HDy is for two classes; DMy with the Hellinger distance is its form for several (Firat 2016; Bunse 2022). Left out: KDEyHD, which takes
    seconds a sample.
    """
    return {f"{QUAPY}{name}": _aggregated(method, judged, crisp=name == "ACC") for name, method in _fitted(learnt).items()}


@lru_cache(maxsize=4)
def _fitted(learnt: Rows) -> dict[str, _Aggregating]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from quapy.method import aggregative as quapy  # noqa: PLC0415 - slow to load, and loud

        rows, truth = learnt.probabilities, learnt.truth
        fixed: dict[str, Any] = {"fit_classifier": False, "val_split": None}
        with_rows: dict[str, Any] = {"fit_classifier": False, "val_split": (rows, truth)}
        made: dict[str, _Aggregating] = {
            "ACC": quapy.ACC(_Given(), **fixed),
            "PACC": quapy.PACC(_Given(), **fixed),
            "EMQ": quapy.EMQ(_Given(), **fixed),
            "EMQ BCTS": quapy.EMQ(_Given(), calib="bcts", **with_rows),
            "EMQ VS": quapy.EMQ(_Given(), calib="vs", **with_rows),
            "KDEy-ML": quapy.KDEyML(_Given(), **fixed),
            "KDEy-CS": quapy.KDEyCS(_Given(), **fixed),
            "DMy (HD)": quapy.DMy(_Given(), **fixed),
        }
        for method in made.values():
            method.fit(rows, truth)
    return made


def _aggregated(method: _Aggregating, judged: Rows, *, crisp: bool) -> Estimating:
    def estimate(sample: Sample) -> Floats:
        rows = judged.probabilities[sample.places]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(method.aggregate(rows.argmax(axis=1) if crisp else rows), dtype=np.float64)

    return estimate
