"""`cs-nlp explain`: which words carried the label."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from rich.text import Text

from cs_nlp.cli.screen import out, percent, print_json
from cs_nlp.errors import InputError
from cs_nlp.pipeline import staff_statements
from cs_nlp.records import Explanation, Role, Statement, Transcript, Turn
from cs_nlp.scoring import load_classifier
from cs_nlp.scoring.explain import ORDERS
from cs_nlp.scoring.explain import explain as find_words
from cs_nlp.settings import read_settings

MODEL = typer.Option("--model", help="A model folder, or the name of one that comes with cs_nlp.", show_default=False)
_STRONG = 0.5  # of the largest weight
_STYLES = {1: "bold green", 0: "", -1: "red"}
_TOLD = 5


def explain(
    text: Annotated[str | None, typer.Argument(help="What an agent said at once; default: stdin.", show_default=False)] = None,
    context: Annotated[str | None, typer.Option("--context", help="What was said just before.", show_default=False)] = None,
    label: Annotated[
        str | None,
        typer.Option("--label", help="The culture to explain; default: the one that the statement is labelled with.", show_default=False),
    ] = None,
    model: Annotated[str | None, MODEL] = None,
    orders: Annotated[
        int, typer.Option("--orders", min=0, help="Random orders behind each weight; 0: one word left out at a time.")
    ] = ORDERS,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a statement.")] = False,
) -> None:
    """Say which words of each statement carried its label, and by how much."""
    said = text if text is not None else sys.stdin.read()
    before = [Turn(0, Role.CUSTOMER, context)] if context and context.strip() else []
    turn = Turn(len(before), Role.AGENT, said.strip())
    statements = staff_statements(Transcript(id="", turns=(*before, turn), source_format="", source="")) if said.strip() else ()
    if not statements:
        raise InputError("explain: got no words; expected what an agent said, as an argument or on stdin")
    settings = read_settings()
    classifier = load_classifier(model or settings.model, threads=settings.threads)
    texts, contexts = [item.text for item in statements], [item.context for item in statements]
    unsure = [one.unsure for one in classifier.score(texts, contexts).to_records()]
    found = find_words(classifier, texts, contexts, label=label, orders=orders, seed=settings.seed)
    for statement, reason, explanation in zip(statements, unsure, found, strict=True):
        if as_json:
            print_json(_row(statement, reason, explanation))
        else:
            _show(statement, reason, explanation)


def word_rows(explanation: Explanation, start: int = 0) -> list[dict[str, Any]]:
    """The words of an explanation as JSON objects.

    Args:
        explanation: of a statement.
        start: where the statement begins in what the offsets count from.
    """
    return [
        {"text": word.text, "start_char": start + word.start_char, "end_char": start + word.end_char, "weight": round(word.weight, 3)}
        for word in explanation.words
    ]


def carriers(explanation: Explanation) -> list[str]:
    """The words that speak most for the label, the strongest first; at most five."""
    ranked = sorted(explanation.words, key=lambda word: -word.weight)
    return [word.text for word in ranked[:_TOLD] if word.weight > _STRONG * ranked[0].weight > 0]


def _row(statement: Statement, unsure: str | None, explanation: Explanation) -> dict[str, Any]:
    return {
        "text": statement.text,
        "start_char": statement.start_char,
        "end_char": statement.end_char,
        "label": explanation.label,
        "probability": round(explanation.probability, 6),
        "unsure": unsure,
        "method": explanation.method,
        "words": word_rows(explanation, statement.start_char),
    }


def _show(statement: Statement, unsure: str | None, explanation: Explanation) -> None:
    doubt = f" (unsure: {unsure})" if unsure else ""
    out.print(f"{explanation.label} {percent(explanation.probability)}{doubt}", markup=False)
    strongest = max((abs(word.weight) for word in explanation.words), default=0.0)
    line = Text(statement.text)
    for word in explanation.words:
        share = word.weight / strongest if strongest else 0.0
        line.stylize(_STYLES[(share > _STRONG) - (share < -_STRONG)], word.start_char, word.end_char)
    out.print(line)
    ranked = sorted(explanation.words, key=lambda word: -abs(word.weight))[:_TOLD]
    out.print("  " + "  ".join(f"{word.text} {word.weight:+.2f}" for word in ranked), markup=False)
