"""The baseline learns what scikit-learn learns, and scores without it as with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.linear_model import LogisticRegression

from cs_nlp.errors import RecipeError
from cs_nlp.scoring import Artefact, Scores
from cs_nlp.scoring.artefact import LinearConfig
from cs_nlp.scoring.linear import LinearClassifier
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS
from cs_nlp.training.baseline import fit_baseline, make_vectorizer, write_baseline
from cs_nlp.training.data import Weighted, read_material
from cs_nlp.training.recipe import Recipe, read_recipe
from tests import tiny

# Cases in which counting words differently would show: repeats, marks, single letters, case, letters that change length in lower case.
ODD = [
    "",
    "a I",
    "no no no NO",
    "can't won't re-sent",
    "İSTANBUL straße",
    "under_score 24/7",
    "ﬁne\u00a0naïve",
    "the the the the refund refund",
]


@pytest.fixture(scope="module")
def recipe(tiny_folder: Path) -> Recipe:
    path = tiny_folder / "baseline-test.toml"
    path.write_text(tiny.BASELINE_RECIPE, encoding="utf-8")
    return read_recipe(path)


@pytest.fixture(scope="module")
def learning(recipe: Recipe) -> tuple[Weighted, ...]:
    return read_material(recipe).learning


def scored(recipe: Recipe, learning: Sequence[Weighted], folder: Path, texts: Sequence[str], *, temperature: float = 1.0) -> Scores:
    write_baseline(fit_baseline(recipe, learning), folder)
    config = LinearConfig(name="x", temperature=temperature, driver_threshold=0.5, sha256={}, ngram_max=recipe.baseline.ngram_max)
    return LinearClassifier(Artefact(folder, config, {}), config).score(texts)


@pytest.mark.parametrize("ngram_max", [1, 2, 3])
def test_probabilities_are_those_of_scikit_learn(recipe: Recipe, learning: tuple[Weighted, ...], tmp_path: Path, ngram_max: int) -> None:
    how = recipe.model_copy(update={"baseline": recipe.baseline.model_copy(update={"ngram_max": ngram_max})})
    statements = [item.statement for item in learning]
    texts = [*ODD, *(item.text for item in read_material(recipe).evaluation)]
    weights = [item.weight for item in learning]
    vectorizer = make_vectorizer(how.baseline)
    features = vectorizer.fit_transform([item.text for item in statements])
    found = scored(how, learning, tmp_path, texts)
    for probabilities, gold, order in (
        (found.cultures, [item.gold.culture for item in statements], CULTURES),
        (found.targets, [item.gold.target for item in statements], TARGETS),
    ):
        model = LogisticRegression(C=10.0, max_iter=2000).fit(features, gold, sample_weight=weights)
        expected = model.predict_proba(vectorizer.transform(texts))
        columns = [order.index(name) for name in model.classes_]
        np.testing.assert_allclose(probabilities[:, columns] / probabilities[:, columns].sum(axis=1, keepdims=True), expected, atol=1e-5)


def test_drivers_are_a_regression_each(recipe: Recipe, learning: tuple[Weighted, ...], tmp_path: Path) -> None:
    texts = [item.statement.text for item in learning]
    found = scored(recipe, learning, tmp_path, texts)
    vectorizer = make_vectorizer(recipe.baseline)
    features = vectorizer.fit_transform(texts)
    met = {driver for item in learning for driver in item.statement.gold.drivers}
    for column, driver in enumerate(SIGNED_DRIVERS):
        if driver not in met:
            assert np.ptp(found.drivers[:, column]) == 0
            assert 0 < found.drivers[0, column] < 0.05
            continue
        gold = [driver in item.statement.gold.drivers for item in learning]
        model = LogisticRegression(C=10.0, max_iter=2000).fit(features, gold, sample_weight=[item.weight for item in learning])
        np.testing.assert_allclose(found.drivers[:, column], expit(model.decision_function(features)), atol=1e-5)


def test_the_temperature_divides_the_cultures_logits_only(recipe: Recipe, learning: tuple[Weighted, ...], tmp_path: Path) -> None:
    texts = [item.statement.text for item in learning[:20]]
    plain, hot = (scored(recipe, learning, tmp_path, texts, temperature=temperature) for temperature in (1.0, 2.5))
    np.testing.assert_allclose(hot.cultures, softmax(np.log(plain.cultures) / 2.5, axis=1), atol=1e-5)
    np.testing.assert_array_equal(hot.targets, plain.targets)
    np.testing.assert_array_equal(hot.drivers, plain.drivers)


@pytest.mark.parametrize("cultures", [("assertive", "submissive"), ("none",)])
def test_cultures_never_met_stay_improbable(
    recipe: Recipe, learning: tuple[Weighted, ...], tmp_path: Path, cultures: tuple[str, ...]
) -> None:
    some = [item for item in learning if item.statement.gold.culture in cultures]
    found = scored(recipe, some, tmp_path, [item.statement.text for item in some]).cultures
    met = [CULTURES.index(culture) for culture in cultures]
    assert (found[:, met].sum(axis=1) > 0.99).all()
    gold = [CULTURES.index(item.statement.gold.culture) for item in some]
    assert (found.argmax(axis=1) == gold).mean() > 0.95


def test_statements_that_weigh_more_are_followed_more(recipe: Recipe, learning: tuple[Weighted, ...], tmp_path: Path) -> None:
    texts = ODD
    heavy = [
        Weighted(item.statement, item.source, 20.0 if item.statement.gold.culture == "submissive" else item.weight) for item in learning
    ]
    column = CULTURES.index("submissive")
    light = scored(recipe, learning, tmp_path, texts).cultures[:, column]
    assert (scored(recipe, heavy, tmp_path, texts).cultures[:, column] > light).all()


def test_the_same_recipe_and_data_give_the_same_files(recipe: Recipe, learning: tuple[Weighted, ...], tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_baseline(fit_baseline(recipe, learning), tmp_path / name)
        with np.load(tmp_path / name / "weights.npz", allow_pickle=False) as arrays:
            written.append({key: (value.dtype, value.tobytes()) for key, value in arrays.items()})
    assert written[0] == written[1]
    assert {dtype for dtype, _ in written[0].values()} == {np.dtype(np.float32)}
    assert len(json.loads((tmp_path / "one" / "vocabulary.json").read_text())) == len(written[0]["idf"][1]) // 4


def test_too_few_statements_for_the_recipe_are_refused_with_the_place(recipe: Recipe, learning: tuple[Weighted, ...]) -> None:
    rare = recipe.model_copy(update={"baseline": recipe.baseline.model_copy(update={"min_documents": 100_000})})
    with pytest.raises(RecipeError, match="baseline -> min_documents"):
        fit_baseline(rare, learning)
