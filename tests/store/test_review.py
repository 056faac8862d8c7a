"""What to label next is what the classifier is least sure of, and unlike what comes before it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import mean

from cs_nlp.pipeline.review import next_to_label, uncertainty
from cs_nlp.store import KeepText, Selection, Store, StoredStatement, unlabelled_statements
from tests.store.samples import call, keep, score_all


def alike(said: Sequence[StoredStatement]) -> float:
    """How many words two of them share on average, as a part of all words of both."""
    words = [set(one.scored.statement.text.split()) for one in said]
    return mean(len(one & other) / len(one | other) for one, other in combinations(words, 2))


def test_less_sure_statements_come_first_and_repeats_last(store: Store, org: int) -> None:
    keep(store, org, *(call(f"n{place}", "agent-ann", words="the very same words" if place < 4 else "") for place in range(8)))
    score_all(store, org, text=KeepText.ALL)

    with store.reading() as db:
        found = next_to_label(db, org, limit=16)
        five = next_to_label(db, org, limit=5)
        least_sure = unlabelled_statements(db, org, among=100, at_most=5)
        nobody = next_to_label(db, org, Selection(teams=("nobody",)), limit=5)

    assert [one.id for one in five] == [one.id for one in found[:5]]
    assert uncertainty(found[0]) == max(uncertainty(one) for one in found)
    assert alike(five) < alike(least_sure)
    assert nobody == []
