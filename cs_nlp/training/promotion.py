"""Whether a candidate may take the place of the live model: not worse, no class below what it had, still calibrated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import LabelledStatement
from cs_nlp.scoring import Classifier, Scores
from cs_nlp.taxonomy import CULTURES
from cs_nlp.training.evaluation import ECE_BINS, Floats, Ints, calibration_error, calibration_gaps, confusion, gold_of
from cs_nlp.training.resampling import f1_by_class

_SIZE = len(CULTURES)
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a candidate is held to.

    Attributes:
        loss: largest loss of macro-F1 that must be ruled out with 95 % confidence.
        calibration: expected calibration error that is good enough whatever the live model's is.
        fewest: statements of each culture without which nothing can be said.
        replicates: of the bootstrap; seed: of its draws.
        seed: as above.
    """

    loss: float = 0.02
    calibration: float = 0.05
    fewest: int = 5
    replicates: int = 2000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a candidate is asked for.

    Attributes:
        name: `gold`, `macro_f1`, `f1 of CULTURE`, `calibration`.
        is_met: whether it passed.
        got: the candidate's figure; needed: its limit.
        needed: as above.
        told: both in a sentence.
    """

    name: str
    is_met: bool
    got: float
    needed: float
    told: str


@dataclass(frozen=True, slots=True)
class _Answers:
    """What a model says of the gold set, by conversation.

    Attributes:
        tables: confusion by group, shape `(groups, 25)`.
        gaps: how often right minus how sure, by group and bin of sureness, shape `(groups, 10)`.
        macro: macro-F1; f1: of each class; error: expected calibration error.
        f1: as above.
        error: as above.
    """

    tables: Ints
    gaps: Floats
    macro: float
    f1: Floats
    error: float


def judge(candidate: Classifier, live: Classifier, gold: Sequence[LabelledStatement], bounds: Bounds) -> list[Criterion]:
    """Hold a candidate against the live model, on statements that neither learnt from.

    Args:
        candidate: the new model.
        live: the one that is to go.
        gold: statements with agreed labels; those of one group (conversation) are drawn together.
        bounds: what is asked for.

    Returns:
        All criteria. Macro-F1: the 5 % quantile of candidate minus live, by paired bootstrap over groups, is at least `-loss`. F1 of a
        class: the candidate's is at least the lower end of the live model's 95 % interval. Calibration: the candidate's error is at most
        `calibration`, or at most the upper end of the live model's 95 % interval.
    """
    groups = np.unique([item.group for item in gold], return_inverse=True)[1]
    n_groups = int(groups.max()) + 1
    new, old = (_answers(_score(model, gold), gold, groups) for model in (candidate, live))
    drawn = np.random.default_rng(bounds.seed).multinomial(n_groups, np.full(n_groups, 1 / n_groups), bounds.replicates)
    new_f1, old_f1 = (_f1s(drawn @ one.tables) for one in (new, old))
    worst = float(np.quantile(new_f1.mean(axis=1) - old_f1.mean(axis=1), 0.05))
    error_high = float(np.quantile(_errors(drawn, old, np.bincount(groups)), 0.975))
    return [
        _enough(gold, n_groups, bounds),
        Criterion(
            "macro_f1",
            worst >= -bounds.loss,
            round(worst, _DECIMALS),
            -bounds.loss,
            f"macro-F1 {new.macro:.3f} against {old.macro:.3f}: difference {new.macro - old.macro:+.3f}, "
            f"with 95 % confidence above {worst:+.3f}; needed: above {-bounds.loss:+.3f}",
        ),
        *_classes(new, old, np.quantile(old_f1, (0.025, 0.975), axis=0)),
        Criterion(
            "calibration",
            new.error <= max(bounds.calibration, error_high),
            round(new.error, _DECIMALS),
            round(max(bounds.calibration, error_high), _DECIMALS),
            f"calibration error {new.error:.3f} against {old.error:.3f} (up to {error_high:.3f}); "
            f"needed: at most {max(bounds.calibration, error_high):.3f}",
        ),
    ]


def _score(model: Classifier, gold: Sequence[LabelledStatement]) -> Scores:
    return model.score([item.text for item in gold], [item.context for item in gold])


def _answers(scores: Scores, gold: Sequence[LabelledStatement], groups: Ints) -> _Answers:
    labels, predicted = gold_of(gold), scores.named
    n = int(groups.max()) + 1
    tables = np.zeros((n, _SIZE * _SIZE), dtype=np.int64)
    np.add.at(tables, (groups, labels * _SIZE + predicted), 1)
    gaps = np.zeros((n, ECE_BINS))
    np.add.at(gaps, groups, calibration_gaps(labels, scores.cultures))
    f1 = f1_by_class(confusion(labels, predicted))
    return _Answers(tables, gaps, float(f1.mean()), f1, calibration_error(labels, scores.cultures))


def _f1s(tables: NDArray[Any]) -> Floats:
    """F1 by class of many confusions, `(draws, 25)` to `(draws, 5)`."""
    return f1_by_class(tables.reshape(-1, _SIZE, _SIZE))


def _errors(drawn: NDArray[Any], answers: _Answers, sizes: Ints) -> Floats:
    """Expected calibration errors of many draws."""
    found: Floats = np.abs(drawn @ answers.gaps).sum(axis=1) / (drawn @ sizes)
    return found


def _enough(gold: Sequence[LabelledStatement], n_groups: int, bounds: Bounds) -> Criterion:
    met = Counter(item.gold.culture for item in gold)
    fewest = min(CULTURES, key=lambda culture: met[culture])
    told = (
        f"gold set of {len(gold)} statements in {n_groups} conversations, {met[fewest]} of them {fewest}; needed: {bounds.fewest} of each"
    )
    return Criterion("gold", met[fewest] >= bounds.fewest, met[fewest], bounds.fewest, told)


def _classes(new: _Answers, old: _Answers, interval: Floats) -> list[Criterion]:
    found = []
    for index, culture in enumerate(CULTURES):
        got, low, high = float(new.f1[index]), float(interval[0, index]), float(interval[1, index])
        told = f"F1 of {culture} {got:.3f} against {old.f1[index]:.3f} ({low:.3f} to {high:.3f}); needed: at least {low:.3f}"
        found.append(Criterion(f"f1 of {culture}", got >= low, round(got, _DECIMALS), round(low, _DECIMALS), told))
    return found
