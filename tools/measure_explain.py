"""Measure how faithful the words that `cs-nlp explain` names are to the model: without them the probability must fall.

    python -m tools.measure_explain ../shared/real/dev.jsonl

Takes the statements that the model gives a culture. For the words with the largest weights, 10, 20 and 50 % of each statement's (at least
one), it measures by how much the label's probability falls without them (comprehensiveness: more is better) and without all the others
(sufficiency: less is better; DeYoung et al., 2020, "ERASER"), beside the same for as many words drawn at random. Intervals are 95 %, by
bootstrap over conversations. `--orders` takes several numbers, 0 for one word left out at a time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from cs_nlp.errors import CsNlpError
from cs_nlp.labelling import read_dataset
from cs_nlp.records import Explanation, LabelledStatement
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.scoring.explain import ORDERS, explain, without, word_spans
from cs_nlp.taxonomy import CULTURES

SHARES = (0.1, 0.2, 0.5)
DRAWS = 5
REPLICATES = 2000
Floats = NDArray[np.float64]
Choice = Callable[[int, int], list[int]]
"""Which words of a statement, given its row and how many."""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--model", default="culture-en-small")
    parser.add_argument("--orders", type=int, nargs="+", default=[ORDERS])
    parser.add_argument("--limit", type=int, default=0, help="so many statements at most; 0 for all")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    chosen = parser.parse_args()
    classifier = load_classifier(chosen.model)
    statements = read_dataset(chosen.dataset)
    labels = classifier.score([item.text for item in statements], [item.context for item in statements]).named
    wanted = [item for item, label in zip(statements, labels, strict=True) if CULTURES[label] != "none" and len(word_spans(item.text)) > 1]
    found = {f"{orders} orders": measure(classifier, wanted[: chosen.limit or None], orders) for orders in chosen.orders}
    if chosen.json:
        print(json.dumps(found))
    else:
        Console(width=140).print(_table(found))
    return 0


def measure(classifier: Classifier, statements: Sequence[LabelledStatement], orders: int, *, seed: int = 0) -> dict[str, Any]:
    """Comprehensiveness and sufficiency of the named words and of random ones.

    Returns:
        `n`, `seconds` a statement, and for each share of words `comprehensiveness` and `sufficiency`, each with `named`, `random` and their
        `difference`: mean, low, high.
    """
    begun = time.perf_counter()
    explained = explain(classifier, [item.text for item in statements], [item.context for item in statements], orders=orders, seed=seed)
    found: dict[str, Any] = {"n": len(statements), "seconds": round((time.perf_counter() - begun) / max(1, len(statements)), 4)}
    groups = np.unique([item.group for item in statements], return_inverse=True)[1]
    random = np.random.default_rng(seed)

    def named(row: int, n: int) -> list[int]:
        words = explained[row].words
        return sorted(range(len(words)), key=lambda place: -words[place].weight)[:n]

    def drawn(row: int, n: int) -> list[int]:
        return [int(place) for place in random.permutation(len(explained[row].words))[:n]]

    for share in SHARES:
        by_name = _falls(classifier, statements, explained, share, named)
        by_chance = np.mean([_falls(classifier, statements, explained, share, drawn) for _ in range(DRAWS)], axis=0)
        found[f"{share:.0%}"] = {
            measure: {
                "named": _interval(by_name[kind], groups, seed),
                "random": _interval(by_chance[kind], groups, seed),
                "difference": _interval(by_name[kind] - by_chance[kind], groups, seed),
            }
            for kind, measure in enumerate(("comprehensiveness", "sufficiency"))
        }
    return found


def _falls(
    classifier: Classifier, statements: Sequence[LabelledStatement], explained: Sequence[Explanation], share: float, choose: Choice
) -> Floats:
    """By how much the label's probability falls without the chosen words, and with them alone; shape `(2, n)`."""
    lacking, alone = [], []
    for row, item in enumerate(statements):
        spans = word_spans(item.text)
        chosen = set(choose(row, max(1, round(share * len(spans)))))
        lacking.append(without(item.text, spans, chosen))
        alone.append(without(item.text, spans, set(range(len(spans))) - chosen))
    contexts = [item.context for item in statements]
    columns = [CULTURES.index(one.label) for one in explained]
    before = np.array([one.probability for one in explained])
    after = [classifier.score(texts, contexts).cultures[np.arange(len(columns)), columns] for texts in (lacking, alone)]
    return before - np.array(after, dtype=np.float64)


def _interval(values: Floats, groups: NDArray[np.int64], seed: int) -> list[float]:
    """Mean, and its 95 % interval by bootstrap over groups."""
    n = int(groups.max()) + 1
    sums, counts = np.bincount(groups, values, n), np.bincount(groups, minlength=n)
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), REPLICATES)
    return [round(float(value), 3) for value in (values.mean(), *np.quantile((drawn @ sums) / (drawn @ counts), (0.025, 0.975)))]


def _table(found: dict[str, Any]) -> Table:
    table = Table("method", "n", "ms", "words", "measure", "named", "random", "difference")
    for method, figures in found.items():
        for share in (f"{share:.0%}" for share in SHARES):
            for name, row in figures[share].items():
                cells = [f"{row[key][0]:.3f} ({row[key][1]:.3f} to {row[key][2]:.3f})" for key in ("named", "random", "difference")]
                table.add_row(method, str(figures["n"]), f"{figures['seconds'] * 1000:.0f}", share, name, *cells)
    return table


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CsNlpError as error:
        sys.exit(f"error: {error}")
