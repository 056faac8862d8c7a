"""What the study estimates from: labelled rows with the classifier's answers, and samples of whole conversations drawn from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from cs_nlp.labelling import read_dataset
from cs_nlp.records import Channel, Totals
from cs_nlp.scoring import Classifier
from cs_nlp.signals import Balance, Correction
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES, name_cultures

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Targets = Literal["even", "realistic", "nine in ten", "as they are", "around"]

CLASSES: Final = len(CULTURES)
RATES: Final = (0.1, 0.5)
QUIET: Final = 0.9
AROUND: Final = 10.0
LEAST: Final = 1e-3
NEWTON_STEPS: Final = 100
SMALLEST: Final = 1e-8


@dataclass(frozen=True, eq=False)
class Rows:
    """Labelled statements with what the classifier says of them.

    Attributes:
        truth: `(n,)`, index of the true culture; probabilities: `(n, 5)`; groups: `(n,)`, index of the conversation.
        columns: further columns `(n,)` by name: `kind`, `stratum`, `channel`.
        none_weight: what the probability of none counts when a culture is named.
    """

    truth: Ints
    probabilities: Floats
    groups: Ints
    columns: Mapping[str, NDArray[np.str_]]
    none_weight: float = 1.0

    @classmethod
    def held_out(cls, evaluation: Mapping[str, Any], none_weight: float) -> Rows:
        """The rows that a model keeps for the correction."""
        rows = evaluation["rows"]
        return cls(
            np.array([CULTURES.index(name) for name in rows["cultures"]]),
            _distributions(rows["probabilities"]),
            np.array(rows["groups"]),
            {"stratum": np.array(rows["kinds"]), "channel": np.array(rows["channels"])},
            none_weight,
        )

    @classmethod
    def scored(cls, classifier: Classifier, path: Path) -> Rows:
        """The statements of a data set, scored."""
        items = read_dataset(path)
        scores = classifier.score([item.text for item in items], [item.context for item in items])
        columns = {name: np.array([item.slices.get(name, "") for item in items]) for name in ("kind", "stratum")}
        return cls(
            np.array([CULTURES.index(item.gold.culture) for item in items]),
            _distributions(scores.cultures),
            np.unique([item.group for item in items], return_inverse=True)[1],
            columns | {"channel": np.array([item.channel.value for item in items])},
            scores.none_weight,
        )

    def where(self, chosen: NDArray[np.bool_] | Ints) -> Rows:
        """Some of the rows, by a mask or by their places."""
        return Rows(
            self.truth[chosen],
            self.probabilities[chosen],
            self.groups[chosen],
            {name: column[chosen] for name, column in self.columns.items()},
            self.none_weight,
        )

    def correction(self, balance: Balance) -> Correction:
        """What a correction learns from these rows."""
        return Correction.from_rows(
            [CULTURES[place] for place in self.truth],
            self.probabilities.tolist(),
            [str(group) for group in self.groups],
            kinds=[*self.columns["stratum"]],
            balance=balance,
            none_weight=self.none_weight,
        )

    def counted(self, places: Ints) -> Ints:
        """How many of the rows at `places` are named by each class, `(5,)`."""
        return np.bincount(name_cultures(self.probabilities[places], self.none_weight), minlength=CLASSES)

    def shares(self, places: Ints) -> Floats:
        """True prevalence among the rows at `places`, `(5,)`."""
        return np.bincount(self.truth[places], minlength=CLASSES) / len(places)


@dataclass(frozen=True)
class Sample:
    """Conversations drawn with replacement.

    Attributes:
        conversations: places of the rows of each.
        target: the prevalence they were drawn for, `(5,)`.
    """

    conversations: Sequence[Ints]
    target: Floats

    @property
    def places(self) -> Ints:
        """Places of all rows."""
        return np.concatenate(self.conversations)

    def totals(self, rows: Rows, balance: Balance) -> list[Totals]:
        """The sample as a team's transcripts."""
        return [_totals(str(number), rows, own, balance) for number, own in enumerate(self.conversations)]


def draw(rows: Rows, n: int, times: int, targets: Targets, seed: int) -> list[Sample]:
    """Samples by the artificial-prevalence protocol, with whole conversations.

    For each, a target prevalence is drawn; conversations get the weights nearest to equal ones under which their statements have that
    prevalence on average; and conversations are drawn by these weights until there are n statements.

    Args:
        rows: what is drawn from.
        n: statements in a sample (of the last conversation only those that still fit).
        times: how many samples.
        targets: `even`, uniform over all prevalences; `realistic`, a signal rate from 10 to 50 % and any mix of it; `nine in ten`, any
            mix of the one statement in ten that carries a culture; `as they are`, the rows' own; `around` it (Dirichlet, worth 10
            statements), so that no class is asked for that there is not.
        seed: of all draws.
    """
    rng = np.random.default_rng([seed, n])
    members, counts = conversations_of(rows)
    found = []
    for _ in range(times):
        target = _target(counts, targets, rng)
        picked = rng.choice(len(members), size=n, p=weights_for(counts, target))
        ends = np.cumsum([len(members[place]) for place in picked])
        kept = [members[place] for place in picked[: int(np.searchsorted(ends, n)) + 1]]
        surplus = sum(map(len, kept)) - n
        kept[-1] = kept[-1][: len(kept[-1]) - surplus]
        found.append(Sample(kept, target))
    return found


def conversations_of(rows: Rows) -> tuple[list[Ints], Floats]:
    """Places of the rows of each conversation, and its statements by true class `(conversations, 5)`."""
    names, index = np.unique(rows.groups, return_inverse=True)
    counts = np.zeros((len(names), CLASSES))
    np.add.at(counts, (index, rows.truth), 1.0)
    return [np.flatnonzero(index == place) for place in range(len(names))], counts


def weights_for(counts: Floats, target: Floats) -> Floats:
    """Weights of conversations, nearest to equal ones, none negative, whose statements have a target prevalence.

    The least squares solution of sum w (k - n target) = 0 and sum w = 1, with k the counts of a conversation and n its statements, found
    through its dual: w = max(0, linear function of k) (calibration weights; Deville and Sarndal 1992, JASA 87:376-382).

    Args:
        counts: `(conversations, 5)`.
        target: `(5,)`.
    """
    off = counts - counts.sum(axis=1, keepdims=True) * target
    terms = np.column_stack([off, np.ones(len(counts))])
    wanted = np.zeros(terms.shape[1])
    wanted[-1] = 1.0
    dual = wanted / len(counts)

    def value(at: Floats) -> float:
        return float((np.maximum(terms @ at, 0.0) ** 2).sum() / 2 - wanted @ at)

    for _ in range(NEWTON_STEPS):
        weights = np.maximum(terms @ dual, 0.0)
        slope = terms.T @ weights - wanted
        if np.abs(slope).max() < SMALLEST:
            break
        used = terms[weights > 0]
        step = np.linalg.solve(used.T @ used + SMALLEST * np.eye(len(wanted)), slope)
        part = 1.0
        while part > SMALLEST and value(dual - part * step) > value(dual):
            part /= 2
        dual = dual - part * step
    weights = np.maximum(terms @ dual, 0.0)
    return np.asarray(weights / weights.sum())


def _target(counts: Floats, targets: Targets, rng: np.random.Generator) -> Floats:
    if targets == "even":
        return rng.dirichlet(np.ones(CLASSES))
    if targets == "realistic":
        rate = rng.uniform(*RATES)
        return np.append(rate * rng.dirichlet(np.ones(len(SIGNAL_CULTURES))), 1 - rate)
    if targets == "nine in ten":
        return np.append((1 - QUIET) * rng.dirichlet(np.ones(len(SIGNAL_CULTURES))), QUIET)
    own = np.asarray(counts.sum(axis=0) / counts.sum())
    if targets == "as they are":
        return own
    found = np.where(own > 0, rng.dirichlet(AROUND * own + LEAST), 0.0)
    return np.asarray(found / found.sum())


def _totals(name: str, rows: Rows, own: Ints, balance: Balance) -> Totals:
    probabilities = rows.probabilities[own]
    return Totals(
        transcript_id=name,
        team="",
        started_at=None,
        channel=Channel.CALL,
        queue=None,
        people=frozenset({name}),
        n=len(probabilities),
        counts=tuple(rows.counted(own).tolist()),
        sums=tuple(balance(probabilities).sum(axis=0).tolist()),
        confidence=float(probabilities.max(axis=1).sum()),
    )


def _distributions(probabilities: object) -> Floats:
    found = np.asarray(probabilities, dtype=np.float64)
    return np.asarray(found / found.sum(axis=1, keepdims=True))
