"""A candidate takes the live model's place only when it is not worse; who is live is written down and can be taken back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cs_nlp.errors import ArtefactError, InputError, PromotionError, RecipeError
from cs_nlp.labelling import read_dataset
from cs_nlp.scoring import Artefact, find_artefact, load_classifier
from cs_nlp.scoring.registry import live_entry, live_name, read_registry, record_promotion, roll_back
from cs_nlp.taxonomy import CULTURES
from cs_nlp.training.evaluation import macro_f1
from cs_nlp.training.promotion import Bounds, judge
from cs_nlp.training.recipe import read_recipe, with_added
from cs_nlp.training.run import train
from tests.cli.test_read import rows, run


@pytest.fixture(scope="module")
def good(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learnt the gold set by heart from a copy, so that it is better than any honest one."""
    folder = tmp_path_factory.mktemp("good")
    shutil.copyfile(tiny_folder / "evaluation.jsonl", folder / "own.jsonl")
    (folder / "own.jsonl").write_text((folder / "own.jsonl").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    recipe = with_added(read_recipe(tiny_folder / "tiny-words.toml"), [folder / "own.jsonl"], name="good", weight=3)
    return train(recipe, folder / "good")


@pytest.fixture
def gold(tiny_baseline: Path) -> Path:
    return tiny_baseline.parents[1] / "evaluation.jsonl"


@pytest.fixture
def models(tmp_path: Path, tiny_baseline: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two models; the tiny one is live."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(tiny_baseline, tmp_path / "models" / "tiny-words")
    shutil.copytree(good, tmp_path / "models" / "good")
    record_promotion(Artefact.open(tmp_path / "models" / "tiny-words"), ("the first",))
    return tmp_path / "models"


def test_the_figures_behind_the_criteria_are_those_of_the_evaluation(tiny_baseline: Path, good: Path, gold: Path) -> None:
    statements = read_dataset(gold)
    new, old = load_classifier(good), load_classifier(tiny_baseline)
    criteria = {one.name: one for one in judge(new, old, statements, Bounds())}
    labels = np.array([CULTURES.index(item.gold.culture) for item in statements])
    difference = macro_f1(labels, new.score([item.text for item in statements]).named) - macro_f1(
        labels, old.score([item.text for item in statements]).named
    )
    assert f"difference {difference:+.3f}" in criteria["macro_f1"].told
    assert criteria["macro_f1"].got < difference
    assert list(criteria) == ["gold", "macro_f1", *(f"f1 of {culture}" for culture in CULTURES), "calibration"]


def test_a_model_is_not_worse_than_itself_by_anything(tiny_baseline: Path, gold: Path) -> None:
    model = load_classifier(tiny_baseline)
    criteria = judge(model, model, read_dataset(gold), Bounds(loss=0))
    assert [one.name for one in criteria if not one.is_met] == []
    assert criteria[1].got == 0


def test_too_few_of_a_culture_prove_nothing(tiny_baseline: Path, gold: Path) -> None:
    model = load_classifier(tiny_baseline)
    kept = [item for item in read_dataset(gold) if item.gold.culture != "submissive"]
    unmet = [one for one in judge(model, model, kept, Bounds()) if not one.is_met]
    assert [one.name for one in unmet] == ["gold"]
    assert "0 of them submissive; needed: 5 of each" in unmet[0].told


def test_a_better_model_becomes_live_and_is_used_without_a_name(models: Path, gold: Path) -> None:
    assert find_artefact() == Path("models") / "tiny-words"
    printed, told, code = run("promote", models / "good", "--gold", gold, "--json")
    [found] = rows(printed)
    assert (code, found["promoted"], found["live"]) == (0, True, "tiny-words")
    assert all(one["is_met"] for one in found["criteria"])
    assert "(before: tiny-words)" in told
    assert load_classifier().artefact.name == load_classifier(models).artefact.name == "good"
    entry = live_entry()
    assert entry is not None
    learning = json.loads((models / "good" / "evaluation.json").read_text(encoding="utf-8"))["learning"]
    assert (entry.folder, entry.learning_sha256, entry.learnt) == ("good", learning["sha256"], learning["n"])
    assert entry.since.tzinfo is not None


def test_a_worse_model_is_refused_with_every_number_and_nothing_changes(models: Path, gold: Path) -> None:
    record_promotion(Artefact.open(models / "good"), ())
    before = (models / "registry.json").read_bytes()
    with pytest.raises(PromotionError, match="tiny-words is not promoted, good stays live") as caught:
        run("promote", models / "tiny-words", "--gold", gold)
    assert any(told.startswith("macro-F1 0.") and "needed: above -0.020" in told for told in caught.value.unmet)
    assert (models / "registry.json").read_bytes() == before
    assert live_name() == "good"


def test_force_leaves_its_reason_and_what_was_not_met(models: Path, gold: Path) -> None:
    record_promotion(Artefact.open(models / "good"), ())
    run("promote", models / "tiny-words", "--gold", gold, "--force", "a test")
    entry = read_registry()[-1]
    assert entry.model == "tiny-words"
    assert entry.reason[0] == "forced: a test"
    assert any(told.startswith("not met: macro-F1") for told in entry.reason)


def test_rollback_goes_back_step_by_step_to_the_released_model(models: Path) -> None:
    record_promotion(Artefact.open(models / "good"), ())
    _, told, _ = run("rollback", "--because", "complaints")
    assert "live: tiny-words (taken back: good)" in told
    assert read_registry()[-1].reason == ("complaints",)
    run("rollback")
    assert live_name() == "culture-en-small"
    assert find_artefact().name == "culture-en-small"
    with pytest.raises(ArtefactError, match="nothing to go back to"):
        roll_back()
    assert [entry.action for entry in read_registry()] == ["promote", "promote", "rollback", "rollback"]


def test_a_live_model_that_changed_is_refused_with_the_way_out(models: Path) -> None:
    config = models / "tiny-words" / "config.json"
    config.write_text(config.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(ArtefactError, match="promote it again with 'cs-nlp promote', or go back with 'cs-nlp rollback'"):
        load_classifier()


@pytest.mark.parametrize("text", ["{cut", '{"version": 2}', '{"version": 1, "entries": [{"action": "promote"}]}'])
def test_a_damaged_registry_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "registry.json").write_text(text, encoding="utf-8")
    with pytest.raises(ArtefactError, match=r"registry\.json: damaged"):
        find_artefact(tmp_path)


def test_without_a_registry_the_released_model_is_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_artefact().name == "culture-en-small"
    assert "live: culture-en-small, the released model" in run("models")[0]


@pytest.mark.usefixtures("models")
def test_the_list_says_what_is_live_since_when_and_why() -> None:
    printed, _, _ = run("models")
    assert printed.startswith("live: tiny-words, since 20")
    assert "the first" in printed
    [entry] = rows(run("models", "--json")[0])
    assert (entry["model"], entry["live"], entry["reason"]) == ("tiny-words", True, ["the first"])


def test_a_gold_set_that_was_learnt_from_and_a_model_that_is_live_are_refused(models: Path, good: Path, gold: Path) -> None:
    with pytest.raises(ArtefactError, match="good learnt from this very file"):
        run("promote", models / "good", "--gold", good.parent / "own.jsonl")
    with pytest.raises(ArtefactError, match="is live already"):
        run("promote", models / "tiny-words", "--gold", gold)


def test_the_live_model_is_never_overwritten(models: Path, tiny_folder: Path) -> None:
    with pytest.raises(ArtefactError, match="is the live model, which is never overwritten"):
        run("train", tiny_folder / "tiny-words.toml")
    assert find_artefact().name == "tiny-words"
    run("train", tiny_folder / "tiny-words.toml", "--name", "again")
    assert Artefact.open(models / "again").name == "again"


def test_one_command_learns_from_ones_own_labels_as_well(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own = [{"text": f"the gizmo is {word}", "culture": "submissive", "conversation": f"c{n}"} for n, word in enumerate(["dead"] * 30)]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, own)), encoding="utf-8")
    run("train", tiny_folder / "tiny-words.toml", "--add", "own.jsonl", "--weight", "2")
    folder = tmp_path / "models" / "tiny-words-adapted"
    learning = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))["learning"]
    assert 0 < learning["sources"][f"{tmp_path.name}/own.jsonl"] < 30
    assert load_classifier(folder).score(["the gizmo"]).to_records()[0].culture == "submissive"


def test_files_that_can_not_be_learnt_from_are_refused(tiny_folder: Path, tmp_path: Path) -> None:
    recipe = read_recipe(tiny_folder / "tiny-words.toml")
    for path, why in (
        (tmp_path / "absent.jsonl", "no such file"),
        (tiny_folder / "evaluation.jsonl", "is judged by it"),
        (tiny_folder / "statements.jsonl", "learns from it already"),
    ):
        with pytest.raises(RecipeError, match=why):
            with_added(recipe, [path])
    with pytest.raises(InputError, match="should match pattern"):
        with_added(recipe, [], name="No Name")
