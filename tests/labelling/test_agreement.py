"""Agreement is Krippendorff's alpha, by class too; labels of several become one, and ties are named."""

from __future__ import annotations

import numpy as np
import pytest

from cs_nlp.errors import InputError
from cs_nlp.labelling.adjudication import adjudicate
from cs_nlp.labelling.agreement import measure_agreement
from cs_nlp.records import AnnotatedStatement, Annotation, Channel
from cs_nlp.taxonomy import CULTURES
from tests.labelling.samples import said

# Krippendorff (2011), nominal data, four observers, missing values: alpha is 0.743. The twelfth unit has one value.
UNITS = ("111", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", "555", "11", "3")
ABSENT = {0: (3,), 9: (0,), 10: (0, 3)}


def _example() -> list[AnnotatedStatement]:
    found = []
    for number, values in enumerate(UNITS):
        names = [who for who in range(4) if who not in ABSENT.get(number, ())][: len(values)]
        found.append(said(number, *((f"a{who}", CULTURES[int(value) - 1]) for who, value in zip(names, values, strict=True))))
    return found


def test_alpha_is_that_of_the_published_example() -> None:
    found = measure_agreement(_example(), replicates=0)
    assert found.culture.value == pytest.approx(0.743, abs=5e-4)
    assert found.culture.statements == 11


def test_alpha_of_one_class_is_that_of_the_class_against_the_rest() -> None:
    statements = [said(n, ("ann", "none" if n % 2 else "assertive"), ("bob", "none" if n % 2 else "submissive")) for n in range(10)]
    found = {one.question: one for one in measure_agreement(statements, replicates=0).classes}
    assert found["none"].value == 1.0
    assert found["none"].given == 10
    assert found["assertive"].value is not None
    assert found["assertive"].value < 0
    assert found["aggressive"].value is None


def test_intervals_hold_the_true_alpha() -> None:
    """Two annotators who are right with chance 0.9 each, of two classes alike: alpha is 0.64. Labels of a conversation hang together."""
    rng, held = np.random.default_rng(5), 0
    for _ in range(40):
        statements = []
        for group in range(60):
            truth, slips = int(rng.integers(2)), rng.random(2) > 0.9  # one truth and one slip for a whole conversation of three
            for part in range(3):
                labels = [(who, CULTURES[truth ^ int(slip)]) for who, slip in zip(("ann", "bob"), slips, strict=True)]
                statements.append(said(group * 3 + part, *labels, group=f"g{group}"))
        interval = measure_agreement(statements, replicates=100).culture.interval
        assert interval is not None
        held += interval.low <= 0.64 <= interval.high
    assert held >= 34


def test_pairs_and_confusions_are_counted() -> None:
    statements = [said(1, ("ann", "none"), ("bob", "assertive"), ("cy", "none")), said(2, ("ann", "none"), ("bob", "none"))]
    found = measure_agreement(statements, replicates=0)
    assert [(pair.annotators, pair.statements, pair.agreed) for pair in found.pairs] == [
        (("ann", "bob"), 2, 0.5),
        (("ann", "cy"), 1, 1.0),
        (("bob", "cy"), 1, 0.0),
    ]
    assert found.confused == (("assertive", "none", 2),)


def test_agreement_of_one_annotator_alone_is_refused() -> None:
    with pytest.raises(InputError, match="none with two annotators"):
        measure_agreement([said(1, ("ann", "none")), said(2, ("bob", "none"))])


def _full(number: int, *labels: Annotation) -> AnnotatedStatement:
    return AnnotatedStatement(f"s{number}", "words", None, Channel.CALL, labels)


def test_gold_is_the_majority_with_target_and_drivers_of_those_who_agree() -> None:
    one = _full(
        1,
        Annotation("none", "company", ("voice-",), "ann"),
        Annotation("submissive", "self", ("training-", "voice-"), "bob"),
        Annotation("submissive", "self", ("training-",), "cy"),
    )
    (gold,) = adjudicate([one]).gold
    assert gold.gold == Annotation("submissive", "self", ("training-",))
    assert gold.annotations == one.annotations


def test_each_statement_is_gold_or_tied_or_of_too_few() -> None:
    statements = [
        said(1, ("ann", "none"), ("bob", "none")),
        said(2, ("ann", "none"), ("bob", "assertive")),
        said(3, ("ann", "none")),
        said(4, ("ann", "none"), ("bob", "none"), gold="assertive"),
    ]
    found = adjudicate(statements)
    assert [[one.id for one in part] for part in (found.gold, found.ties, found.single)] == [["s1", "s4"], ["s2"], ["s3"]]
    assert (found.kept, found.settled) == (1, 0)
    assert [one.id for one in adjudicate(statements, least=1).gold] == ["s1", "s3", "s4"]


def test_ties_are_settled_by_a_decision_or_by_a_senior_annotator() -> None:
    statements = [said(1, ("ann", "none"), ("bob", "assertive")), said(2, ("bob", "none"), ("cy", "submissive"))]
    found = adjudicate(statements, settled=[said(1, gold="submissive")], senior=["ann", "cy"])
    assert [one.gold for one in found.gold] == [Annotation("submissive", None), Annotation("submissive", None)]
    assert found.settled == 2


def test_decisions_on_what_is_not_there_are_refused() -> None:
    with pytest.raises(InputError, match="'s9'"):
        adjudicate([said(1)], settled=[said(9, gold="none")])
    with pytest.raises(InputError, match="'zoe' labelled nothing here; these did: ann"):
        adjudicate([said(1, ("ann", "none"))], senior=["zoe"])
