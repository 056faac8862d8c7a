"""Parts of data sets, written as data sets: what tools that train on parts share."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from cs_nlp.records import LabelledStatement


def write_dataset(path: Path, statements: Iterable[LabelledStatement]) -> None:
    """Write statements in the format of the corpus; what belongs together keeps its name, so that a seed splits it as before."""
    lines = []
    for item in statements:
        gold = item.gold
        row = {"text": item.text, "context": item.context, "channel": item.channel.value, "conversation": item.group, **item.slices}
        lines.append(json.dumps(row | {"culture": gold.culture, "target": gold.target, "drivers": list(gold.drivers)}, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
