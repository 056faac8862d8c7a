"""The words that introduce a personal name, and how much they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from cs_nlp.redact.wordlists import is_common, listed, words


class Strength(IntEnum):
    """How far words before a stretch speak for a name.

    `WEAK`: only known names are taken (`thanks`, `ask`). `FAIR`: also unknown words that are no common ones (`@`). `STRONG`: the
    name may go on over unknown words, whatever their case (`my name is`). `CERTAIN`: any word is a name, be it a common one (`Mrs`).
    """

    WEAK = 1
    FAIR = 2
    STRONG = 3
    CERTAIN = 4


# Some are words by themselves as well (`sir`, `sister`, to `miss`): these speak only weakly.
_SURE_TITLES: Final = r"mr|mrs|ms|frau|herr|shri|smt"
_LIKELY_TITLES: Final = r"dr|mister|missus|(?<!\bi )(?<!\bwe )(?<!\bto )(?<!\byou )(?<!\bthey )miss"
_TITLES: Final = (
    r"mr|mrs|ms|miss|mister|missus|dr|doctor|prof|professor|frau|herr|shri|smt|nurse|father|sister|sir|ma'am|madam|oga|auntie|uncle"
)
TITLES: Final = frozenset(_TITLES.split("|"))
_RELATIVES: Final = r"husband|wife|partner|son|daughter|mum|mom|mother|dad|father|brother|sister|boss|colleague|manager|neighbou?r|friend"
_LETTER: Final = r"(?=[^\W\d_])"
_INTRODUCED: Final = (
    r"(?:good |full |first |last |maiden |sur|user)?name(?:['\u2019]s| is| was)|(?:sur|first |last |maiden )names?|names\b|in the name of"
    r"|under the name(?: of)?|(?:you're |you are |i'm |am i )?(?:speaking|talking) (?:to|with)|(?:you're|you are) through to"
)
_FILLERS: Final = r"(?:(?:um|uh|er|yeah|it's|its|is|please|a|an)[ ,]+){0,2}"
_STRONG: Final = re.compile(rf"\b(?:{_INTRODUCED})[ ,:]+{_FILLERS}(?:(?:{_TITLES})\.? )?{_LETTER}", re.IGNORECASE)
_TITLED: Final = re.compile(rf"\b(?:{_SURE_TITLES})\.? {_LETTER}", re.IGNORECASE)
_LIKELY: Final = re.compile(rf"\b(?:{_LIKELY_TITLES})\.? {_LETTER}", re.IGNORECASE)
_RELATED: Final = re.compile(rf"\b(?:{_RELATIVES}), {_LETTER}", re.IGNORECASE)
_GREETED: Final = re.compile(
    r"\b(?:hi|hello|hey|hiya|dear|thanks|thank you(?: so much)?|cheers|ty|bye|morning|afternoon|evening|sorry|ask|tell|told|cc|let|with"
    r"|from|by|to|this is|i'm|i am|it's|its|was|is|regards|wishes|sincerely|yours|put|and|or|&|if it's not|for|me|n|cust|customer|client"
    rf"|caller|agent|patient|engineer|manager|supervisor|(?:my|her|his|your) (?:{_RELATIVES})|{_TITLES})[.,!]?[ \n]+{_LETTER}",
    re.IGNORECASE,
)
_BEFORE: Final = (
    (_STRONG, Strength.STRONG),
    (_TITLED, Strength.CERTAIN),
    (_LIKELY, Strength.FAIR),
    (_RELATED, Strength.FAIR),
    (_GREETED, Strength.WEAK),
)
_SELF: Final = re.compile(
    r"\b(?P<first>[^\W\d_]+)(?: (?P<second>[^\W\d_]+))?"
    r" (?:speaking|here from|here at|this side|calling from|is the name|(?:that's )?spel(?:led|t))\b",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(r"(?<![\w@])@(?P<name>[^\W\d_]{2,}(?:[._-][^\W\d_]{2,})?)")
_INNER_CAPITAL: Final = re.compile(r"[a-z][A-Z]")
_ASKED: Final = re.compile(
    r"(?:\b(?:your|the|his|her|whose|my) (?:full |first |last |first and last |good |sur)?name\b|\bsurname\b"
    r"|who(?:m)? (?:am i|i am|i'm|are you|is this|do i)\b|who's (?:this|calling|speaking))[^.?\n]{0,30}?(?:\?|\bplease\b|\n)",
    re.IGNORECASE,
)
_REPLY: Final = re.compile(
    r"[\s,.?]*(?:(?:please|yeah|yes|yep|sure|it's|its|it is|that's|that is|um|uh|er|so|i'm|this is|the name is)[, ]+){0,4}", re.IGNORECASE
)
_SPELLS: Final = re.compile(r"(?<![^\W_])[a-z],? (?:as in|for|like) $", re.IGNORECASE)
_SPELLED_OUT: Final = re.compile(r"(?<![^\W_])[a-z](?:[ -][a-z]){3,}(?![^\W_])", re.IGNORECASE)
_SPELL_CUE: Final = re.compile(r"spell|spelt|name|letter|\bas in\b", re.IGNORECASE)
_NO_NAMES: Final = listed("hi hello hey hiya there") | TITLES


def cued_places(text: str) -> Iterator[tuple[int, Strength]]:
    """Offsets at which the words around announce a name, and how strongly."""
    for pattern, strength in _BEFORE:
        for match in pattern.finditer(text):
            yield match.end(), strength
    for match in _SELF.finditer(text):
        for group in ("first", "second"):
            word = match[group]
            if word is not None and word.lower() not in _NO_NAMES and (word.lower() in words("either") or not is_common(word)):
                yield match.start(group), Strength.STRONG
                break
    for match in _HANDLE.finditer(text):
        if not _INNER_CAPITAL.search(match["name"]):  # those are firms
            yield match.start("name"), Strength.FAIR
    for question in _ASKED.finditer(text):
        reply = _REPLY.match(text, question.end())
        if reply is not None:
            yield reply.end(), Strength.FAIR


def only_spells(text: str, start: int) -> bool:
    """Whether the word at an offset only spells a letter, as in `t as in tom`."""
    return _SPELLS.search(text[max(0, start - 12) : start]) is not None


def spelled_names(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of names spelled letter by letter, near words that say so."""
    for match in _SPELLED_OUT.finditer(text):
        if _SPELL_CUE.search(text[max(0, match.start() - 60) : match.end() + 20]):
            yield match.span()
