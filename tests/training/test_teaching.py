"""A real, tiny teacher and a student that learns from it, by the commands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cs_nlp.cli.app import app
from cs_nlp.errors import RecipeError
from cs_nlp.training.data import read_material
from cs_nlp.training.recipe import read_recipe
from cs_nlp.training.taught import read_taught
from tests import tiny


@pytest.fixture(scope="module")
def folder(tiny_recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny recipe's data, a recipe for a teacher and one for its student."""
    folder = tmp_path_factory.mktemp("teaching") / "recipes"
    shutil.copytree(tiny_recipe.parent, folder)
    rows = [json.loads(line) for line in (folder / "evaluation.jsonl").read_text(encoding="utf-8").splitlines()]
    plain = [json.dumps({"text": row["text"], "context": row.get("context")}) for row in rows]
    (folder / "unlabelled.jsonl").write_text("\n".join(plain), encoding="utf-8")
    text = tiny_recipe.read_text(encoding="utf-8")
    text = text.replace("[data]", '[data]\nunlabelled = ["unlabelled.jsonl"]')
    (folder / "teacher.toml").write_text(text.replace('"tiny"', '"tiny-teacher"').replace("quantised_epochs = 1", "quantised_epochs = 0"))
    (folder / "student.toml").write_text(f'{text}\n[distil]\nanswers = "answers.npz"\nshare = 0.5\n')
    return folder


@pytest.fixture(scope="module")
def taught(folder: Path) -> str:
    result = CliRunner().invoke(app, ["teach", str(folder / "teacher.toml"), "--out", str(folder / "answers.npz")])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_teacher_answers_what_was_learnt_and_what_has_no_label_but_nothing_held_out(folder: Path, taught: str) -> None:
    answers = read_taught(folder / "answers.npz")
    material = read_material(read_recipe(folder / "student.toml"))
    assert f"{len(answers.keys)} statements; macro-F1 of the teacher" in " ".join(taught.split())
    asked = [*((item.statement.text, item.statement.context) for item in material.learning), *material.unlabelled]
    assert all(answers.answer(*statement) is not None for statement in asked)
    kept_back = {(item.statement.text, item.statement.context) for item in material.held_out} - set(asked)
    assert kept_back
    assert not any(answers.answer(*statement) for statement in kept_back)


@pytest.mark.usefixtures("taught")
def test_a_student_learns_from_the_answers_and_says_so(folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train", str(folder / "student.toml"), "--out", str(tmp_path / "student")])
    assert result.exit_code == 0, result.output
    learning = json.loads((tmp_path / "student" / "evaluation.json").read_text(encoding="utf-8"))["learning"]
    assert learning["taught"]["recipe"] == "tiny-teacher"
    assert learning["unlabelled"] == len(read_material(read_recipe(folder / "student.toml")).unlabelled)
    assert "tiny-teacher" in (tmp_path / "student" / "README.md").read_text(encoding="utf-8")


def test_other_answers_make_other_learning_data(folder: Path, taught: str) -> None:
    assert taught
    student, teacher = (read_material(read_recipe(folder / f"{name}.toml")).sha256 for name in ("student", "teacher"))
    assert student != teacher


def test_a_recipe_without_its_answers_is_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "answers.npz").unlink(missing_ok=True)
    with pytest.raises(RecipeError, match="cs-nlp teach"):
        read_material(read_recipe(tmp_path / "copy" / "student.toml"))


def test_a_baseline_cannot_teach(folder: Path) -> None:
    recipe = folder / "words.toml"
    recipe.write_text(tiny.BASELINE_RECIPE, encoding="utf-8")
    result = CliRunner().invoke(app, ["teach", str(recipe)])
    assert isinstance(result.exception, RecipeError)
    assert "only an encoder can teach" in str(result.exception)
