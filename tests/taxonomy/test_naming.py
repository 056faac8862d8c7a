"""The one rule by which labels are named."""

from __future__ import annotations

import numpy as np
import pytest

from cs_nlp.taxonomy import CULTURES, name_cultures

ROWS = np.array([[0.30, 0.05, 0.05, 0.10, 0.50], [0.10, 0.10, 0.05, 0.05, 0.70], [0.50, 0.20, 0.10, 0.10, 0.10]])


@pytest.mark.parametrize(
    ("weight", "expected"),
    [(1.0, ["none", "none", "aggressive"]), (0.5, ["aggressive", "none", "aggressive"]), (0.1, ["aggressive", "aggressive", "aggressive"])],
)
def test_the_less_none_counts_the_more_statements_are_said_to_carry_a_culture(weight: float, expected: list[str]) -> None:
    assert [CULTURES[index] for index in name_cultures(ROWS, weight)] == expected


def test_no_statements_have_no_names() -> None:
    assert name_cultures(np.empty((0, len(CULTURES))), 0.5).shape == (0,)
