"""Totals read back: of transcripts, or of what each person said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from math import isnan

from sqlalchemy import Connection, select

from cs_nlp.records import Channel, Totals
from cs_nlp.store.dialect import AnyRow
from cs_nlp.store.packing import CLASSES, unpack_counts, unpack_sums
from cs_nlp.store.people import nobody, pseudonyms_of
from cs_nlp.store.selection import EVERYTHING, Selection
from cs_nlp.store.tables import totals, transcripts


def read_totals(db: Connection, organisation: int, selection: Selection = EVERYTHING) -> list[Totals]:
    """The totals of the selected transcripts that have a scored statement, in the order in which they were stored.

    Args:
        db: a transaction that reads.
        organisation: whose.
        selection: which.

    Returns:
        One a transcript; `transcript_id` is its uid. Who has no name is one person for each transcript.
    """
    parts = _read(db, organisation, selection)
    return [merged([part for _, part in own]) for _, own in groupby(parts, key=lambda pair: pair[0])]


def read_parts(db: Connection, organisation: int, selection: Selection = EVERYTHING) -> list[Totals]:
    """As `read_totals`, but one for each transcript and person: `people` is that person."""
    return [part for _, part in _read(db, organisation, selection)]


def _read(db: Connection, organisation: int, selection: Selection) -> list[tuple[int, Totals]]:
    """Parts with the ids of their transcripts, by these."""
    teams = selection.teams_of(db, organisation)
    c = transcripts.c
    query = select(
        totals.c.transcript_id,
        totals.c.person_id,
        totals.c.n,
        totals.c.counts,
        totals.c.sums,
        *(c.uid, c.team_id, c.started_at, c.channel, c.queue, c.model),
    )
    query = query.join(transcripts, c.id == totals.c.transcript_id)
    query = query.where(c.organisation_id == organisation, selection.condition(transcripts, teams))
    rows = db.execute(query.order_by(totals.c.transcript_id, totals.c.id)).all()
    names = pseudonyms_of(db, organisation, {_person(row) for row in rows})
    return [(row.transcript_id, _part(row, teams[row.team_id], names[_person(row)])) for row in rows]


def _person(row: AnyRow) -> int:
    return nobody(row.transcript_id) if row.person_id is None else int(row.person_id)


def _part(row: AnyRow, team: str, person: str) -> Totals:
    counts, sums = unpack_counts(row.counts), unpack_sums(row.sums)
    confidence = sums[CLASSES]
    return Totals(
        transcript_id=row.uid,
        team=team,
        started_at=row.started_at,
        channel=Channel(row.channel),
        queue=row.queue or None,
        people=frozenset([person]),
        n=row.n,
        counts=counts[:CLASSES],
        sums=sums[:CLASSES],
        confidence=None if isnan(confidence) else confidence,
        driver_counts=counts[CLASSES:],
        driver_sums=sums[CLASSES + 1 :],
        model=row.model,
    )


def merged(parts: Sequence[Totals]) -> Totals:
    """The totals of a transcript from those of its people."""
    first = parts[0]
    if len(parts) == 1:
        return first
    known = [part.confidence for part in parts if part.confidence is not None]
    return replace(
        first,
        people=frozenset[str]().union(*(part.people for part in parts)),
        n=sum(part.n for part in parts),
        counts=tuple(map(sum, zip(*(part.counts for part in parts), strict=True))),
        sums=tuple(map(sum, zip(*(part.sums for part in parts), strict=True))),
        confidence=sum(known) if len(known) == len(parts) else None,
        driver_counts=tuple(map(sum, zip(*(part.driver_counts for part in parts), strict=True))),
        driver_sums=tuple(map(sum, zip(*(part.driver_sums for part in parts), strict=True))),
    )
