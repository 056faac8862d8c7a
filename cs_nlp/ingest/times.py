"""Times as files write them: offsets in many shapes, wall-clock times with and without zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from cs_nlp.ingest.values import number

_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d{1,9})?)")
_OTHER_SHAPES = (
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",
    "%d %b %Y %H:%M:%S",
    "%d %B %Y %H:%M",
    "%B %d, %Y %H:%M",
    "%B %d, %Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_1973, _SECONDS_2200 = 1e8, 7.2e9
_YEARS = range(1900, 2201)
"""Years that a recording can be of; others are slips, and near the ends of the calendar no zone can be computed."""


def clock_seconds(text: str) -> float | None:
    """Seconds of an offset such as `01:02:03.5`, `02:03` or `0:0:3,490`, or None."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    return round(int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", ".")), 6)


def offset_seconds(value: object, unit: float = 1.0) -> float | None:
    """Seconds of an offset: a number of units, digits, `12.9s` or a clock shape, or None."""
    found = number(value)
    if found is not None:
        return round(found * unit, 6)
    if not isinstance(value, str):
        return None
    stripped = value.strip()
    if stripped.endswith("s"):
        found = number(stripped[:-1])
        if found is not None:
            return round(found, 6)
    return clock_seconds(stripped)


def from_epoch(value: object, unit: float = 1.0) -> datetime | None:
    """The aware time (UTC) of a count of units since 1970 (0.001 for milliseconds), or None."""
    found = number(value)
    if found is None:
        return None
    try:
        at = _EPOCH + timedelta(seconds=found * unit)
    except OverflowError:
        return None
    return at if at.year in _YEARS else None


def parse_time(value: object, zone: tzinfo) -> datetime | None:
    """The aware time that a value states.

    Args:
        value: ISO 8601 (with or without offset), one of a few other shapes in English, or a count of seconds or milliseconds since 1970.
        zone: the zone of times that state none.

    Returns:
        The time, in its own zone where it states one, or None where the value states no time.
    """
    if isinstance(value, int | float):
        return _from_number(number(value))
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    found = _iso_time(text) or _other_shape(text)
    if found is None:
        return _from_number(number(text)) if text.replace(".", "", 1).isdigit() else None
    if found.year not in _YEARS:
        return None
    return found if found.utcoffset() is not None else found.replace(tzinfo=zone)


def _from_number(found: float | None) -> datetime | None:
    """Counts of seconds, milliseconds and microseconds since 1970 differ so much that each tells its unit."""
    for unit in (1.0, 1e-3, 1e-6):
        if found is not None and _SECONDS_1973 < found * unit < _SECONDS_2200:
            return from_epoch(found, unit)
    return None


def _iso_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _other_shape(text: str) -> datetime | None:
    squeezed = " ".join(text.split())
    for shape in _OTHER_SHAPES:
        try:
            return datetime.strptime(squeezed, shape)  # noqa: DTZ007 - the caller adds the zone where none is stated
        except ValueError:
            continue
    return None


def parse_date(value: object) -> date | None:
    """The date that a text such as `2026-06-01` starts with, or None."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
