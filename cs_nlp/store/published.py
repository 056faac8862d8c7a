"""What is published, read back: sums, the rules by which they were made, and the days that there is something of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Final

import numpy as np
from sqlalchemy import Connection, insert, select

from cs_nlp.records import Cell, Channel
from cs_nlp.store.columns import UNDATED
from cs_nlp.store.dialect import AnyRow
from cs_nlp.store.packing import CLASSES, unpack_ids
from cs_nlp.store.published_tables import published, release_rules
from cs_nlp.store.tables import cells, teams

_PRODUCTS: Final = 2 * CLASSES + 1
_SQUARE: Final = CLASSES * CLASSES


@dataclass(frozen=True, slots=True)
class KeptRules:
    """By which rules an organisation's figures are published.

    Attributes:
        k: smallest group.
        grain: shortest bucket.
        split: what slices tell apart: `channel`, `queue` (within channels), or "" for no slices.
    """

    k: int
    grain: str
    split: str


@dataclass(frozen=True, slots=True)
class PublishedSum:
    """A published row or slice.

    Attributes:
        id: of this sum.
        start: first day; end: the day after the last; None for a pool of the whole time.
        end: as above.
        segment: None for a row; of a slice its channel and its queue, each None for what is not told apart.
        cell: the sum. Its people are marks that tell them apart; its channel and queue say nothing, since it may hold several.
    """

    id: int
    start: date | None
    end: date | None
    segment: tuple[Channel | None, str | None] | None
    cell: Cell


def read_rules(db: Connection, organisation: int) -> KeptRules | None:
    """The rules by which an organisation's figures are published; None before the first."""
    c = release_rules.c
    row = db.execute(select(c.k, c.grain, c.split).where(c.organisation_id == organisation)).one_or_none()
    return None if row is None else KeptRules(*row)


def keep_rules(db: Connection, organisation: int, rules: KeptRules) -> None:
    """Keep an organisation's first rules."""
    db.execute(insert(release_rules).values(organisation_id=organisation, k=rules.k, grain=rules.grain, split=rules.split, looked_at=""))


def read_published(db: Connection, organisation: int, team: str, model: str, *, slices: bool = False) -> list[PublishedSum]:
    """The published rows of a team, or the slices of them, of what one model scored.

    Args:
        db: a transaction that reads.
        organisation: whose.
        team: name of the team.
        model: of one series is one model.
        slices: slices instead of rows.
    """
    c = published.c
    columns = (c.id, c.first_day, c.end_day, c.is_slice, c.channel, c.queue, c.transcripts, c.n, c.people, c.figures)
    own = select(teams.c.id).where(teams.c.organisation_id == organisation, teams.c.name == team).scalar_subquery()
    query = select(*columns).where(c.organisation_id == organisation, c.team_id == own, c.model == model, c.is_slice.is_(slices))
    rows = db.execute(query.order_by(c.id)).all()
    figures = np.frombuffer(b"".join(row.figures for row in rows), "<f8").reshape(len(rows), -1).tolist() if rows else []
    return [_published(row, team, model, own) for row, own in zip(rows, figures, strict=True)]


def days_with_scores(db: Connection, organisation: int, team: str, model: str) -> list[date]:
    """The days of which a team's cells hold something that one model scored; in no order."""
    c = cells.c
    own = select(teams.c.id).where(teams.c.organisation_id == organisation, teams.c.name == team).scalar_subquery()
    query = select(c.day).where(c.organisation_id == organisation, c.team_id == own, c.model == model, c.day > UNDATED)
    return list(db.scalars(query.distinct()))


def _published(row: AnyRow, team: str, model: str, figures: list[float]) -> PublishedSum:
    confidence = figures[2 * CLASSES]
    cell = Cell(
        team=team,
        day=row.first_day,
        channel=Channel.CALL,
        queue=None,
        model=model,
        transcripts=row.transcripts,
        people=frozenset(map(str, unpack_ids(row.people))),
        n=row.n,
        counts=tuple(map(int, figures[:CLASSES])),
        sums=tuple(figures[CLASSES : 2 * CLASSES]),
        confidence=None if isnan(confidence) else confidence,
        count_products=tuple(figures[_PRODUCTS : _PRODUCTS + _SQUARE]),
        sum_products=tuple(figures[_PRODUCTS + _SQUARE :]),
    )
    segment = (Channel(row.channel) if row.channel else None, row.queue) if row.is_slice else None
    return PublishedSum(row.id, row.first_day, row.end_day, segment, cell)
