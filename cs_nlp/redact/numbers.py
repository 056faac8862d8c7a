"""What a run of digits is: card, telephone, account or national number, post code, or something that may stay.

The words around a number say most: the nearest ones decide. Without any, its shape does: length, check digits, telephone plans.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

from cs_nlp.redact.cues import find_cues, is_cue, nearest_cue
from cs_nlp.redact.found import Found
from cs_nlp.redact.runs import Run, find_runs

REGIONS: Final = ("GB", "US", "IE", "AU", "IN", "PH", "DE", "NZ", "ZA", "NG", "SG")
_KIND_OF: Final = {"card": "CARD", "phone": "PHONE", "national": "NATIONAL", "account": "ACCOUNT", "post": "ADDRESS"}

# How many digits a number has that a word before it names.
_FEWEST: Final = {"card": 12, "phone": 6, "national": 7, "account": 5}
_CARD_PART: Final = range(3, 7)  # the last digits, or the security code
_MISHEARD_CARD: Final = range(7, 12)  # a card number of which the recogniser lost digits, or the account that it belongs to
_LAST_DIGITS: Final = range(3, 5)
_FEWEST_MIXED: Final = (6, 3)  # signs, and digits among them, of an identifier with letters

# The same without such a word.
_CARD_LENGTHS: Final = range(13, 20)  # ISO/IEC 7812-1, less the shortest
_PHONE_LENGTHS: Final = range(9, 16)  # ITU-T E.164, less the shortest
_UNNAMED_LENGTHS: Final = range(8, 20)
_LONGEST_AMOUNT: Final = 8
_MOST_PAIRS: Final = 2
_SHORTEST: Final = (3, 2)  # signs, and digits among them, of anything that is looked at
_POST_CODE_LENGTHS: Final = (5, 5)  # fewest signs, most digits, of a post code with letters

_NEAR: Final = 75
_CLOSE_CARD: Final = re.compile(r"ending|ends?\b|last (?:four|4)|digits|cvv|c v v|cvc|security code", re.IGNORECASE)
_LAST_FOUR: Final = re.compile(r"(?:last (?:four|4)|ending|ends? (?:in|with))\D{0,25}$", re.IGNORECASE)
_UNIT: Final = re.compile(
    r"\s?(?:%|percent|per cent|pounds?|dollars?|euros?|quid|rupees?|pesos?|cents?|pence|p\b|k\b|minutes?|mins?|hours?|hrs?|days?|weeks?"
    r"|months?|years?|seconds?|secs?|milliseconds?|thousand|million|lakhs?|crores?|miles?|km|kg|gb|mb|inch\w*|feet|square|degrees?|calls?"
    r"|people|agents|tickets?|am\b|pm\b|o'?clock|times|in the morning|x \d)",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(r"(?:[£$€₹₱]|\b(?:rs|inr|usd|gbp|eur|aud|php)\.?) ?$", re.IGNORECASE)
_POST_CODE: Final = re.compile(
    r"[A-Z]{1,2}\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}|[AC-FHKNPRTV-Y]\d[\dW][\dAC-FHKNPRTV-Y]{4}|[A-Z]\d[A-Z]\d[A-Z]\d|\d{4,6}|\d{9}"
)
_SORT_CODE: Final = re.compile(r"\b(?:sort code|s/?c)\W{0,3}(?:(?:is|number|no)\W{1,2}){0,2}(\d\d-\d\d-\d\d)(?!\d)", re.IGNORECASE)
_SOCIAL_SECURITY: Final = re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}")
_LOCAL_PHONE: Final = re.compile(r"\d{3}[-.]\d{4}")
_LETTERS_BEFORE: Final = re.compile(r"(?<![^\W_])[A-Z]{1,4}[-/ ]$")
_LETTERS_AFTER: Final = re.compile(r"[-/][A-Z]{1,3}(?![^\W_])")
_PLUS: Final = re.compile(r"\bplus\s+$", re.IGNORECASE)


def find_numbers(text: str) -> list[Found]:
    """Finds numbers that identify a person.

    Args:
        text: any string; marks covered (see `marks.cover_marks`).

    Returns:
        For each its stretch and kind; they may overlap.
    """
    signs, digits = _SHORTEST
    runs = [run for run in find_runs(text) if len(run.value) >= signs and len(run.digits) >= digits]
    found = [Found(*match.span(1), "ACCOUNT", 0.9) for match in _SORT_CODE.finditer(text)]
    if not runs:
        return found
    cues = find_cues(text)
    for run in runs:
        named = _kind_by_words(text, run, nearest_cue(cues, run.start, run.end))
        kind, score = (named, 0.9) if named is not None else (_kind_by_shape(text, run), 0.6)
        if kind is not None and kind != "keep":
            found.append(Found(*_whole(text, run, kind), _KIND_OF[kind], score))
    return found


def _whole(text: str, run: Run, kind: str) -> tuple[int, int]:
    """The run with what belongs to it on both sides: the letters of an account, the `plus` of a telephone number."""
    start, end = run.start, run.end
    if kind in {"account", "national"} and not run.spoken:
        before, after = _LETTERS_BEFORE.search(text[max(0, start - 6) : start]), _LETTERS_AFTER.match(text, end)
        start -= 0 if before is None or is_cue(before[0].rstrip("-/ ")) else len(before[0])
        end = end if after is None else after.end()
    plus = _PLUS.search(text[max(0, start - 8) : start]) if kind == "phone" else None
    return start - (0 if plus is None else len(plus[0])), end


def _kind_by_words(text: str, run: Run, cue: str | None) -> str | None:
    """The kind that the words around a run give it; "keep" where they say that it may stay; None where they don't tell."""
    digits = len(run.digits)
    near = text[max(0, run.start - _NEAR) : run.start]
    if digits <= _LONGEST_AMOUNT and _is_amount(text, run):
        return "keep"
    if cue == "keep":
        return None if run.value.startswith("+") else "keep"
    if cue == "card":
        return _kind_beside_card(digits, near)
    if cue == "post":
        return "post" if _POST_CODE.fullmatch(run.value) else None
    if cue is None or cue == "amount":
        return "card" if digits in _LAST_DIGITS and _LAST_FOUR.search(near) else None
    last_four = cue == "national" and digits in _LAST_DIGITS and _LAST_FOUR.search(near)
    return cue if last_four or digits >= _FEWEST[cue] or _is_mixed(run, cue) else None


def _kind_beside_card(digits: int, near: str) -> str | None:
    """The kind of a number after a word for a card: whole, its last digits, its security code, or one with digits missing."""
    if digits >= _FEWEST["card"] or (digits in _CARD_PART and _CLOSE_CARD.search(near)):
        return "card"
    return "account" if digits in _MISHEARD_CARD else None


def _is_mixed(run: Run, cue: str) -> bool:
    """Whether letters and digits together are long enough for an identifier of the kind."""
    signs, digits = _FEWEST_MIXED
    return cue in {"national", "account"} and len(run.value) >= signs and len(run.value) > len(run.digits) >= digits


def _is_amount(text: str, run: Run) -> bool:
    if run.value.startswith("+"):
        return False
    return _MONEY.search(text[max(0, run.start - 6) : run.start]) is not None or _UNIT.match(text, run.end) is not None


def _kind_by_shape(text: str, run: Run) -> str | None:
    written = text[run.start : run.end]
    if run.digits != run.value.lstrip("+"):
        return "post" if run.spoken and _looks_like_post_code(run) else None
    if _SOCIAL_SECURITY.fullmatch(written):
        return "national"
    if len(run.digits) in _CARD_LENGTHS and passes_luhn(run.digits):
        return "card"
    is_list = run.pairs > _MOST_PAIRS or ", " in written  # of times or amounts
    if not is_list and (_LOCAL_PHONE.fullmatch(written) or is_phone(run.value)):
        return "phone"
    return "account" if not is_list and len(run.digits) in _UNNAMED_LENGTHS else None


def _looks_like_post_code(run: Run) -> bool:
    signs, digits = _POST_CODE_LENGTHS
    return len(run.value) >= signs and len(run.digits) <= digits and _POST_CODE.fullmatch(run.value) is not None


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (Luhn, ISO/IEC 7812-1)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(value, 10)) for value in doubled) % 10 == 0


def is_phone(value: str) -> bool:
    """Whether a telephone plan of one of `REGIONS`, or of the country after `+`, has such numbers."""
    if len(value.lstrip("+")) not in _PHONE_LENGTHS:
        return False
    return any(_is_valid(value, region) for region in ((None,) if value.startswith("+") else REGIONS))


def _is_valid(number: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False
