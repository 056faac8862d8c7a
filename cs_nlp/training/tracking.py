"""Writes finished training runs to MLflow, where it is installed and wanted."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Iterator, Mapping
from numbers import Real
from pathlib import Path
from typing import Any, Final

from cs_nlp.errors import ArtefactError
from cs_nlp.scoring.artefact import EVALUATION

EXPERIMENT: Final = "cs_nlp"
_JUDGED: Final = ("evaluation", "held_out", "int8")
_LEFT_OUT: Final = frozenset({"slices", "confusion", "interval"})


def can_log() -> bool:
    """Whether MLflow is installed (`pip install mlflow-skinny`, and `sqlalchemy` for a database)."""
    return importlib.util.find_spec("mlflow") is not None


def log_run(folder: Path, uri: str) -> str:
    """Write a finished model folder as a run: its recipe and data as parameters, its figures as metrics.

    Args:
        folder: the model folder.
        uri: where MLflow keeps its runs, such as `sqlite:///mlflow.db` or `https://host`.

    Returns:
        The run's id.

    Raises:
        ArtefactError: MLflow refuses.
    """
    mlflow = importlib.import_module("mlflow")
    found = json.loads((folder / EVALUATION).read_text(encoding="utf-8"))
    try:
        client = mlflow.tracking.MlflowClient(tracking_uri=uri)
        known = client.get_experiment_by_name(EXPERIMENT)
        experiment = known.experiment_id if known is not None else client.create_experiment(EXPERIMENT)
        run: str = client.create_run(experiment, run_name=found["recipe"]["name"], tags={"folder": str(folder.resolve())}).info.run_id
        for name, value in _flat({"recipe": found["recipe"], "learning": found["learning"], "taxonomy": found["taxonomy"]}):
            client.log_param(run, name, value)
        for name, value in _flat({part: found[part] for part in _JUDGED if part in found}):
            if isinstance(value, Real):
                client.log_metric(run, name, float(value))
        client.set_terminated(run)
    except mlflow.exceptions.MlflowException as error:
        raise ArtefactError(f"{folder}: is trained, but MLflow at {uri} refuses the run: {error}") from error
    return run


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested figures under names such as `evaluation/classes/none/f1`; long lists are left out."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            if key not in _LEFT_OUT:
                yield from _flat(value, f"{prefix}{key}/")
        elif key not in _LEFT_OUT:
            yield f"{prefix}{key}", value
