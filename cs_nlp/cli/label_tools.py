"""`cs-nlp label setup`, `export` and `import`: to and from labelling tools, and corrections that the service collected."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from cs_nlp.cli.screen import out, tell
from cs_nlp.errors import InputError
from cs_nlp.labelling.annotations import read_annotations, write_annotations
from cs_nlp.labelling.tools import (
    Imported,
    from_argilla,
    from_doccano,
    from_label_studio,
    interface,
    label_names,
    to_argilla,
    to_doccano,
    to_label_studio,
    write_doccano,
)
from cs_nlp.settings import read_settings

Tool = Literal["label-studio", "argilla", "doccano"]
TOOL = typer.Option("--tool", help="label-studio (JSON), argilla (JSON) or doccano (a zip of JSON lines).", show_default=False)
_READERS = {"label-studio": from_label_studio, "argilla": from_argilla, "doccano": from_doccano}


def setup(
    tool: Annotated[
        Literal["label-studio", "doccano"],
        typer.Option("--tool", help="label-studio: its interface; doccano: its labels.", show_default=False),
    ],
) -> None:
    """Print what a new project of a labelling tool needs to ask for our labels."""
    print_text = interface() if tool == "label-studio" else json.dumps(label_names(), indent=1) + "\n"
    out.print(print_text, markup=False, end="", soft_wrap=True)


def export(
    files: Annotated[list[Path], typer.Argument(help="Annotation files or statements, JSON lines.", show_default=False)],
    tool: Annotated[Tool, TOOL],
    to: Annotated[Path, typer.Option("--out", help="The file to write.", show_default=False)],
) -> None:
    """Write statements with all labels for a labelling tool. They are shown there as they are: redact them first."""
    statements = read_annotations(files)
    if tool == "doccano":
        written = to_doccano(statements)
        write_doccano(to, written)
        tell(f"{to}: {len(statements)} statements in {', '.join(written)}")
        return
    text = to_label_studio(statements) if tool == "label-studio" else to_argilla(statements)
    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError(f"{to}: it is there already; name another file, labels are not written over") from error
    except OSError as error:
        raise InputError(f"{to}: can't be written ({error.strerror})") from error
    tell(f"{to}: {len(statements)} statements for {tool}")


def import_(
    to: Annotated[Path, typer.Option("--out", help="The annotation file to write.", show_default=False)],
    file: Annotated[Path | None, typer.Argument(help="What the tool exported.", show_default=False)] = None,
    tool: Annotated[Tool | None, TOOL] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(
            "--person", help="Who an annotator of the tool is: number, address or UUID = name; may be repeated.", show_default=False
        ),
    ] = None,
    org: Annotated[str | None, typer.Option("--org", help="With --db: whose; default: CS_NLP_ORGANISATION.", show_default=False)] = None,
    *,
    db: Annotated[bool, typer.Option("--db", help="Take the corrections that the service collected, from CS_NLP_DATABASE.")] = False,
) -> None:
    """Make an annotation file of what a labelling tool exported, or of the corrections in the database."""
    if db == (file is not None) or (file is not None) != (tool is not None):
        raise InputError("import: expected either a file and its --tool, or --db")
    found = _corrections(org) if file is None or tool is None else _READERS[tool](file, _people(person or []))
    write_annotations(to, found.statements)
    labels = sum(len(one.annotations) for one in found.statements)
    who = sorted({label.annotator or "" for one in found.statements for label in one.annotations})
    tell(f"{to}: {len(found.statements)} statements, {labels} labels of {len(who)} annotators ({', '.join(who)})")
    for note in found.notes:
        tell(f"{file}: {note}")


def _corrections(org: str | None) -> Imported:
    from cs_nlp.cli.store_open import opened_known  # noqa: PLC0415 - loads the database's library
    from cs_nlp.pipeline.corrections import corrections  # noqa: PLC0415 - as above

    with opened_known(read_settings(), org) as (store, organisation), store.reading() as transaction:
        found = corrections(transaction, organisation)
    if not found:
        raise InputError("import: nobody has corrected a statement yet (POST /v1/feedback); nothing was written")
    return Imported(found)


def _people(given: Sequence[str]) -> dict[str, str]:
    known = {}
    for one in given:
        key, sign, name = one.partition("=")
        if not (sign and key.strip() and name.strip()):
            raise InputError(f"--person {one}: expected WHO=NAME, such as 3=ann")
        known[key.strip()] = name.strip()
    return known
