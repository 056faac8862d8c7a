"""`cs-nlp taxonomy` and `cs-nlp formats`: what cs_nlp knows."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from cs_nlp.cli.screen import out, print_json
from cs_nlp.ingest import FORMATS
from cs_nlp.taxonomy import load_taxonomy


def taxonomy(*, as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False) -> None:
    """Print the culture types, targets and drivers: what each means and what to do about it."""
    known = load_taxonomy()
    if as_json:
        print_json(known.to_dict())
        return
    out.print(f"Taxonomy {known.version}\n", style="bold")
    for culture in known.cultures.values():
        out.print(f"{culture.title} ({culture.name})", style="bold", markup=False)
        out.print(f"  {culture.summary}", markup=False)
        lines = {"belief": (culture.belief,), "behaviour toward customers": culture.behaviour, "what to do": culture.coaching}
        for name, texts in lines.items():
            if any(texts):
                out.print(f"  {name}: {' '.join(texts)}", markup=False)
        out.print()
    table = Table("target", "what the statement is about", title="Targets", title_justify="left")
    for target in known.targets.values():
        table.add_row(target.name, target.definition)
    out.print(table)
    table = Table("driver", "there and working (+)", "missing or broken (-)", title="Drivers", title_justify="left")
    for driver in known.drivers.values():
        table.add_row(driver.name, driver.present, driver.missing)
    out.print(table)


def formats(*, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a format.")] = False) -> None:
    """Print the formats that can be read, and what is taken from each."""
    table = Table()
    for heading in ("format", "written by", "recognised by", "taken", "not taken"):
        table.add_column(heading, overflow="fold")
    for item in FORMATS:
        facts = {
            "name": item.name,
            "title": item.title,
            "recognised_by": item.recognised_by,
            "taken": item.taken,
            "not_taken": item.not_taken,
        }
        if as_json:
            print_json(facts)
        else:
            table.add_row(*(str(value) for value in facts.values()))
    if not as_json:
        out.print(table)
