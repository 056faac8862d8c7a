"""The experiment that leaves a source out mixes nothing up, and goes all the way with word counts and with a small encoder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cs_nlp.errors import InputError
from cs_nlp.labelling import read_dataset
from cs_nlp.training.data import read_material
from cs_nlp.training.recipe import Recipe, read_recipe
from tests.tiny import ENCODER_RECIPE, write_encoder
from tools.leave_source_out import How, Trial, difference, draw, experiment, part

LABELS = 60


@pytest.fixture
def recipe(repo_root: Path, tmp_path: Path) -> Recipe:
    """Learns from sixty documents of the corpus and is judged on twenty others; one document is half a story and half something else."""
    lines = (repo_root / "data" / "corpus" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    stories = [line for line in lines if json.loads(line)["kind"] == "story"][:35]
    others = [line for line in lines if json.loads(line)["kind"] != "story"][:45]
    mixed = json.dumps(json.loads(others[0]) | {"id": json.loads(stories[0])["id"]})
    (tmp_path / "documents.jsonl").write_text("\n".join([mixed, *stories[:25], *others[1:35]]), encoding="utf-8")
    (tmp_path / "judged.jsonl").write_text("\n".join(stories[25:] + others[35:]), encoding="utf-8")
    text = 'name = "t"\nkind = "baseline"\n[data]\nsources = [{ path = "documents.jsonl" }]\nevaluation = "judged.jsonl"\n'
    (tmp_path / "t.toml").write_text(text, encoding="utf-8")
    return read_recipe(tmp_path / "t.toml")


def test_nothing_of_the_source_or_of_its_conversations_is_learnt_from_but_the_drawn_labels(recipe: Recipe, tmp_path: Path) -> None:
    parted = part(recipe, "kind=story", tmp_path / "out")
    rest = [item for source in parted.recipe.data.sources for item in read_dataset(source.path)]
    own, test = draw(parted, LABELS, seed=1)
    assert {item.slices["kind"] for item in own + test} == {"story"}
    assert "story" not in {item.slices["kind"] for item in rest}
    groups = [{item.group for item in part_of} for part_of in (rest, own, test)]
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]
    assert LABELS <= len(own) < 2 * LABELS
    whole = read_dataset(tmp_path / "documents.jsonl") + read_dataset(tmp_path / "judged.jsonl")
    stories = [item for item in whole if item.slices["kind"] == "story"]
    assert sorted((item.text, item.context or "", item.gold.culture) for item in own + test) == sorted(
        (item.text, item.context or "", item.gold.culture) for item in stories
    )


def test_seeds_draw_other_labels_and_no_statement_of_the_evaluation_set(recipe: Recipe, tmp_path: Path) -> None:
    parted = part(recipe, "kind=story", tmp_path / "out")
    first, second = (draw(parted, LABELS, seed=seed)[0] for seed in (1, 2))
    assert first != second
    judged = {item.group for item in read_dataset(tmp_path / "judged.jsonl")}
    assert not judged & {item.group for item in first + second}


def test_both_models_are_measured_and_the_one_without_the_source_is_trained_once(recipe: Recipe, tmp_path: Path) -> None:
    rows = list(experiment(recipe, "kind=story", [1, 2], tmp_path / "out", How(LABELS, weight=2.0)))
    assert [row.get("seed") for row in rows] == [1, 2, None]
    for row in rows[:2]:
        assert row["difference"] == pytest.approx(row["with"]["macro_f1"] - row["without"]["macro_f1"], abs=2e-4)
        assert row["interval"][0] < row["interval"][1]
    assert rows[2]["difference"] == pytest.approx((rows[0]["difference"] + rows[1]["difference"]) / 2, abs=1e-4)
    trained = (tmp_path / "out" / "without" / "weights.npz").stat().st_mtime_ns
    next(experiment(recipe, "kind=story", [1], tmp_path / "out", How(LABELS)))
    assert (tmp_path / "out" / "without" / "weights.npz").stat().st_mtime_ns == trained


def test_a_source_that_is_not_there_is_refused(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="0 statements to adapt with"):
        draw(part(recipe, "kind=opera", tmp_path / "out"), LABELS, seed=1)


def test_the_difference_and_its_interval_go_by_conversation() -> None:
    gold = np.tile(np.arange(5), 8)
    wrong = (gold + 1) % 5
    half = np.where(np.arange(40) < 20, gold, wrong)
    apart = Trial(tuple(f"c{row // 5}" for row in range(40)), gold, wrong, half)
    found = difference([apart])
    assert found["difference"] == 0.5
    low, high = found["interval"]
    assert low < 0.3
    assert high > 0.7
    together = Trial(("c",) * 40, gold, wrong, half)
    assert difference([together])["interval"] == [0.5, 0.5]
    assert difference([apart, Trial(apart.groups, gold, gold, gold)])["difference"] == 0.25


@pytest.mark.slow
@pytest.mark.usefixtures("recipe")
def test_an_encoder_is_adapted_from_the_checkpoint_that_has_not_seen_the_source(tmp_path: Path) -> None:
    write_encoder(tmp_path / "encoder")
    _, _, how = ENCODER_RECIPE.partition("[encoder]")
    head = 'name = "t"\nkind = "encoder"\n[data]\nsources = [{ path = "documents.jsonl" }]\nevaluation = "judged.jsonl"\n'
    (tmp_path / "e.toml").write_text(f"{head}[encoder]{how}", encoding="utf-8")
    encoder = read_recipe(tmp_path / "e.toml")
    rows = list(experiment(encoder, "kind=story", [1], tmp_path / "out", How(LABELS, warm=True, replay=0.5)))
    assert len(rows) == 2
    learnt = {
        name: json.loads((tmp_path / "out" / name / "evaluation.json").read_text(encoding="utf-8"))["learning"]["n"]
        for name in ("without", "with-1")
    }
    # Less than all: the drawn labels and half of the other conversations.
    assert learnt["with-1"] < learnt["without"]
    assert learnt["without"] == len(read_material(part(encoder, "kind=story", tmp_path / "again").recipe).learning)
