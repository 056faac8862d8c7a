"""The public door: light to open, and exactly what `__all__` says."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import cs_nlp

HEAVY = (
    "accelerate",
    "altair",
    "fastapi",
    "onnx",
    "pandas",
    "presidio_analyzer",
    "sklearn",
    "spacy",
    "sqlalchemy",
    "torch",
    "transformers",
)
SERVING_NEVER = ("accelerate", "onnx", "sklearn", "spacy", "torch", "transformers", "cs_nlp.training")


def _loaded_by(statement: str, names: tuple[str, ...]) -> list[str]:
    code = f"{statement}\nimport sys\nprint(*(name for name in {names!r} if name in sys.modules))"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()


def test_import_loads_nothing_heavy() -> None:
    assert _loaded_by("import cs_nlp", HEAVY) == []


@pytest.mark.parametrize("module", ["cs_nlp.pipeline", "cs_nlp.cli"])
def test_serving_loads_no_learning(module: str) -> None:
    assert _loaded_by(f"import {module}", SERVING_NEVER) == []


def test_all_is_sorted_without_repetition() -> None:
    assert list(cs_nlp.__all__) == sorted(set(cs_nlp.__all__))


def test_each_exported_name_can_be_imported() -> None:
    for name in cs_nlp.__all__:
        assert getattr(cs_nlp, name) is not None


def test_nothing_else_is_exported() -> None:
    for name in cs_nlp.__all__:
        getattr(cs_nlp, name)  # a lazy name appears once it has been asked for
    public = {name for name in dir(cs_nlp) if not name.startswith("_") and not isinstance(getattr(cs_nlp, name), ModuleType)}

    assert public - {"annotations"} == {name for name in cs_nlp.__all__ if not name.startswith("_")}


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = cs_nlp.no_such_name
