"""Grouping: what is near comes together, what many say stays apart, and more statements than can be linked join what was found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from cs_nlp.errors import InputError
from cs_nlp.signals.beliefs_groups import FAR, LARGEST, NEAR, belief_vectors, group_statements, meanings_of
from cs_nlp.signals.beliefs_rules import carries_culture, holds_together, likeness, of_culture
from cs_nlp.signals.beliefs_stability import rand_index, stability_of
from tests.signals.believing import score


def _blobs(n: int, centres: int, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    middle = np.linalg.qr(rng.normal(size=(64, centres)))[0].T
    truth = rng.integers(0, centres, n)
    vectors = middle[truth] + rng.normal(scale=spread / 8, size=(n, 64))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), truth


def test_vectors_are_of_unit_length_and_give_the_meaning_back() -> None:
    meanings = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32)
    scores = [score("aggressive"), score("aggressive"), score("assertive", target="company")]
    vectors = belief_vectors(meanings, scores)
    assert vectors.shape == (3, 8 + 36)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-6)
    assert meanings_of(vectors) == pytest.approx(meanings / np.linalg.norm(meanings, axis=1, keepdims=True), abs=1e-5)
    assert belief_vectors(np.zeros((0, 8), dtype=np.float32), []).shape == (0, 0)
    with pytest.raises(InputError, match=r"shape \(3, 8\); expected a row for each of the 2 statements"):
        belief_vectors(meanings, scores[:2])


def test_the_same_words_lie_nearer_in_the_same_stance() -> None:
    same = np.tile(np.eye(1, 8, dtype=np.float32), (3, 1))
    near, far = (
        belief_vectors(same, [score("aggressive"), score("aggressive", 0.7), score("submissive", target="company")])[1:]
        @ (belief_vectors(same[:1], [score("aggressive")])[0])
    )
    assert near > 0.99
    assert far < 0.8


def test_among_people_who_say_things_once_it_is_average_linkage_at_the_far_end() -> None:
    vectors, _ = _blobs(120, 12, 0.9)
    own = [str(row) for row in range(120)]
    found = group_statements(vectors, own, own, k=1000)
    cut = fcluster(linkage(vectors, "average", "cosine"), FAR, "distance")
    assert adjusted_rand_score(cut, found) == pytest.approx(1.0)


def test_groups_that_can_be_shown_stay_apart_where_they_are_only_rather_near() -> None:
    angle = np.arccos(1 - (NEAR + FAR) / 2)
    vectors = np.zeros((12, 4), dtype=np.float32)
    vectors[:6, 0] = 1
    vectors[6:, 0], vectors[6:, 1] = np.cos(angle), np.sin(angle)
    own = [str(row) for row in range(12)]
    assert len(set(group_statements(vectors, own, own, k=5))) == 2
    assert len(set(group_statements(vectors, own, own, k=7))) == 1
    assert len(set(group_statements(vectors, ["ann"] * 12, own, k=5))) == 1


def test_of_many_statements_those_not_drawn_join_the_groups_found() -> None:
    vectors, truth = _blobs(LARGEST + 1500, 20, 0.5)
    own = [str(row) for row in range(len(vectors))]
    found = group_statements(vectors, own, own, k=5, seed=3)
    assert adjusted_rand_score(truth, found) > 0.99
    assert (found == group_statements(vectors, own, own, k=5, seed=3)).all()
    odd = vectors.copy()
    odd[-1] = -vectors.mean(axis=0) / np.linalg.norm(vectors.mean(axis=0))
    drawn = np.random.default_rng(3).permutation(len(vectors))[:LARGEST]
    assert (group_statements(odd, own, own, k=5, seed=3)[-1] == -1) == (len(vectors) - 1 not in drawn)


def test_no_statement_or_one_is_no_trouble() -> None:
    assert group_statements(np.zeros((0, 4), dtype=np.float32), [], [], 5).tolist() == []
    assert group_statements(np.eye(1, 4, dtype=np.float32), ["a"], ["t"], 5).tolist() == [0]


def test_a_group_holds_together_by_what_is_said_or_by_its_stance() -> None:
    meanings = np.eye(4, 8, dtype=np.float32)
    one = [score("aggressive")] * 4
    several = [score(culture) for culture in ("aggressive", "aggressive", "submissive", "assertive")]
    probabilities = [np.array([each.probabilities for each in scores]) for scores in (one, several)]
    assert likeness(belief_vectors(meanings, one)) == pytest.approx(0.0, abs=1e-6)
    assert holds_together(belief_vectors(meanings, one), probabilities[0])
    assert not holds_together(belief_vectors(meanings, several), probabilities[1])
    assert holds_together(belief_vectors(meanings + 1, several), probabilities[1])
    assert carries_culture(probabilities[1])
    assert not carries_culture(np.array([[0.1, 0.1, 0.1, 0.1, 0.6]]))
    assert of_culture(probabilities[1], 0).tolist() == [True, True, False, False]


def test_the_rand_index_is_the_adjusted_one() -> None:
    rng = np.random.default_rng(5)
    one, other = rng.integers(0, 5, 200), rng.integers(0, 4, 200)
    assert rand_index(one, other) == pytest.approx(adjusted_rand_score(one, other))
    assert rand_index(one, one) == 1.0
    alone = np.full(200, -1)
    assert rand_index(alone, np.arange(200)) == 1.0
    assert rand_index(np.where(one == 0, -1, one), one) < 1.0


def test_clear_groups_come_back_and_made_up_ones_do_not() -> None:
    vectors, truth = _blobs(200, 8, 0.4)
    own = [str(row) for row in range(200)]

    def regroup(rows: np.ndarray) -> np.ndarray:
        names = [own[row] for row in rows]
        return group_statements(vectors[rows], names, names, 5)

    kept = stability_of(truth, own, regroup, draws=5)
    assert kept is not None
    assert kept.rand > 0.99
    assert min(kept.jaccard.values()) > 0.95
    drawn = np.random.default_rng(0).integers(0, 8, 200)
    lost = stability_of(drawn, own, regroup, draws=5)
    assert lost is not None
    assert abs(lost.rand) < 0.1
    assert max(lost.jaccard.values()) < 0.5
    assert stability_of(truth, ["one"] * 200, lambda rows: truth[rows], draws=5) is None
    assert stability_of(truth, own, lambda rows: truth[rows], draws=0) is None
