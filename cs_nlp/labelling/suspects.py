"""Labels that are probably wrong: confident learning (Northcutt et al. 2021, JAIR 70:1373-1411) with cleanlab.

It compares each label with probabilities of a classifier that never saw it. A model that learnt from the labels would believe them, so
either the probabilities are made out of fold here, or the labels are of statements that the model did not learn from. Needs the extra
`label`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError, MissingExtraError
from cs_nlp.records import AnnotatedStatement
from cs_nlp.taxonomy import CULTURES

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

FOLDS: Final = 5
STRENGTH: Final = 3.0
FEWEST_GROUPS: Final = 2


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that is probably wrong.

    Attributes:
        row: place of the statement among those given.
        given: its label.
        likely: the class that the probabilities speak for.
        quality: how well the label fits, 0 (not at all) to 1.
    """

    row: int
    given: str
    likely: str
    quality: float


def find_suspects(labels: Sequence[str], probabilities: Floats) -> list[Suspect]:
    """Labels that are probably wrong, the worst first.

    Args:
        labels: of each statement, from `taxonomy.CULTURES`.
        probabilities: `(statements, 5)`, in `taxonomy.CULTURES` order, of a classifier that saw none of these labels.

    Raises:
        InputError: fewer than two classes are among the labels.
        MissingExtraError: the extra `label` is not installed.
    """
    if importlib.util.find_spec("cleanlab") is None:
        raise MissingExtraError("finding label errors", "label")
    from cleanlab.filter import find_label_issues  # noqa: PLC0415 - an extra
    from cleanlab.rank import get_label_quality_scores  # noqa: PLC0415 - as above

    present = [place for place, name in enumerate(CULTURES) if name in set(labels)]
    if len(present) < 2:  # noqa: PLR2004 - an error needs another class
        raise InputError(f"suspects: all {len(labels)} labels are of {len(present)} culture; expected two or more")
    # cleanlab wants classes without gaps, each with a label.
    codes = np.array([present.index(CULTURES.index(label)) for label in labels])
    shares = probabilities[:, present] + np.finfo(np.float64).tiny
    shares = shares / shares.sum(axis=1, keepdims=True)
    quality = get_label_quality_scores(codes, shares)
    rows = find_label_issues(codes, shares, return_indices_ranked_by="self_confidence", n_jobs=1)
    found = [Suspect(int(row), labels[row], CULTURES[present[int(shares[row].argmax())]], float(quality[row])) for row in rows]
    return [one for one in found if one.likely != one.given]


def out_of_fold(
    statements: Sequence[AnnotatedStatement],
    labels: Sequence[str],
    vectors: NDArray[np.float32] | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Floats:
    """Probabilities for each statement from classifiers that learnt from other groups, `(statements, 5)`.

    Logistic regression on words (TF-IDF) and, where they are given, on sentence vectors; groups stay together in one of `FOLDS` parts.

    Args:
        statements: with their groups.
        labels: of each, from `taxonomy.CULTURES`.
        vectors: `(statements, width)`, of unit length; None for words alone.
        seed: of the parts.
        progress: told how many parts of how many are done.

    Raises:
        InputError: there are fewer than two groups.
    """
    from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415 - slow to load
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - as above
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 - as above

    groups = [one.group for one in statements]
    if len(set(groups)) < FEWEST_GROUPS:
        raise InputError("suspects: all statements are of one conversation, so that nothing can be held out; give more")
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, tokenizer=str.split, token_pattern=None)
    features = vectoriser.fit_transform(one.text for one in statements)
    if vectors is not None:
        features = hstack([features, csr_matrix(vectors)])
    features = features.tocsr()
    truth = np.array([CULTURES.index(label) for label in labels])
    # A class that another part has not seen is not impossible.
    found = np.full((len(statements), len(CULTURES)), 1e-4)
    parts = GroupKFold(min(FOLDS, len(set(groups))), shuffle=True, random_state=seed)
    for done, (learnt, held) in enumerate(parts.split(features, truth, groups), start=1):
        if len(set(truth[learnt])) == 1:
            found[held, truth[learnt[0]]] = 1.0
        else:
            model = LogisticRegression(C=STRENGTH, solver="saga", tol=1e-2, max_iter=1000, random_state=seed).fit(
                features[learnt], truth[learnt]
            )
            found[np.ix_(held, model.classes_)] += model.predict_proba(features[held])
        if progress is not None:
            progress(done, parts.get_n_splits())
    return np.asarray(found / found.sum(axis=1, keepdims=True))
