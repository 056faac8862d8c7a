"""Careful access to parsed JSON: a value of the wrong type reads as absent, never as a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import isfinite
from typing import TypeAlias

Object: TypeAlias = dict[str, object]
ELEMENTS_LOOKED_AT = 200
LONGEST_NAME = 200
_NUMBERS = (int, float, str)
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text: str) -> str:
    """A text without control characters, lone surrogates and white space at its ends."""
    if not text.isprintable():
        text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def clean_name(text: str) -> str:
    """A name, label or id, cleaned, on one line and cut to `LONGEST_NAME` characters."""
    return " ".join(clean(text).split())[:LONGEST_NAME].rstrip()


def split_words(text: str, by: str = ",") -> tuple[str, ...]:
    """The parts of a text, white space around them removed, empty ones left out: for tables of words in the code."""
    return tuple(word.strip() for word in text.replace("\n", by).split(by) if word.strip())


def as_object(value: object) -> Object:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """The value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def objects(value: object) -> Iterator[Object]:
    """The objects among the elements of an array; nothing if the value is no array."""
    return (item for item in as_list(value) if isinstance(item, dict))


def as_text(value: object) -> str:
    """A string as it is, a number as its digits, anything else as ""."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return str(value)
        except ValueError:  # an integer of thousands of digits
            return ""
    return ""


def number(value: object) -> float | None:
    """A finite number, also from a string of digits, else None."""
    if not isinstance(value, _NUMBERS) or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def from_milliseconds(value: object) -> float | None:
    """Milliseconds in seconds, or None."""
    found = number(value)
    return None if found is None else found / 1000


def has(value: object, path: str) -> bool:
    """Whether a value holds something at a path.

    Args:
        value: parsed JSON.
        path: keys joined by dots; `[]` goes into the elements of an array (the first 200), `|` separates alternatives of whole
            paths: `results.channels[].alternatives[]|utterances[].transcript`.
    """
    return any(_holds(value, steps) for steps in _alternatives(path))


@lru_cache(maxsize=1024)
def _alternatives(path: str) -> tuple[tuple[str, ...], ...]:
    """The steps of each alternative: a key, or "" for the elements of an array."""
    found = []
    for alternative in path.split("|"):
        steps: list[str] = []
        for part in alternative.split("."):
            key, *deeper = part.split("[]")
            steps.extend([key] if key else [])
            steps.extend("" for _ in deeper)
        found.append(tuple(steps))
    return tuple(found)


@lru_cache(maxsize=256)
def first_keys(paths: tuple[str, ...]) -> frozenset[str]:
    """The keys, one of which a JSON object must have to hold something at any of the paths."""
    return frozenset(steps[0] for path in paths for steps in _alternatives(path))


def _holds(value: object, steps: tuple[str, ...]) -> bool:
    for place, step in enumerate(steps):
        if not step:
            rest = steps[place + 1 :]
            return any(_holds(item, rest) for item in as_list(value)[:ELEMENTS_LOOKED_AT])
        if not isinstance(value, dict):
            return False
        value = value.get(step)
        if value is None:
            return False
    return value is not None
