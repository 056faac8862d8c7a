"""Executes notebooks from top to bottom and saves them with their outputs.

Run it as `make notebooks`, or

    python -m tools.run_notebooks [--into FOLDER] [NOTEBOOK ...]

A cell that fails, or that writes to stderr (a warning, for one), is an error; nothing is saved then. Without `--into` the notebooks are
saved in place. Those without names are all in `notebooks/`. Each runs in that folder, in a kernel of this Python.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
CELL_TIMEOUT_S = 900
START_TIMEOUT_S = 300


def run(path: Path, saved: Path) -> str | None:
    """Execute a notebook and save it.

    Args:
        path: the notebook.
        saved: the file to write, which may be the same.

    Returns:
        What went wrong, or None.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER)}},
        timeout=CELL_TIMEOUT_S,
        startup_timeout=START_TIMEOUT_S,
        record_timing=False,  # so that two runs differ in results only
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return str(error)
    if complaints := [text for cell in notebook.cells for text in _complaints(cell)]:
        return "written to stderr:\n" + "".join(complaints)
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec",)} | {"language_info": {"name": "python"}}
    nbformat.write(notebook, saved)
    return None


def _complaints(cell: Any) -> list[str]:  # noqa: ANN401 - nbformat's own type is untyped
    return [output.text for output in cell.get("outputs", ()) if output.get("name") == "stderr"]


def main() -> int:
    """Run them."""
    parser = argparse.ArgumentParser(description="Execute notebooks and save them with their outputs.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all of notebooks/")
    parser.add_argument("--into", type=Path, help="save them in this folder; default: in place")
    chosen = parser.parse_args()
    failed = 0
    for path in chosen.notebooks or sorted(FOLDER.glob("*.ipynb")):
        began = time.monotonic()
        problem = run(path, (chosen.into or path.parent) / path.name)
        failed += problem is not None
        print(f"{path.name}: {'FAILED' if problem else 'done'} after {time.monotonic() - began:.0f} s")
        if problem:
            print(problem, file=sys.stderr)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
