"""The TF-IDF baseline: word n-grams of the statement alone, and a logistic regression for each head."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from cs_nlp.errors import RecipeError
from cs_nlp.scoring.artefact import LINEAR_FILES
from cs_nlp.taxonomy import CULTURES, TARGETS
from cs_nlp.training.data import Weighted
from cs_nlp.training.evaluation import driver_table
from cs_nlp.training.recipe import Baseline, Recipe

_ITERATIONS = 2000
_NEVER = -10.0  # intercept of a class that was never met, beside others around 0

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """One head's linear model.

    Attributes:
        coef: shape `(classes, terms)`.
        intercept: shape `(classes,)`.
    """

    coef: Floats
    intercept: Floats


@dataclass(frozen=True, slots=True)
class BaselineModel:
    """A fitted baseline.

    Attributes:
        vocabulary: n-grams in the order of the columns.
        idf: inverse document frequencies, shape `(terms,)`.
        culture: softmax over `taxonomy.CULTURES`; target: over `taxonomy.TARGETS`.
        drivers: a sigmoid for each of `taxonomy.SIGNED_DRIVERS`.
    """

    vocabulary: tuple[str, ...]
    idf: Floats
    culture: Head
    target: Head
    drivers: Head


def fit_baseline(recipe: Recipe, learning: Sequence[Weighted]) -> BaselineModel:
    """Fit the baseline of a recipe; statements count by their weight, context is left out.

    Raises:
        RecipeError: no n-gram stands in as many statements as the recipe asks for.
    """
    statements = [item.statement for item in learning]
    weights = np.array([item.weight for item in learning])
    vectorizer = make_vectorizer(recipe.baseline)
    try:
        features = vectorizer.fit_transform([item.text for item in statements])
    except ValueError as error:
        raise RecipeError(
            f"baseline -> min_documents: {error} (got {recipe.baseline.min_documents} for {len(statements)} statements)"
        ) from error
    cultures = np.array([CULTURES.index(item.gold.culture) for item in statements])
    known = np.flatnonzero([item.gold.target is not None for item in statements])
    targets = np.array([TARGETS.index(statements[row].gold.target or "") for row in known], dtype=np.int64)
    drivers = driver_table(statements)
    signs = [_fit_driver(recipe, features, gold, weights) for gold in drivers.T]
    return BaselineModel(
        vocabulary=tuple(vectorizer.get_feature_names_out().tolist()),
        idf=vectorizer.idf_.astype(np.float32),
        culture=_fit_classes(recipe, features, cultures, weights, len(CULTURES)),
        target=_fit_classes(recipe, features[known], targets, weights[known], len(TARGETS)),
        drivers=Head(np.concatenate([head.coef for head in signs]), np.concatenate([head.intercept for head in signs])),
    )


def make_vectorizer(how: Baseline) -> TfidfVectorizer:
    """The vectorizer, unfitted; `scoring.linear` counts words as it does."""
    return TfidfVectorizer(ngram_range=(1, how.ngram_max), min_df=how.min_documents, sublinear_tf=True)


def write_baseline(model: BaselineModel, folder: Path) -> None:
    """Write `weights.npz` (float32 arrays, no pickle) and `vocabulary.json` (n-grams in column order)."""
    heads = {"culture": model.culture, "target": model.target, "drivers": model.drivers}
    arrays = {f"{name}_{part}": getattr(head, part) for name, head in heads.items() for part in ("coef", "intercept")}
    weights, vocabulary = (folder / name for name in LINEAR_FILES)
    np.savez_compressed(weights, idf=model.idf, **arrays)
    vocabulary.write_text(json.dumps(model.vocabulary, ensure_ascii=False) + "\n", encoding="utf-8")


def _fit_classes(recipe: Recipe, features: csr_matrix, gold: NDArray[np.int64], weights: NDArray[np.float64], n_classes: int) -> Head:
    """A softmax over all classes; those never met get a constant low score."""
    coef = np.zeros((n_classes, features.shape[1]), dtype=np.float32)
    intercept = np.full(n_classes, _NEVER, dtype=np.float32)
    met = np.unique(gold)
    if len(met) == 1:
        intercept[met] = 0.0
    elif len(met) > 1:
        model = _regression(recipe).fit(features, gold, sample_weight=weights)
        # Of two classes scikit-learn keeps the second one's odds only.
        rows = met if len(met) > 2 else met[1:]  # noqa: PLR2004 - see above
        intercept[met] = 0.0
        coef[rows], intercept[rows] = model.coef_, model.intercept_
    return Head(coef, intercept)


def _fit_driver(recipe: Recipe, features: csr_matrix, gold: NDArray[np.bool_], weights: NDArray[np.float64]) -> Head:
    """A sigmoid for one driver; one that is never or always met gets a constant by Laplace's rule of succession."""
    if gold.all() or not gold.any():
        constant = np.log((gold.sum() + 1) / ((~gold).sum() + 1))
        return Head(np.zeros((1, features.shape[1]), dtype=np.float32), np.array([constant], dtype=np.float32))
    model = _regression(recipe).fit(features, gold, sample_weight=weights)
    return Head(model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


def _regression(recipe: Recipe) -> LogisticRegression:
    return LogisticRegression(C=recipe.baseline.strength, max_iter=_ITERATIONS, random_state=recipe.seed)
