"""What is learnt from never meets what is held out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_nlp.errors import DatasetError
from cs_nlp.training.data import read_material
from cs_nlp.training.recipe import Recipe, read_recipe
from tests import tiny


@pytest.fixture
def recipe(tiny_folder: Path) -> Recipe:
    path = tiny_folder / "data-test.toml"
    path.write_text(tiny.BASELINE_RECIPE, encoding="utf-8")
    return read_recipe(path)


def test_no_situation_or_document_is_on_both_sides(recipe: Recipe) -> None:
    material = read_material(recipe)
    learnt = {(item.source, item.statement.group) for item in material.learning}
    kept = {(item.source, item.statement.group) for item in material.held_out}
    assert learnt
    assert kept
    assert not learnt & kept


def test_statements_carry_the_weight_and_kind_of_their_source(recipe: Recipe) -> None:
    material = read_material(recipe)
    found = {(item.source.split("/")[1], item.weight, item.pointed) for item in (*material.learning, *material.held_out)}
    assert found == {("statements.jsonl", 1.0, True), ("documents.jsonl", 0.5, False)}


def test_ordinary_statements_are_the_held_out_ones_that_are_not_pointed(recipe: Recipe) -> None:
    material = read_material(recipe)
    assert {item.source.split("/")[1] for item in material.ordinary} == {"documents.jsonl"}
    only = recipe.model_copy(update={"data": recipe.data.model_copy(update={"sources": recipe.data.sources[:1]})})
    assert read_material(only).ordinary == read_material(only).held_out != ()


def test_an_evaluation_set_that_is_not_there_is_left_out(recipe: Recipe, tmp_path: Path) -> None:
    absent = recipe.model_copy(update={"data": recipe.data.model_copy(update={"evaluation": tmp_path / "absent.jsonl"})})
    assert read_material(absent).evaluation == ()
    assert read_material(recipe).evaluation != ()


def test_the_digest_names_the_learning_data_and_nothing_else(recipe: Recipe) -> None:
    again = recipe.model_copy(update={"name": "other", "data": recipe.data.model_copy(update={"evaluation": None})})
    assert read_material(recipe).sha256 == read_material(again).sha256
    heavier = recipe.data.sources[0].model_copy(update={"weight": 2.0})
    for data in ({"held_out": 0.2}, {"sources": recipe.data.sources[:1]}, {"sources": (heavier, recipe.data.sources[1])}):
        other = recipe.model_copy(update={"data": recipe.data.model_copy(update=data)})
        assert read_material(other).sha256 != read_material(recipe).sha256


def test_a_damaged_source_is_refused_with_its_name(recipe: Recipe, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{}", encoding="utf-8")
    source = recipe.data.sources[0].model_copy(update={"path": tmp_path / "bad.jsonl"})
    damaged = recipe.model_copy(update={"data": recipe.data.model_copy(update={"sources": (source,)})})
    with pytest.raises(DatasetError, match=r"bad\.jsonl: 1 bad row"):
        read_material(damaged)
