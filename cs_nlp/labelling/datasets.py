"""Reads labelled data sets: JSON lines, one statement or one whole document a line.

A line with `lines` is a document (fields `id`, `kind`, `style`, `lines`; customers' lines are context only); any other is a
statement (fields `text`, `culture`, and optionally `context`, `channel`, `target`, `drivers`). `situation`, `conversation` or `id` says
what belongs together and must not be split between training and evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from cs_nlp.errors import DatasetError
from cs_nlp.labelling.fields import parse_object, read_channel, read_label, read_lines, read_text, staff_rows, words
from cs_nlp.records import LabelledStatement

Found = TypeVar("Found")
_GROUPS = ("situation", "conversation", "id")
_SLICES = ("style", "kind", "stratum", "channel", "corpus")


def read_dataset(path: Path) -> list[LabelledStatement]:
    """All labelled statements of a data set, in the file's order.

    Raises:
        DatasetError: the file can't be read or holds bad rows; all are listed, with their line numbers.
    """
    return _collected(
        path, _read_line, "no labelled statement in it; expected JSON lines with 'text' and 'culture', or documents with 'lines'"
    )


def read_unlabelled(path: Path) -> list[tuple[str, str | None]]:
    """Text and context of the statements of a data set, whatever their labels, in the file's order.

    Raises:
        DatasetError: the file can't be read or holds bad rows; all are listed, with their line numbers.
    """
    return _collected(path, _read_plain, "no statement in it; expected JSON lines with 'text'")


def _collected(path: Path, read: Callable[[str, str], Iterable[Found]], nothing: str) -> list[Found]:
    """What `read` makes of each line and its place; all faults together, or `nothing` where there is nothing."""
    found: list[Found] = []
    problems: list[str] = []
    for number, line in read_lines(path):
        try:
            found += read(line, f"{path.name}:{number}")
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if not problems and not found:
        problems.append(nothing)
    if problems:
        raise DatasetError(path, problems)
    return found


def _read_plain(line: str, place: str) -> list[tuple[str, str | None]]:
    del place
    row = parse_object(line)
    return [(read_text(row), words(row, "context"))]


def _read_line(line: str, place: str) -> Iterator[LabelledStatement]:
    row = parse_object(line)
    group = next((str(row[key]) for key in _GROUPS if row.get(key)), place)
    slices = MappingProxyType({key: str(row[key]) for key in _SLICES if row.get(key)})
    return iter([_statement(one, group, slices) for one in (staff_rows(row) if "lines" in row else [row])])


def _statement(row: Mapping[str, Any], group: str, slices: Mapping[str, str]) -> LabelledStatement:
    text, context = read_text(row), words(row, "context")
    return LabelledStatement(text=text, context=context, channel=read_channel(row), gold=read_label(row), group=group, slices=slices)
