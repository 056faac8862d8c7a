"""Files to 300 lines, functions to 50: small enough to be read at once."""

from __future__ import annotations

import ast

from tests.house.sources import ROOT, tracked_files

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50


def test_python_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf8").splitlines()) for path in tracked_files("*.py")}

    assert {name: n for name, n in lengths.items() if n > MAX_FILE_LINES} == {}


def test_functions_are_short() -> None:
    long = {}
    for path in tracked_files("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines

    assert long == {}
