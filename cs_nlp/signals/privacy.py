"""Small groups stay hidden, by code: no figure for fewer than k people or k transcripts, nor for what subtraction would reveal.

Here stands what a small group is, and which pieces of one published whole must be hidden. `privacy_plan` decides what is published
of many teams, channels and queues over time; docs/privacy.md says against whom this protects, and against whom it does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from cs_nlp.records import Totals

P = TypeVar("P", bound=Hashable)

# So many times an even share among k people is the most that one of them may have said: a third for k = 5. Of five people who said
# equally much, a figure tells a fifth of how one differs from others (as explained variance); with a third it is half, with a half 0.8.
# (The dominance rule of official statistics: Hundepool et al. 2012, "Statistical Disclosure Control", section 4.2.)
LARGEST_PART: Final = 5 / 3


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


@dataclass(frozen=True, slots=True)
class Group:
    """Who stands behind a figure.

    Attributes:
        transcripts: how many.
        parts: how many statements each person of the staff made, at least 0; "" for all who are not named.
    """

    transcripts: int
    parts: Mapping[str, float]

    @classmethod
    def of(cls, rows: Iterable[Totals]) -> Group:
        """The group behind `rows`; what several people said in one transcript is shared out evenly among them."""
        parts: defaultdict[str, float] = defaultdict(float)
        transcripts = set()
        for row in rows:
            transcripts.add(row.transcript_id)
            people = row.people or {""}
            for person in people:
                parts[person] += row.n / len(people)
        return cls(len(transcripts), parts)

    @classmethod
    def union(cls, groups: Iterable[Group]) -> Group:
        """Several groups that share no transcript, as one."""
        parts: defaultdict[str, float] = defaultdict(float)
        transcripts = 0
        for group in groups:
            transcripts += group.transcripts
            for person, part in group.parts.items():
                parts[person] += part
        return cls(transcripts, parts)

    @property
    def people(self) -> frozenset[str]:
        """Who spoke."""
        return frozenset(self.parts)

    def is_small(self, k: int) -> bool:
        """Whether these are fewer than `k` people or `k` transcripts, or too much of it is one person's (`LARGEST_PART`).

        The union of groups that are not small and share no transcript is not small either: all that is built on this relies on it.
        """
        if len(self.parts) < k or self.transcripts < k:
            return True
        return max(self.parts.values()) > LARGEST_PART / k * sum(self.parts.values())


def size_of(totals: Iterable[Totals]) -> GroupSize:
    """The size of the group behind `totals`."""
    rows = list(totals)
    group = Group.of(rows)
    return GroupSize(sum(row.n for row in rows), group.transcripts, len(group.parts))


def hidden_pieces(pieces: Mapping[P, Group], k: int) -> frozenset[P]:
    """Which pieces of a whole must be hidden, where the whole and all other pieces are shown.

    Someone who knows the whole and all shown pieces knows the sum of the hidden ones. So while that sum itself is of a small
    group, the smallest shown piece is hidden as well (complementary suppression).

    Args:
        pieces: disjoint; those without transcripts are of nobody and are never hidden.
        k: smallest group.
    """
    filled = {place: group for place, group in pieces.items() if group.transcripts}
    hidden = {place for place, group in filled.items() if group.is_small(k)}
    shown = sorted(filled.keys() - hidden, key=[*filled].index)
    shown.sort(key=lambda place: filled[place].transcripts, reverse=True)
    while hidden and shown and Group.union(filled[place] for place in hidden).is_small(k):
        hidden.add(shown.pop())
    return frozenset(hidden)


def hidden_buckets(buckets: Mapping[P, Sequence[Totals]], k: int) -> frozenset[P]:
    """Which buckets of a complete series must be withheld, where the whole series is shown as one figure: see `hidden_pieces`."""
    return hidden_pieces({period: Group.of(rows) for period, rows in buckets.items()}, k)
