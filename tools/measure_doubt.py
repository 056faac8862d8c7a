"""Measure how often statements are wrongly doubted, and how much of what should be is.

    python -m tools.measure_doubt --calm ../shared/real/dev.jsonl data/corpus/documents_2.jsonl

`--calm` names labelled data sets in English that the model did not learn from; the texts that should be doubted are in `data/doubt/`.
Prints one table of shares with Wilson's 95 % intervals, and the processor time that the judgement takes beside that of scoring.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

from cs_nlp.errors import CsNlpError
from cs_nlp.labelling import read_dataset
from cs_nlp.records import Unsure
from cs_nlp.scoring import load_classifier
from cs_nlp.scoring.doubt import doubt_of

DOUBTFUL = Path(__file__).resolve().parents[1] / "data" / "doubt"
Row = tuple[str, str, Unsure | None]
"""Kind, part, and why it is doubted."""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calm", type=Path, nargs="*", default=[], help="data sets in English that the model did not learn from")
    parser.add_argument("--model", default="culture-en-small")
    chosen = parser.parse_args()
    classifier = load_classifier(chosen.model, threads=1)
    doubt = doubt_of(classifier.artefact)
    rows: list[Row] = []
    for path in chosen.calm:
        texts = [item.text for item in read_dataset(path)]
        doubt(texts)
        begun = time.process_time()
        reasons = doubt(texts)
        judged = time.process_time() - begun
        classifier.score(texts)
        scored = time.process_time() - begun - judged
        times = f"{judged / len(texts) * 1e6:.0f} of {scored / len(texts) * 1e6:.0f} microseconds a statement"
        print(f"{path.name}: {times} ({judged / scored:.1%})")
        rows += [(path.name, "all", reason) for reason in reasons]
    for path in sorted(DOUBTFUL.glob("*.jsonl")):
        written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        found = doubt([row["text"] for row in written])
        for part in ("measure", "choose"):
            rows += [(row["kind"], part, reason) for row, reason in zip(written, found, strict=True) if row["part"] == part]
            rows += [(f"{path.stem}, all", part, reason) for row, reason in zip(written, found, strict=True) if row["part"] == part]
    Console(width=110).print(table_of(rows))
    return 0


def table_of(rows: Sequence[Row]) -> Table:
    """Shares by kind and part."""
    table = Table("kind", "part", "n", "language", "unlike", "doubted", "95 % interval")
    for kind, part in dict.fromkeys((kind, part) for kind, part, _ in rows):
        own = [reason for name, half, reason in rows if (name, half) == (kind, part)]
        doubted = sum(reason is not None for reason in own)
        bounds = binomtest(doubted, len(own)).proportion_ci(method="wilson")
        cells = (
            len(own),
            own.count("language"),
            own.count("unlike"),
            f"{doubted / len(own):.3f}",
            f"{bounds.low:.3f} to {bounds.high:.3f}",
        )
        table.add_row(kind, part, *map(str, cells))
    return table


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CsNlpError as error:
        sys.exit(f"error: {error}")
