"""Wordings are evened out before they are compared, and beliefs are known again."""

from __future__ import annotations

import pytest

from cs_nlp.records.beliefs import KnownBelief
from cs_nlp.signals.beliefs_match import match_beliefs
from cs_nlp.signals.beliefs_words import same_words


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Customers never listen", "they never listen"),
        ("none of our customers ever listen", "they ever listen"),
        ("people who ring us never listen", "they never listen"),
        ("another caller who won't listen", "they who won't listen"),
        ("the customer's fault, always the customers' fault", "their fault, always their fault"),
        ("customer service is a joke", "customer service is a joke"),
        ("user error again", "user error again"),
        ("tell Mrs [NAME_2] that [NAME_1] left", "tell someone that someone left"),
        ("management never listens", "management never listens"),
    ],
)
def test_whoever_is_served_is_they_and_whoever_is_named_is_someone(said: str, read: str) -> None:
    assert same_words(said) == read


def _belief(name: str, *centroid: float) -> KnownBelief:
    return KnownBelief(name, "", centroid)


def test_beliefs_are_known_again_by_their_middles_each_once() -> None:
    old = [_belief("a", 1, 0, 0), _belief("b", 0, 1, 0)]
    new = [_belief("x", 0.6, 0.8, 0), _belief("y", 0.1, 0.995, 0), _belief("z", 0, 0, 1)]
    assert match_beliefs(old, new) == {"y": "b"}
    assert match_beliefs(old[1:], new[:1]) == {"x": "b"}


def test_together_as_many_as_fit_are_known_again() -> None:
    old = [_belief("a", 1, 0), _belief("b", 0.8, 0.6)]
    new = [_belief("x", 0.96, 0.28), _belief("y", 0.55, 0.835)]
    assert match_beliefs(old, new) == {"x": "a", "y": "b"}


def test_vectors_of_another_model_are_not_compared() -> None:
    assert match_beliefs([_belief("a", 1, 0)], [_belief("x", 1, 0, 0)]) == {}
    assert match_beliefs([], [_belief("x", 1, 0)]) == {}
