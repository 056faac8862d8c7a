"""The model card, generated from the recipe and the measured figures; never written by hand."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cs_nlp.taxonomy import CULTURES
from cs_nlp.training.recipe import Recipe


def render_card(recipe: Recipe, evaluation: dict[str, Any]) -> str:
    """The card as Markdown.

    Args:
        recipe: what the model was made by.
        evaluation: what stands in `evaluation.json`.
    """
    environment = Environment(
        loader=PackageLoader("cs_nlp.training"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - Markdown of our own figures
    )
    environment.filters["figure"] = _figure
    judged = evaluation.get("evaluation")
    figures = [("Evaluation set", judged)] if judged else []
    return environment.get_template("card.md").render(
        recipe=recipe,
        found=evaluation,
        judged=judged,
        sets=[*figures, ("Held-out part of the training data", evaluation["held_out"])],
        cultures=CULTURES,
    )


def _figure(value: float | None, digits: int = 3) -> str:
    return "n/a" if value is None else f"{value:.{digits}f}"
