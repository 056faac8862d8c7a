"""What one line of a labelled file may hold, and what is wrong with it where it holds something else.

All functions raise ValueError with what was got and what was expected; who reads the file adds the line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cs_nlp.errors import DatasetError
from cs_nlp.records import Annotation, Channel
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

_STAFF = "staff"
_SPEAKERS = (_STAFF, "customer")
_STAFF_KINDS = ("team_chat", "story", "review")


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers from 1.

    Raises:
        DatasetError: it can't be read.
    """
    try:
        # Not splitlines(): it also cuts at marks like U+2028, which may stand inside a JSON string.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(path, [f"not readable as UTF-8 text: {error}"]) from error
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def parse_object(line: str) -> dict[str, Any]:
    """The JSON object on a line."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}; expected one JSON object a line") from error
    except RecursionError as error:
        raise ValueError("JSON nested too deeply; expected one flat JSON object a line") from error
    if not isinstance(row, dict):
        raise ValueError(f"a {type(row).__name__}, expected a JSON object")  # noqa: TRY004 - bad rows are all ValueErrors here
    return row


def staff_rows(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The labelled lines of a document as rows of their own, each with the line before it as `context`."""
    channel = Channel.TEAM_CHAT if row.get("kind") in _STAFF_KINDS else Channel.CALL
    before: str | None = None
    for index, line in enumerate(listed(row, "lines")):
        if not isinstance(line, dict):
            raise ValueError(f"lines[{index}] is {line!r}, expected an object with 'speaker' and 'text'")  # noqa: TRY004 - as above
        check(f"lines[{index}].speaker", line.get("speaker"), _SPEAKERS)
        if line["speaker"] == _STAFF:
            yield {"channel": channel.value, **line, "context": before}
        before = words(line, "text")


def read_text(row: Mapping[str, Any]) -> str:
    """The words of a statement."""
    text = words(row, "text")
    if text is None:
        raise ValueError(f"'text' is {row.get('text')!r}, expected the words of a statement")
    return text


def read_channel(row: Mapping[str, Any]) -> Channel:
    """Where it was said; a call where nothing says."""
    channel = row.get("channel") or Channel.CALL.value
    check("channel", channel, tuple(Channel))
    return Channel(channel)


def read_label(row: Mapping[str, Any], annotator: str | None = None) -> Annotation:
    """The label in `culture`, `target` and `drivers`."""
    target = row.get("target")
    if target is not None:
        check("target", target, TARGETS)
    drivers = listed(row, "drivers")
    for driver in drivers:
        check("drivers", driver, SIGNED_DRIVERS)
    check("culture", row.get("culture"), CULTURES)
    return Annotation(culture=row["culture"], target=target, drivers=tuple(drivers), annotator=annotator)


def words(row: Mapping[str, Any], field: str) -> str | None:
    """A text, or None where it is empty or absent."""
    found = row.get(field)
    if found is not None and not isinstance(found, str):
        raise ValueError(f"'{field}' is {found!r}, expected a string")
    return found if found and found.strip() else None


def listed(row: Mapping[str, Any], field: str) -> list[Any]:
    """A list, empty where it is absent."""
    found = row.get(field)
    if found is not None and not isinstance(found, list):
        raise ValueError(f"'{field}' is {found!r}, expected a list")
    return found or []


def check(field: str, got: object, expected: tuple[str, ...]) -> None:
    """Refuse a value that is none of those expected."""
    if got not in expected:
        raise ValueError(f"'{field}' is {got!r}, expected one of {', '.join(expected)}")
