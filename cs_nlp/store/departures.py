"""Who has left a published sum: it stands all the same until those who left may be told apart from those who stay (docs/privacy.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, select, update

from cs_nlp.store.published_tables import departures, published
from cs_nlp.store.tables import totals, transcripts


class Member(NamedTuple):
    """What one person said in one transcript of a sheet.

    Attributes:
        row: id of the published row.
        part: id of its slice; None where it is not sliced.
        transcript: a mark that tells transcripts apart.
        person: the same for people; 0 for all who have no name, who may be one.
        n: number of statements.
    """

    row: int
    part: int | None
    transcript: int
    person: int
    n: int


def depart(db: Connection, organisation: int, which: ColumnElement[bool], *, model: str = "") -> None:
    """Note that totals are about to leave the published sums that they are in.

    Args:
        db: a transaction that writes.
        organisation: whose.
        which: condition on the tables `totals` and `transcripts`.
        model: that scores the transcripts anew: then they wait until the sum gives them up, if it is of this model, so that they count
            once. A sum of another model is in no series with the new ones, so nothing waits for it.
    """
    t = transcripts.c
    holds = published.c.model == model
    columns = (literal(organisation), t.row_id, t.slice_id, t.id, func.coalesce(totals.c.person_id, 0), totals.c.n, holds)
    left = select(*columns).join(transcripts, t.id == totals.c.transcript_id).join(published, published.c.id == t.row_id)
    names = ("organisation_id", "row_id", "slice_id", "transcript_id", "person", "n", "holds")
    db.execute(insert(departures).from_select(names, left.where(t.organisation_id == organisation, which)))


def set_free(db: Connection, organisation: int, transcript_ids: Sequence[int]) -> None:
    """Transcripts are in no published row any more."""
    own = transcripts.c.id.in_(transcript_ids) & (transcripts.c.organisation_id == organisation) & transcripts.c.row_id.is_not(None)
    db.execute(update(transcripts).where(own).values(row_id=None, slice_id=None))


def forget(db: Connection, organisation: int, transcript_ids: Sequence[int]) -> None:
    """Erased transcripts hold nothing back: their ids may be given again."""
    d = departures.c
    db.execute(update(departures).where(d.organisation_id == organisation, d.transcript_id.in_(transcript_ids)).values(holds=False))


def left_sheets(db: Connection, organisation: int) -> list[str]:
    """The sheets that somebody has left."""
    query = select(published.c.sheet).join(departures, departures.c.row_id == published.c.id)
    return list(db.scalars(query.where(departures.c.organisation_id == organisation).distinct().order_by(published.c.sheet)))


def left_sums(db: Connection, organisation: int) -> frozenset[int]:
    """Ids of the published sums that still hold somebody who has left them, slices not among them."""
    return frozenset(db.scalars(select(departures.c.row_id).where(departures.c.organisation_id == organisation).distinct()))


def members_of(db: Connection, organisation: int, sheet: str) -> tuple[list[Member], list[Member]]:
    """Who stays in a sheet's sums, and who has left them."""
    rows = _rows_of(db, organisation, sheet)
    t, d = transcripts.c, departures.c
    kept = select(t.row_id, t.slice_id, t.id, func.coalesce(totals.c.person_id, 0), totals.c.n)
    kept = kept.join(totals, totals.c.transcript_id == t.id).where(t.organisation_id == organisation, t.row_id.in_(rows))
    gone = select(d.row_id, d.slice_id, d.transcript_id, d.person, d.n).where(d.organisation_id == organisation, d.row_id.in_(rows))
    return [Member(*row) for row in db.execute(kept)], [Member(*row) for row in db.execute(gone)]


def close_departures(db: Connection, organisation: int, sheet: str) -> None:
    """A sheet has been added up again without those who left it, so nobody has left it any more."""
    rows = _rows_of(db, organisation, sheet)
    db.execute(delete(departures).where(departures.c.organisation_id == organisation, departures.c.row_id.in_(rows)))


def _rows_of(db: Connection, organisation: int, sheet: str) -> list[int]:
    p = published.c
    own = select(p.id).where(p.organisation_id == organisation, p.sheet == sheet, p.is_slice.is_(False))
    return list(db.scalars(own.order_by(p.id)))
