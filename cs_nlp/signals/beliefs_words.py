"""The same words for the same people, so that wordings of one belief lie near one another."""

from __future__ import annotations

import re
from typing import Final

_MANY: Final = (
    r"customers|callers|clients|users|punters|guests|shoppers|patients|passengers|tenants|subscribers|buyers|"
    r"people (?:who|that) (?:ring|call|phone|contact|e-?mail|message|write to) us"
)
_ONE: Final = r"customer|caller|client|user|punter|guest|shopper|patient|passenger|tenant|subscriber|buyer"
# "Customer service", "user error", "account of the client": the word stands for a thing of ours, and for nobody who called.
_THINGS: Final = (
    r"accounts?|base|care|centric|data|errors?|experience|files?|focus|id|journeys?|names?|numbers?|records?|relations|satisfaction|"
    r"service|services|success|support"
)
_CUSTOMERS: Final = re.compile(
    rf"\b(?:(?:all|most|some|any|none|every one) of )?(?:(?:our|the|these|those|all|most|some|any|my|other) )?(?:{_MANY})\b(?!['\u2019])"
    rf"|\b(?:(?:a|an|the|another|this|that|every|each|no|any|my|our) )?(?:{_ONE})\b(?!['\u2019]| (?:{_THINGS})\b)",
    re.IGNORECASE,
)
_THEIRS: Final = re.compile(rf"\b(?:(?:the|a|our|my|this|that|these|those) )?(?:(?:{_ONE})['\u2019]s|(?:{_MANY})['\u2019])", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"(?:\b(?:mr|mrs|ms|miss|mister|madam|sir|ma['\u2019]am|dr)\b\.? )?\[[A-Z]+(?:_\d+)?\]", re.IGNORECASE)


def same_words(text: str) -> str:
    """A statement with one word for whoever is served, and one for whoever is named.

    "Customers never listen", "callers never listen" and "they never listen" are one belief, but sentence vectors follow their nouns.
    What staff call one another, their managers and other departments stays: that is what the belief is about.
    """
    return _PLACEHOLDER.sub("someone", _CUSTOMERS.sub("they", _THEIRS.sub("their", text)))
