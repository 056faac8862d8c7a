"""Careful access to parsed JSON: a value of the wrong type reads as absent, never as a crash."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
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


def _step(values: Iterable[object], key: str) -> list[object]:
    found: list[object] = []
    for value in values:
        if not key:
            found.extend(as_list(value)[:ELEMENTS_LOOKED_AT])
        elif isinstance(value, dict) and value.get(key) is not None:
            found.append(value[key])
    return found


def has(value: object, path: str) -> bool:
    """Whether a value holds something at a path.

    Args:
        value: parsed JSON.
        path: keys joined by dots; `[]` goes into the elements of an array (the first 200), `|` separates alternatives of whole
            paths: `results.channels[].alternatives[]|utterances[].transcript`.
    """
    for alternative in path.split("|"):
        found: list[object] = [value]
        for part in alternative.split("."):
            key, *deeper = part.split("[]")
            found = _step(found, key) if key else found
            for _ in deeper:
                found = _step(found, "")
        if found:
            return True
    return False
