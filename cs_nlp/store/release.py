"""Publishing: which transcripts are in no published sum yet, and how new sums are written. What may be published, signals decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from cs_nlp.records import Channel
from cs_nlp.store.cells import Summed, summed
from cs_nlp.store.columns import UNDATED, new_uid
from cs_nlp.store.departures import close_departures
from cs_nlp.store.dialect import AnyRow
from cs_nlp.store.organisations import team_ids
from cs_nlp.store.published_tables import departures, published, release_rules
from cs_nlp.store.tables import UNPUBLISHED, WAITING, totals, transcripts

_IN_A_QUERY: Final = 1000


class Unpublished(NamedTuple):
    """What one person said in a transcript that is in no published sum.

    Attributes:
        transcript: its id.
        person: id of the person; 0 for all who have no name, who may be one.
        n: number of statements.
        team: name of the team.
        day: day of the start in the team's time zone; None for none.
        channel: said to customers, or among staff.
        queue: the queue, or None.
        model: that scored it.
    """

    transcript: int
    person: int
    n: int
    team: str
    day: date | None
    channel: Channel
    queue: str | None
    model: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A row or a slice to be published.

    Attributes:
        team: name of the team; None for a pool of the organisation.
        start: first day; end: the day after the last; None for a pool of the whole time.
        end: as above.
        segment: None for a row; of a slice its channel and its queue, each None for what is not told apart.
        transcripts: ids of its transcripts.
    """

    team: str | None
    start: date | None
    end: date | None
    segment: tuple[Channel | None, str | None] | None
    transcripts: tuple[int, ...]


def is_scoring(db: Connection, organisation: int, before: date) -> bool:
    """Whether transcripts that began before a day, or have no time, wait to be scored."""
    t = transcripts.c
    return bool(db.scalar(select(exists().where(t.organisation_id == organisation, WAITING, t.day < before))))


def state_of(db: Connection, organisation: int, before: date) -> str:
    """What publishing depends on, in a few words: while it stays the same, there is nothing to publish that was not seen before."""
    t, d = transcripts.c, departures.c
    own = (t.organisation_id == organisation, UNPUBLISHED, t.day < before, t.state == "scored")
    waiting = db.execute(select(func.count(), func.max(t.scored_at)).where(*own)).one()
    left = db.execute(select(func.count(), func.max(d.id)).where(d.organisation_id == organisation)).one()
    return f"before {before}: {waiting[0]} up to {waiting[1]}; left: {left[0]} up to {left[1]}"


def looked_at(db: Connection, organisation: int) -> str:
    """The state when all was last published that could be; "" where it never was."""
    return db.scalar(select(release_rules.c.looked_at).where(release_rules.c.organisation_id == organisation)) or ""


def keep_look(db: Connection, organisation: int, state: str) -> None:
    """Keep that all was published that could be in this state."""
    db.execute(update(release_rules).where(release_rules.c.organisation_id == organisation).values(looked_at=state))


def read_unpublished(db: Connection, organisation: int, before: date) -> list[Unpublished]:
    """What is in no published sum, of scored transcripts that began before a day or have no time; by transcript.

    Others can't change these transcripts until the transaction ends.
    """
    t, d = transcripts.c, departures.c
    held = select(d.transcript_id).where(d.organisation_id == organisation, d.holds)
    own = (t.organisation_id == organisation, UNPUBLISHED, t.day < before, t.state == "scored", t.id.not_in(held))
    locked = set(db.scalars(select(t.id).where(*own).order_by(t.id).with_for_update()))
    names = team_ids(db, organisation, None)
    said = (totals.c.person_id, totals.c.n, t.team_id, t.day, t.channel, t.queue, t.model)
    query = select(t.id, *said).join(totals, totals.c.transcript_id == t.id).where(*own).order_by(t.id, totals.c.id)
    return [_unpublished(row, names) for row in db.execute(query) if row.id in locked]


def write_sheet(db: Connection, organisation: int, model: str, sums: Sequence[Sum]) -> None:
    """Publish rows that are sliced together, and their slices; each transcript is in one row and at most one slice.

    Args:
        db: a transaction that writes and holds the organisation.
        organisation: whose.
        model: that scored all of it.
        sums: rows and slices.
    """
    ids_of = {name: one for one, name in team_ids(db, organisation, None).items()}
    said = _totals(db, organisation, {one for own in sums for one in own.transcripts})
    sheet = new_uid("sh")
    for own in sums:
        if not any(one in said for one in own.transcripts):
            continue
        channel, queue = own.segment or (None, None)
        place = {"team_id": None if own.team is None else ids_of[own.team], "first_day": own.start, "end_day": own.end}
        facts = {"organisation_id": organisation, "model": model, "sheet": sheet, "is_slice": own.segment is not None}
        kind = {"channel": channel.value if channel else "", "queue": queue}
        figures = _summed(said, own.transcripts)._asdict()
        made = db.execute(insert(published).values(place | facts | kind | figures).returning(published.c.id)).scalar_one()
        ids = sorted(own.transcripts)
        for start in range(0, len(ids), _IN_A_QUERY):
            inside = {"row_id" if own.segment is None else "slice_id": made}
            some = transcripts.c.id.in_(ids[start : start + _IN_A_QUERY]) & (transcripts.c.organisation_id == organisation)
            db.execute(update(transcripts).where(some).values(inside))


def add_up_again(db: Connection, organisation: int, sheet: str) -> None:
    """Add up a sheet's sums from who is still there; what is of nobody any more goes."""
    p, t = published.c, transcripts.c
    sums = db.execute(select(p.id, p.is_slice).where(p.organisation_id == organisation, p.sheet == sheet)).all()
    close_departures(db, organisation, sheet)
    for own in sums:
        inside = (t.slice_id if own.is_slice else t.row_id) == own.id
        ids = db.scalars(select(t.id).where(t.organisation_id == organisation, t.row_id.is_not(None), inside)).all()
        said = _totals(db, organisation, set(ids))
        if said:
            db.execute(update(published).where(p.id == own.id).values(_summed(said, ids)._asdict()))
        else:
            db.execute(delete(published).where(p.id == own.id))
            # Transcripts in which nobody is left say nothing, but might come to say something again.
            db.execute(update(transcripts).where(t.organisation_id == organisation, inside).values(row_id=None, slice_id=None))


def withdraw_all(db: Connection, organisation: int) -> None:
    """Drop all that is published, with the rules by which it was."""
    t = transcripts.c
    db.execute(update(transcripts).where(t.organisation_id == organisation, t.row_id.is_not(None)).values(row_id=None, slice_id=None))
    for table in (departures, published, release_rules):
        db.execute(delete(table).where(table.c.organisation_id == organisation))


def _unpublished(row: AnyRow, names: dict[int, str]) -> Unpublished:
    day = None if row.day == UNDATED else row.day
    return Unpublished(row.id, row.person_id or 0, row.n, names[row.team_id], day, Channel(row.channel), row.queue or None, row.model)


def _totals(db: Connection, organisation: int, ids: Collection[int]) -> dict[int, list[AnyRow]]:
    """Totals by transcript."""
    found: defaultdict[int, list[AnyRow]] = defaultdict(list)
    for some in _portions(sorted(ids)):
        c = totals.c
        query = select(c.transcript_id, c.person_id, c.n, c.counts, c.sums)
        for row in db.execute(query.where(c.organisation_id == organisation, c.transcript_id.in_(some)).order_by(c.transcript_id, c.id)):
            found[row.transcript_id].append(row)
    return found


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _IN_A_QUERY] for start in range(0, len(ids), _IN_A_QUERY))


def _summed(said: dict[int, list[AnyRow]], ids: Sequence[int]) -> Summed:
    return summed([row for one in sorted(ids) for row in said.get(one, ())], lambda _: 0)
