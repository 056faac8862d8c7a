"""The learning curve learns from growing parts of one data set, and from nothing that is held out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_nlp.errors import InputError
from cs_nlp.training.data import Material, read_material
from cs_nlp.training.recipe import Recipe, read_recipe
from tests.tiny import BASELINE_RECIPE, write_data
from tools.learning_curve import Plan, add_to_card, measure, part_of, write
from tools.learning_curve_page import Point, gain, put_into, table


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    write_data(tmp_path)
    (tmp_path / "words.toml").write_text(BASELINE_RECIPE, encoding="utf-8")
    return read_recipe(tmp_path / "words.toml")


def learnt(recipe: Recipe, share: float, folder: Path) -> Material:
    return read_material(part_of(recipe, "statements.jsonl", share, folder)[0])


def test_each_part_lies_within_the_next_and_what_is_held_out_stays(recipe: Recipe, tmp_path: Path) -> None:
    whole = read_material(recipe)
    parts = [learnt(recipe, share, tmp_path / str(share)) for share in (0.25, 0.5, 1.0)]
    groups = [{item.statement.group for item in part.learning} for part in parts]
    assert groups[0] < groups[1] < groups[2] == {item.statement.group for item in whole.learning}
    for part in parts:
        assert {(item.statement.text, item.statement.gold) for item in part.held_out} == {
            (item.statement.text, item.statement.gold) for item in whole.held_out
        }
        assert not {item.statement.group for item in part.learning} & {item.statement.group for item in part.held_out}


def test_another_seed_draws_another_part(recipe: Recipe, tmp_path: Path) -> None:
    first, second = (
        {item.statement.group for item in learnt(recipe.model_copy(update={"seed": seed}), 0.5, tmp_path / str(seed)).learning}
        for seed in (1, 2)
    )
    assert first != second


def test_a_data_set_that_the_recipe_has_not_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"real\.jsonl: 0 data sets of tiny-words"):
        part_of(recipe, "real.jsonl", 0.5, tmp_path / "part")


def test_a_curve_is_measured_written_and_put_on_the_card_and_models_that_are_there_are_not_trained_again(
    recipe: Recipe, tmp_path: Path
) -> None:
    plan = Plan("statements.jsonl", (0.5, 1.0), (0,), tmp_path / "out")
    points = list(measure(recipe, plan))
    assert [point.share for point in points] == [0.5, 1.0]
    assert points[0].n < points[1].n < points[1].n_all
    trained = (plan.out / "tiny-words-1-0" / "weights.npz").stat().st_mtime_ns
    assert list(measure(recipe, plan)) == points
    assert (plan.out / "tiny-words-1-0" / "weights.npz").stat().st_mtime_ns == trained

    (tmp_path / "page.md").write_text("# Models\n", encoding="utf-8")
    write(recipe, plan, points, tmp_path / "curves", tmp_path / "page.md")
    assert (tmp_path / "curves" / "tiny-words.svg").read_text(encoding="utf-8").startswith("<svg")
    assert [row["n"] for row in json.loads((tmp_path / "curves" / "tiny-words.json").read_text(encoding="utf-8"))["points"]] == [
        point.n for point in points
    ]
    assert table(points) in (tmp_path / "page.md").read_text(encoding="utf-8")

    folder = plan.out / "tiny-words-1-0"
    add_to_card(recipe, plan, points, folder)
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "## What more data brings" in card
    assert table(points) in card


def point(share: float, seed: int, macro: float) -> Point:
    return Point(share, seed, 10, 20, macro, None, 0.8, None, 0.4, 0.05)


def test_the_table_gives_means_with_their_range_and_the_gain_of_the_last_doubling() -> None:
    points = [point(0.5, 0, 0.4), point(0.5, 1, 0.5), point(1.0, 0, 0.48), point(1.0, 1, 0.52)]
    assert "| 1/2 | 10 | 20 | 0.450 (0.400 to 0.500) | n/a | 0.800 (0.800 to 0.800) |" in table(points)
    assert gain(points, "macro_f1") == pytest.approx([0.08, 0.02])
    assert gain(points, "random_macro_f1") == []


def test_a_section_is_replaced_where_it_stands() -> None:
    page = put_into("# Models\n\nend", "a", "first")
    both = put_into(page, "b", "other")
    assert put_into(both, "a", "second") == both.replace("first", "second")
