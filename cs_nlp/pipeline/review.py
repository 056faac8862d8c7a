"""Which statements people should label next."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from cs_nlp.store import EVERYTHING, Selection, StoredStatement, unlabelled_statements

if TYPE_CHECKING:
    from sqlalchemy import Connection

AMONG: Final = 20_000
"""Of so many of the newest statements."""
_POOL: Final = 8
_WORD: Final = re.compile(r"[^\W\d_]+")
_AGAIN: Final = 0.8


def next_to_label(db: Connection, organisation: int, selection: Selection = EVERYTHING, *, limit: int = 20) -> list[StoredStatement]:
    """Statements whose labels would teach most: those of which the classifier is least sure, and each unlike the ones before.

    Of eight times as many of the least sure ones, the next one is always that with the largest u (1 - s) 0.8^t: u is the entropy of its
    culture, from 0 to 1; s the largest part of its words that it shares with one chosen before (Jaccard); t how many of those chosen
    stand in the same transcript, or between the same two cultures.

    Args:
        db: a transaction that reads.
        organisation: whose.
        selection: of which transcripts.
        limit: how many.

    Returns:
        The most telling first; none that anybody has labelled, and none whose text was not kept.
    """
    return _diverse(unlabelled_statements(db, organisation, selection, among=AMONG, at_most=_POOL * limit), limit)


def uncertainty(statement: StoredStatement) -> float:
    """Entropy of the culture's probabilities over that of no knowledge at all: 0 where the classifier is sure, 1 where it knows nothing."""
    shares = statement.scored.score.probabilities
    return -sum(share * math.log(share) for share in shares if share > 0) / math.log(len(shares))


def _diverse(pool: Sequence[StoredStatement], limit: int) -> list[StoredStatement]:
    left = {one.id: one for one in pool}
    words = {one.id: frozenset(_WORD.findall(one.scored.statement.text.casefold())) for one in pool}
    alike = dict.fromkeys(left, 0.0)
    seen: Counter[object] = Counter()
    chosen: list[StoredStatement] = []
    while left and len(chosen) < limit:
        worth = {
            place: uncertainty(one) * (1 - alike[place]) * _AGAIN ** (seen[one.scored.statement.transcript_id] + seen[_between(one)])
            for place, one in left.items()
        }
        best = left.pop(max(worth, key=lambda place: (worth[place], -place)))
        chosen.append(best)
        seen.update([best.scored.statement.transcript_id, _between(best)])
        for place in left:
            alike[place] = max(alike[place], _overlap(words[place], words[best.id]))
    return chosen


def _between(one: StoredStatement) -> frozenset[int]:
    """The two cultures between which the classifier wavers."""
    shares = one.scored.score.probabilities
    return frozenset(sorted(range(len(shares)), key=shares.__getitem__)[-2:])


def _overlap(mine: frozenset[str], other: frozenset[str]) -> float:
    return len(mine & other) / max(len(mine | other), 1)
