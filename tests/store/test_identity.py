"""By what a transcript is known again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cs_nlp.pipeline.storing import identify
from tests.store.samples import MONDAY
from tests.store.test_storing import AGENT, KEEPING, sample, talk


@pytest.mark.parametrize(
    ("given", "source", "again"),
    [
        ("b1c2", "calls.jsonl", True),  # the platform's id
        ("calls", "exports/calls.jsonl", False),  # made from the name of the file
        ("week/calls", "/data/week/calls.vtt", False),
        ("calls#3~2", "calls.jsonl", False),
        ("in/zip", "upload.zip!in/zip.txt", False),
        ("b1c2", "upload.zip!in/b1c2_analysis.json", True),
    ],
)
def test_an_id_made_from_a_file_name_does_not_stand_for_other_words(given: str, source: str, *, again: bool) -> None:
    first = replace(sample(1), id=given, source=source, started_at=None)
    other = replace(sample(2), id=given, source=source, started_at=None)

    assert (identify(first, KEEPING).source_key == identify(other, KEEPING).source_key) == again
    assert identify(first, KEEPING).source_key == identify(first, KEEPING).source_key


def test_words_are_the_same_however_they_are_written() -> None:
    plain = talk("a", (AGENT, "Rosa", "It is fine."))
    odd = talk("b", (AGENT, "Someone", "  IT  is\u00a0\ufb01ne. "))

    assert identify(plain, KEEPING).content_key == identify(odd, KEEPING).content_key
    assert identify(plain, KEEPING).content_key != identify(plain, replace(KEEPING, organisation="rival")).content_key
    assert identify(plain, KEEPING).content_key != identify(plain, replace(KEEPING, secret=b"x" * 16)).content_key


def test_an_id_stands_for_a_transcript_together_with_its_start() -> None:
    monday, tuesday = sample(1), sample(1, started_at=MONDAY + timedelta(days=1))
    seconds_later = sample(2, id="call-1", started_at=MONDAY.replace(second=59))

    assert identify(monday, KEEPING).source_key != identify(tuesday, KEEPING).source_key
    assert identify(monday, KEEPING).source_key == identify(seconds_later, KEEPING).source_key


def test_long_ids_fit() -> None:
    long, other = (identify(sample(1, id=end * 400), KEEPING).source_key for end in "ab")

    assert long != other
    assert len(long) <= 300
