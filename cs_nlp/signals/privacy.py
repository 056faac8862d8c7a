"""Small groups stay hidden, by code: no figure for fewer than k people or k transcripts, nor for what subtraction would reveal."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from cs_nlp.records import Totals

P = TypeVar("P", bound=Hashable)


@dataclass(frozen=True, slots=True)
class GroupSize:
    """How much stands behind a figure.

    Attributes:
        statements: scored statements.
        transcripts: transcripts with at least one.
        people: distinct speakers of the staff; transcripts that name nobody count as one person together.
    """

    statements: int
    transcripts: int
    people: int

    def is_below(self, k: int) -> bool:
        """Whether fewer than `k` people or `k` transcripts stand behind it."""
        return self.people < k or self.transcripts < k


def size_of(totals: Iterable[Totals]) -> GroupSize:
    """The size of the group behind `totals`."""
    rows = list(totals)
    people = frozenset[str]().union(*(row.people for row in rows))
    return GroupSize(sum(row.n for row in rows), len(rows), len(people) + any(not row.people for row in rows))


def hidden_buckets(buckets: Mapping[P, Sequence[Totals]], k: int) -> frozenset[P]:
    """Which buckets of a complete series must be withheld so that neither they nor their sum shows a small group.

    Someone who knows the whole and all shown buckets knows the sum of the hidden ones. So while that sum itself is of
    a small group, the smallest shown bucket is hidden as well (complementary suppression).
    """
    filled = [period for period, rows in buckets.items() if rows]
    hidden = {period for period in filled if size_of(buckets[period]).is_below(k)}
    shown = sorted((period for period in filled if period not in hidden), key=lambda period: len(buckets[period]), reverse=True)
    while hidden and shown and size_of(row for period in hidden for row in buckets[period]).is_below(k):
        hidden.add(shown.pop())
    return frozenset(hidden)
