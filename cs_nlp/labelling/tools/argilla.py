"""Argilla 2: records as `dataset.records.to_json()` and `to_list()` write them, nested or flattened.

https://docs.argilla.io/latest/how_to_guides/import_export. A dataset for them has the fields `text` and `context`, the questions `culture`
and `target` (one label) and `drivers` (several), and the metadata `channel` and `cs_nlp`. Annotators are UUIDs there: ours are made from
their names.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from cs_nlp.labelling.tools.packing import (
    PACKED,
    Gathering,
    Imported,
    labels_of,
    pack,
    read_choices,
    read_json,
    statement,
    unpacked,
)
from cs_nlp.records import AnnotatedStatement, Annotation

_NAMES: Final = UUID("6f0f2b0e-5f0b-5a83-9a57-0d0c2a1c7b11")
_QUESTIONS: Final = ("culture", "target", "drivers")
_UNDONE: Final = ("draft", "discarded", "pending")
_NESTED: Final = ("fields", "metadata", "responses")


def to_argilla(statements: Iterable[AnnotatedStatement]) -> str:
    """Records, as JSON."""
    return json.dumps([_record(one) for one in statements], indent=1) + "\n"


def from_argilla(path: Path, people: Mapping[str, str]) -> Imported:
    """Read an export.

    Args:
        path: a JSON list of records.
        people: names of users by their UUID; others have the name they had here, or are called `argilla UUID`.

    Raises:
        DatasetError: it is damaged or holds unknown labels; all faults are listed, each with its record.
    """
    gathering, notes = Gathering(path), Counter[str]()
    for number, record in enumerate(read_json(path), start=1):
        place = f"record {number}" + (f" (id {record['id']})" if isinstance(record, dict) and "id" in record else "")
        try:
            gathering.add(_read_record(record, people, notes), place)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            gathering.problems.append(f"{place}: {error if isinstance(error, ValueError) else 'not in the shape of an export'}")
    return gathering.done(notes)


def user_id(annotator: str) -> str:
    """The UUID that stands for an annotator."""
    return str(uuid5(_NAMES, annotator))


def _record(one: AnnotatedStatement) -> dict[str, Any]:
    responses: dict[str, list[dict[str, Any]]] = {}
    for label in labels_of(one):
        who = user_id(label.annotator or "")
        chosen = {"culture": label.culture, "target": label.target, "drivers": list(label.drivers)}
        for question, value in chosen.items():
            if value:
                responses.setdefault(question, []).append({"value": value, "user_id": who})
    names = {user_id(label.annotator or ""): label.annotator for label in labels_of(one)}
    return {
        "id": one.id,
        "fields": {"text": one.text, "context": one.context or ""},
        "metadata": {"channel": one.channel.value, PACKED: pack(one, annotators=names)},
        "suggestions": {},
        "responses": responses,
        "vectors": {},
    }


def _read_record(record: dict[str, Any], people: Mapping[str, str], notes: Counter[str]) -> AnnotatedStatement:
    if "fields" in record:
        row = {**(record.get("metadata") or {}), **record["fields"], "id": record.get("id")}
        notes["suggestions of models were left out"] += len(record.get("suggestions") or {})
        answers = record.get("responses") or {}
    else:
        row = {name: value for name, value in record.items() if "." not in name and name not in ("_server_id", "status", "score")}
        notes["suggestions of models were left out"] += sum(name.endswith(".suggestion") and bool(value) for name, value in record.items())
        answers = {question: [*_flat(record, question)] for question in _QUESTIONS}
    fields, packed = unpacked({name: value for name, value in row.items() if value is not None})
    return statement(fields, _labels(answers, {**packed.get("annotators", {}), **people}, notes))


def _flat(record: Mapping[str, Any], question: str) -> Iterator[dict[str, Any]]:
    """The answers to a question from the columns of a flattened record."""
    values, users = record.get(f"{question}.responses") or [], record.get(f"{question}.responses.users") or []
    states = record.get(f"{question}.responses.status") or [None] * len(values)
    for value, user, state in zip(values, users, states, strict=True):
        yield {"value": value, "user_id": user, "status": state}


def _labels(answers: Mapping[str, Any], names: Mapping[str, str], notes: Counter[str]) -> Iterator[Annotation]:
    chosen: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for question in _QUESTIONS:
        for answer in answers.get(question) or []:
            if answer.get("status") in _UNDONE:
                notes[f"answers were left out: they were not submitted ({answer['status']})"] += 1
            elif question in chosen[answer["user_id"]]:
                raise ValueError(f"user {answer['user_id']} answered {question!r} twice; keep one")
            else:
                chosen[answer["user_id"]][question] = answer["value"]
    for user, given in chosen.items():
        label = read_choices(given.get("culture"), given.get("target"), given.get("drivers"), names.get(user, f"argilla {user}"))
        if label is not None:
            yield label
