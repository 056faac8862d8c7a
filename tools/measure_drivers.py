"""How near two ways of adding up drivers come to what people find: summed probabilities, and counts of named drivers.

`python -m tools.measure_drivers` scores the labelled real statements of the shared reference data, draws groups of whole conversations
(more or less of those that speak of some driver, so that groups differ), and prints the mean absolute error of the net per 100 statements.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.taxonomy import DRIVERS, SIGNED_DRIVERS

Floats = NDArray[np.float64]

SHARED: Final = Path(__file__).resolve().parents[2] / "shared" / "real" / "dev.jsonl"
TILT: Final = 1.5
SIZES: Final = (20, 50, 200)


def net(signed: Floats) -> Floats:
    """What is there less what is missing, `(n, 13)`, of `(n, 26)` in `taxonomy.SIGNED_DRIVERS` order."""
    return signed[:, 0::2] - signed[:, 1::2]


def mean_errors(truth: Floats, guesses: dict[str, Floats], groups: NDArray[np.int64], draws: int, seed: int) -> dict[int, dict[str, float]]:
    """Mean absolute error of the net per 100 statements, by number of conversations drawn and by guess.

    Args:
        truth: `(n, 13)`, net of each statement as people see it.
        guesses: the same, as estimated.
        groups: `(n,)`, index of each statement's conversation.
        draws: how many groups are drawn of each size.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    size = int(groups.max()) + 1
    sums = {name: np.zeros((size, len(DRIVERS))) for name in ("", *guesses)}
    for name, values in {"": truth, **guesses}.items():
        np.add.at(sums[name], groups, values)
    n = np.bincount(groups, minlength=size)
    found: dict[int, dict[str, float]] = {}
    for drawn in SIZES:
        errors: dict[str, list[float]] = {name: [] for name in guesses}
        for _ in range(draws):
            tilt = np.exp(rng.normal(0, TILT) * np.clip(sums[""][:, rng.integers(len(DRIVERS))], -1, 1))
            chosen = rng.choice(size, drawn, p=tilt / tilt.sum())
            for name, own in errors.items():
                own.append(100 * float(np.abs((sums[name] - sums[""])[chosen].sum(axis=0)).mean() / n[chosen].sum()))
        found[drawn] = {name: float(np.mean(own)) for name, own in errors.items()}
    return found


def measured(data: Path, classifier: Classifier, draws: int, seed: int) -> dict[int, dict[str, float]]:
    """Errors on a file's labelled statements, as by `mean_errors`: of summed probabilities (`sums`), of named drivers (`counts`)."""
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    scores = classifier.score([row["text"] for row in rows], [row.get("context") for row in rows])
    truth = np.array([[float(driver in row["drivers"]) for driver in SIGNED_DRIVERS] for row in rows])
    names = {name: place for place, name in enumerate(dict.fromkeys(row["conversation"] for row in rows))}
    guesses = {
        "sums": net(scores.drivers.astype(np.float64)),
        "counts": net((scores.drivers >= scores.driver_threshold).astype(np.float64)),
    }
    groups = np.array([names[row["conversation"]] for row in rows])
    return mean_errors(net(truth), guesses, groups, draws, seed)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=SHARED, help="labelled statements, JSON lines (default: the shared reference data)")
    parser.add_argument("--model", default="culture-en-small")
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = measured(options.data, load_classifier(options.model, threads=0), options.draws, options.seed)
    print("conversations  " + "  ".join(f"{name:>8}" for name in ("sums", "counts")))
    for drawn, errors in found.items():
        print(f"{drawn:13}  " + "  ".join(f"{error:8.2f}" for error in errors.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
