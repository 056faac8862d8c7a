"""Annotation files: JSON lines that keep what every annotator said, beside the agreed label where there is one.

A line is a data set's line (`text`, and `culture`, `target`, `drivers` as the gold label) that may have `annotations` as well: a list
of objects with `annotator`, `culture`, `target` and `drivers`. So a file with gold labels is a data set, and a data set is an
annotation file. A line with `annotator` and `culture` is that annotator's label, and no gold; `annotators`, a list of cultures, are labels
without names; what a model said (`probabilities`) is no label. Fields that are not known here are kept.

Files of several annotators are read together: the same statement stands in each. It is known by its `id`, or where it has none by its
words, context, channel and group (and, where one annotator has these more than once in a file, by their order).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cs_nlp.errors import DatasetError, InputError
from cs_nlp.labelling.fields import listed, parse_object, read_channel, read_label, read_lines, read_text, staff_rows, words
from cs_nlp.records import GROUP_FIELDS, AnnotatedStatement, Annotation, Channel

GOLD: Final = "(gold)"
"""Stands for the agreed label where a labelling tool has room for annotators only; nobody may be called so."""
_LABEL = ("culture", "target", "drivers")
_SCORE = (*_LABEL, "probabilities", "windows")
_KNOWN = frozenset(("id", "text", "context", "channel", "annotator", "annotations", "annotators", *_LABEL))
_DOCUMENT = ("kind", "style", "setting")


@dataclass(slots=True)
class _Reading:
    """What was read so far: statements by id, where each began, and what is wrong."""

    found: dict[str, AnnotatedStatement]
    places: dict[str, str]
    problems: list[str]


def read_annotations(paths: Sequence[Path]) -> list[AnnotatedStatement]:
    """All statements of annotation files, in the order in which they first stand.

    Raises:
        DatasetError: a file can't be read or holds bad rows, or one annotator says different things of one statement; all faults of all
            files are listed, with their line numbers.
    """
    reading = _Reading({}, {}, [])
    for path in paths:
        seen: Counter[tuple[str, object]] = Counter()
        for number, line in read_lines(path):
            place = f"line {number}" if len(paths) == 1 else f"{path.name}, line {number}"
            try:
                for one in _statements(parse_object(line), seen):
                    _add(reading, one, place)
            except ValueError as error:
                reading.problems.append(f"{place}: {error}")
    name = ", ".join(map(str, paths))
    if not reading.problems and not reading.found:
        reading.problems.append("no statement in it; expected JSON lines with 'text'")
    if reading.problems:
        raise DatasetError(name, reading.problems)
    return list(reading.found.values())


def write_annotations(path: Path, statements: Iterable[AnnotatedStatement], *, replace_it: bool = False) -> int:
    """Write an annotation file; how many statements.

    Raises:
        InputError: the file is there already, or can't be written.
    """
    lines = [_json_line(annotation_row(one)) for one in statements]
    try:
        with path.open("w" if replace_it else "x", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
    except FileExistsError as error:
        raise InputError(f"{path}: it is there already; name another file, labels are not written over") from error
    except OSError as error:
        raise InputError(f"{path}: can't be written ({error.strerror})") from error
    return len(lines)


def _json_line(row: Mapping[str, Any]) -> str:
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # half a pair of surrogates, as broken emoji leave; escaped, it comes back as it was
        line = json.dumps(row)
    return line + "\n"


def annotation_row(one: AnnotatedStatement) -> dict[str, Any]:
    """A statement as an object of an annotation file; `read_annotations` gives it back."""
    row: dict[str, Any] = {"id": one.id, "text": one.text, "context": one.context, "channel": one.channel.value, **one.facts}
    if one.gold is not None:
        row |= label_row(one.gold)
    if one.annotations:
        row["annotations"] = [{"annotator": label.annotator, **label_row(label)} for label in one.annotations]
    return row


def label_row(label: Annotation) -> dict[str, Any]:
    """The fields of a label."""
    return {"culture": label.culture, "target": label.target, "drivers": list(label.drivers)}


def merge_statement(ours: AnnotatedStatement, other: AnnotatedStatement) -> AnnotatedStatement:
    """What two files say of one statement, together.

    Raises:
        ValueError: they contradict one another; nothing is chosen silently.
    """
    if (ours.text, ours.context, ours.channel) != (other.text, other.context, other.channel):
        raise ValueError(
            f"id {ours.id!r} stands for another statement as well; give each its own; 'conversation' says what belongs together"
        )
    labels = {label.annotator: label for label in ours.annotations}
    for label in other.annotations:
        if labels.setdefault(label.annotator, label) != label:
            raise ValueError(f"annotator {label.annotator!r} labelled it before, differently; keep one of the two")
    if ours.gold and other.gold and ours.gold != other.gold:
        raise ValueError("it had another gold label before; keep one of the two")
    facts = dict(ours.facts)
    for name, value in other.facts.items():
        if facts.setdefault(name, value) != value:
            raise ValueError(f"{name!r} is {value!r}, but was {facts[name]!r} before; keep one of the two")
    return replace(ours, annotations=tuple(labels.values()), gold=ours.gold or other.gold, facts=MappingProxyType(facts))


def fingerprint(text: str, context: str | None, channel: Channel, group: str | None) -> str:
    """An id for a statement that has none: 16 hexadecimal digits of what it is."""
    said = json.dumps([text, context, channel.value, group], ensure_ascii=False).encode("utf-8", "surrogatepass")
    return "s-" + hashlib.blake2b(said, digest_size=8).hexdigest()


def check_annotator(name: object) -> str:
    """An annotator's name.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"'annotator' is {name!r}, expected a name")
    if not name.isprintable():
        raise ValueError(f"'annotator' is {name!r}, expected a name that can be printed")
    if name == GOLD:
        raise ValueError(f"'annotator' is {GOLD!r}, which stands for the agreed label; expected another name")
    return name


def _add(reading: _Reading, one: AnnotatedStatement, place: str) -> None:
    if one.id not in reading.found:
        reading.found[one.id], reading.places[one.id] = one, place
        return
    try:
        reading.found[one.id] = merge_statement(reading.found[one.id], one)
    except ValueError as error:
        reading.problems.append(f"{place}: {error} (it first stands on {reading.places[one.id]})")


def _statements(row: Mapping[str, Any], seen: Counter[tuple[str, object]]) -> Iterator[AnnotatedStatement]:
    if "lines" not in row:
        yield _statement(row, seen)
        return
    facts = {name: row[name] for name in _DOCUMENT if row.get(name) is not None}
    document = str(row["id"]) if row.get("id") else fingerprint(json.dumps(row["lines"]), None, Channel.CALL, None)
    for number, line in enumerate([*staff_rows(row)], start=1):
        own = {name: value for name, value in line.items() if name != "speaker"}
        yield _statement({**own, **facts, "id": f"{document}/{number}", "conversation": document}, seen)


def _statement(row: Mapping[str, Any], seen: Counter[tuple[str, object]]) -> AnnotatedStatement:
    text, context, channel = read_text(row), words(row, "context"), read_channel(row)
    facts = {name: value for name, value in row.items() if name not in _KNOWN}
    if "probabilities" in row:  # what `cs-nlp score` and `predict` print
        facts = {name: value for name, value in facts.items() if name not in _SCORE}
        facts["score"] = {name: row[name] for name in _SCORE if name in row}
        labels: tuple[Annotation, ...] = ()
        gold = None
    else:
        labels, gold = _labels(row)
    made = AnnotatedStatement("", text, context, channel, labels, gold, MappingProxyType(facts))
    return replace(made, id=str(row["id"]) if row.get("id") not in (None, "") else _made_id(made, seen))


def _made_id(one: AnnotatedStatement, seen: Counter[tuple[str, object]]) -> str:
    group = next((str(one.facts[name]) for name in GROUP_FIELDS if one.facts.get(name)), None)
    made = fingerprint(one.text, one.context, one.channel, group)
    who = tuple(label.annotator for label in one.annotations)
    seen[made, who] += 1
    return made if seen[made, who] == 1 else f"{made}-{seen[made, who]}"


def _labels(row: Mapping[str, Any]) -> tuple[tuple[Annotation, ...], Annotation | None]:
    labels = [*_named(row), *_unnamed(row)]
    gold = None
    if row.get("culture") is not None and row.get("annotator") is None:
        gold = read_label(row)
    elif row.get("culture") is not None:
        labels.append(read_label(row, check_annotator(row["annotator"])))
    elif row.get("drivers") or row.get("target"):
        raise ValueError("'target' or 'drivers' without 'culture'; a label needs its culture")
    if twice := [name for name, n in Counter(label.annotator for label in labels).items() if n > 1]:
        raise ValueError(f"annotator {twice[0]!r} has more than one label of it; keep one")
    return tuple(labels), gold


def _named(row: Mapping[str, Any]) -> Iterator[Annotation]:
    for index, given in enumerate(listed(row, "annotations")):
        if not isinstance(given, dict):
            raise ValueError(f"annotations[{index}] is {given!r}, expected an object with 'annotator' and 'culture'")  # noqa: TRY004 - as all
        try:
            yield read_label(given, check_annotator(given.get("annotator")))
        except ValueError as error:
            raise ValueError(f"annotations[{index}]: {error}") from error


def _unnamed(row: Mapping[str, Any]) -> Iterator[Annotation]:
    for number, culture in enumerate(listed(row, "annotators"), start=1):
        yield read_label({"culture": culture}, f"annotator {number}")
