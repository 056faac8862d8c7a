"""Annotation files keep what every annotator said, and refuse what contradicts itself."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given

from cs_nlp.errors import DatasetError, InputError
from cs_nlp.labelling import read_dataset
from cs_nlp.labelling.annotations import read_annotations, write_annotations
from cs_nlp.records import AnnotatedStatement, Annotation, Channel
from tests.labelling.samples import annotation_files, said

CORPUS = Path(__file__).resolve().parents[2] / "data" / "corpus"


def _file(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@given(annotation_files())
def test_what_is_written_is_read_back(statements: list[AnnotatedStatement]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        assert write_annotations(path, statements) == len(statements)
        assert read_annotations([path]) == statements


def test_files_of_several_annotators_come_together(tmp_path: Path) -> None:
    rows = [{"text": "they never listen", "conversation": "c1"}, {"text": "one moment", "conversation": "c1"}]
    ann = _file(tmp_path / "ann.jsonl", *({**row, "annotator": "ann", "culture": "none"} for row in rows))
    bob = _file(tmp_path / "bob.jsonl", *({**row, "annotator": "bob", "culture": "aggressive", "target": "customer"} for row in rows))
    first, second = read_annotations([ann, bob])
    assert first.annotations == (Annotation("none", None, (), "ann"), Annotation("aggressive", "customer", (), "bob"))
    assert (first.gold, first.group, second.text) == (None, "c1", "one moment")


def test_words_said_twice_in_a_conversation_are_two_statements(tmp_path: Path) -> None:
    rows = [
        {"text": "sorry", "conversation": "c1", "annotator": who, "culture": culture}
        for who in ("ann", "bob")
        for culture in ("none", "submissive")
    ]
    found = read_annotations([_file(tmp_path / "a.jsonl", *rows)])
    assert [[(label.annotator, label.culture) for label in one.annotations] for one in found] == [
        [("ann", "none"), ("bob", "none")],
        [("ann", "submissive"), ("bob", "submissive")],
    ]


def test_a_data_set_is_an_annotation_file_with_gold_labels() -> None:
    path = CORPUS / "documents.jsonl"
    found, expected = read_annotations([path]), read_dataset(path)
    assert [(one.text, one.context, one.channel, one.gold, one.group) for one in found] == [
        (one.text, one.context, one.channel, one.gold, one.group) for one in expected
    ]


def test_an_annotation_file_with_gold_labels_is_a_data_set(tmp_path: Path) -> None:
    write_annotations(tmp_path / "a.jsonl", [said(1, ("ann", "none"), ("bob", "submissive"), gold="submissive", group="c1")])
    (one,) = read_dataset(tmp_path / "a.jsonl")
    assert (one.gold, one.group) == (Annotation("submissive", None), "c1")


def test_cultures_without_names_are_labels(tmp_path: Path) -> None:
    (one,) = read_annotations([_file(tmp_path / "a.jsonl", {"text": "hm", "culture": "none", "annotators": ["none", "assertive"]})])
    assert [(label.annotator, label.culture) for label in one.annotations] == [("annotator 1", "none"), ("annotator 2", "assertive")]
    assert one.gold == Annotation("none", None)


def test_what_a_model_said_is_no_label(tmp_path: Path) -> None:
    row = {
        "transcript_id": "t1",
        "text": "hm",
        "culture": "none",
        "probabilities": {"none": 1.0},
        "target": "other",
        "drivers": [],
        "windows": 1,
    }
    (one,) = read_annotations([_file(tmp_path / "a.jsonl", row)])
    assert (one.gold, one.annotations, one.group, one.channel) == (None, (), "t1", Channel.CALL)
    assert one.facts["score"]["culture"] == "none"


FAULTS = {
    "no words": ({"culture": "none"}, "'text' is None"),
    "unknown label": ({"text": "a", "culture": "angry"}, "'culture' is 'angry'"),
    "half a label": ({"text": "a", "target": "team"}, "without 'culture'"),
    "nobody's label": ({"text": "a", "annotations": [{"culture": "none"}]}, r"annotations\[0\]: 'annotator' is None"),
    "a list of numbers": ({"text": "a", "annotations": [1]}, r"annotations\[0\] is 1"),
    "the reserved name": ({"text": "a", "culture": "none", "annotator": "(gold)"}, "expected another name"),
    "a name that can't be printed": ({"text": "a", "culture": "none", "annotator": "\ud800"}, "expected a name that can be printed"),
    "two labels of one": (
        {"text": "a", "annotations": [{"annotator": "ann", "culture": "none"}, {"annotator": "ann", "culture": "assertive"}]},
        "more than one label",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_row_is_told_with_its_line(name: str, tmp_path: Path) -> None:
    row, expected = FAULTS[name]
    with pytest.raises(DatasetError, match=f"line 2: {expected}|line 2: .*{expected}"):
        read_annotations([_file(tmp_path / "a.jsonl", {"text": "fine"}, row)])


def test_contradictions_are_told_with_both_places(tmp_path: Path) -> None:
    one = _file(
        tmp_path / "one.jsonl", {"id": 1, "text": "a", "annotator": "ann", "culture": "none"}, {"id": 2, "text": "b", "style": "asr"}
    )
    two = _file(
        tmp_path / "two.jsonl",
        {"id": 1, "text": "a", "annotator": "ann", "culture": "assertive"},
        {"id": 2, "text": "another"},
        {"id": 2, "text": "b", "style": "chat"},
    )
    with pytest.raises(DatasetError) as caught:
        read_annotations([one, two])
    assert [problem.split(":")[0] for problem in caught.value.problems] == [f"two.jsonl, line {n}" for n in (1, 2, 3)]
    assert "'ann' labelled it before, differently" in caught.value.problems[0]
    assert "(it first stands on one.jsonl, line 1)" in caught.value.problems[0]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("mine")
    with pytest.raises(InputError, match="there already"):
        write_annotations(tmp_path / "a.jsonl", [said(1)])
    assert (tmp_path / "a.jsonl").read_text() == "mine"
