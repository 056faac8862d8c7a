"""Postal addresses: a house number and a street, or a post code; written or spoken. A town alone may stay."""

from __future__ import annotations

import re
from typing import Final

from cs_nlp.redact.found import Found
from cs_nlp.redact.runs import SPOKEN
from cs_nlp.redact.wordlists import is_common, listed

# Kinds of street. The second group are common words too: `a ten minute drive`.
_SURE: Final = r"street|road|rd|avenue|ave|lane|crescent|cres|boulevard|blvd|terrace|nagar|marg|mews|gardens|grove"
_UNSURE: Final = (
    r"st|drive|dr|close|court|ct|place|pl|way|hill|square|sq|parade|highway|hwy|quay|row|park|walk|cross|colony|layout|rise|view|green"
)
_NEEDS_MORE: Final = listed("drive dr close court place way hill row park walk cross rise view green parade square st")
_WELL_KNOWN: Final = listed("road avenue lane street")
_LONG_NAMES: Final = re.compile(r"straße|strasse|weg$|platz|allee|gasse")
_NOT_STREETS: Final = listed(
    "way one minute minutes hour hours mile miles day days week weeks year years and or of the in a per star for to on"
)

_NUMBER_WORDS: Final = "|".join(sorted(SPOKEN.keys() - {"o"}, key=lambda word: (-len(word), word)))
_WRITTEN_NUMBER: Final = r"\d{1,5}(?:[-/]\d{1,4})?(?: ?-? ?[A-Za-z](?![\w']))?"
_SPOKEN_NUMBER: Final = rf"(?:{_NUMBER_WORDS})(?:\s+(?:and\s+)?(?:{_NUMBER_WORDS})){{0,5}}(?:\s+[a-d](?=\s))?"
_UNIT: Final = (
    r"(?:(?:flat|apartment|apt|unit|suite|room|shop|plot|house|h)\.?\s?(?:number|no|num)?\.?\s?\#?\s?"
    rf"(?:\d[\w/-]*|(?:{_NUMBER_WORDS})(?:\s(?:{_NUMBER_WORDS})){{0,3}}|[a-z]\b)(?:\s[a-d]\b)?)"
)
_WORD: Final = r"[^\W\d_]+(?:['\u2019.-][^\W\d_]+)*\.?"
_STREET: Final = re.compile(
    r"(?<![\w£$€₹#.,:/-])"
    rf"(?P<number>(?:\#\s?|(?:unit|flat|apartment|apt|shop|suite)\s)?(?:{_WRITTEN_NUMBER}|{_SPOKEN_NUMBER}))[,\s]+"
    rf"(?P<name>(?:(?:\d{{1,3}}(?:st|nd|rd|th)|{_WORD})[ ]){{0,3}}?)"
    rf"(?P<type>{_SURE}|{_UNSURE}|(?-i:[A-Z])[^\W\d_]+(?:straße|strasse|weg|platz|allee|gasse))\b(?!\s(?:{_SURE})\b)\.?",
    re.IGNORECASE,
)
_GERMAN: Final = re.compile(
    r"(?:[A-ZÄÖÜ][a-zäöüß-]+(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer)"
    r"|(?:Am|An der|Im|Auf dem|Zum|Zur|Unter den) [A-ZÄÖÜ][a-zäöüß]+)"
    r" \d{1,4} ?[a-z]?\b(?:,? ?\d{5} [A-ZÄÖÜ][a-zäöüß]+(?: [a-zäöüß]+ [A-ZÄÖÜ][a-zäöüß]+)?)?"
)
_BOX: Final = re.compile(r"\b(?:p\.? ?o\.? box|private bag|locked bag) \d{1,7}", re.IGNORECASE)
_BLOCK: Final = re.compile(
    r"(?:\bblk\.?|\bblock|\blot|\bh\.? ?no\.?|\bplot no\.?|\bdoor no\.?|#) ?\d[\w/-]*"
    r"(?:[, ]+(?:blk\.?|block|lot|phase|ph|sector|tower) ?\d+)*(?:,? [^\W\d_][\w.]*(?: [^\W\d_][\w.]*){0,2},)?"
    r"(?: (?:brgy\.?|barangay) [^\W\d_]+(?: [A-Z][^\W\d_]+)?)?",
    re.IGNORECASE,
)
_WHOLE_BLOCK: Final = re.compile(r"[,/-]|brgy|\d[, ]+[a-z]+\.? ?\d", re.IGNORECASE)
_NUMBER_SIGN: Final = re.compile(r"#\d+,?")

_UK: Final = r"(?:gir ?0aa|[a-pr-uwyz](?:\d{1,2}|[a-hk-y]\d{1,2}|\d[a-hjkpstuw]|[a-hk-y]\d[abehmnprv-y]) ?\d[abd-hjlnp-uw-z]{2})"
_EIRCODE: Final = r"(?:(?:[ac-fhknprtv-y]\d\d|d6w) ?(?=[a-z]*\d)[0-9ac-fhknprtv-y]{4})"
_CANADA: Final = r"(?:[abceghj-nprstvxy]\d[abceghj-nprstv-z] ?\d[abceghj-nprstv-z]\d)"
_STATES: Final = (
    r"A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    r"|NSW|VIC|QLD|TAS|ACT|NT|ON|QC|BC"
)
_WITH_STATE: Final = rf"(?:{_STATES}),? \d{{4,5}}(?:-\d{{4}})?"
_POST_CODE: Final = re.compile(
    rf"(?<![\w-])(?:{_UK}|{_EIRCODE}|{_CANADA}|(?P<state>{_STATES}) \d{{4,5}}(?:-\d{{4}})?)(?![\w-])", re.IGNORECASE
)
_CUE: Final = re.compile(
    r"\b(?:address|addr|liv(?:e|es|ed|ing)|deliver(?:y|ed|s)?|ship(?:ped|ping)?|sent? (?:it )?to|send|moved|shifted|at number|house|located"
    r"|we're at|i'm (?:at|on)|he's at|she's at|post ?code|pick ?up|meter is|its|it's)\b",
    re.IGNORECASE,
)
_CAPITAL: Final = r"(?-i:[A-Z])[\w.'\u2019-]+"
_TAILS: Final = (
    re.compile(
        rf"(?:,? ?{_UNIT})?(?:,? ?(?:{_CAPITAL}|\d{{1,2}}(?=,)|brgy\.?|[nsew]|(?:north|south|east|west)\b)(?: {_CAPITAL}){{0,2}},?){{0,4}}"
        rf" ?(?:{_UK}|{_EIRCODE}|{_CANADA}|{_WITH_STATE}|\d{{4,6}})(?![\w-])",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:,? [a-z]+){{1,3}}?,? (?:{_UK}|{_EIRCODE}|{_WITH_STATE}|\d{{5}})(?![\w-])", re.IGNORECASE),
    re.compile(rf",? {_UNIT}", re.IGNORECASE),
)
_HEAD: Final = re.compile(
    rf"(?:{_UNIT}[,/ ]+(?:(?-i:[A-Z])[\w' ]{{2,30}}, )?|\b(?-i:[A-Z])[a-z]+ (?:Cottage|House|Court|Mansions|Residency|Apartments), )$",
    re.IGNORECASE,
)
_LONGEST_HEAD: Final = 80
_CUE_REACH: Final = 45


def find_addresses(text: str) -> list[Found]:
    """Finds addresses and post codes.

    Args:
        text: any string; marks covered (see `marks.cover_marks`).

    Returns:
        Stretches from the house or flat number to the post code, as far as these are there; they may overlap.
    """
    found = [_extended(text, match.start("number"), match.end()) for match in _STREET.finditer(text) if _is_street(text, match)]
    found += [_extended(text, *match.span()) for pattern in (_GERMAN, _BOX) for match in pattern.finditer(text)]
    found += [_extended(text, *match.span()) for match in _BLOCK.finditer(text) if _is_block(match[0])]
    return found + [Found(*match.span(), "ADDRESS", 0.9) for match in _POST_CODE.finditer(text) if _is_post_code(match)]


def _extended(text: str, start: int, end: int) -> Found:
    """Takes in the flat before, and the town with its post code or the flat after."""
    head = _HEAD.search(text, max(0, start - _LONGEST_HEAD), start)
    tail = next((tail for pattern in _TAILS if (tail := pattern.match(text, end)) is not None), None)
    return Found(start if head is None else head.start(), end if tail is None else tail.end(), "ADDRESS", 0.92)


def _is_street(text: str, match: re.Match[str]) -> bool:
    """Whether number, name and kind of street read like an address, not like `a two-way street`."""
    name = match["name"].split()
    kind = match["type"].lower().rstrip(".")
    if not _NOT_STREETS.isdisjoint(map(str.lower, name)):
        return False
    if _LONG_NAMES.search(kind):
        return True
    if not name:
        return False
    if match["type"][0].isupper() and all(word[0].isupper() or word[0].isdecimal() for word in name):
        return True
    if _CUE.search(text, max(0, match.start() - _CUE_REACH), match.start()):
        return True
    common = [is_common(word) for word in name]
    return not any(common) if kind in _NEEDS_MORE else kind in _WELL_KNOWN or not all(common)


def _is_block(found: str) -> bool:
    """A block, lot or house number counts with a name, slash or second number behind it."""
    return _WHOLE_BLOCK.search(found) is not None and _NUMBER_SIGN.fullmatch(found) is None


def _is_post_code(match: re.Match[str]) -> bool:
    """States in lower case are too often words (`in 2024`, `me 1000`)."""
    return match["state"] is None or match["state"].isupper()
