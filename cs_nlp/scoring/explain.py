"""Which words carried a label: words are taken out of the statement, and what that does to the label's log odds is theirs.

Each word gets its Shapley value, sampled: words are taken away one after the other in a random order until none is left, and a word's
weight is the mean of what its leaving changed (Castro et al., 2009, "Polynomial calculation of the Shapley value based on sampling").
Each order is taken backwards as well, which makes the mean less noisy. How faithful it is: `python -m tools.measure_explain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from cs_nlp.errors import InputError
from cs_nlp.records import Explanation, WordWeight
from cs_nlp.scoring.classifier import Classifier
from cs_nlp.taxonomy import CULTURES

ORDERS: Final = 4
"""Random orders for each statement, each also taken backwards."""
_PIECE: Final = re.compile(r"\S+")
_CORE: Final = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_TEXTS_A_BATCH: Final = 4096
_LEAST: Final = 1e-6
Span = tuple[int, int]
Gone = frozenset[int]
"""Which words are taken out."""
Key = tuple[int, Gone]


def explain(
    classifier: Classifier,
    texts: Sequence[str],
    contexts: Sequence[str | None] | None = None,
    *,
    label: str | None = None,
    orders: int = ORDERS,
    seed: int = 0,
) -> list[Explanation]:
    """The weights of all words of some statements, in the order given.

    Args:
        classifier: whose labels are explained; a statement of n words is scored about `2 * n * orders` times.
        texts: the statements.
        contexts: what was said before each, None where there is nothing; it stays as it is.
        label: the culture to explain; None for the one that each statement is labelled with.
        orders: random orders for each statement; 0 to take out one word at a time instead, which is quicker.
        seed: of the orders.

    Raises:
        InputError: there is no such culture.
    """
    if label is not None and label not in CULTURES:
        raise InputError(f"label: got {label!r}, expected one of {', '.join(CULTURES)}")
    contexts = contexts if contexts is not None else [None] * len(texts)
    scores = classifier.score(texts, contexts)
    probabilities = scores.cultures
    columns = [CULTURES.index(label)] * len(texts) if label is not None else scores.named.tolist()
    spans = [word_spans(text) for text in texts]
    random = np.random.default_rng(seed)
    taken = [_orders(len(own), orders, random) for own in spans]
    keys = list(dict.fromkeys((row, gone) for row, own in enumerate(taken) for order in own for gone in _stages(order)))
    shorter = [without(texts[row], spans[row], gone) for row, gone in keys]
    odds = dict(zip(keys, _odds(classifier, shorter, [(contexts[row], columns[row]) for row, _ in keys]), strict=True))
    method = f"Shapley values of words, {2 * orders} random orders" if orders else "one word left out at a time"
    return [
        Explanation(
            CULTURES[column], float(probabilities[row, column]), _words(texts[row], spans[row], _weights(row, taken[row], odds)), method
        )
        for row, column in enumerate(columns)
    ]


def word_spans(text: str) -> list[Span]:
    """Where the words of a text stand, with the marks at their edges; half-open."""
    return [found.span() for found in _PIECE.finditer(text)]


def without(text: str, spans: Sequence[Span], gone: Iterable[int]) -> str:
    """A text without some of its words, by their places in `spans`; what is left is parted by single blanks."""
    out = set(gone)
    return " ".join(text[start:end] for place, (start, end) in enumerate(spans) if place not in out)


def _orders(n: int, orders: int, random: np.random.Generator) -> list[tuple[int, ...]]:
    """In which orders words are taken away."""
    if not orders or n == 1:
        return [(place,) for place in range(n)]
    drawn = [tuple(random.permutation(n).tolist()) for _ in range(orders)] if n else []
    return [order for one in drawn for order in (one, one[::-1])]


def _stages(order: Sequence[int]) -> list[Gone]:
    """What is gone before the first word of an order leaves, and after each."""
    return [frozenset(order[:stop]) for stop in range(len(order) + 1)]


def _odds(classifier: Classifier, texts: Sequence[str], asked: Sequence[tuple[str | None, int]]) -> list[float]:
    """Log odds of a culture for each text, given its context and the culture's column."""
    found: list[float] = []
    for start in range(0, len(texts), _TEXTS_A_BATCH):
        part = asked[start : start + _TEXTS_A_BATCH]
        cultures = classifier.score(texts[start : start + _TEXTS_A_BATCH], [context for context, _ in part]).cultures.astype(np.float64)
        chances = cultures[np.arange(len(part)), [column for _, column in part]].clip(_LEAST, 1 - _LEAST)
        found += np.log(chances / (1 - chances)).tolist()
    return found


def _weights(row: int, taken: Sequence[tuple[int, ...]], odds: Mapping[Key, float]) -> dict[int, float]:
    """What each word's leaving changed, the mean over the orders."""
    changes: dict[int, list[float]] = {}
    for order in taken:
        stages = _stages(order)
        for place, before, after in zip(order, stages, stages[1:], strict=False):
            changes.setdefault(place, []).append(odds[row, before] - odds[row, after])
    return {place: sum(found) / len(found) for place, found in changes.items()}


def _words(text: str, spans: Sequence[Span], weights: Mapping[int, float]) -> tuple[WordWeight, ...]:
    words = []
    for place, (start, end) in enumerate(spans):
        core = _CORE.search(text, start, end)
        begin, stop = core.span() if core else (start, end)
        words.append(WordWeight(text[begin:stop], begin, stop, weights[place]))
    return tuple(words)
