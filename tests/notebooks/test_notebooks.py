"""The notebooks run from top to bottom on what is shipped, use the public API only, and stand in the repository with their outputs."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.sources import ROOT

FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_BYTES = 1_500_000
CHARTS = {"image/svg+xml", "image/png"}
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _cells(path: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _imported(path: Path) -> Iterator[tuple[str, str]]:
    """What a notebook takes from cs_nlp: module and name."""
    modules: dict[str, str] = {}
    trees = [ast.parse(_source(cell)) for cell in _cells(path, "code")]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            modules |= {name.asname or name.name: name.name for name in node.names if name.name.split(".")[0] == "cs_nlp"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cs_nlp":
            for name in node.names:
                if node.module == "cs_nlp" and name.name == "labelling":
                    modules[name.asname or name.name] = "cs_nlp.labelling"
                else:
                    yield str(node.module), name.name
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def test_the_five_are_there() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


@pytest.mark.slow
@each
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.run_notebooks", str(path), "--into", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    assert (tmp_path / path.name).is_file()


def test_a_cell_that_fails_and_a_warning_are_errors_and_nothing_is_saved(tmp_path: Path) -> None:
    for name, code in (("fails", "1 / 0"), ("warns", "import warnings; warnings.warn('old')"), ("works", "print(1)")):
        cell: dict[str, Any] = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": [], "source": code}
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (tmp_path / "saved").mkdir()
    names = [str(path) for path in sorted(tmp_path.glob("*.ipynb"))]

    command = [sys.executable, "-m", "tools.run_notebooks", *names, "--into", str(tmp_path / "saved")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "UserWarning: old" in done.stderr
    assert [path.name for path in (tmp_path / "saved").iterdir()] == ["works.ipynb"]


@each
def test_a_notebook_uses_the_public_api_only(path: Path) -> None:
    used = set(_imported(path))
    assert used
    public = {module: set(importlib.import_module(module).__all__) for module, _ in used}
    assert sorted((module, name) for module, name in used if name not in public[module]) == []


@each
def test_a_notebook_stands_with_its_outputs_as_run_once_from_the_top(path: Path) -> None:
    cells = _cells(path, "code")
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1)), "run: make notebooks"
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [output["output_type"] for output in outputs if output["output_type"] == "error"] == []
    charts = [output for output in outputs if CHARTS & output.get("data", {}).keys()]
    assert len(charts) >= 3, "a notebook shows what it says"


@each
def test_a_notebook_needs_nothing_beside_the_repository(path: Path) -> None:
    everything = path.read_text(encoding="utf-8")
    assert "shared/" not in everything
    assert str(Path.home()) + "/" not in everything


def test_all_together_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in NOTEBOOKS}
    assert sum(sizes.values()) < MOST_BYTES, sizes
