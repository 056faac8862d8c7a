"""models/README.md shows the figures that the released model's folder holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tools.models_page import END, PAGE, RELEASED, START, figures_of, with_figures

BOTH = {"macro_f1": 0.5, "intervals": {"macro_f1": [0.4, 0.6]}}


def released() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RELEASED / "evaluation.json").read_text(encoding="utf-8"))
    return found


def test_the_page_shows_the_released_figures() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_figures(page, released()), "run: python -m tools.models_page"


def test_figures_stand_between_their_marks_and_nothing_else_changes() -> None:
    page = with_figures(f"before\n{START}\nold\n{END}\nafter\n", released())
    assert page.startswith(f"before\n{START}\n| on ")
    assert page.endswith(f"{END}\nafter\n")
    assert "old" not in page
    assert f"| macro-F1 | {released()['evaluation']['macro_f1']:.3f} (" in page


def test_slices_and_changes_are_told_where_they_were_measured(tiny_baseline: Path) -> None:
    found = json.loads((tiny_baseline / "evaluation.json").read_text(encoding="utf-8"))
    found["evaluation"]["changed"] = {
        "context_hidden": {"n": 30, "given": BOTH, "changed": BOTH | {"macro_f1": 0.45}, "difference": -0.05, "interval": [-0.1, 0.02]}
    }
    told = figures_of(found)
    assert "| context hidden | 30 | 0.500 | 0.450 | -0.050 (-0.100 to +0.020) |" in told
    part = found["evaluation"]["slices"]["medium=call"]
    assert f"| medium=call | {part['n']} | {part['macro_f1']:.3f} (" in told
