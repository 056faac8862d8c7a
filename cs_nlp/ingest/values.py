"""Careful access to parsed JSON: a value of the wrong type reads as absent, never as a crash."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

Object: TypeAlias = dict[str, object]
ELEMENTS_LOOKED_AT = 200


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
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def scaled(value: object, unit: float) -> float | None:
    """A number of units (0.001 for milliseconds) in seconds, rounded to microseconds, or None."""
    found = number(value)
    return None if found is None else round(found * unit, 6)


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


def _holds(value: object, steps: tuple[str, ...]) -> bool:
    if not steps:
        return value is not None
    if steps[0]:
        return isinstance(value, dict) and _holds(value.get(steps[0]), steps[1:])
    return any(_holds(item, steps[1:]) for item in as_list(value)[:ELEMENTS_LOOKED_AT])
