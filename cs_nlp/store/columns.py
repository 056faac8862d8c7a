"""Column types that both databases answer alike."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator

UNDATED: Final = date(1, 1, 1)
"""Stands in `day` columns for transcripts without a start, so that a day is never null and can be part of a key."""

BigId: Final = BigInteger().with_variant(Integer, "sqlite")


def clean(text: str) -> str:
    """A text without what PostgreSQL can't hold: null characters are left out, lone surrogates become question marks."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()


class Words(TypeDecorator[str]):
    """Text from outside, cleaned, so that both databases keep the same."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """On the way in."""
        return None if value is None else clean(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. SQLite has no zones, so there the offset is dropped on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way in."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"the time {value.isoformat()} has no UTC offset; expected an aware time")
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's signature
        """On the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)  # type: ignore[no-any-return]


def new_uid(kind: str) -> str:
    """An id to show outside, as `tr_Zk3...`: 96 random bits, so that it says nothing of how many there are and can't be guessed."""
    return f"{kind}_{secrets.token_urlsafe(12)}"


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)
