"""Reads labelled data sets: JSON lines, one statement or one whole document a line.

A line with `lines` is a document (fields `id`, `kind`, `style`, `lines`; customers' lines are context only); any other is a
statement (fields `text`, `culture`, and optionally `context`, `channel`, `target`, `drivers`). `situation`, `conversation` or `id` says
what belongs together and must not be split between training and evaluation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cs_nlp.errors import DatasetError
from cs_nlp.records import Annotation, Channel, LabelledStatement
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

_GROUPS = ("situation", "conversation", "id")
_SLICES = ("style", "kind", "stratum", "channel", "corpus")
_STAFF = "staff"
_SPEAKERS = (_STAFF, "customer")
_STAFF_KINDS = ("team_chat", "story", "review")


def read_dataset(path: Path) -> list[LabelledStatement]:
    """All labelled statements of a data set, in the file's order.

    Raises:
        DatasetError: the file can't be read or holds bad rows; all are listed, with their line numbers.
    """
    try:
        # Not splitlines(): it also cuts at marks like U+2028, which may stand inside a JSON string.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(path, [f"not readable as UTF-8 text: {error}"]) from error
    statements: list[LabelledStatement] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            statements += _read_line(line, f"{path.name}:{number}")
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if not problems and not statements:
        problems.append("no labelled statement in it; expected JSON lines with 'text' and 'culture', or documents with 'lines'")
    if problems:
        raise DatasetError(path, problems)
    return statements


def _read_line(line: str, place: str) -> Iterator[LabelledStatement]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}; expected one JSON object a line") from error
    except RecursionError as error:
        raise ValueError("JSON nested too deeply; expected one flat JSON object a line") from error
    if not isinstance(row, dict):
        raise ValueError(f"a {type(row).__name__}, expected a JSON object")  # noqa: TRY004 - bad rows are all ValueErrors here
    group = next((str(row[key]) for key in _GROUPS if row.get(key)), place)
    slices = MappingProxyType({key: str(row[key]) for key in _SLICES if row.get(key)})
    return iter(_document(row, group, slices) if "lines" in row else [_statement(row, _words(row, "context"), group, slices)])


def _document(row: Mapping[str, Any], group: str, slices: Mapping[str, str]) -> list[LabelledStatement]:
    channel = Channel.TEAM_CHAT if row.get("kind") in _STAFF_KINDS else Channel.CALL
    before: str | None = None
    found = []
    for index, line in enumerate(_list(row, "lines")):
        if not isinstance(line, dict):
            raise ValueError(f"lines[{index}] is {line!r}, expected an object with 'speaker' and 'text'")  # noqa: TRY004 - as above
        _check(f"lines[{index}].speaker", line.get("speaker"), _SPEAKERS)
        if line["speaker"] == _STAFF:
            found.append(_statement({"channel": channel.value, **line}, before, group, slices))
        before = _words(line, "text")
    return found


def _statement(row: Mapping[str, Any], context: str | None, group: str, slices: Mapping[str, str]) -> LabelledStatement:
    text = _words(row, "text")
    if text is None:
        raise ValueError(f"'text' is {row.get('text')!r}, expected the words of a statement")
    target = row.get("target")
    if target is not None:
        _check("target", target, TARGETS)
    drivers = _list(row, "drivers")
    for driver in drivers:
        _check("drivers", driver, SIGNED_DRIVERS)
    channel = row.get("channel") or Channel.CALL.value
    _check("channel", channel, tuple(Channel))
    _check("culture", row.get("culture"), CULTURES)
    return LabelledStatement(
        text=text,
        context=context,
        channel=Channel(channel),
        gold=Annotation(culture=row["culture"], target=target, drivers=tuple(drivers)),
        group=group,
        slices=slices,
    )


def _words(row: Mapping[str, Any], field: str) -> str | None:
    """A text, or None where it is empty or absent."""
    found = row.get(field)
    if found is not None and not isinstance(found, str):
        raise ValueError(f"'{field}' is {found!r}, expected a string")
    return found if found and found.strip() else None


def _list(row: Mapping[str, Any], field: str) -> list[Any]:
    found = row.get(field)
    if found is not None and not isinstance(found, list):
        raise ValueError(f"'{field}' is {found!r}, expected a list")
    return found or []


def _check(field: str, got: object, expected: tuple[str, ...]) -> None:
    if got not in expected:
        raise ValueError(f"'{field}' is {got!r}, expected one of {', '.join(expected)}")
