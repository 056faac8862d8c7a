"""By what a transcript is known again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs_nlp.pipeline.storing import identify
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
