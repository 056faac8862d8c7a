from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.redact import pseudonym

KEY = bytes(range(32))


@pytest.mark.parametrize("written", ["priya nair", " Priya  Nair ", "PRIYA\tNAIR", "Priya\u00a0Nair"])
def test_same_person_has_the_same_pseudonym_however_the_name_is_written(written: str) -> None:
    assert pseudonym(written, KEY, "alder") == pseudonym("Priya Nair", KEY, "alder")


def test_accent_counts_the_same_in_both_ways_that_unicode_writes_it() -> None:
    assert pseudonym("Sine\u0301ad", KEY, "alder") == pseudonym("Sin\u00e9ad", KEY, "alder")


def test_pseudonym_is_the_documented_one() -> None:
    # HMAC-SHA256 over the organisation's length in 8 bytes, b"alder" and b"priya nair", made with another program.
    assert pseudonym("Priya Nair", KEY, "alder") == "agent-47d9b84a0ea5"


def test_key_organisation_name_and_kind_all_count() -> None:
    made = {
        pseudonym("Ada", KEY, "alder"),
        pseudonym("Ada", KEY[::-1], "alder"),
        pseudonym("Ada", KEY, "harbour"),
        pseudonym("Adam", KEY, "alder"),
        pseudonym("am", KEY, "alderAda"),
        pseudonym("Ada", KEY, "alder", kind="person"),
    }
    assert len(made) == 6


@given(st.text(min_size=1).filter(lambda name: any(map(str.isalnum, name))), st.text())
def test_pseudonym_is_short_and_shows_nothing_of_the_name(name: str, organisation: str) -> None:
    assert re.fullmatch(r"agent-[0-9a-f]{12}", pseudonym(name, KEY, organisation))


@pytest.mark.parametrize("key", [b"", b"short", bytes(15)])
def test_short_key_is_refused_without_showing_it(key: bytes) -> None:
    with pytest.raises(ValueError, match="at least 16") as caught:
        pseudonym("Ada", key, "alder")
    assert "Ada" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "  ", "\u00a0"])
def test_empty_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        pseudonym(name, KEY, "alder")
