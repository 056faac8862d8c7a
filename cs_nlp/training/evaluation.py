"""How good a classifier is on labelled statements. Needs numpy only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import LabelledStatement, Unsure
from cs_nlp.scoring import Classifier, Scores
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

Ints = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
ECE_BINS = 10
_NONE = CULTURES.index("none")
_DECIMALS = 4
_FEWEST = 20


def evaluate(classifier: Classifier, statements: Sequence[LabelledStatement], *, replicates: int = 1000, seed: int = 0) -> dict[str, Any]:
    """Score statements and compare with their gold labels; see `figures`."""
    scores = classifier.score([item.text for item in statements], [item.context for item in statements])
    return figures(scores, statements, replicates=replicates, seed=seed)


def figures(scores: Scores, statements: Sequence[LabelledStatement], *, replicates: int = 1000, seed: int = 0) -> dict[str, Any]:
    """All figures of `scores` against the gold labels of `statements` (same order), ready for JSON.

    Returns:
        `n`, `macro_f1` with its 95 % `interval` (bootstrap over groups: conversations, documents), `accuracy`, `classes` (precision,
        recall, f1, support), `confusion` (rows gold, columns predicted), `calibration_error` (ECE, 10 bins), `signal_auc` (any
        culture against none), `target_accuracy`, `drivers` (micro precision, recall and F1), `slices` (macro-F1 and n)
        and `unsure` (statements that are in doubt, by reason).
    """
    gold = np.array([CULTURES.index(item.gold.culture) for item in statements], dtype=np.int64)
    predicted = scores.cultures.argmax(axis=1)
    groups = np.unique([item.group for item in statements], return_inverse=True)[1]
    return {
        "n": len(statements),
        "macro_f1": _rounded(macro_f1(gold, predicted)),
        "interval": _interval(gold, predicted, groups, replicates, seed),
        "accuracy": _rounded(float((gold == predicted).mean())),
        "classes": _classes(gold, predicted),
        "confusion": confusion(gold, predicted).tolist(),
        "calibration_error": _rounded(calibration_error(gold, scores.cultures)),
        "signal_auc": _rounded(auc(gold != _NONE, 1 - scores.cultures[:, _NONE])),
        "target_accuracy": _target_accuracy(scores, statements),
        "drivers": _drivers(scores, statements),
        "slices": _slices(gold, predicted, scores, statements),
        "unsure": unsure_counts(scores),
    }


def unsure_counts(scores: Scores) -> dict[str, int]:
    """How many statements are in doubt, by reason."""
    return {reason: scores.unsure.count(reason) for reason in get_args(Unsure)}


def confusion(gold: Ints, predicted: Ints) -> Ints:
    """Counts of shape `(5, 5)`: rows gold, columns predicted, both in `taxonomy.CULTURES` order."""
    size = len(CULTURES)
    return np.bincount(gold * size + predicted, minlength=size * size).reshape(size, size)


def f1_by_class(counts: Ints) -> Floats:
    """F1 of each class, shape `(5,)`, from a confusion matrix; 0 for a class neither met nor predicted."""
    right = np.diagonal(counts)
    both = counts.sum(axis=0) + counts.sum(axis=1)
    found: Floats = np.divide(2 * right, both, out=np.zeros(len(right)), where=both > 0)
    return found


def macro_f1(gold: Ints, predicted: Ints) -> float:
    """Mean of the five classes' F1."""
    return float(f1_by_class(confusion(gold, predicted)).mean())


def calibration_error(gold: Ints, probabilities: Floats) -> float:
    """Expected calibration error of the top class: 10 bins of equal width (Guo et al., 2017, eq. 3)."""
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == gold
    bins = np.minimum((top * ECE_BINS).astype(np.int64), ECE_BINS - 1)
    gaps = np.bincount(bins, weights=right - top, minlength=ECE_BINS)
    return float(np.abs(gaps).sum() / len(gold))


def auc(positive: NDArray[np.bool_], score: Floats) -> float:
    """Area under the ROC curve: the share of pairs ranked right, ties counting half; NaN without both kinds."""
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return float("nan")
    values, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    del values
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((rank[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def _interval(gold: Ints, predicted: Ints, groups: Ints, replicates: int, seed: int) -> list[float | None]:
    """95 % percentile bootstrap of the macro-F1 over groups."""
    size, n_groups = len(CULTURES), int(groups.max()) + 1
    tables = np.zeros((n_groups, size * size), dtype=np.int64)
    np.add.at(tables, (groups, gold * size + predicted), 1)
    random = np.random.default_rng(seed)
    drawn = (random.multinomial(n_groups, np.full(n_groups, 1 / n_groups)) @ tables for _ in range(replicates))
    found = [f1_by_class(table.reshape(size, size)).mean() for table in drawn]
    return [_rounded(float(bound)) for bound in np.quantile(found, (0.025, 0.975))]


def _classes(gold: Ints, predicted: Ints) -> dict[str, dict[str, float | int | None]]:
    counts = confusion(gold, predicted)
    f1 = f1_by_class(counts)
    found: dict[str, dict[str, float | int | None]] = {}
    for index, culture in enumerate(CULTURES):
        right, named, met = int(counts[index, index]), int(counts[:, index].sum()), int(counts[index].sum())
        found[culture] = {
            "precision": _rounded(right / named) if named else None,
            "recall": _rounded(right / met) if met else None,
            "f1": _rounded(float(f1[index])),
            "support": met,
        }
    return found


def _target_accuracy(scores: Scores, statements: Sequence[LabelledStatement]) -> float | None:
    known = [index for index, item in enumerate(statements) if item.gold.target is not None]
    if not known:
        return None
    gold = np.array([TARGETS.index(statements[index].gold.target or "") for index in known])
    return _rounded(float((scores.targets[known].argmax(axis=1) == gold).mean()))


def driver_table(statements: Sequence[LabelledStatement]) -> NDArray[np.bool_]:
    """Gold drivers, shape `(n, 26)`, columns in `taxonomy.SIGNED_DRIVERS` order."""
    return np.array([[driver in item.gold.drivers for driver in SIGNED_DRIVERS] for item in statements], dtype=bool)


def micro_f1(gold: NDArray[np.bool_], named: NDArray[np.bool_]) -> float:
    """F1 over all statements and drivers together; 0 where nothing is met or named."""
    both = int(gold.sum()) + int(named.sum())
    return 2 * int((gold & named).sum()) / both if both else 0.0


def _drivers(scores: Scores, statements: Sequence[LabelledStatement]) -> dict[str, float | int | None]:
    gold = driver_table(statements)
    named = scores.drivers >= scores.driver_threshold
    right = int((gold & named).sum())
    return {
        "precision": _rounded(right / int(named.sum())) if named.any() else None,
        "recall": _rounded(right / int(gold.sum())) if gold.any() else None,
        "micro_f1": _rounded(micro_f1(gold, named)),
        "support": int(gold.sum()),
    }


def _slices(gold: Ints, predicted: Ints, scores: Scores, statements: Sequence[LabelledStatement]) -> dict[str, dict[str, Any]]:
    """Macro-F1, signal AUC and n by each slice with at least 20 statements, and with and without context."""
    tests: dict[str, Callable[[LabelledStatement], bool]] = {
        "context=yes": lambda item: item.context is not None,
        "context=no": lambda item: item.context is None,
    }
    for key, value in sorted({pair for item in statements for pair in item.slices.items()}):
        tests[f"{key}={value}"] = lambda item, key=key, value=value: item.slices.get(key) == value  # type: ignore[misc]
    found: dict[str, dict[str, Any]] = {}
    for name, belongs in tests.items():
        rows = np.flatnonzero([belongs(item) for item in statements])
        if len(rows) >= _FEWEST:
            found[name] = {
                "n": len(rows),
                "macro_f1": _rounded(macro_f1(gold[rows], predicted[rows])),
                "signal_auc": _rounded(auc(gold[rows] != _NONE, 1 - scores.cultures[rows, _NONE])),
            }
    return found


def _rounded(value: float) -> float | None:
    """Four decimals; None for NaN, which JSON does not know."""
    return None if np.isnan(value) else round(value, _DECIMALS)
