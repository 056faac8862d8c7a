"""Splits leak nothing and stay as they are when data is added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.labelling import split_by_group
from cs_nlp.records import Annotation, Channel, LabelledStatement


def statement(text: str, group: str) -> LabelledStatement:
    return LabelledStatement(text=text, context=None, channel=Channel.CALL, gold=Annotation("none", None), group=group)


_statements = st.lists(st.builds(statement, st.text(max_size=3), st.sampled_from("abcdefghij")), max_size=40)
_share = st.floats(0, 1)


@given(statements=_statements, held_out=_share, seed=st.integers(0, 5))
def test_no_group_is_on_both_sides_and_no_statement_is_lost(statements: list[LabelledStatement], held_out: float, seed: int) -> None:
    learning, kept = split_by_group(statements, held_out, seed=seed)
    assert not {item.group for item in learning} & {item.group for item in kept}
    assert learning == [item for item in statements if item in learning]
    assert kept == [item for item in statements if item in kept]
    assert len(learning) + len(kept) == len(statements)


@given(statements=_statements, more=_statements, held_out=_share)
def test_a_group_stays_on_its_side_when_data_is_added(
    statements: list[LabelledStatement], more: list[LabelledStatement], held_out: float
) -> None:
    before = split_by_group(statements, held_out, seed=1)
    after = split_by_group([*more, *statements], held_out, seed=1)
    for old, new in zip(before, after, strict=True):
        assert {item.group for item in old} <= {item.group for item in new}


@pytest.mark.parametrize("held_out", [0.0, 0.1, 0.5])
def test_about_the_share_asked_for_is_held_out(held_out: float) -> None:
    statements = [statement("x", str(number)) for number in range(2000)]
    kept = split_by_group(statements, held_out, seed=3)[1]
    assert len(kept) / 2000 == pytest.approx(held_out, abs=0.03)


def test_another_seed_splits_otherwise() -> None:
    statements = [statement("x", str(number)) for number in range(200)]
    assert split_by_group(statements, 0.3, seed=0) == split_by_group(statements, 0.3, seed=0)
    assert split_by_group(statements, 0.3, seed=0) != split_by_group(statements, 0.3, seed=1)
