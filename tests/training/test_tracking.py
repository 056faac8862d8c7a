"""Training runs stand in MLflow with their figures, where it is installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_nlp.errors import ArtefactError
from cs_nlp.training.tracking import can_log, log_run
from tests.cli.test_read import run

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow warns of its own and its database's deprecations


def test_a_run_stands_in_mlflow_with_its_figures(tiny_baseline: Path, tmp_path: Path) -> None:
    mlflow = pytest.importorskip("mlflow", reason="mlflow-skinny is not in the lock file")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    made = mlflow.tracking.MlflowClient(tracking_uri=uri).get_run(log_run(tiny_baseline, uri))
    found = json.loads((tiny_baseline / "evaluation.json").read_text(encoding="utf-8"))
    assert made.data.metrics["evaluation/macro_f1"] == found["evaluation"]["macro_f1"]
    assert made.data.metrics["held_out/classes/none/f1"] == found["held_out"]["classes"]["none"]["f1"]
    assert made.data.params["learning/sha256"] == found["learning"]["sha256"]
    assert made.data.params["recipe/seed"] == "1"
    assert made.info.status == "FINISHED"
    with pytest.raises(ArtefactError, match="is trained, but MLflow at"):
        log_run(tiny_baseline, f"file://{tmp_path}/runs")


def test_training_says_whether_mlflow_got_the_run(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    _, told, code = run("train", tiny_folder / "tiny-words.toml")
    assert code == 0
    assert ("MLflow has the run" if can_log() else "pip install mlflow-skinny") in told
