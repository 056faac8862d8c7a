"""The model card, generated from the recipe and the measured figures; never written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    environment.filters |= {"figure": _figure, "signed": _signed, "span": _span, "bracket": _bracket, "signals": _signals, "met": _met}
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


def _signed(value: float | None) -> str:
    return "n/a" if value is None else f"{value:+.3f}"


def _span(interval: Sequence[float | None] | None, *, signed: bool = False) -> str:
    """An interval in words; "n/a" where it was not measured."""
    if interval is None or None in interval:
        return "n/a"
    return " to ".join(map(_signed if signed else _figure, interval))


def _bracket(figures: Mapping[str, Any], name: str) -> str:
    """The interval of a figure in brackets; nothing where it was not measured."""
    interval = figures.get("intervals", {}).get(name)
    return f" ({_span(interval)})" if interval else ""


def _signals(part: Mapping[str, Any]) -> str:
    """How many of a slice's statements carry a culture."""
    return str(part["n"] - part["support"]["none"]) if "support" in part else "n/a"


def _met(part: Mapping[str, Any]) -> str:
    """How many classes a slice has a statement of."""
    return str(sum(n > 0 for n in part["support"].values())) if "support" in part else "n/a"
