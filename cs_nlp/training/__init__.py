"""Learning: recipe, data, baseline, fine-tuning, calibration, evaluation, export.

What is named here is the public part, loaded when it is first used: a recipe can be read and a model evaluated without torch.
"""

from __future__ import annotations

import typing as _typing
from importlib import import_module as _import_module

if _typing.TYPE_CHECKING:
    from cs_nlp.training.evaluation import evaluate, figures
    from cs_nlp.training.promotion import Bounds, Criterion, judge
    from cs_nlp.training.recipe import Recipe, read_recipe, with_added
    from cs_nlp.training.run import train

__all__ = ["Bounds", "Criterion", "Recipe", "evaluate", "figures", "judge", "read_recipe", "train", "with_added"]

_HOMES = {
    "cs_nlp.training.evaluation": ("evaluate", "figures"),
    "cs_nlp.training.promotion": ("Bounds", "Criterion", "judge"),
    "cs_nlp.training.recipe": ("Recipe", "read_recipe", "with_added"),
    "cs_nlp.training.run": ("train",),
}


def __getattr__(name: str) -> _typing.Any:  # noqa: ANN401 - whatever the name stands for
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = found = getattr(_import_module(home), name)
            return found
    raise AttributeError(f"module 'cs_nlp.training' has no attribute {name!r}")
