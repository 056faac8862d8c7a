"""Splits that leak nothing: what belongs together stays together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cs_nlp.records import LabelledStatement


def split_by_group(
    statements: Sequence[LabelledStatement], held_out: float, *, seed: int
) -> tuple[list[LabelledStatement], list[LabelledStatement]]:
    """Split into learning and held-out statements; all of one group (situation, document, conversation) go to one side.

    A group's side depends on its name and the seed alone, so that it stays the same when data is added. About the share
    `held_out` (0 to 1) of the groups is held out.

    Returns:
        The statements to learn from and the held-out ones, each in the order given.
    """
    sides: tuple[list[LabelledStatement], list[LabelledStatement]] = ([], [])
    for statement in statements:
        sides[_fraction(statement.group, seed) < held_out].append(statement)
    return sides


def _fraction(group: str, seed: int) -> float:
    """A number from 0 to 1 that looks random but is always the same for a group and seed."""
    number = hashlib.blake2b(f"{seed}:{group}".encode(), digest_size=8).digest()
    return int.from_bytes(number, "big") / 2**64
