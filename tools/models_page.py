"""Writes the released model's figures into models/README.md, from the `evaluation.json` of its folder; nothing is measured.

    python -m tools.models_page

Wanted after another model was released or the released one was measured anew; tests/training/test_models_page.py fails until then.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cs_nlp.scoring.artefact import EVALUATION
from cs_nlp.taxonomy import CULTURES

MODELS: Final = Path(__file__).resolve().parent.parent / "models"
PAGE: Final = MODELS / "README.md"
RELEASED: Final = MODELS / "culture-en-small"
START: Final = "<!-- figures of the released model: written by tools/models_page.py -->"
END: Final = "<!-- end of figures -->"
_SLICES: Final = ("medium", "style", "context")


def main() -> int:
    """Write the page."""
    found = json.loads((RELEASED / EVALUATION).read_text(encoding="utf-8"))
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    return 0


def with_figures(page: str, found: Mapping[str, Any]) -> str:
    """The page with the figures of an `evaluation.json` between its marks, which it must have."""
    before, _, rest = page.partition(START)
    return f"{before}{START}\n{figures_of(found)}\n{END}{rest.partition(END)[2]}"


def figures_of(found: Mapping[str, Any]) -> str:
    """Two tables in Markdown: the whole evaluation set beside its random part, and the slices; n/a where a figure was not measured."""
    judged = found["evaluation"]
    rows = [row for row in _main(judged, judged.get("random") or _random_of(judged)) if not row.endswith("| n/a | n/a |")]
    return "\n".join([*rows, *_slices(judged), *_changed(judged)])


def _main(judged: Mapping[str, Any], random: Mapping[str, Any]) -> Iterator[str]:
    yield f"| on {judged['n']} statements, {random.get('n', 0)} of them `random` | all | `random` |"
    yield "|---|---|---|"
    drivers = judged["drivers"] | {"intervals": {"micro_f1": judged.get("intervals", {}).get("drivers_micro_f1")}}
    yield f"| macro-F1 | {_with(judged, 'macro_f1', judged['interval'])} | {_with(random, 'macro_f1')} |"
    for told, name in (("ROC AUC, any culture against none", "signal_auc"), ("calibration error (ECE)", "calibration_error")):
        yield f"| {told} | {_with(judged, name)} | {_with(random, name)} |"
    yield f"| target accuracy | {_with(judged, 'target_accuracy')} | |"
    yield f"| drivers, micro-F1 | {_with(drivers, 'micro_f1')} | |"
    for culture in CULTURES:
        yield f"| F1 of {culture} | {_of_class(judged, culture)} | {_of_class(random, culture)} |"
    for culture in CULTURES:
        yield f"| average precision of {culture} | {_precision(judged, culture)} | {_precision(random, culture)} |"


def _slices(judged: Mapping[str, Any]) -> Iterator[str]:
    chosen = [(name, part) for key in _SLICES for name, part in judged["slices"].items() if name.startswith(f"{key}=")]
    if chosen:
        yield from ("", "| slice | statements | macro-F1 | ROC AUC, any culture against none |", "|---|---|---|---|")
        yield from (f"| {name} | {part['n']} | {_with(part, 'macro_f1')} | {_with(part, 'signal_auc')} |" for name, part in chosen)


def _changed(judged: Mapping[str, Any]) -> Iterator[str]:
    pairs = judged.get("changed") or {}
    if pairs:
        yield from ("", "| the same statements | how many | macro-F1 as they are | so | difference |", "|---|---|---|---|---|")
    for name, pair in pairs.items():
        low, high = pair["interval"]
        macros = " | ".join(f"{pair[side]['macro_f1']:.3f}" for side in ("given", "changed"))
        yield f"| {name.replace('_', ' ')} | {pair['n']} | {macros} | {pair['difference']:+.3f} ({low:+.3f} to {high:+.3f}) |"


def _random_of(judged: Mapping[str, Any]) -> Mapping[str, Any]:
    """Figures of the random part from before it was measured by itself."""
    part: Mapping[str, Any] = judged["slices"].get("stratum=random", {})
    return part


def _with(figures: Mapping[str, Any], name: str, interval: list[float | None] | None = None) -> str:
    return _told(figures.get(name), interval or figures.get("intervals", {}).get(name))


def _of_class(figures: Mapping[str, Any], culture: str) -> str:
    return _told(figures.get("classes", {}).get(culture, {}).get("f1"), figures.get("intervals", {}).get("f1", {}).get(culture))


def _precision(figures: Mapping[str, Any], culture: str) -> str:
    interval = figures.get("intervals", {}).get("average_precision", {}).get(culture)
    return _told(figures.get("average_precision", {}).get(culture), interval)


def _told(value: float | None, interval: list[float | None] | None) -> str:
    if value is None:
        return "n/a"
    known = [bound for bound in interval or () if bound is not None]
    return f"{value:.3f}" + (f" ({known[0]:.3f} to {known[1]:.3f})" if len(known) > 1 else "")


if __name__ == "__main__":
    sys.exit(main())
