"""Weak labels of statements, and how good the rules behind them are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np

from cs_nlp.labelling.weak_model import UNKNOWN, Floats, LabelModel, fit_label_model, majority
from cs_nlp.labelling.weak_rules import Fired, Rule
from cs_nlp.records import AnnotatedStatement, Annotation, Interval
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

RULES: Final = "rules"
"""The annotator that weak labels are of."""
_Z: Final = 1.959963984540054  # 97.5 % of a standard normal
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What one rule does on a set of statements.

    Attributes:
        rule: its name.
        votes: what it votes for (one culture, target or signed driver).
        fires: number of statements on which it fires; coverage: their share of all, 0 to 1.
        coverage: as above.
        overlaps: share of these on which another rule votes on the same question.
        conflicts: share of these on which another rule votes otherwise; for a driver, which others can only leave out, 0.
        judged: how many of these have a gold label.
        precision: share of those judged that have what it votes for, None where none is judged.
        interval: Wilson's, of `precision`.
        accuracy: what the label model believes of it; None for a driver, for which there is none.
    """

    rule: str
    votes: str
    fires: int
    coverage: float
    overlaps: float
    conflicts: float
    judged: int
    precision: float | None
    interval: Interval | None
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Together:
    """How good the aggregated culture is where any rule votes for one.

    Attributes:
        covered: share of statements with a vote, 0 to 1.
        judged: how many of these have a gold label.
        accuracy: share of those judged on which the label model is right; None where none is.
        majority_accuracy: the same of the most frequent vote, ties counted as wrong.
        confidence: mean probability of the label model's answer on those judged: where it is above `accuracy`, it believes too much.
    """

    covered: float
    judged: int
    accuracy: float | None
    majority_accuracy: float | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class WeakModels:
    """The label models of cultures and of targets; None where no rule votes."""

    culture: LabelModel | None
    target: LabelModel | None


def fit_weak(rules: Sequence[Rule], fired: Fired, gold: Sequence[Annotation | None]) -> WeakModels:
    """Learn how far rules can be trusted, from their votes and whatever gold labels there are.

    Args:
        rules: of a file.
        fired: `(statements, rules)`.
        gold: of each statement, None where there is none.
    """
    cultures = [UNKNOWN if label is None else CULTURES.index(label.culture) for label in gold]
    targets = [UNKNOWN if label is None or label.target is None else TARGETS.index(label.target) for label in gold]
    own, theirs = _columns(rules, "culture"), _columns(rules, "target")
    return WeakModels(
        _fit(fired, own, [CULTURES.index(rules[place].culture or "") for place in own], len(CULTURES), cultures),
        _fit(fired, theirs, [TARGETS.index(rules[place].target or "") for place in theirs], len(TARGETS), targets),
    )


def weak_labels(
    rules: Sequence[Rule], fired: Fired, models: WeakModels, statements: Sequence[AnnotatedStatement], least: float
) -> list[AnnotatedStatement]:
    """The statements with what the rules say, as one more annotator (`RULES`), never as gold.

    Args:
        rules: of a file.
        fired: `(statements, rules)`.
        models: of these rules.
        statements: to label; a label that `RULES` gave before is replaced.
        least: probability that a culture needs to become a label, 0 to 1; the probabilities stand in the fact `weak` in any case.
    """
    cultures, targets = _probabilities(models.culture, rules, fired, "culture"), _probabilities(models.target, rules, fired, "target")
    made = []
    for row, one in enumerate(statements):
        drivers = tuple(
            driver for driver in SIGNED_DRIVERS if any(driver in rules[place].drivers for place in np.flatnonzero(fired[row]).tolist())
        )
        labels = tuple(label for label in one.annotations if label.annotator != RULES)
        culture, target = _sure(cultures[row], CULTURES), _sure(targets[row], TARGETS)
        if culture is not None and cultures[row].max() >= least:
            labels += (Annotation(culture, target, drivers, RULES),)
        facts = {name: value for name, value in one.facts.items() if name != "weak"}
        if fired[row].any():
            shares = {name: round(float(value), _DIGITS) for name, value in zip(CULTURES, cultures[row], strict=True)}
            facts["weak"] = {
                "rules": [rules[place].name for place in np.flatnonzero(fired[row]).tolist()],
                "culture": shares if culture else None,
                "target": target,
                "drivers": list(drivers),
            }
        made.append(replace(one, annotations=labels, facts=MappingProxyType(facts)))
    return made


def measure_rules(rules: Sequence[Rule], fired: Fired, models: WeakModels, gold: Sequence[Annotation | None]) -> list[RuleFigures]:
    """What each rule does, one row for each of its votes, in the order of the file."""
    found: list[RuleFigures] = []
    for place, rule in enumerate(rules):
        for kind, model in (("culture", models.culture), ("target", models.target)):
            if model is not None and getattr(rule, kind) is not None:
                found.append(_choice_figures(rules, fired, place, kind, gold, model))
        found += [_driver_figures(rules, fired, place, driver, gold) for driver in rule.drivers]
    return found


def measure_together(rules: Sequence[Rule], fired: Fired, models: WeakModels, gold: Sequence[Annotation | None]) -> Together:
    """How good the aggregated culture is."""
    own = _columns(rules, "culture")
    covered = fired[:, own].any(axis=1)
    rows: list[int] = [row for row in np.flatnonzero(covered).tolist() if gold[row] is not None]
    if not rows or models.culture is None:
        return Together(float(covered.mean()) if len(fired) else 0.0, 0, None, None, None)
    truth = np.array([CULTURES.index(label.culture) for label in (gold[row] for row in rows) if label is not None])
    found = models.culture.probabilities(fired[rows][:, own])
    most = majority(fired[rows][:, own], models.culture.votes, len(CULTURES))
    return Together(
        covered=float(covered.mean()),
        judged=len(rows),
        accuracy=float((found.argmax(axis=1) == truth).mean()),
        majority_accuracy=float((most == truth).mean()),
        confidence=float(found.max(axis=1).mean()),
    )


def wilson(right: int, n: int) -> Interval:
    """Wilson's 95 % interval of a share, `n` at least 1 (Wilson 1927, Journal of the American Statistical Association 22:209-212)."""
    share, spread = right / n, _Z**2 / n
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * float(np.sqrt(share * (1 - share) / n + spread / (4 * n))) / (1 + spread)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def _columns(rules: Sequence[Rule], kind: str) -> list[int]:
    return [place for place, rule in enumerate(rules) if getattr(rule, kind) is not None]


def _fit(fired: Fired, own: Sequence[int], votes: Sequence[int], classes: int, known: Sequence[int]) -> LabelModel | None:
    return fit_label_model(fired[:, own], votes, classes, known=np.asarray(known, dtype=np.int64)) if own else None


def _probabilities(model: LabelModel | None, rules: Sequence[Rule], fired: Fired, kind: str) -> Floats:
    if model is None:
        return np.full((len(fired), len(CULTURES if kind == "culture" else TARGETS)), np.nan)
    return model.probabilities(fired[:, _columns(rules, kind)])


def _sure(probabilities: Floats, names: Sequence[str]) -> str | None:
    return None if np.isnan(probabilities).any() else names[int(probabilities.argmax())]


def _choice_figures(
    rules: Sequence[Rule], fired: Fired, place: int, kind: str, gold: Sequence[Annotation | None], model: LabelModel
) -> RuleFigures:
    """Of a vote for a culture or a target (`kind`)."""
    votes = str(getattr(rules[place], kind))
    columns = _columns(rules, kind)
    others = [other for other in columns if other != place]
    against = [other for other in others if getattr(rules[other], kind) != votes]
    rows = np.flatnonzero(fired[:, place]).tolist()
    found = [getattr(label, kind) for label in (gold[row] for row in rows) if label is not None]
    judged = [one == votes for one in found if one is not None]
    return RuleFigures(
        rule=rules[place].name,
        votes=votes if kind == "culture" else f"target {votes}",
        fires=len(rows),
        coverage=len(rows) / max(1, len(fired)),
        overlaps=_share(fired[rows][:, others]),
        conflicts=_share(fired[rows][:, against]),
        judged=len(judged),
        precision=sum(judged) / len(judged) if judged else None,
        interval=wilson(sum(judged), len(judged)) if judged else None,
        accuracy=float(model.accuracy[columns.index(place)]),
    )


def _driver_figures(rules: Sequence[Rule], fired: Fired, place: int, driver: str, gold: Sequence[Annotation | None]) -> RuleFigures:
    others = [other for other, rule in enumerate(rules) if other != place and driver in rule.drivers]
    rows = np.flatnonzero(fired[:, place]).tolist()
    judged = [driver in label.drivers for label in (gold[row] for row in rows) if label is not None]
    return RuleFigures(
        rule=rules[place].name,
        votes=driver,
        fires=len(rows),
        coverage=len(rows) / max(1, len(fired)),
        overlaps=_share(fired[rows][:, others]),
        conflicts=0.0,
        judged=len(judged),
        precision=sum(judged) / len(judged) if judged else None,
        interval=wilson(sum(judged), len(judged)) if judged else None,
        accuracy=None,
    )


def _share(fired: Fired) -> float:
    return float(fired.any(axis=1).mean()) if fired.size else 0.0
