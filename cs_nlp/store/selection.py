"""Which transcripts a question is about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, and_, or_

from cs_nlp.records import Channel
from cs_nlp.store.columns import UNDATED
from cs_nlp.store.organisations import team_ids


@dataclass(frozen=True, slots=True)
class Selection:
    """Which transcripts; what is not said does not matter.

    Attributes:
        teams: names; "" is the team of transcripts that name none. None for all.
        start: first day, in each team's own time zone; end: the day after the last. With either, undated transcripts are left out.
        end: as above.
        channel: said to customers, or among staff.
        queue: name; "" for those without.
        model: that scored them.
        sums: only those in these published sums, by id; not for cells.
    """

    teams: tuple[str, ...] | None = None
    start: date | None = None
    end: date | None = None
    channel: Channel | None = None
    queue: str | None = None
    model: str | None = None
    sums: frozenset[int] | None = None

    def teams_of(self, db: Connection, organisation: int) -> dict[int, str]:
        """The selected teams of an organisation: names by id."""
        return team_ids(db, organisation, self.teams)

    def condition(self, table: Table, teams: Collection[int]) -> ColumnElement[bool]:
        """The same as SQL, on a table with the columns `team_id`, `day`, `channel`, `queue` and `model`.

        Args:
            table: transcripts, or cells where no sums are selected.
            teams: ids, from `teams_of`.
        """
        c = table.c
        wanted = {"channel": self.channel and self.channel.value, "queue": self.queue, "model": self.model}
        same = [c[name] == value for name, value in wanted.items() if value is not None]
        inside = [] if self.sums is None else [or_(c.row_id.in_(self.sums), c.slice_id.in_(self.sums))]
        return and_(c.team_id.in_(list(teams)), *self.days(c.day), *same, *inside)

    def days(self, day: ColumnElement[date]) -> list[ColumnElement[bool]]:
        """Conditions on a column of days."""
        if self.start is None and self.end is None:
            return []
        ends = [] if self.end is None else [day < self.end]
        return [day >= (self.start or UNDATED + timedelta(days=1)), *ends]

    def holds(self, channel: str, queue: str, model: str) -> bool:
        """Whether this channel, queue and model are selected."""
        wanted = ((self.channel, channel), (self.queue, queue), (self.model, model))
        return all(chosen is None or chosen == value for chosen, value in wanted)


EVERYTHING: Final = Selection()
