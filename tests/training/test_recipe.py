"""Recipes are checked as a whole before anything is learnt."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.errors import RecipeError
from cs_nlp.training.recipe import Recipe, read_recipe

LEAST = 'name = "m"\nkind = "encoder"\n[data]\nsources = [{ path = "data.jsonl" }]\n'


def recipe(folder: Path, text: str) -> Path:
    (folder / "data.jsonl").touch()
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_least_recipe_is_read_and_its_paths_are_absolute(tmp_path: Path) -> None:
    found = read_recipe(recipe(tmp_path, LEAST + 'evaluation = "eval.jsonl"\n[encoder]\npath = "bert"\n'))
    assert found.data.sources[0].path == tmp_path / "data.jsonl"
    assert found.data.evaluation == tmp_path / "eval.jsonl"
    assert found.encoder.path == tmp_path / "bert"


def test_what_is_not_said_has_the_defaults(tmp_path: Path) -> None:
    found = read_recipe(recipe(tmp_path, LEAST))
    assert found.optimiser == Recipe.model_fields["optimiser"].default
    assert (found.encoder.path, found.data.evaluation, found.compared) == (None, None, ())


def test_all_faults_are_listed_with_their_places(tmp_path: Path) -> None:
    text = 'name = "Bad Name"\nkind = "forest"\n[data]\nsources = []\nheld_out = 0.9\n[encoder]\nlayers = 3\n[optimiser]\nepochs = 0\n'
    with pytest.raises(RecipeError) as caught:
        read_recipe(recipe(tmp_path, text))
    told = str(caught.value)
    assert "6 fault(s)" in told
    for place in ("name:", "kind:", "data -> sources:", "data -> held_out:", "encoder -> layers:", "optimiser -> epochs:"):
        assert f"\n  {place}" in told


@pytest.mark.parametrize("fault", ["max_length = 32\ncontext_tokens = 30", "max_length = 8", "drop_context = 1.0", "context_tokens = -1"])
def test_an_input_that_can_not_work_is_refused(tmp_path: Path, fault: str) -> None:
    with pytest.raises(RecipeError, match="encoder"):
        read_recipe(recipe(tmp_path, f"{LEAST}[encoder]\n{fault}\n"))


def test_sources_that_are_not_there_are_all_named(tmp_path: Path) -> None:
    text = LEAST.replace('{ path = "data.jsonl" }', '{ path = "one.jsonl" }, { path = "data.jsonl" }, { path = "two.jsonl" }')
    with pytest.raises(RecipeError, match=r"no such file: .*one\.jsonl, .*two\.jsonl"):
        read_recipe(recipe(tmp_path, text))


@pytest.mark.parametrize("text", ["name = \n", "\x00\n", "[data]\n\n[data]\n"])
def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecipeError, match=r"recipe\.toml: not TOML: .*line"):
        read_recipe(recipe(tmp_path, text))


def test_a_recipe_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"absent\.toml"):
        read_recipe(tmp_path / "absent.toml")


@pytest.mark.shared
def test_the_projects_own_recipes_are_right_and_named_as_their_files(repo_root: Path) -> None:
    paths = sorted((repo_root / "models" / "recipes").glob("*.toml"))
    assert paths
    assert [read_recipe(path).name for path in paths] == [path.stem for path in paths]
