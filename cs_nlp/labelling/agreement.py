"""How far annotators agree: Krippendorff's alpha, of all classes together and of each against the rest.

Alpha is 1 for perfect agreement and 0 for what chance would give (Krippendorff 2011, "Computing Krippendorff's alpha-reliability"); any
number of annotators, and statements that some did not label, are all right. Intervals are percentiles of a bootstrap by group
(conversation), since statements of one are not independent. Needs the extra `label`.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError, MissingExtraError
from cs_nlp.records import AnnotatedStatement, Annotation, Interval
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

Counts = NDArray[np.int64]
Progress = Callable[[int, int], None]

LEVEL: Final = 0.95
REPLICATES: Final = 500


@dataclass(frozen=True, slots=True)
class Alpha:
    """Agreement on one question.

    Attributes:
        question: `culture`, a culture against all others, `target`, or a signed driver.
        value: alpha, at most 1; None where all labels are the same, so that it is not defined.
        interval: of `value`; None where that is None or no interval was made.
        statements: how many have at least two labels.
        given: how many of all labels of these are the class (for one class; else all labels).
    """

    question: str
    value: float | None
    interval: Interval | None
    statements: int
    given: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two annotators.

    Attributes:
        annotators: their names.
        statements: how many both labelled.
        agreed: share of these with the same culture, 0 to 1.
    """

    annotators: tuple[str, str]
    statements: int
    agreed: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """What `measure_agreement` found.

    Attributes:
        culture: alpha of all cultures.
        classes: of each culture against the rest, in `taxonomy.CULTURES` order.
        target: alpha of targets.
        drivers: of each signed driver that somebody gave, present or not, without intervals.
        pairs: each two annotators who share statements, by name.
        confused: unordered pairs of different cultures and how often two annotators gave them to one statement, most frequent first.
    """

    culture: Alpha
    classes: tuple[Alpha, ...]
    target: Alpha
    drivers: tuple[Alpha, ...]
    pairs: tuple[Pair, ...]
    confused: tuple[tuple[str, str, int], ...]


def measure_agreement(
    statements: Sequence[AnnotatedStatement], *, replicates: int = REPLICATES, seed: int = 0, progress: Progress | None = None
) -> Agreement:
    """The agreement of the annotators of a file.

    Args:
        statements: with the annotators' labels; gold labels do not count.
        replicates: of the bootstrap.
        seed: of the bootstrap.
        progress: told how many alphas of how many have their interval.

    Raises:
        InputError: no statement has two labels.
        MissingExtraError: the extra `label` is not installed.
    """
    if importlib.util.find_spec("krippendorff") is None:
        raise MissingExtraError("measuring agreement", "label")
    shared = [one for one in statements if len(one.annotations) > 1]
    if not shared:
        labels = sum(len(one.annotations) for one in statements)
        raise InputError(f"agreement: {len(statements)} statements with {labels} labels, none with two annotators; give the files of all")
    groups = _groups(shared)
    cultures = _counts(shared, [CULTURES.index(label.culture) for label in _all(shared)], len(CULTURES))
    targets = _target_counts(shared)
    asked = [("culture", cultures), *((name, _against(cultures, place)) for place, name in enumerate(CULTURES)), ("target", targets)]
    found = []
    for done, (question, counts) in enumerate(asked, start=1):
        found.append(_alpha(question, counts, groups, replicates, seed))
        if progress is not None:
            progress(done, len(asked))
    culture, *classes, target = found
    return Agreement(culture, tuple(classes), target, tuple(_drivers(shared)), tuple(_pairs(shared)), tuple(_confused(shared)))


def _all(statements: Sequence[AnnotatedStatement]) -> list[Annotation]:
    return [label for one in statements for label in one.annotations]


def _groups(statements: Sequence[AnnotatedStatement]) -> list[Counts]:
    """Rows of each group."""
    rows: dict[str, list[int]] = {}
    for row, one in enumerate(statements):
        rows.setdefault(one.group, []).append(row)
    return [np.array(own, dtype=np.int64) for own in rows.values()]


def _counts(statements: Sequence[AnnotatedStatement], values: Sequence[int], classes: int) -> Counts:
    """Labels by statement and class, `(statements, classes)`, from the class of each label, statement by statement."""
    counts = np.zeros((len(statements), classes), dtype=np.int64)
    np.add.at(counts, (np.repeat(np.arange(len(statements)), [len(one.annotations) for one in statements]), np.asarray(values)), 1)
    return counts


def _target_counts(statements: Sequence[AnnotatedStatement]) -> Counts:
    counts = np.zeros((len(statements), len(TARGETS)), dtype=np.int64)
    for row, one in enumerate(statements):
        for label in one.annotations:
            if label.target is not None:
                counts[row, TARGETS.index(label.target)] += 1
    return counts


def _against(counts: Counts, place: int) -> Counts:
    """One class against all others together, `(statements, 2)`."""
    own = counts[:, place]
    return np.column_stack([own, counts.sum(axis=1) - own])


def _value(counts: Counts) -> float | None:
    """Alpha; None where fewer than two classes were given to statements with two labels."""
    import krippendorff  # noqa: PLC0415 - an extra

    paired = counts[counts.sum(axis=1) > 1]
    if (paired.sum(axis=0) > 0).sum() < 2:  # noqa: PLR2004 - disagreement needs two
        return None
    return float(krippendorff.alpha(value_counts=paired, level_of_measurement="nominal"))


def _alpha(question: str, counts: Counts, groups: Sequence[Counts], replicates: int, seed: int) -> Alpha:
    value = _value(counts)
    paired = counts[counts.sum(axis=1) > 1]
    given = int(paired[:, 0].sum()) if question in CULTURES else int(paired.sum())
    interval = None
    if value is not None and replicates:
        rng = np.random.default_rng([seed, 0])  # the same conversations for each question
        drawn = (np.concatenate([groups[place] for place in rng.integers(0, len(groups), len(groups))]) for _ in range(replicates))
        others = [other for other in (_value(counts[rows]) for rows in drawn) if other is not None]
        edge = (1 - LEVEL) / 2
        low, high = np.quantile(others, [edge, 1 - edge]) if others else (value, value)
        interval = Interval(float(low), float(high))
    return Alpha(question, value, interval, len(paired), given)


def _drivers(statements: Sequence[AnnotatedStatement]) -> list[Alpha]:
    found = []
    for driver in SIGNED_DRIVERS:
        given = [int(driver not in label.drivers) for label in _all(statements)]
        if 0 in given:
            counts = _counts(statements, given, 2)
            found.append(Alpha(driver, _value(counts), None, len(statements), int(counts[:, 0].sum())))
    return found


def _pairs(statements: Sequence[AnnotatedStatement]) -> list[Pair]:
    same: Counter[tuple[str, str]] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for one in statements:
        said = sorted((label.annotator or "", label.culture) for label in one.annotations)
        for (first, mine), (second, theirs) in combinations(said, 2):
            both[first, second] += 1
            same[first, second] += mine == theirs
    return [Pair(pair, n, same[pair] / n) for pair, n in sorted(both.items())]


def _confused(statements: Sequence[AnnotatedStatement]) -> list[tuple[str, str, int]]:
    found: Counter[tuple[str, str]] = Counter()
    for one in statements:
        for mine, theirs in combinations(sorted((label.culture for label in one.annotations), key=CULTURES.index), 2):
            if mine != theirs:
                found[mine, theirs] += 1
    return [(mine, theirs, n) for (mine, theirs), n in found.most_common()]
