"""Each number that a command prints is explained, and links among the pages lead somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.house.readme import read_blocks
from tests.house.sources import ROOT

DOCS = ROOT / "docs"
PAGE_OF = {
    "signals": "fields",
    "changes": "series",
    "drivers": "series",
    "beliefs": "beliefs",
    "newcomers": "newcomers",
    "intervention": "interventions",
}


def _fields(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner)


def _printed(command: str) -> set[str]:
    """The fields in the README's example of what a command prints; tests/house/test_readme.py holds them to the command."""
    blocks = read_blocks()
    shown = [
        block.text
        for before, block in pairwise(blocks)
        if block.language == "json" and re.search(rf"cs-nlp {command}\b.*--json", before.text)
    ]
    return {field for text in shown for field in _fields(json.loads(text))}


@pytest.mark.parametrize("command", PAGE_OF)
def test_each_field_that_a_command_prints_is_explained(command: str) -> None:
    told = "".join((DOCS / f"{page}.md").read_text(encoding="utf-8") for page in {PAGE_OF[command], "fields"})
    fields = _printed(command)
    assert fields
    assert sorted(field for field in fields if f"`{field}`" not in told) == []


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_the_readme_leads_to_what_explains_the_numbers() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sorted(page for page in set(PAGE_OF.values()) if f"(docs/{page}.md)" not in readme) == []
