"""The read-out gives back what an encoder knew before it was bent."""

from __future__ import annotations

import numpy as np
import pytest

from cs_nlp.training.meaning import read_out


@pytest.mark.parametrize("seed", [0, 1])
def test_what_was_only_turned_and_stretched_is_given_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    meaning = rng.normal(size=(400, 12))
    bent = 30 * meaning @ rng.normal(size=(12, 12)) + 3
    weight, offset = read_out(bent, meaning)
    found = bent @ weight + offset
    centred = meaning - meaning.mean(axis=0)
    assert np.corrcoef((found @ found.T).ravel(), (centred @ centred.T).ravel())[0, 1] > 0.99
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-9)


def test_of_more_directions_than_are_kept_the_strongest_stay() -> None:
    rng = np.random.default_rng(0)
    strength = np.array([10.0, 5.0, 1.0, 0.1])
    meaning = rng.normal(size=(300, 4)) * strength
    weight, offset = read_out(meaning, meaning, width=2)
    kept = meaning @ weight + offset
    assert kept.shape == (300, 2)
    np.testing.assert_allclose(kept.var(axis=0), strength[:2] ** 2, rtol=0.25)
