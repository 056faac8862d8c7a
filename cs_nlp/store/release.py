"""Publishing: which transcripts are in no published sum yet, and how new sums are written. What may be published, signals decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from cs_nlp.records import Channel
from cs_nlp.store.cells import Summed, is_same_sum, summed
from cs_nlp.store.columns import UNDATED, new_uid
from cs_nlp.store.departures import close_departures
from cs_nlp.store.dialect import AnyRow
from cs_nlp.store.organisations import team_ids
from cs_nlp.store.published_tables import departures, published, release_rules
from cs_nlp.store.tables import UNPUBLISHED, WAITING, totals, transcripts

_IN_A_QUERY: Final = 1000
_AT_ONCE: Final = 10_000


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


def write_sheets(db: Connection, organisation: int, model: str, sheets: Iterable[Sequence[Sum]]) -> None:
    """Publish sheets: rows that are sliced together, and their slices; each transcript is in one row and at most one slice.

    Args:
        db: a transaction that writes and holds the organisation.
        organisation: whose.
        model: that scored all of it.
        sheets: rows and slices of each.
    """
    ids_of = {name: one for one, name in team_ids(db, organisation, None).items()}
    inside: defaultdict[int, dict[str, int | None]] = defaultdict(lambda: {"in_row": None, "in_slice": None})
    for sums in sheets:
        said, sheet = _totals(db, organisation, {one for own in sums for one in own.transcripts}), new_uid("sh")
        for own in sums:
            if said:
                team = None if own.team is None else ids_of[own.team]
                facts = {"organisation_id": organisation, "team_id": team, "model": model, "sheet": sheet}
                made = db.execute(insert(published).values(facts | _facts(own, said)).returning(published.c.id)).scalar_one()
                for one in own.transcripts:
                    inside[one]["in_row" if own.segment is None else "in_slice"] = made
    # One statement a transcript, in the order in which they lie in the table: anything else takes many times as long on SQLite.
    here = (transcripts.c.id == bindparam("one")) & (transcripts.c.organisation_id == organisation)
    change = update(transcripts).where(here).values(row_id=bindparam("in_row"), slice_id=bindparam("in_slice"))
    rows = [{"one": one, **places} for one, places in sorted(inside.items())]
    for start in range(0, len(rows), _AT_ONCE):
        db.execute(change, rows[start : start + _AT_ONCE])


def add_up_again(db: Connection, organisation: int, sheet: str) -> None:
    """Add up a sheet's sums from who is still there; what is of nobody any more goes."""
    close_departures(db, organisation, sheet)
    p, t = published.c, transcripts.c
    for one, added in _added_up(db, organisation, sheet).items():
        if added is not None:
            db.execute(update(published).where(p.id == one).values(added._asdict()))
            continue
        db.execute(delete(published).where(p.id == one))
        # Transcripts in which nobody is left say nothing.
        db.execute(update(transcripts).where(t.organisation_id == organisation, t.row_id == one).values(row_id=None, slice_id=None))


def wrong_sums(db: Connection, organisation: int) -> list[int]:
    """Ids of published sums that nobody has left and that are not what their transcripts add up to."""
    p, d = published.c, departures.c
    own = p.organisation_id == organisation
    left = select(p.sheet).join(departures, d.row_id == p.id).where(own)
    wrong: list[int] = []
    for sheet in db.scalars(select(p.sheet).where(own, p.sheet.not_in(left)).distinct().order_by(p.sheet)).all():
        added = _added_up(db, organisation, sheet)
        kept = db.execute(select(p.id, p.transcripts, p.n, p.people, p.figures).where(own, p.sheet == sheet).order_by(p.id))
        wrong += [row.id for row in kept if not is_same_sum(Summed(*row[1:]), added[row.id])]
    return wrong


def withdraw_all(db: Connection, organisation: int) -> None:
    """Drop all that is published, with the rules by which it was."""
    t = transcripts.c
    db.execute(update(transcripts).where(t.organisation_id == organisation, t.row_id.is_not(None)).values(row_id=None, slice_id=None))
    for table in (departures, published, release_rules):
        db.execute(delete(table).where(table.c.organisation_id == organisation))


def _facts(own: Sum, said: dict[int, list[AnyRow]]) -> dict[str, Any]:
    channel, queue = own.segment or (None, None)
    place = {"is_slice": own.segment is not None, "channel": channel.value if channel else "", "queue": queue}
    return place | {"first_day": own.start, "end_day": own.end} | _summed(said, own.transcripts)._asdict()


def _unpublished(row: AnyRow, names: dict[int, str]) -> Unpublished:
    day = None if row.day == UNDATED else row.day
    return Unpublished(row.id, row.person_id or 0, row.n, names[row.team_id], day, Channel(row.channel), row.queue or None, row.model)


def _added_up(db: Connection, organisation: int, sheet: str) -> dict[int, Summed | None]:
    """What each sum of a sheet adds up to now, by its id; None for those of nobody."""
    p, t = published.c, transcripts.c
    sums = db.execute(select(p.id, p.is_slice).where(p.organisation_id == organisation, p.sheet == sheet).order_by(p.id)).all()
    rows = [own.id for own in sums if not own.is_slice]
    places = db.execute(select(t.id, t.row_id, t.slice_id).where(t.organisation_id == organisation, t.row_id.in_(rows))).all()
    said = _totals(db, organisation, [one.id for one in places])
    found: dict[int, Summed | None] = {}
    for own in sums:
        ids = [one.id for one in places if own.id == (one.slice_id if own.is_slice else one.row_id) and one.id in said]
        found[own.id] = _summed(said, ids) if ids else None
    return found


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
