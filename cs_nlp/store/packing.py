"""Arrays as bytes: little-endian, without a header, the length tells what is there.

A row of a series has some sixty figures; as columns of their own, reading them would cost several times what reading bytes does.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cs_nlp.records import Score, Totals
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS

CLASSES: Final = len(CULTURES)
_SIGNS: Final = len(SIGNED_DRIVERS)
_PROBABILITIES: Final = struct.Struct(f"<{CLASSES + len(TARGETS) + _SIGNS}f")
FIGURES: Final = struct.Struct(f"<{2 * CLASSES + 1 + 2 * CLASSES * CLASSES}d")
"""Of a cell: counts, sums, confidence (NaN where not known), products of counts, products of sums."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The figures of `Totals` as bytes.

    Attributes:
        counts: int32; by culture, then by signed driver where known.
        sums: float64; by culture, the confidence (NaN where not known), then by signed driver where known.
    """

    counts: bytes
    sums: bytes


def pack_totals(totals: Totals) -> Packed:
    """The figures of totals, as they are kept."""
    counts = (*totals.counts, *totals.driver_counts)
    sums = (*totals.sums, math.nan if totals.confidence is None else totals.confidence, *totals.driver_sums)
    return Packed(struct.pack(f"<{len(counts)}i", *counts), struct.pack(f"<{len(sums)}d", *sums))


def unpack_counts(data: bytes) -> tuple[int, ...]:
    """What `Packed.counts` holds."""
    return struct.unpack(f"<{len(data) // 4}i", data)


def unpack_sums(data: bytes) -> tuple[float, ...]:
    """What `Packed.sums` holds."""
    return struct.unpack(f"<{len(data) // 8}d", data)


def pack_ids(ids: Iterable[int]) -> bytes:
    """Ids as int64, in order."""
    ordered = sorted(ids)
    return struct.pack(f"<{len(ordered)}q", *ordered)


def unpack_ids(data: bytes | bytearray) -> tuple[int, ...]:
    """What `pack_ids` made, of several calls one after another."""
    return struct.unpack(f"<{len(data) // 8}q", data)


def pack_score(score: Score) -> bytes:
    """The probabilities of a score as float32, in which the classifier gives them: cultures, targets, signed drivers."""
    return _PROBABILITIES.pack(*score.probabilities, *score.target_probabilities, *score.driver_probabilities)


def unpack_score(data: bytes, culture: str, target: str, drivers: str, windows: int) -> Score:
    """A score as it was given.

    Args:
        data: what `pack_score` made.
        culture: the label; target: the most probable target.
        target: as above.
        drivers: the named ones, separated by spaces.
        windows: in how many the statement was read.
    """
    values = _PROBABILITIES.unpack(data)
    targets = CLASSES + len(TARGETS)
    return Score(culture, values[:CLASSES], target, values[CLASSES:targets], tuple(drivers.split()), values[targets:], windows)


def pack_vector(vector: Sequence[float]) -> bytes:
    """An embedding as float32."""
    return struct.pack(f"<{len(vector)}f", *vector)
