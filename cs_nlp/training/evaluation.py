"""How good a classifier is on labelled statements. Needs numpy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import LabelledStatement, Unsure
from cs_nlp.scoring import Classifier, Scores
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from cs_nlp.training.resampling import Draws, average_precision, bounds, f1_by_class, ratio, roc_auc
from cs_nlp.training.slices import CHANGES, FEWEST, rows_by_slice

Ints = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
Interval = list[float | None]
Changed = tuple[Ints, Scores]
"""Rows of the set, and their scores after a change of their text."""

ECE_BINS = 10
_SIZE = len(CULTURES)
_NONE = CULTURES.index("none")
_RANDOM = "stratum=random"
_DECIMALS = 4


def evaluate(classifier: Classifier, statements: Sequence[LabelledStatement], *, replicates: int = 1000, seed: int = 0) -> dict[str, Any]:
    """Score statements, as they are and changed (`slices.CHANGES`), and compare with their gold labels; see `figures`."""
    changed: dict[str, Changed] = {}
    for name, change in CHANGES.items():
        others = [change(item) for item in statements]
        rows = np.array([row for row, item in enumerate(statements) if others[row] != item], dtype=np.int64)
        if len(rows) >= FEWEST:
            changed[name] = (rows, _score(classifier, [others[row] for row in rows]))
    return figures(_score(classifier, statements), statements, changed=changed, replicates=replicates, seed=seed)


def figures(
    scores: Scores,
    statements: Sequence[LabelledStatement],
    *,
    changed: Mapping[str, Changed] | None = None,
    replicates: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """All figures of `scores` against the gold labels of `statements` (same order), ready for JSON; docs/evaluation.md explains each.

    Args:
        scores: what the classifier says.
        statements: at least one.
        changed: scores of the same statements after a change, by its name.
        replicates: of the bootstrap over groups (conversations, documents), 95 %.
        seed: of its draws.

    Returns:
        `n`, `macro_f1` with its `interval`, `accuracy`, `classes` (precision, recall, f1, support), `average_precision` (of each class),
        `confusion` (rows gold, columns predicted), `calibration_error` (ECE, 10 bins), `signal_auc` (any culture against none),
        `target_accuracy`, `drivers` (micro precision, recall and F1), `intervals` (of all of these), `slices`, `random` (that stratum
        alone, None where there is none), `changed` (against the same statements as they are) and `unsure` (in doubt, by reason).
    """
    gold, predicted = gold_of(statements), scores.named
    target, drivers = _targets(scores, statements), _driver_counts(scores, statements)

    def draw(rows: Ints) -> Draws:
        return Draws.of([statements[row].group for row in rows], replicates, seed)

    draws = draw(np.arange(len(statements)))
    core = _core(gold, scores, draws)
    slices = dict(rows_by_slice(statements))
    return {
        "n": len(statements),
        "macro_f1": core["macro_f1"],
        "interval": core["intervals"]["macro_f1"],
        "accuracy": _rounded(float((gold == predicted).mean())),
        "classes": _classes(gold, predicted),
        "average_precision": core["average_precision"],
        "confusion": confusion(gold, predicted).tolist(),
        "calibration_error": core["calibration_error"],
        "signal_auc": core["signal_auc"],
        "target_accuracy": _share(*target.sum(axis=0)),
        "drivers": _drivers(*drivers.sum(axis=0)),
        "intervals": core["intervals"] | _further_intervals(draws, gold == predicted, target, drivers),
        "slices": {name: _slice(gold[rows], scores.take(rows), draw(rows)) for name, rows in slices.items()},
        "random": _random(gold[slices[_RANDOM]], scores.take(slices[_RANDOM]), draw(slices[_RANDOM])) if _RANDOM in slices else None,
        "changed": {name: _against(gold[rows], scores.take(rows), other, draw(rows)) for name, (rows, other) in (changed or {}).items()},
        "unsure": unsure_counts(scores),
    }


def gold_of(statements: Sequence[LabelledStatement]) -> Ints:
    """Gold cultures as indices, shape `(n,)`."""
    return np.array([CULTURES.index(item.gold.culture) for item in statements], dtype=np.int64)


def unsure_counts(scores: Scores) -> dict[str, int]:
    """How many statements are in doubt, by reason."""
    return {reason: scores.unsure.count(reason) for reason in get_args(Unsure)}


def confusion(gold: Ints, predicted: Ints) -> Ints:
    """Counts of shape `(5, 5)`: rows gold, columns predicted, both in `taxonomy.CULTURES` order."""
    return np.bincount(gold * _SIZE + predicted, minlength=_SIZE * _SIZE).reshape(_SIZE, _SIZE)


def macro_f1(gold: Ints, predicted: Ints) -> float:
    """Mean of the five classes' F1."""
    return float(f1_by_class(confusion(gold, predicted)).mean())


def calibration_error(gold: Ints, probabilities: Floats) -> float:
    """Expected calibration error of the top class: 10 bins of equal width (Guo et al., 2017, eq. 3)."""
    return float(np.abs(calibration_gaps(gold, probabilities).sum(axis=0)).sum() / len(gold))


def calibration_gaps(gold: Ints, probabilities: Floats) -> Floats:
    """By statement, shape `(n, 10)`: right or not minus how sure, in the bin of how sure."""
    top = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == gold
    gaps = np.zeros((len(gold), ECE_BINS))
    gaps[np.arange(len(gold)), np.minimum((top * ECE_BINS).astype(np.int64), ECE_BINS - 1)] = right - top
    return gaps


def auc(positive: NDArray[np.bool_], score: Floats) -> float:
    """Area under the ROC curve: the share of pairs ranked right, ties counting half; NaN without both kinds."""
    return float(roc_auc(positive, score, np.ones((1, len(score))))[0])


def driver_table(statements: Sequence[LabelledStatement]) -> NDArray[np.bool_]:
    """Gold drivers, shape `(n, 26)`, columns in `taxonomy.SIGNED_DRIVERS` order."""
    return np.array([[driver in item.gold.drivers for driver in SIGNED_DRIVERS] for item in statements], dtype=bool)


def micro_f1(gold: NDArray[np.bool_], named: NDArray[np.bool_]) -> float:
    """F1 over all statements and drivers together; 0 where nothing is met or named."""
    both = int(gold.sum()) + int(named.sum())
    return 2 * int((gold & named).sum()) / both if both else 0.0


def _score(classifier: Classifier, statements: Sequence[LabelledStatement]) -> Scores:
    return classifier.score([item.text for item in statements], [item.context for item in statements])


def _core(gold: Ints, scores: Scores, draws: Draws) -> dict[str, Any]:
    """What is told of the whole set and of its random part alone."""
    found, probabilities = _slice(gold, scores, draws), scores.cultures
    f1 = draws.f1(gold, scores.named, _SIZE)
    gaps = draws.sums(calibration_gaps(gold, probabilities))
    sizes = draws.sums(np.ones((len(gold), 1)))[:, 0]
    ones = np.ones((1, len(gold)))
    ranks = {name: (gold == index, probabilities[:, index]) for index, name in enumerate(CULTURES)}
    return found | {
        "average_precision": {name: _rounded(float(average_precision(*rank, ones)[0])) for name, rank in ranks.items()},
        "calibration_error": _rounded(calibration_error(gold, probabilities)),
        "intervals": found["intervals"]
        | {
            "f1": {name: _interval(f1[:, index]) for index, name in enumerate(CULTURES)},
            "average_precision": {name: _interval(draws.ranked(average_precision, *rank)) for name, rank in ranks.items()},
            "calibration_error": _interval(np.abs(gaps).sum(axis=1) / sizes),
        },
    }


def _slice(gold: Ints, scores: Scores, draws: Draws) -> dict[str, Any]:
    predicted, signal = scores.named, 1 - scores.cultures[:, _NONE]
    return {
        "n": len(gold),
        "support": {name: int((gold == index).sum()) for index, name in enumerate(CULTURES)},
        "macro_f1": _rounded(macro_f1(gold, predicted)),
        "signal_auc": _rounded(auc(gold != _NONE, signal)),
        "intervals": {
            "macro_f1": _interval(draws.f1(gold, predicted, _SIZE).mean(axis=1)),
            "signal_auc": _interval(draws.ranked(roc_auc, gold != _NONE, signal)),
        },
    }


def _random(gold: Ints, scores: Scores, draws: Draws) -> dict[str, Any]:
    """The unbiased part of the set: nearest to what users have."""
    return _core(gold, scores, draws) | {"classes": _classes(gold, scores.named)}


def _against(gold: Ints, given: Scores, other: Scores, draws: Draws) -> dict[str, Any]:
    """Statements as they are against the same ones changed; the draws are paired."""
    before, after = (draws.f1(gold, each.named, _SIZE).mean(axis=1) for each in (given, other))
    macro = [macro_f1(gold, each.named) for each in (given, other)]
    signal = [_rounded(auc(gold != _NONE, 1 - each.cultures[:, _NONE])) for each in (given, other)]
    return {
        "n": len(gold),
        "given": {"macro_f1": _rounded(macro[0]), "signal_auc": signal[0]},
        "changed": {"macro_f1": _rounded(macro[1]), "signal_auc": signal[1]},
        "difference": _rounded(macro[1] - macro[0]),
        "interval": _interval(after - before),
    }


def _classes(gold: Ints, predicted: Ints) -> dict[str, dict[str, float | int | None]]:
    counts = confusion(gold, predicted)
    f1 = f1_by_class(counts)
    found: dict[str, dict[str, float | int | None]] = {}
    for index, culture in enumerate(CULTURES):
        right, named, met = int(counts[index, index]), int(counts[:, index].sum()), int(counts[index].sum())
        found[culture] = {"precision": _share(right, named), "recall": _share(right, met), "f1": _rounded(float(f1[index])), "support": met}
    return found


def _targets(scores: Scores, statements: Sequence[LabelledStatement]) -> Ints:
    """By statement, shape `(n, 2)`: whether its target is right, and whether it is known at all."""
    known = np.array([item.gold.target is not None for item in statements])
    gold = np.array([TARGETS.index(item.gold.target) if item.gold.target else -1 for item in statements])
    return np.column_stack([known & (scores.targets.argmax(axis=1) == gold), known]).astype(np.int64)


def _driver_counts(scores: Scores, statements: Sequence[LabelledStatement]) -> Ints:
    """By statement, shape `(n, 3)`: drivers that are right, named, and in the gold label."""
    gold = driver_table(statements)
    named = scores.drivers >= scores.driver_threshold
    return np.column_stack([part.sum(axis=1) for part in (gold & named, named, gold)]).astype(np.int64)


def _drivers(right: int, named: int, met: int) -> dict[str, float | int | None]:
    both = named + met
    return {
        "precision": _share(right, named),
        "recall": _share(right, met),
        "micro_f1": _rounded(2 * right / both) if both else 0.0,
        "support": int(met),
    }


def _further_intervals(draws: Draws, right: NDArray[np.bool_], target: Ints, drivers: Ints) -> dict[str, Interval]:
    hits = draws.sums(np.column_stack([right, np.ones(len(right))]))
    known, named = draws.sums(target), draws.sums(drivers)
    return {
        "accuracy": _interval(ratio(hits[:, 0], hits[:, 1])),
        "target_accuracy": _interval(ratio(known[:, 0], known[:, 1])),
        "drivers_micro_f1": _interval(ratio(2 * named[:, 0], named[:, 1] + named[:, 2])),
    }


def _interval(values: Floats) -> Interval:
    return [_rounded(bound) for bound in bounds(values)]


def _share(part: int, whole: int) -> float | None:
    return _rounded(float(part) / float(whole)) if whole else None


def _rounded(value: float) -> float | None:
    """Four decimals; None for NaN, which JSON does not know."""
    return None if np.isnan(value) else round(float(value), _DECIMALS)
