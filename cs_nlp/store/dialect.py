"""What the two databases say differently, and types for what comes back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


def insert(db: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insertion that may be told what to do on conflict."""
    return sqlite.insert(table) if db.dialect.name == "sqlite" else postgresql.insert(table)
