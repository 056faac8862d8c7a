"""Records as the members of JSON objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from cs_nlp.records import Interval


def row_of(record: Any) -> Any:  # noqa: ANN401 - records of records
    """A record with its intervals as `low`, `high` and `level`, `withheld` as `reason`, and empty labels and names as None."""
    if is_dataclass(record) and not isinstance(record, type):
        row: dict[str, Any] = {}
        for each in fields(record):
            value = getattr(record, each.name)
            if isinstance(value, Interval) or each.name == "interval":
                row |= {name: getattr(value, name, None) for name in ("low", "high", "level")}
            else:
                row["reason" if each.name == "withheld" else each.name] = _plain(each.name, value)
        return row
    return _plain("", record)


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [row_of(one) for one in value]
    if isinstance(value, Mapping):
        return {key: row_of(one) for key, one in value.items()}
    if is_dataclass(value):
        return row_of(value)
    return None if value == "" and name in {"label", "name", "team", "queue", "needs"} else value
