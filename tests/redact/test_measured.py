"""The hand-labelled items, and that the measured quality holds."""

from __future__ import annotations

from collections import Counter
from functools import reduce

import pytest

from cs_nlp.redact import KINDS, RedactedText, Redactor
from tools.measure_redaction import Count, Item, count_spans, count_words, parse, read_items, redact_items


@pytest.fixture(scope="module")
def measured(redactor: Redactor) -> list[tuple[Item, RedactedText]]:
    items = read_items()
    return list(zip(items, redact_items(redactor, items), strict=True))


def test_items_are_many_varied_and_not_repeated() -> None:
    items = read_items()
    assert len(items) >= 600
    assert len({(item.text, item.before) for item in items}) == len(items)
    assert {item.style for item in items} == {"clean", "chat", "asr"}
    assert len({item.country for item in items}) >= 8
    assert {span.kind for item in items for span in item.spans} == set(KINDS)
    assert sum(not item.spans for item in items) >= 150
    parts = Counter(item.part for item in items)
    assert abs(parts["development"] - parts["test"]) <= 20
    assert parts["later"] >= 100


@pytest.mark.parametrize(
    ("part", "least_precision", "least_recall"), [("development", 0.98, 0.98), ("test", 0.97, 0.95), ("later", 0.95, 0.95)]
)
def test_spans_are_found_as_well_as_the_readme_says(
    measured: list[tuple[Item, RedactedText]], part: str, least_precision: float, least_recall: float
) -> None:
    total = reduce(Count.plus, (count_spans(item, done.spans, None) for item, done in measured if item.part == part))
    assert total.right / total.replaced >= least_precision
    assert total.caught / total.wanted >= least_recall


def test_marks_are_parsed_into_spans() -> None:
    text, (span,) = parse("ask {NAME:Ada Byron} now")
    assert (text, text[span.start : span.end], span.kind) == ("ask Ada Byron now", "Ada Byron", "NAME")


def test_words_and_spans_are_counted_by_kind() -> None:
    text, wanted = parse("ask {NAME:Ada Byron} on {PHONE:555 0147}")
    _, got = parse("ask {NAME:Ada} Byron {NAME:on} {PHONE:555 0147}")
    item = Item(text, None, wanted, "test", "clean", "GB")
    assert count_spans(item, got, "NAME") == Count(wanted=1, caught=1, replaced=2, right=1)
    assert count_words(item, got, "NAME") == Count(wanted=2, caught=1, replaced=2, right=1)
    assert count_spans(item, got, None) == Count(wanted=2, caught=2, replaced=3, right=2)
