"""Label Studio: tasks with annotations, as its JSON export has them and its import takes them; its JSON-MIN export can be read too.

https://labelstud.io/guide/task_format. Annotators are users with numbers or addresses there; a hidden text field `labelled_by` keeps
our names.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from cs_nlp.labelling.annotations import GOLD
from cs_nlp.labelling.tools.packing import (
    PACKED,
    Gathering,
    Imported,
    choices,
    labels_of,
    pack,
    read_choices,
    read_json,
    statement,
    unpacked,
)
from cs_nlp.records import AnnotatedStatement, Annotation

_WHO: Final = "labelled_by"
_QUESTIONS: Final = ("culture", "target", "drivers")
_MIN_ONLY: Final = frozenset((*_QUESTIONS, _WHO, "annotator", "annotation_id", "created_at", "updated_at", "lead_time"))


def interface() -> str:
    """The labelling interface (XML) for a project: the text with what was said before, and the three questions."""
    lines = ["<View>", '  <Text name="context" value="$context"/>', '  <Text name="text" value="$text"/>']
    for question, names in choices().items():
        how = "multiple" if question == "drivers" else "single-radio"
        required = ' required="true"' if question == "culture" else ""
        lines.append(f'  <Header value={quoteattr(question)}/>\n  <Choices name="{question}" toName="text" choice="{how}"{required}>')
        lines += [f"    <Choice value={quoteattr(name)}/>" for name in names]
        lines.append("  </Choices>")
    lines.append(f'  <View style="display:none"><TextArea name="{_WHO}" toName="text"/></View>')
    return "\n".join([*lines, "</View>"]) + "\n"


def to_label_studio(statements: Iterable[AnnotatedStatement]) -> str:
    """Tasks to import, as JSON."""
    return json.dumps([_task(one) for one in statements], indent=1) + "\n"


def from_label_studio(path: Path, people: Mapping[str, str]) -> Imported:
    """Read an export.

    Args:
        path: `JSON` or `JSON-MIN`.
        people: names of users by their number or address; others are called by their address, or `label-studio NUMBER`.

    Raises:
        DatasetError: it is damaged or holds unknown choices; all faults are listed, each with its task.
    """
    gathering, notes = Gathering(path), Counter[str]()
    for number, task in enumerate(read_json(path), start=1):
        place = f"task {number}" + (f" (id {task['id']})" if isinstance(task, dict) and "id" in task else "")
        try:
            gathering.add(_read_task(task, people, notes), place)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            gathering.problems.append(f"{place}: {error if isinstance(error, ValueError) else 'not in the shape of an export'}")
    return gathering.done(notes)


def _task(one: AnnotatedStatement) -> dict[str, Any]:
    data = {"text": one.text, "context": one.context or "", "channel": one.channel.value, "id": one.id, PACKED: pack(one)}
    made = [{"result": [*_results(label)], "was_cancelled": False, "ground_truth": label.annotator == GOLD} for label in labels_of(one)]
    return {"data": data, "annotations": made}


def _results(label: Annotation) -> Iterator[dict[str, Any]]:
    chosen = {"culture": [label.culture], "target": [label.target] if label.target else [], "drivers": list(label.drivers)}
    for question, names in chosen.items():
        if names:
            yield {"from_name": question, "to_name": "text", "type": "choices", "value": {"choices": names}}
    yield {"from_name": _WHO, "to_name": "text", "type": "textarea", "value": {"text": [label.annotator]}}


def _read_task(task: dict[str, Any], people: Mapping[str, str], notes: Counter[str]) -> AnnotatedStatement:
    if "data" not in task:
        return _read_minimal(task, people, notes)
    fields, _ = unpacked(task["data"])
    notes["predictions of models were left out"] += len(task.get("predictions") or [])
    notes["drafts were left out: they were not submitted"] += len(task.get("drafts") or [])
    labels: list[Annotation] = []
    for given in task.get("annotations") or []:
        if given.get("was_cancelled"):
            notes["annotations were left out: they were skipped in the tool"] += 1
            continue
        chosen = {result["from_name"]: result["value"] for result in given.get("result") or [] if "value" in result}
        named = chosen.get(_WHO, {}).get("text") or [_user(given.get("completed_by"), people)]
        picked = {question: chosen.get(question, {}).get("choices") or [] for question in _QUESTIONS}
        labels += _read(picked, named[0] if isinstance(named, list) else named, notes, is_gold=bool(given.get("ground_truth")))
    return statement(fields, labels)


def _read_minimal(row: dict[str, Any], people: Mapping[str, str], notes: Counter[str]) -> AnnotatedStatement:
    """A row of JSON-MIN: one annotation, one choice as a string, several as `{"choices": [...]}`."""
    fields, _ = unpacked({name: value for name, value in row.items() if name not in _MIN_ONLY})
    picked = {}
    for question in _QUESTIONS:
        value = row.get(question)
        picked[question] = value["choices"] if isinstance(value, dict) else [value] if value else []
    who = row.get(_WHO) or _user(row.get("annotator"), people)
    return statement(fields, _read(picked, who[0] if isinstance(who, list) else who, notes))


def _read(picked: Mapping[str, list[str]], who: str, notes: Counter[str], *, is_gold: bool = False) -> Iterator[Annotation]:
    if more := [question for question in ("culture", "target") if len(picked[question]) > 1]:
        raise ValueError(f"{who!r} chose {len(picked[more[0]])} of {more[0]}; expected one")
    culture, target = (picked[question][0] if picked[question] else None for question in ("culture", "target"))
    label = read_choices(culture, target, picked["drivers"], who)
    if label is None:
        notes["annotations were left out: nothing was chosen in them"] += 1
        return
    yield label
    if is_gold and who != GOLD:
        yield Annotation(label.culture, label.target, label.drivers, GOLD)


def _user(given: object, people: Mapping[str, str]) -> str:
    """The name of who completed an annotation: a number, or an object with `id` and `email`."""
    known = given if isinstance(given, dict) else {"id": given}
    for key in ("email", "id"):
        if str(known.get(key)) in people:
            return people[str(known[key])]
    return str(known["email"]) if known.get("email") else f"label-studio {known.get('id', 'unknown')}"
