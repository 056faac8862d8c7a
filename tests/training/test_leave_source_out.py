"""The experiment that leaves a source out mixes nothing up, and goes all the way with word counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cs_nlp.errors import InputError
from cs_nlp.labelling import read_dataset
from cs_nlp.training.recipe import Recipe, read_recipe
from tools.leave_source_out import compare, leave_out

LABELS = 60


@pytest.fixture
def recipe(repo_root: Path, tmp_path: Path) -> Recipe:
    """Learns from seventy documents of the corpus and is judged on twenty others."""
    lines = (repo_root / "data" / "corpus" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    stories = [line for line in lines if json.loads(line)["kind"] == "story"][:35]
    others = [line for line in lines if json.loads(line)["kind"] != "story"][:45]
    (tmp_path / "documents.jsonl").write_text("\n".join(stories[:25] + others[:35]), encoding="utf-8")
    (tmp_path / "judged.jsonl").write_text("\n".join(stories[25:] + others[35:]), encoding="utf-8")
    text = 'name = "t"\nkind = "baseline"\n[data]\nsources = [{ path = "documents.jsonl" }]\nevaluation = "judged.jsonl"\n'
    (tmp_path / "t.toml").write_text(text, encoding="utf-8")
    return read_recipe(tmp_path / "t.toml")


def test_nothing_of_the_source_is_learnt_from_but_the_drawn_conversations(recipe: Recipe, tmp_path: Path) -> None:
    split = leave_out(recipe, "kind=story", LABELS, tmp_path / "out", seed=1)
    rest = [item for source in split.rest for item in read_dataset(source.path)]
    own, test = read_dataset(split.own), read_dataset(split.test)
    assert {item.slices["kind"] for item in own + test} == {"story"}
    assert "story" not in {item.slices["kind"] for item in rest}
    assert not {item.group for item in own} & {item.group for item in test}
    assert LABELS <= len(own) < 2 * LABELS
    whole = read_dataset(tmp_path / "documents.jsonl") + read_dataset(tmp_path / "judged.jsonl")
    stories = [item for item in whole if item.slices["kind"] == "story"]
    assert sorted((item.text, item.context or "", item.gold.culture) for item in own + test) == sorted(
        (item.text, item.context or "", item.gold.culture) for item in stories
    )


def test_both_models_are_measured_on_the_same_statements(recipe: Recipe, tmp_path: Path) -> None:
    split = leave_out(recipe, "kind=story", LABELS, tmp_path / "out", seed=1)
    without, adapted = compare(recipe, split, [2.0], tmp_path / "out", seed=1)
    assert (without["model"], adapted["model"]) == ("without", "with-2")
    assert without["n"] == adapted["n"] == len(read_dataset(split.test))
    assert f"macro-F1 {adapted['macro_f1']:.3f} against {without['macro_f1']:.3f}" in adapted["against"][1]


def test_a_source_that_is_not_there_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kind=opera: 0 statements to adapt with"):
        leave_out(recipe, "kind=opera", LABELS, tmp_path / "out", seed=1)
