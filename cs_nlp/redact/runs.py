"""Runs of digits and letters, written (`07700 900 123`) or spoken (`oh seven seven double oh nine ...`), as one string with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_UNITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SPOKEN: Final[dict[str, str]] = {
    **{word: str(value) for value, word in enumerate(_UNITS)},
    **{word: str(value) for value, word in enumerate(_TEENS, 10)},
    **{word: str(value * 10) for value, word in enumerate(_TENS, 2)},
    **dict.fromkeys(("oh", "nought", "naught", "o"), "0"),
    "fourty": "40",
    "hundred": "00",
}
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_PAUSES: Final = frozenset({"um", "uh", "er", "erm", "then", "dash", "hyphen", "hang", "on", "slash", "space"})
_HUNDRED: Final = "00"
_FULL_TENS: Final = frozenset({"20", "30", "40", "50", "60", "70", "80", "90"})
_ONE_TO_NINE: Final = frozenset("123456789")
_FEWEST_SPELLED: Final = 4
_FEWEST_AROUND_POINT: Final = 3
_APOSTROPHES: Final = frozenset({"'", "\u2019"})
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_WORD: Final = re.compile(r"[^\W_]+")
_QUANTITY: Final = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|h|hrs?|mins?|secs?|gb|mb|kg|km|cm|mm|ft|p)")
_GAP: Final = re.compile(r"[ \t]?[-./() ,]{0,2}[ \t]?|\u00a0")
_DATE_OR_ADDRESS: Final = re.compile(
    r"(?<![\d.])(?:\d{1,2}([-./])\d{1,2}\1(?:19|20)?\d\d|\d{4}-\d\d-\d\d|\d{1,3}(?:\.\d{1,3}){3})(?![\d.]|-\d)"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of digits and letters.

    Attributes:
        start: offset of the run; `end`: end of the half-open stretch.
        value: its digits and letters, upper case, without what stood between them.
        spoken: it holds at least one number word or two spelled letters.
        pairs: how many words for ten and more (`twenty`, `eleven`) it holds.
    """

    start: int
    end: int
    value: str
    spoken: bool
    pairs: int

    @property
    def digits(self) -> str:
        """The digits alone."""
        return "".join(filter(str.isdecimal, self.value))


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    value: str
    kind: str  # "written", "spoken", "letter", "times" or "pause"
    small: bool = False


def find_runs(text: str) -> list[Run]:
    """Finds all runs that hold a digit, and those of at least four spelled letters.

    Args:
        text: any string.

    Returns:
        In order, not overlapping. Time grows linearly with the length of the text.
    """
    dates = [match.span() for match in _DATE_OR_ADDRESS.finditer(text)]
    runs = []
    for parts in _groups(text):
        made = _to_run(parts)
        if made is not None and not any(start <= made.start and made.end <= end for start, end in dates):
            runs.append(made)
    return runs


def _groups(text: str) -> Iterator[list[_Part]]:
    """Parts that belong together, as far as what stands between them tells."""
    group: list[_Part] = []
    for match in _WORD.finditer(text):
        part = _part(text, match)
        if part is None or (group and not _joins(group[-1], part, text)):
            if group:
                yield group
            group = []
        if part is not None:
            group.append(part)
    if group:
        yield group


def _part(text: str, match: re.Match[str]) -> _Part | None:
    word = match[0]
    low = word.lower()
    start, end = match.span()
    value, kind = "", "written"
    if low in _TIMES:
        value, kind = low, "times"
    elif low in _PAUSES:
        kind = "pause"
    elif low in SPOKEN:
        value, kind = SPOKEN[low], "spoken"
    elif len(word) == 1 and word.isascii() and word.isalpha():
        if _inside_a_word(text, start, end):
            return None
        value, kind = word.upper(), "letter"
    elif _QUANTITY.fullmatch(low):
        return None
    elif any(char in "0123456789" for char in word) and word.isascii():
        value = word.upper()
        if start and text[start - 1] == "+":
            start, value = start - 1, "+" + value
    else:
        return None
    return _Part(start, end, value, kind, word.islower())


def _inside_a_word(text: str, start: int, end: int) -> bool:
    """Whether a single letter belongs to a word with an apostrophe, as `it's`."""
    return not _APOSTROPHES.isdisjoint({text[max(0, start - 1) : start], text[end : end + 1]})


def _joins(left: _Part, right: _Part, text: str) -> bool:
    """Whether two parts belong to one run, judged by what stands between them."""
    between = text[left.end : right.start]
    if _GAP.fullmatch(between) is None or between == ",":  # 1,249 is an amount
        return False
    if between == ".":  # 14.2 is an amount or a version, 415.555 part of a telephone number
        return all(len(part.value) >= _FEWEST_AROUND_POINT and part.value.isdecimal() for part in (left, right))
    if between.startswith(". "):
        return False
    return "," not in between or not (_YEAR.fullmatch(left.value) or _YEAR.fullmatch(right.value))


def _to_run(parts: list[_Part]) -> Run | None:
    kept = _trimmed(parts)
    value = ""
    times = 1
    for part, following in zip(kept, [*kept[1:], None], strict=True):
        if part.kind == "times":
            times = _TIMES[part.value]
        elif part.kind != "pause":
            value += _sign(part, following, first=not value) * (times if len(part.value) == 1 else 1)
            times = 1
    spelled = sum(part.kind == "letter" for part in kept)
    if spelled < _FEWEST_SPELLED and not any(map(str.isdecimal, value)):
        return None
    spoken = [part for part in kept if part.kind == "spoken"]
    pairs = sum(len(part.value) > 1 for part in spoken)
    return Run(kept[0].start, kept[-1].end, value, bool(spoken) or spelled > 1, pairs)


def _sign(part: _Part, following: _Part | None, *, first: bool) -> str:
    """What a part adds: `twenty` before `two` adds 2, before anything else 20; `hundred` adds two noughts to what is before it."""
    if part.kind != "spoken" or len(part.value) == 1:
        return part.value
    if part.value == _HUNDRED:
        return "" if first else _HUNDRED
    has_unit = following is not None and following.kind == "spoken" and following.value in _ONE_TO_NINE
    return part.value[0] if part.value in _FULL_TENS and has_unit else part.value


def _trimmed(parts: list[_Part]) -> list[_Part]:
    """Without pauses and lone small words (`a`, `i`) at the ends that are not part of what was read out."""
    first, last = 0, len(parts)
    while first < last and (parts[first].kind == "pause" or _is_small_word(parts, first, first + 1)):
        first += 1
    while first < last and (parts[last - 1].kind in {"pause", "times"} or _is_small_word(parts, last - 1, last - 2)):
        last -= 1
    return parts[first:last] or parts[:1]


def _is_small_word(parts: list[_Part], index: int, neighbour: int) -> bool:
    """Whether a lone letter at an end is a word by itself: `a` and `i` before digits, any small letter beside written digits."""
    part = parts[index]
    if part.kind != "letter" or not 0 <= neighbour < len(parts) or parts[neighbour].kind == "letter":
        return False
    return part.small and (parts[neighbour].kind == "written" or (neighbour > index and part.value in {"A", "I"}))
