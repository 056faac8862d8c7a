"""The corpus keeps to the codebook's labels, repeats nothing, and its card tells the truth about it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from cs_nlp.records import Channel
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS, TARGETS, TAXONOMY_VERSION
from tools.data_card import BEGIN, CARD, CORPUS, END, read_rows, staff_lines, with_counts

GUIDE = CARD.parent / "ANNOTATION_GUIDE.md"
STYLES = {"clean", "asr", "chat"}

STATEMENTS = read_rows(CORPUS / "statements.jsonl")
DOCUMENTS = [*read_rows(CORPUS / "documents.jsonl"), *read_rows(CORPUS / "documents_2.jsonl")]


def _bad_labels(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row
        for row in rows
        if row["culture"] not in CULTURES
        or row["target"] not in TARGETS
        or not set(row["drivers"]) <= set(SIGNED_DRIVERS)
        or len(set(row["drivers"])) != len(row["drivers"])
        or not row["text"].strip()
    ]


def test_every_statement_carries_known_labels() -> None:
    assert _bad_labels(STATEMENTS) == []
    assert {row["channel"] for row in STATEMENTS} == {channel.value for channel in Channel}
    assert {row["style"] for row in STATEMENTS} == STYLES


def test_every_staff_line_of_a_document_carries_known_labels() -> None:
    assert _bad_labels(staff_lines(DOCUMENTS)) == []
    assert {document["style"] for document in DOCUMENTS} == STYLES
    assert {line["speaker"] for document in DOCUMENTS for line in document["lines"]} == {"staff", "customer"}


def test_document_ids_are_unique() -> None:
    assert max(Counter(document["id"] for document in DOCUMENTS).values()) == 1


def test_most_situations_show_most_stances() -> None:
    stances: dict[str, set[str]] = {}
    for row in STATEMENTS:
        stances.setdefault(row["situation"], set()).add(row["culture"])
    assert sum(len(found) >= 4 for found in stances.values()) > 0.9 * len(stances)


def test_no_text_is_repeated_within_or_between_the_files() -> None:
    texts = Counter(re.sub(r"\W+", " ", row["text"].lower()).strip() for row in [*STATEMENTS, *staff_lines(DOCUMENTS)])
    assert [text for text, times in texts.items() if times > 1] == []


def test_the_data_card_states_the_counts_of_the_files() -> None:
    card = CARD.read_text(encoding="utf-8")
    assert card == with_counts(card), "run: python -m tools.data_card"


def test_a_card_without_its_marks_is_refused() -> None:
    card = CARD.read_text(encoding="utf-8")
    for mark in (BEGIN, END):
        with pytest.raises(ValueError, match="lacks a mark"):
            with_counts(card.replace(mark, ""))


def test_the_annotation_guide_knows_every_label_and_its_version() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert f"taxonomy version {TAXONOMY_VERSION}" in guide
    assert [name for name in (*CULTURES, *TARGETS, *(driver[:-1] for driver in SIGNED_DRIVERS)) if f"`{name}`" not in guide] == []
