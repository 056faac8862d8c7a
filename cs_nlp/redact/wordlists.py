"""The word lists, each read once, when it is first asked for."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

_SUFFIXES: Final = ("s", "es", "d", "ed", "ing", "er", "ers", "ly", "y", "ies")
_SHORTEST_STEM: Final = 3
APOSTROPHE: Final = "\u2019"


def listed(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_CONTRACTED: Final = listed(
    "theres wont dont cant didnt doesnt isnt wasnt its im ive ill youre youve thats whats hes shes were theyre lets wouldnt couldnt"
)


@cache
def words(name: str) -> frozenset[str]:
    """The lines of one list: `first_names`, `either`, `surnames`, `common` or `brands`."""
    text = resources.files(__package__).joinpath("words", f"{name}.txt").read_text(encoding="utf8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def brands() -> re.Pattern[str]:
    """Firms, products, places and sayings that hold a name but name nobody, each with or without `'s`."""
    longest_first = sorted(words("brands"), key=lambda phrase: (-len(phrase), phrase))
    phrases = "|".join(re.escape(phrase).replace("\\ ", "[ -]") for phrase in longest_first)
    return re.compile(rf"(?<!\w)(?:{phrases})(?:['\u2019]?s)?(?!\w)", re.IGNORECASE)


def is_in(name: str, low: str) -> bool:
    """Whether a lower-case word is in a list, with or without its accents and apostrophes."""
    return low in words(name) or (not low.isascii() and _plain(low) in words(name)) or ("'" in low and low.replace("'", "") in words(name))


def _plain(low: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", low) if not unicodedata.combining(char))


def is_common(word: str) -> bool:
    """Whether a word, or the word that it is formed from (`parcels`, `pinged`), is a common one."""
    low = word.lower().replace(APOSTROPHE, "'").rstrip(".").partition("'")[0]
    common = words("common")
    if low in common or low in _CONTRACTED:
        return True
    stems = (low.removesuffix(suffix) for suffix in _SUFFIXES if low.endswith(suffix))
    return any(len(stem) >= _SHORTEST_STEM and not common.isdisjoint({stem, stem + "e", _undoubled(stem)}) for stem in stems)


def _undoubled(stem: str) -> str:
    """`pinn` (of `pinned`) as `pin`."""
    return stem[:-1] if stem[-1] == stem[-2] else stem
