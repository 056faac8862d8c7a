"""Which days of which teams are to be added up again.

Whoever changes totals marks their days in the same transaction, so that a cell is never believed that no longer holds. Marks are only
added, never changed: transactions that touch the same day don't wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, insert

from cs_nlp.store.tables import stale_days

TeamDay = tuple[int, date]
"""Id of a team and a day in its zone (`UNDATED` for none): what cells are added up again by."""


def mark_stale(db: Connection, organisation: int, days: Iterable[TeamDay]) -> None:
    """Say that the totals of these days have changed."""
    rows = [{"organisation_id": organisation, "team_id": team, "day": day} for team, day in sorted(set(days))]
    if rows:
        db.execute(insert(stale_days), rows)
