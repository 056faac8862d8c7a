"""The baseline without scikit-learn gives scikit-learn's answers. The comparison itself stands in tests/training/test_baseline.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from cs_nlp.scoring import load_classifier


def test_probabilities_are_probabilities_for_any_text(tiny_baseline: Path) -> None:
    scores = load_classifier(tiny_baseline).score(["", "a", "never a word of it", "xyzzy " * 500, "İstanbul naïve ﬁne \u2028"])
    for part in (scores.cultures, scores.targets):
        np.testing.assert_allclose(part.sum(axis=1), 1, atol=1e-5)
    assert ((scores.drivers >= 0) & (scores.drivers <= 1)).all()
    assert scores.windows.tolist() == [1] * 5


def test_no_statements_give_no_scores(tiny_baseline: Path) -> None:
    scores = load_classifier(tiny_baseline).score([])
    assert len(scores) == 0
    assert scores.to_records() == []


def test_the_context_is_not_looked_at(tiny_baseline: Path) -> None:
    classifier = load_classifier(tiny_baseline)
    assert classifier.score(["we can't"]).to_records() == classifier.score(["we can't"], ["where is it"]).to_records()


def test_scoring_loads_neither_scikit_learn_nor_scipy_nor_torch(tiny_baseline: Path) -> None:
    code = (
        "import sys; from cs_nlp.scoring import load_classifier;"
        f"load_classifier({str(tiny_baseline)!r}).score(['hello there']);"
        "print(sorted({'sklearn', 'scipy', 'torch', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
