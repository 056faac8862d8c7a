"""Dates of birth: a date, written or spoken, after words that say what it is."""

from __future__ import annotations

import re
from typing import Final

from cs_nlp.redact.found import Found
from cs_nlp.redact.runs import SPOKEN
from cs_nlp.redact.wordlists import listed

_CUE: Final = re.compile(r"\b(?:date of birth|birth ?dates?|birthday|bday|d\.?o\.?b|d o b|born)\b", re.IGNORECASE)
_MONTHS: Final = listed("january february march april may june july august september october november december sept")
_ORDINALS: Final = listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth"
) | listed("seventeenth eighteenth nineteenth twentieth thirtieth")
_WORDS: Final = "|".join(sorted({*SPOKEN, *_ORDINALS, *_MONTHS, *(month[:3] for month in _MONTHS)}, key=lambda word: (-len(word), word)))
_PIECE: Final = rf"(?<![^\W_])(?:\d{{1,4}}(?:st|nd|rd|th)?|{_WORDS})(?![^\W_])"
_DATE: Final = re.compile(
    rf"\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d\d-\d\d|{_PIECE}(?:[\s,.'-]{{1,3}}(?:(?:of|the|and)\s+){{0,2}}{_PIECE}){{1,9}}",
    re.IGNORECASE,
)
_REACH: Final = 45
_LONGEST: Final = 60


def find_birth_dates(text: str) -> list[Found]:
    """Finds dates of birth that the words before them name as such."""
    found = []
    for cue in _CUE.finditer(text):
        date = _DATE.search(text, cue.end(), cue.end() + _REACH + _LONGEST)
        if date is not None and date.start() - cue.end() <= _REACH:
            found.append(Found(*date.span(), "BIRTHDATE", 0.95))
    return found
