"""What all labelling tools share: a statement in a tool's fields, and back.

A tool has room for a few fields that annotators see. All else that a statement is goes into one field, `cs_nlp`, which tools hand back as
they got it: JSON in base 64, since what a model or somebody else said there must not sway who labels. Statements that never came from here
have none: then the fields say it all.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cs_nlp.errors import DatasetError
from cs_nlp.labelling.annotations import GOLD, check_annotator, fingerprint, merge_statement
from cs_nlp.labelling.fields import read_channel, read_label, read_text, words
from cs_nlp.records import AnnotatedStatement, Annotation, Channel
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

PACKED: Final = "cs_nlp"
_OWN: Final = frozenset(("text", "context", "channel", "id", PACKED))


@dataclass(slots=True)
class Imported:
    """What a tool's file held.

    Attributes:
        statements: in the order in which they first stand.
        notes: what was left out and why, one line each.
    """

    statements: list[AnnotatedStatement]
    notes: list[str] = field(default_factory=list)


class Gathering:
    """Statements of a tool's file as they are read; what is wrong is collected.

    Args:
        path: the file, for messages.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, AnnotatedStatement] = {}
        self.problems: list[str] = []

    def add(self, one: AnnotatedStatement, place: str) -> None:
        """Take a statement in; one that is there already gets its labels added."""
        try:
            self._found[one.id] = merge_statement(self._found[one.id], one) if one.id in self._found else one
        except ValueError as error:
            self.problems.append(f"{place}: {error}")

    def done(self, notes: Mapping[str, int]) -> Imported:
        """All that was read, with how often what was left out.

        Raises:
            DatasetError: something was wrong, or nothing was there.
        """
        if not self._found and not self.problems:
            self.problems.append("no statement in it")
        if self.problems:
            raise DatasetError(self._path, self.problems)
        return Imported(list(self._found.values()), [f"{n} {what}" for what, n in notes.items() if n])


def pack(one: AnnotatedStatement, **more: object) -> str:
    """All of a statement but its text and labels, as JSON in base 64."""
    known = {"id": one.id, "context": one.context, "channel": one.channel.value, "facts": dict(one.facts), **more}
    return base64.b64encode(json.dumps(known).encode()).decode()


def unpacked(row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a statement, and what else was packed; fields that the tool added are facts.

    Raises:
        ValueError: what was packed is damaged.
    """
    if not row.get(PACKED):
        facts = {name: value for name, value in row.items() if name not in _OWN}
        return {name: row.get(name) for name in ("id", "text", "context", "channel")} | {"facts": facts}, {}
    try:
        packed = json.loads(base64.b64decode(row[PACKED], validate=True))
        facts = {name: value for name, value in row.items() if name not in _OWN} | packed["facts"]
        own = {name: packed[name] for name in ("id", "context", "channel")}
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"its field {PACKED!r} is damaged ({error}); export it anew") from error
    return {"text": row.get("text"), **own, "facts": facts}, packed


def statement(fields: Mapping[str, Any], labels: Iterable[Annotation]) -> AnnotatedStatement:
    """A statement from its fields and the labels of it; the label of `GOLD` becomes the agreed one.

    Raises:
        ValueError: a field is wrong, or an annotator has two labels.
    """
    text, context, channel = read_text(fields), words(fields, "context"), read_channel(fields)
    found: dict[str, Annotation] = {}
    for label in labels:
        if label.annotator != GOLD:
            check_annotator(label.annotator)
        if found.setdefault(label.annotator or "", label) != label:
            raise ValueError(f"annotator {label.annotator!r} has two different labels of it; delete one in the tool")
    gold = found.pop(GOLD, None)
    return AnnotatedStatement(
        id=str(fields["id"]) if fields.get("id") not in (None, "") else fingerprint(text, context, Channel(channel), None),
        text=text,
        context=context,
        channel=channel,
        annotations=tuple(found.values()),
        gold=None if gold is None else replace(gold, annotator=None),
        facts=MappingProxyType(dict(fields["facts"])),
    )


def labels_of(one: AnnotatedStatement) -> list[Annotation]:
    """All labels of a statement, the agreed one last, as the label of `GOLD`."""
    return [*one.annotations, *([] if one.gold is None else [replace(one.gold, annotator=GOLD)])]


def read_choices(culture: object, target: object, drivers: object, annotator: str) -> Annotation | None:
    """A label from what was chosen; None where nothing was.

    Raises:
        ValueError: a choice is unknown, or there is no culture.
    """
    if not culture and not target and not drivers:
        return None
    if not culture:
        raise ValueError(f"{annotator!r} chose no culture, but {target or drivers!r}; expected one of {', '.join(CULTURES)}")
    return read_label({"culture": culture, "target": target or None, "drivers": drivers or []}, annotator)


def read_json(path: Path) -> list[Any]:
    """The list in a JSON file.

    Raises:
        DatasetError: it can't be read, or holds something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(path, [f"not readable as UTF-8 text: {error}"]) from error
    except json.JSONDecodeError as error:
        raise DatasetError(path, [f"line {error.lineno}: not JSON: {error.msg} at column {error.colno}"]) from error
    except RecursionError as error:
        raise DatasetError(path, ["JSON nested too deeply"]) from error
    if not isinstance(found, list):
        raise DatasetError(path, [f"a {type(found).__name__}; expected a list, as the tool exports it"])
    return found


def choices() -> dict[str, tuple[str, ...]]:
    """What can be chosen, by question."""
    return {"culture": CULTURES, "target": TARGETS, "drivers": SIGNED_DRIVERS}
