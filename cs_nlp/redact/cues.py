"""The words around a number that tell what it is."""

from __future__ import annotations

import re
from typing import Final

_HOLDER: Final = (
    r"(?:customer|client|member(?:ship)?|loyalty|patient|contract|user|cust|subscriber|clubcard|roll|meter|gym|employee|staff|payroll)"
)
# Tried in this order at each place, so that longer phrases stand before the words that they hold.
_CUES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "keep",
        (
            r"(?:order|ticket|case|booking|confirmation|invoice|tracking|parcel|consignment|part|model|serial|item|product|error)s?",
            r"(?:promo|voucher|incident|complaint|job|batch|version|build|flight|room|gate|page|section|form|release|reservation|queue)s?",
            r"sku|jira|inc|sr|po number|extension|channel|step|clause",
        ),
    ),
    ("account", (r"(?:customer|client|member|patient|contract|subscriber|user) ref(?:erence)?",)),
    ("keep", (r"ref(?:erence)?s?",)),
    (
        "national",
        (
            r"national insurance|n\.? ?i\.? (?:number|no)|nino|social(?: security)?|ssn|s s n|p ?p ?s(?: ?n)?|tax file|tfn|t f n",
            r"medicare(?: card)?|n ?h ?s|aa?dhaa?r|pan(?: card)?|passport|(?:driving|driver'?s?) licen[cs]e|licen[cs]e (?:number|no)",
            r"s ?s ?s|t ?i ?n|umid|phil ?health|phil ?sys|steuer\S*|tax id\w*|(?:national )?i\.? ?d\.? (?:number|no|card)|nric",
            r"personalausweis|voter id",
        ),
    ),
    (
        "card",
        (
            r"cvv|c v v|cvc|security code|(?:three|3|four|4) digits on the (?:back|front)|(?:debit|credit|bank|rupay) cards?",
            r"cards?(?! ?holder)|visa|master ?card|amex|american express|maestro|rupay|long number",
        ),
    ),
    (
        "account",
        (
            r"sort code|sc(?= \d)|routing|iban|bsb|b s b|ifsc|policy|mrn|mpan|mprn|kundennummer|kontonummer|login|direct debit",
            rf"{_HOLDER}(?: (?:number|no|id|i d|point|card)\b|(?= ?#))?",
            r"accounts?|acct|a/c|acc(?= (?:no|num|number|\d))",
        ),
    ),
    (
        "phone",
        (
            r"(?:tele)?phone|mobiles?|mob|cell|landline|callback|ring|rang|text|fax|whats ?app|area code|dial\w*|smart|globe|cb|hotline",
            r"call(?:s|ed|ing)?(?: (?:me|us|him|her|you|them))?(?: back)?(?: (?:on|at))?|reach (?:me|us|him|her|you|them)",
            r"(?:contact|good|best|alternate|alternative) (?:number|contact)|(?:my|her|his|their|your) (?:number|no)(?: is|'s)?",
        ),
    ),
    ("post", (r"post ?codes?|zip(?: code)?|pin ?codes?|eir ?codes?|plz",)),
    ("amount", (r"[£$€₹₱]|rs\.?|inr|php|usd|gbp|eur|aud|pounds?|dollars?",)),
)
_PATTERNS: Final = [(kind, pattern) for kind, patterns in _CUES for pattern in patterns]
_CUE: Final = re.compile(
    "|".join(rf"(?P<{kind}_{n}>(?<!\w)(?:{pattern})(?!\w))" for n, (kind, pattern) in enumerate(_PATTERNS)), re.IGNORECASE
)
_REACH_BEFORE: Final = 75
_REACH_AFTER: Final = 30


def find_cues(text: str) -> list[tuple[int, int, str]]:
    """Stretches that tell what a number is, in order, with `card`, `phone`, `national`, `account`, `post`, `amount` or `keep`."""
    return [(match.start(), match.end(), (match.lastgroup or "").partition("_")[0]) for match in _CUE.finditer(text)]


def is_cue(text: str) -> bool:
    """Whether the whole text is such a word."""
    return _CUE.fullmatch(text) is not None


def nearest_cue(cues: list[tuple[int, int, str]], start: int, end: int) -> str | None:
    """What the last cue before a stretch says, else the first one shortly after it; None where there is none near."""
    before = [kind for _, last, kind in cues if last <= start and start - last <= _REACH_BEFORE]
    if before:
        return before[-1]
    return next((kind for first, _, kind in cues if first >= end and first - end <= _REACH_AFTER), None)
