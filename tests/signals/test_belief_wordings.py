"""With the released model: twenty wordings of one belief are one belief, and beliefs do not run into one another."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cs_nlp.records import Role, ScoredStatement, ScoredTranscript, Statement, Transcript
from cs_nlp.records.beliefs import Belief
from cs_nlp.scoring import Classifier, load_classifier
from cs_nlp.signals.beliefs import Believing, team_beliefs
from cs_nlp.signals.beliefs_stability import rand_index
from tests.signals.samples import day, totals

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (Path(__file__).parent / "belief_wordings.jsonl").read_text(encoding="utf-8").splitlines()
]
FAR_APART = (
    "customers_never_listen",
    "product_no_good",
    "qa_unfair",
    "own_my_mistake",
    "training_is_pointless",
    "im_useless",
    "lovely_customers",
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load_classifier("culture-en-small")


@cache
def _wordings(part: str, wording: str) -> list[dict[str, Any]]:
    return [row for row in ROWS if row["part"] == part and row["wording"] == wording]


def _team(classifier: Classifier, texts: Sequence[str]) -> list[ScoredTranscript]:
    """Each text by one of ten people, in a transcript of its own."""
    found = []
    for place, (text, score) in enumerate(zip(texts, classifier.score(list(texts)).to_records(), strict=True)):
        row = totals(f"t{place:03}", day(place % 28), people=f"p{place % 10}", counts=(1, 0, 0, 0, 0))
        said = ScoredStatement(Statement(row.transcript_id, 0, 0, len(text), Role.AGENT, text, None, f"p{place % 10}"), score)
        found.append(ScoredTranscript(Transcript(row.transcript_id, (), "test", "test", team="north"), (said,), row))
    return found


def _beliefs(classifier: Classifier, texts: Sequence[str]) -> tuple[Belief, ...]:
    (found,) = team_beliefs(_team(classifier, texts), classifier.embed, list)
    return found.beliefs


def test_customers_never_listen_in_twenty_wordings_is_one_belief(classifier: Classifier) -> None:
    rows = [row for row in _wordings("choose", "plain") if row["belief"] in FAR_APART]
    said = [row["text"] for row in rows if row["belief"] == "customers_never_listen"]
    found = _beliefs(classifier, [row["text"] for row in rows])
    of_it = [belief for belief in found if belief.name in said]
    assert len(said) == 20
    assert len(of_it) == 1
    assert of_it[0].n_statements >= 19
    assert (of_it[0].culture, of_it[0].target) == ("aggressive", "customer")
    assert set(of_it[0].examples) < set(said)


def test_twenty_wordings_alone_are_one_belief(classifier: Classifier) -> None:
    (belief,) = _beliefs(classifier, [row["text"] for row in _wordings("choose", "plain") if row["belief"] == "customers_never_listen"])
    assert belief.n_statements == 20
    assert belief.n_people == 10


def test_wordings_that_nothing_was_chosen_by_come_together_well_above_chance(classifier: Classifier) -> None:
    rows = _wordings("measure", "plain")
    truth = np.unique([row["belief"] for row in rows], return_inverse=True)[1]
    found = np.full(len(rows), -1)
    place = {row["text"]: number for number, row in enumerate(rows)}
    for number, belief in enumerate(_quoted(classifier, list(place))):
        for text in (belief.name, *belief.examples):
            found[place[text]] = number
    quoted = found >= 0
    assert quoted.sum() >= 0.3 * len(rows)
    assert rand_index(truth[quoted], found[quoted]) > 0.6


def _quoted(classifier: Classifier, texts: Sequence[str]) -> tuple[Belief, ...]:
    """As above; every person's first words are quoted."""
    (found,) = team_beliefs(_team(classifier, texts), classifier.embed, list, options=Believing(examples=99))
    return found.beliefs
