"""Whether a database is whole: its tables, its references, and its cells and published sums against the totals behind them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select, union

from cs_nlp.store.cells import CellRow, Summed, added_up, is_same_sum, on_days
from cs_nlp.store.migrate import differences
from cs_nlp.store.organisations import organisation_names
from cs_nlp.store.release import wrong_sums
from cs_nlp.store.stale import TeamDay
from cs_nlp.store.tables import cells, stale_days, transcripts

_DAYS_AT_ONCE: Final = 200


def faults(db: Connection) -> list[str]:
    """What is wrong with a database, one sentence each; empty when it is whole. Reads everything: it takes minutes on large ones.

    Args:
        db: a transaction that reads.
    """
    found = [f"the tables are not those of this version: {difference}" for difference in differences(db)]
    if db.dialect.name == "sqlite":
        found += [f"the file is damaged: {row[0]}" for row in db.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        broken = db.exec_driver_sql("PRAGMA foreign_key_check").all()
        found += [f"table {row[0]}: row {row[1]} refers to a row of {row[2]} that is not there" for row in broken]
    for name, organisation in organisation_names(db).items():
        wrong = wrong_days(db, organisation)
        if wrong:
            found.append(f"organisation {name!r}: the cells of {len(wrong)} days are not the sums of their totals, first of {wrong[0][1]}")
        if sums := wrong_sums(db, organisation):
            found.append(f"organisation {name!r}: {len(sums)} published sums are not those of their transcripts, first of {sums[0]}")
    return found


def wrong_days(db: Connection, organisation: int) -> list[TeamDay]:
    """The days whose kept cells are not the sums of their totals, though no mark says that they are to be added up again."""
    c, t, s = cells.c, transcripts.c, stale_days.c
    everything = union(
        select(c.team_id, c.day).where(c.organisation_id == organisation), select(t.team_id, t.day).where(t.organisation_id == organisation)
    )
    marked = {(row.team_id, row.day) for row in db.execute(select(s.team_id, s.day).where(s.organisation_id == organisation).distinct())}
    days = sorted({(row.team_id, row.day) for row in db.execute(everything)} - marked)
    wrong: list[TeamDay] = []
    for start in range(0, len(days), _DAYS_AT_ONCE):
        some = days[start : start + _DAYS_AT_ONCE]
        expected = {row[:5]: row for row in added_up(db, organisation, some)}
        kept = {row[:5]: row for row in _kept(db, organisation, some)}
        bad = {key[:2] for key in expected.keys() | kept.keys() if not _same(expected.get(key), kept.get(key))}
        wrong += sorted(bad)
    return wrong


def _kept(db: Connection, organisation: int, days: list[TeamDay]) -> list[CellRow]:
    columns = [cells.c[name] for name in CellRow._fields]
    return [CellRow._make(row) for condition in on_days(cells, organisation, days) for row in db.execute(select(*columns).where(condition))]


def _same(one: CellRow | None, other: CellRow | None) -> bool:
    return one is not None and other is not None and is_same_sum(Summed(*one[5:]), Summed(*other[5:]))
