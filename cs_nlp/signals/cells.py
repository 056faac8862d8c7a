"""Totals added up by day: as much as figures need, whatever the number of transcripts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, tzinfo
from typing import TYPE_CHECKING

import numpy as np

from cs_nlp.records import Cell
from cs_nlp.signals.periods import local_date
from cs_nlp.signals.series import zone_of
from cs_nlp.taxonomy import CULTURES

if TYPE_CHECKING:
    from cs_nlp.records import Channel, Totals

Key = tuple[str, date | None, "Channel", str | None, str]


def cells_of(totals: Iterable[Totals], tz: Mapping[str, tzinfo] | tzinfo) -> list[Cell]:
    """Cells that give the same figures as the totals themselves.

    Args:
        totals: of transcripts of any number of teams; what several people said in one transcript is added up first. Those without a
            scored statement say nothing.
        tz: the time zone, or that of each team.

    Returns:
        By team, day (undated first), channel, queue and model.

    Raises:
        InputError: a time without offset, or a team without a time zone.
    """
    found: defaultdict[Key, list[Totals]] = defaultdict(list)
    for row in totals:
        if row.n > 0:
            day = None if row.started_at is None else local_date(row.started_at, zone_of(tz, row.team))
            found[row.team, day, row.channel, row.queue, row.model].append(row)
    return [_cell(key, found[key]) for key in sorted(found, key=_order)]


def _order(key: Key) -> tuple[str, date, str, str, str]:
    team, day, channel, queue, model = key
    return team, day or date.min, channel.value, queue or "", model


def _cell(key: Key, rows: Sequence[Totals]) -> Cell:
    names = {name: place for place, name in enumerate(dict.fromkeys(row.transcript_id for row in rows))}
    place = [names[row.transcript_id] for row in rows]
    counts, sums = (np.zeros((len(names), len(CULTURES))) for _ in range(2))
    np.add.at(counts, place, np.array([row.counts for row in rows], dtype=np.float64))
    np.add.at(sums, place, np.array([row.sums for row in rows], dtype=np.float64))
    known = [row.confidence for row in rows if row.confidence is not None]
    return Cell(
        *key,
        transcripts=len(names),
        people=frozenset[str]().union(*(row.people for row in rows)),
        n=sum(row.n for row in rows),
        counts=tuple(int(count) for count in counts.sum(axis=0)),
        sums=tuple(sums.sum(axis=0).tolist()),
        confidence=sum(known) if len(known) == len(rows) else None,
        count_products=tuple((counts.T @ counts).ravel().tolist()),
        sum_products=tuple((sums.T @ sums).ravel().tolist()),
    )
