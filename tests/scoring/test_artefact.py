"""A model folder is checked before it is used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cs_nlp.errors import ArtefactError
from cs_nlp.scoring import Artefact, find_artefact, load_classifier
from cs_nlp.scoring.artefact import EncoderConfig, digest
from cs_nlp.taxonomy import CULTURES


@pytest.fixture
def folder(tiny_baseline: Path, tmp_path: Path) -> Path:
    """A model folder that may be damaged."""
    return Path(shutil.copytree(tiny_baseline, tmp_path / "model"))


def change(path: Path, **entries: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **entries}), encoding="utf-8")


def sign(folder: Path, name: str) -> None:
    """Put the digest of a changed file into the configuration."""
    found = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    change(folder / "config.json", sha256={**found["sha256"], name: digest(folder / name)})


def test_a_whole_folder_opens_with_name_and_figures(folder: Path) -> None:
    artefact = Artefact.open(folder)
    assert artefact.name == "tiny-words"
    assert 0 <= artefact.evaluation["held_out"]["macro_f1"] <= 1


@pytest.mark.parametrize("name", ["weights.npz", "vocabulary.json", "labels.json", "evaluation.json", "config.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ArtefactError, match=rf"{name}.* missing"):
        Artefact.open(folder)


@pytest.mark.parametrize("name", ["weights.npz", "vocabulary.json"])
def test_a_damaged_file_is_refused(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ArtefactError, match=rf"{name}: SHA-256"):
        Artefact.open(folder)


def test_a_file_that_the_configuration_does_not_vouch_for_is_refused(folder: Path) -> None:
    change(folder / "config.json", sha256={})
    with pytest.raises(ArtefactError, match="says nothing"):
        Artefact.open(folder)


@pytest.mark.parametrize("labels", [list(reversed(CULTURES)), [*CULTURES, "joyful"], None])
def test_other_labels_are_refused_with_both_lists(folder: Path, labels: list[str] | None) -> None:
    change(folder / "labels.json", cultures=labels)
    with pytest.raises(ArtefactError) as caught:
        Artefact.open(folder)
    assert str(labels) in str(caught.value)
    assert str(list(CULTURES)) in str(caught.value)


@pytest.mark.parametrize("entry", [{"colour": "blue"}, {"temperature": 0}, {"kind": "forest"}, {"ngram_max": 9}])
def test_a_configuration_of_another_version_is_refused_with_the_entry(folder: Path, entry: dict[str, Any]) -> None:
    change(folder / "config.json", **entry)
    with pytest.raises(ArtefactError, match=r"config.json: .*another version") as caught:
        Artefact.open(folder)
    [name] = entry
    assert name in str(caught.value)


@pytest.mark.parametrize("name", ["config.json", "labels.json", "evaluation.json"])
@pytest.mark.parametrize("content", ["{cut", "[1]"])
def test_json_that_is_no_object_is_refused(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(ArtefactError, match=name):
        Artefact.open(folder)


@pytest.mark.parametrize(
    ("name", "content"), [("vocabulary.json", '["word"]'), ("vocabulary.json", '{"word": 0}'), ("weights.npz", "no zip")]
)
def test_weights_and_vocabulary_must_fit_together(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    sign(folder, name)
    with pytest.raises(ArtefactError, match=r"train (it|the model)? ?again"):
        load_classifier(folder)


def test_an_unknown_name_is_refused_with_the_names_there_are(repo_root: Path) -> None:
    known = sorted(path.parent.name for path in (repo_root / "models").glob("*/config.json"))
    with pytest.raises(ArtefactError, match=f"no such model.*{', '.join(known)}"):
        find_artefact("culture-xx")


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="no model folder"):
        Artefact.open(tmp_path / "absent")


def test_a_context_that_leaves_no_room_for_the_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="left for the statement"):
        EncoderConfig(
            name="x", temperature=1, driver_threshold=0.5, sha256={}, max_length=32, context_tokens=30, cls_id=2, sep_id=3, pad_id=0
        )
