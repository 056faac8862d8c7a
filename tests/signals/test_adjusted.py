from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cs_nlp.records import Totals
from cs_nlp.signals import Correction, Resampling
from cs_nlp.signals.adjusted import COUNTING, MATRICES, adjustments
from tests.signals.samples import week_of

TRUE = np.array([10, 20, 5, 25, 40])


def _correction() -> Correction:
    """Learnt from rows on whose true class the classifier puts 0.6, give or take a little."""
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(5), 40)
    wobble = rng.dirichlet(np.full(5, 20.0), size=200) - 0.2
    return Correction(truth, 0.5 * np.eye(5)[truth] + 0.1 + wobble * 0.2, np.arange(200) // 2)


def _rows(confidence: float | None) -> list[Totals]:
    said = tuple(TRUE @ _correction().matrix())
    sure = None if confidence is None else 100 * confidence
    return [replace(row, n=100, counts=tuple(TRUE.tolist()), sums=said, confidence=sure) for row in week_of(0, 3)]


def test_without_a_correction_counts_stay_as_they_are() -> None:
    rows = week_of(0, 3, counts=(3, 1, 0, 2, 4))
    assert adjustments(rows, None, Resampling()) == ("plain", (COUNTING,))
    assert (COUNTING.said(rows) @ COUNTING.matrix).tolist() == [[3, 1, 0, 2, 4]] * 3


def test_a_correction_gives_back_the_true_counts_of_any_part() -> None:
    name, (way,) = adjustments(_rows(None), _correction(), Resampling())
    assert name == "pacc"
    np.testing.assert_allclose(way.said(_rows(None)[:1]) @ way.matrix, [TRUE])
    np.testing.assert_allclose(TRUE @ _correction().matrix() @ way.others, np.tile(TRUE, (MATRICES, 1)), atol=15)
    assert np.ptp(way.said(_rows(None)[:1]) @ way.others, axis=0).min() > 0


def test_where_the_correction_is_doubtful_both_ways_count_and_counting_comes_first() -> None:
    name, ways = adjustments(_rows(0.8), _correction(), Resampling())
    assert name.startswith("plain, widened")
    assert ways[0] is COUNTING
    assert [way.uses_sums for way in ways] == [False, True]


def test_where_nothing_can_be_trusted_there_is_no_way() -> None:
    name, ways = adjustments(_rows(0.4), _correction(), Resampling())
    assert name.startswith("none")
    assert ways == ()


def test_an_unfit_correction_is_not_used() -> None:
    poor = Correction(np.repeat(np.arange(5), 20), np.full((100, 5), 0.2), np.arange(100))
    name, ways = adjustments(_rows(None), poor, Resampling())
    assert name == "plain: the classifier hardly tells some classes apart"
    assert ways == (COUNTING,)


def test_the_same_seed_resamples_the_same_corrections() -> None:
    first, again, other = (adjustments(_rows(None), _correction(), Resampling(seed=seed))[1][0].others for seed in (1, 1, 2))
    assert first == pytest.approx(again)
    assert first != pytest.approx(other)
