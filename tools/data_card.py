"""Measures the corpus and writes the counts into its data card: `python -m tools.data_card`."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from cs_nlp.taxonomy import CULTURES, DRIVERS, TARGETS

ROOT: Final = Path(__file__).resolve().parents[1]
CARD: Final = ROOT / "data" / "README.md"
CORPUS: Final = ROOT / "data" / "corpus"
BEGIN: Final = "<!-- counts: written by `python -m tools.data_card`, do not edit -->\n"
END: Final = "<!-- end of counts -->\n"

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """The JSON objects of a file, one a line."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def staff_lines(documents: Iterable[Row]) -> list[Row]:
    """The labelled lines of whole documents, each with the `kind` and `style` of its document."""
    return [
        {**line, "kind": document["kind"], "style": document["style"]}
        for document in documents
        for line in document["lines"]
        if line["speaker"] == "staff"
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "".join(f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in line)} |\n" for line in lines)


def _cross(rows: Sequence[Row], key: str, values: Sequence[str]) -> str:
    """Counts of culture (across) by the values of a field (down), with the share of `none`."""
    cells = Counter((row[key], row["culture"]) for row in rows)
    body = []
    for value in values:
        counts = [cells[value, culture] for culture in CULTURES]
        body.append([value, *counts, sum(counts), f"{counts[-1] / sum(counts):.0%}"])
    return _table([key, *CULTURES, "all", "share none"], body)


def _files() -> str:
    body = []
    for name, group in (("statements.jsonl", "situation"), ("documents.jsonl", "id"), ("documents_2.jsonl", "id")):
        path = CORPUS / name
        rows = read_rows(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        body.append([f"`{name}`", len(rows), f"{len({row[group] for row in rows}):,} by `{group}`", f"`{digest}`"])
    return _table(["file", "lines", "groups", "sha256"], body)


def _labels(statements: Sequence[Row], lines: Sequence[Row]) -> str:
    targets = [Counter(row["target"] for row in rows) for rows in (statements, lines)]
    drivers = [Counter(driver for row in rows for driver in row["drivers"]) for rows in (statements, lines)]
    target_rows = [[target, *(count[target] for count in targets)] for target in TARGETS]
    driver_rows = [[f"`{name}`", *(count[f"{name}{sign}"] for count in drivers for sign in "+-")] for name in DRIVERS]
    return (
        "Targets:\n\n"
        + _table(["target", "statements", "lines of documents"], target_rows)
        + "\nDrivers, present (+) and missing (-):\n\n"
        + _table(["driver", "statements +", "statements -", "documents +", "documents -"], driver_rows)
    )


def describe() -> str:
    """The counts of the corpus as Markdown."""
    statements = read_rows(CORPUS / "statements.jsonl")
    documents = [*read_rows(CORPUS / "documents.jsonl"), *read_rows(CORPUS / "documents_2.jsonl")]
    lines = staff_lines(documents)
    kinds = Counter(document["kind"] for document in documents)
    words = [sorted(len(row["text"].split()) for row in rows) for rows in (statements, lines)]
    median = [counts[len(counts) // 2] for counts in words]
    customers = sum(len(document["lines"]) for document in documents) - len(lines)
    with_context = sum(row["context"] is not None for row in statements)
    parts = [
        _files(),
        (
            f"Isolated statements: {len(statements):,}, {with_context:,} of them with the turn before; "
            f"median length {median[0]} words (from {words[0][0]} to {words[0][-1]}).\n"
        ),
        _cross(statements, "style", ("clean", "asr", "chat")),
        _cross(statements, "channel", ("call", "team_chat")),
        (
            f"Whole documents: {len(documents):,} with {len(lines):,} labelled lines of staff and {customers:,} lines of customers; "
            f"median length of a staff line {median[1]} words (from {words[1][0]} to {words[1][-1]}). "
            f"Documents by kind: {', '.join(f'{kind} {number}' for kind, number in kinds.most_common())}. Staff lines:\n"
        ),
        _cross(lines, "kind", [kind for kind, _ in kinds.most_common()]),
        _cross(lines, "style", ("clean", "asr", "chat")),
        _labels(statements, lines),
    ]
    return "\n".join(parts)


def with_counts(card: str) -> str:
    """A data card with its counts renewed.

    Args:
        card: the card's text.

    Returns:
        The text with what stands between its two marks replaced.

    Raises:
        ValueError: a mark is missing.
    """
    before, begin, rest = card.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{CARD.name} lacks a mark; expected the lines {BEGIN.strip()} and {END.strip()}")
    return f"{before}{BEGIN}\n{describe()}\n{END}{after}"


def main() -> int:
    """Write the counts into the card."""
    CARD.write_text(with_counts(CARD.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {CARD.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
