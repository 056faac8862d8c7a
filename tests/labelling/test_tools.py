"""What goes to a labelling tool comes back as it was, and what annotators did there comes in with their names."""

from __future__ import annotations

import json
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from cs_nlp.errors import DatasetError, InputError
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
from cs_nlp.labelling.tools.argilla import user_id
from cs_nlp.records import AnnotatedStatement, Annotation
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from tests.labelling.samples import annotation_files, said

ANN = Annotation("aggressive", "customer", ("customer_commitment-",), "ann")
BOB = Annotation("none", "other", (), "bob")


def _sorted(statements: Sequence[AnnotatedStatement]) -> list[AnnotatedStatement]:
    """As they are, annotators by name: tools keep no order of annotators."""
    return [replace(one, annotations=tuple(sorted(one.annotations, key=lambda label: label.annotator or ""))) for one in statements]


def _through(
    statements: Sequence[AnnotatedStatement], write: Callable[[Path], object], read: Callable[[Path, dict[str, str]], Imported]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        write(path)
        found = read(path, {})
    assert _sorted(found.statements) == _sorted(statements)
    assert found.notes == []


@given(annotation_files())
def test_label_studio_gives_back_what_it_got(statements: list[AnnotatedStatement]) -> None:
    _through(statements, lambda path: path.write_text(to_label_studio(statements), encoding="utf-8"), from_label_studio)


@given(annotation_files())
def test_argilla_gives_back_what_it_got(statements: list[AnnotatedStatement]) -> None:
    _through(statements, lambda path: path.write_text(to_argilla(statements), encoding="utf-8"), from_argilla)


@given(annotation_files())
def test_doccano_gives_back_what_it_got(statements: list[AnnotatedStatement]) -> None:
    _through(statements, lambda path: write_doccano(path, to_doccano(statements)), from_doccano)


def _write(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def _choice(question: str, *names: str) -> dict[str, Any]:
    value = {"choices": list(names)}
    return {"id": "x1", "from_name": question, "to_name": "text", "type": "choices", "origin": "manual", "value": value}


def _task(*annotations: dict[str, Any], **data: str) -> dict[str, Any]:
    return {
        "id": 17,
        "data": {"text": "they never listen", **data},
        "annotations": list(annotations),
        "drafts": [],
        "predictions": [{"model_version": "m1", "result": [_choice("culture", "none")]}],
        "meta": {},
        "created_at": "2026-03-09T21:52:49.513742Z",
        "project": 83,
    }


def _annotation(completed_by: object, *results: dict[str, Any], **more: object) -> dict[str, Any]:
    facts = {"was_cancelled": False, "ground_truth": False, "lead_time": 4.288, "created_at": "2026-03-09T22:16:08.728353Z", "task": 17}
    return {"id": 1001, "completed_by": completed_by, "result": list(results), **facts, **more}


def test_label_studio_export_is_read_with_all_its_annotators(tmp_path: Path) -> None:
    chosen = [_choice("culture", "aggressive"), _choice("target", "customer"), _choice("drivers", "customer_commitment-")]
    task = _task(
        _annotation(3, *chosen),
        _annotation({"id": 4, "email": "bob@shop.example", "first_name": "", "last_name": ""}, _choice("culture", "none")),
        _annotation(5, was_cancelled=True),
        shift="late",
    )
    found = from_label_studio(_write(tmp_path / "ls.json", [task]), {"3": "ann"})

    (one,) = found.statements
    assert one.annotations == (ANN, Annotation("none", None, (), "bob@shop.example"))
    assert (one.gold, one.facts) == (None, {"shift": "late"})
    assert found.notes == ["1 predictions of models were left out", "1 annotations were left out: they were skipped in the tool"]


def test_label_studio_ground_truth_is_gold_as_well(tmp_path: Path) -> None:
    task = _task(_annotation(3, _choice("culture", "none"), ground_truth=True))
    (one,) = from_label_studio(_write(tmp_path / "ls.json", [task]), {}).statements
    assert one.annotations == (Annotation("none", None, (), "label-studio 3"),)
    assert one.gold == Annotation("none", None)


def test_label_studio_short_export_is_read(tmp_path: Path) -> None:
    row = {"text": "they never listen", "id": 17, "culture": "aggressive", "target": "customer", "annotator": 3, "annotation_id": 1001}
    more = {"drivers": "customer_commitment-", "created_at": "2026-03-09T22:16:08Z", "updated_at": "2026-03-09T22:16:08Z", "lead_time": 4.2}
    other = {**row, "culture": "none", "target": "other", "drivers": {"choices": ["voice-", "voice+"]}, "annotator": 4}
    (one,) = from_label_studio(_write(tmp_path / "min.json", [row | more, other]), {"3": "ann", "4": "bob"}).statements
    assert one.annotations == (ANN, Annotation("none", "other", ("voice-", "voice+"), "bob"))


def test_label_studio_faults_are_told_together_with_their_tasks(tmp_path: Path) -> None:
    tasks = [_task(_annotation(3, _choice("culture", "angry"))), _task(_annotation(3, _choice("target", "team"))), "nonsense"]
    with pytest.raises(DatasetError) as caught:
        from_label_studio(_write(tmp_path / "ls.json", tasks), {})
    assert len(caught.value.problems) == 3
    assert "task 1 (id 17): 'culture' is 'angry'" in caught.value.problems[0]
    assert "chose no culture" in caught.value.problems[1]


def test_label_studio_interface_asks_for_every_label() -> None:
    shown = {choice.get("value") for choice in ET.fromstring(interface()).iter("Choice")}  # noqa: S314 - our own
    assert shown == {*CULTURES, *TARGETS, *SIGNED_DRIVERS}


def _record(**responses: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "7",
        "fields": {"text": "they never listen", "context": "hello"},
        "metadata": {"shift": "late"},
        "suggestions": {"culture": {"value": "none", "score": 0.9, "agent": "m1"}},
        "responses": responses,
        "vectors": {},
        "_server_id": "0b2c3f7e-0000-4000-8000-000000000001",
    }


def test_argilla_export_is_read_with_all_its_annotators(tmp_path: Path) -> None:
    ann, bob = user_id("x"), user_id("y")
    record = _record(
        culture=[{"value": "aggressive", "user_id": ann}, {"value": "none", "user_id": bob}],
        target=[{"value": "customer", "user_id": ann}, {"value": "other", "user_id": bob}],
        drivers=[{"value": ["customer_commitment-"], "user_id": ann}],
    )
    found = from_argilla(_write(tmp_path / "argilla.json", [record]), {ann: "ann", bob: "bob"})
    (one,) = found.statements
    assert (one.id, one.context, one.annotations, one.facts) == ("7", "hello", (ANN, BOB), {"shift": "late"})
    assert found.notes == ["1 suggestions of models were left out"]


def test_argilla_flattened_export_is_read_without_drafts(tmp_path: Path) -> None:
    record = {
        "id": "7",
        "text": "they never listen",
        "_server_id": None,
        "status": "completed",
        "shift": "late",
        "culture.responses": ["aggressive", "none"],
        "culture.responses.users": ["u1", "u2"],
        "culture.responses.status": ["submitted", "draft"],
        "culture.suggestion": "none",
        "culture.suggestion.score": None,
    }
    found = from_argilla(_write(tmp_path / "argilla.json", [record]), {"u1": "ann"})
    (one,) = found.statements
    assert one.annotations == (Annotation("aggressive", None, (), "ann"),)
    assert one.facts == {"shift": "late"}
    assert found.notes == ["1 suggestions of models were left out", "1 answers were left out: they were not submitted (draft)"]


def test_argilla_users_are_called_by_their_uuid_where_nobody_names_them(tmp_path: Path) -> None:
    record = _record(culture=[{"value": "none", "user_id": "u1"}])
    (one,) = from_argilla(_write(tmp_path / "argilla.json", [record]), {}).statements
    assert [label.annotator for label in one.annotations] == ["argilla u1"]


def _zip(path: Path, **files: list[dict[str, Any]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in files.items():
            archive.writestr(f"{name}.jsonl", "\n".join(json.dumps(row) for row in rows))
    return path


def test_doccano_export_of_several_annotators_is_read(tmp_path: Path) -> None:
    row = {"id": 7, "text": "they never listen", "shift": "late"}
    path = _zip(
        tmp_path / "export.zip",
        ann=[{**row, "label": ["aggressive", "customer_commitment-", "target:customer"], "Comments": ["sure?"]}],
        bob=[{**row, "label": ["none", "target:other"], "Comments": []}],
        carol=[{**row, "label": [], "Comments": []}],
    )
    found = from_doccano(path, {})
    (one,) = found.statements
    assert (one.id, one.annotations, one.facts) == ("7", (ANN, BOB), {"shift": "late"})
    assert found.notes == ["1 comments were left out"]


def test_doccano_labels_of_nobody_in_particular_are_refused_until_somebody_is_named(tmp_path: Path) -> None:
    path = _zip(tmp_path / "export.zip", all=[{"id": 7, "text": "they never listen", "label": ["none"]}])
    with pytest.raises(DatasetError, match="--person all=NAME"):
        from_doccano(path, {})
    assert from_doccano(path, {"all": "ann"}).statements[0].annotations[0].annotator == "ann"


def test_doccano_faults_are_told_with_file_and_line(tmp_path: Path) -> None:
    path = _zip(
        tmp_path / "e.zip",
        ann=[{"text": "a", "label": ["none"]}, {"text": "b", "label": ["none", "submissive"]}, {"text": "c", "label": ["x"]}],
    )
    with pytest.raises(DatasetError) as caught:
        from_doccano(path, {})
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["ann.jsonl, line 2", "ann.jsonl, line 3"]


def test_an_annotator_whose_name_is_that_of_everybody_is_kept(tmp_path: Path) -> None:
    write_doccano(tmp_path / "e.zip", to_doccano([said(1, ("all", "none"))]))
    assert from_doccano(tmp_path / "e.zip", {}).statements == [said(1, ("all", "none"))]


def test_doccano_labels_to_set_up_a_project_are_all_there() -> None:
    assert len({row["text"] for row in label_names()}) == len(CULTURES) + len(TARGETS) + len(SIGNED_DRIVERS)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "e.zip").write_text("mine")
    with pytest.raises(InputError, match="there already"):
        write_doccano(tmp_path / "e.zip", to_doccano([said(1)]))
    assert (tmp_path / "e.zip").read_text() == "mine"


@pytest.mark.parametrize("read", [from_label_studio, from_argilla])
def test_what_is_no_export_is_refused(read: Callable[[Path, dict[str, str]], Imported], tmp_path: Path) -> None:
    for text, said_of_it in (("{", "line 1: not JSON"), ('{"a": 1}', "expected a list"), ("[]", "no statement")):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(DatasetError, match=said_of_it):
            read(tmp_path / "x.json", {})


def test_no_annotator_sees_what_others_said() -> None:
    one = said(1, ("ann", "submissive"))
    seen = replace(one, annotations=(), facts={"score": {"culture": "submissive"}, "chosen": "submissive 0.4 or none 0.4"})
    for text in (to_label_studio([seen]), to_argilla([seen]), *to_doccano([seen]).values()):
        assert "submissive" not in text


def test_a_field_that_was_damaged_in_the_tool_is_told(tmp_path: Path) -> None:
    path = _write(tmp_path / "ls.json", [_task(cs_nlp="e30="), _task(cs_nlp="x")])
    with pytest.raises(DatasetError) as caught:
        from_label_studio(path, {})
    assert all("'cs_nlp' is damaged" in problem for problem in caught.value.problems)
