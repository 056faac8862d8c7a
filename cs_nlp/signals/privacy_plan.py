"""What is published of many teams: disjoint blocks of transcripts, none of a small group. Every answer is a sum of whole blocks.

*Rows* are a team's buckets of one length, the team's grain. Buckets too small for it are pooled over the month and then over the whole
time; what is still too small goes up, into a pool of the group of teams, and of the organisation. What is too small even there is
in no figure at all, not even in the total: so a total never gives away what a part of it hides.

*Slices* tell the channels or queues of a team's rows apart: within a row where that is safe, else only over a month or the whole time.

Why no combination of answers is of a small group: rows share no transcript, and answers are sums of whole blocks, so in any
combination all transcripts of a row, or of a cell of row and slice, have the same weight. Rows that are not sliced together are in no
table together. Within a table, `privacy_tables` has checked all combinations. What is published later, of transcripts that came in
since, is planned by itself and added: the argument stays the same. Blocks that are out are not taken back for less than `can_leave`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeVar

from cs_nlp.errors import InputError
from cs_nlp.records import Cell, Channel, Totals
from cs_nlp.signals.periods import BUCKETS, By, Period, period_of
from cs_nlp.signals.privacy import Group, hidden_pieces
from cs_nlp.signals.privacy_tables import is_safe_table

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)
Node = tuple[str, ...]
Segment = tuple[Channel | None, str | None]

_THURSDAY: Final = timedelta(days=3)
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Atom:
    """All transcripts of one team, day, channel and queue that are planned together.

    Attributes:
        team: the team.
        day: on which they began, in the team's time zone; None where they have no time.
        channel: said to customers, or among staff.
        queue: the queue, or None.
        group: who stands behind them.
    """

    team: str
    day: date | None
    channel: Channel
    queue: str | None
    group: Group


@dataclass(frozen=True, slots=True)
class Rules:
    """How figures are published; to change them is to publish anew, so choose once.

    Attributes:
        k: smallest group.
        grain: the shortest buckets. With weeks, a month is made of its whole weeks: those whose Thursday it holds.
        split: what slices tell apart: channels, or queues within channels; None for no slices.
        groups: for each team the groups of teams that it belongs to, from the widest to the narrowest; the organisation is not named.
    """

    k: int = 5
    grain: By = "week"
    split: Literal["channel", "queue"] | None = "channel"
    groups: Mapping[str, Node] = field(default_factory=lambda: MappingProxyType({}))

    def node_of(self, team: str) -> Node:
        """The place of a team: its groups and itself."""
        return (*self.groups.get(team, ()), team)


@dataclass(frozen=True, slots=True)
class Block:
    """Transcripts that are published as one figure.

    Attributes:
        node: the team (its groups and itself), or a group of teams, or () for the organisation, of which it is a part.
        period: where in time it lies; None for a pool of the whole time.
        atoms: places of its atoms in the list that was planned.
        segment: None for a row; for a slice its channel, and its queue, each None for what is not told apart.
    """

    node: Node
    period: Period | None
    atoms: tuple[int, ...]
    segment: Segment | None = None


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """What is published.

    Attributes:
        rows: blocks that share no atom.
        slices: parts of rows.
        waiting: places of atoms that are in no figure, until more come in.
    """

    rows: tuple[Block, ...]
    slices: tuple[Block, ...]
    waiting: tuple[int, ...]


def plan_release(atoms: Sequence[Atom], rules: Rules = Rules(), *, today: date | None = None) -> ReleasePlan:
    """Decide what is published of some transcripts.

    Args:
        atoms: of transcripts that were not published before.
        rules: how.
        today: buckets that end later are left waiting, since whoever looks twice would see what came in between; None when nothing
            more will come.

    Returns:
        The plan: the same for the same atoms in any order, but for the places in it.

    Raises:
        InputError: k below 1, or an unknown grain.
    """
    if rules.k < 1 or rules.grain not in BUCKETS:
        msg = f"figures can't be published with k = {rules.k} by {rules.grain!r}; expected 1 or more, and one of {', '.join(BUCKETS)}"
        raise InputError(msg)
    rows = tuple(_plan_rows(atoms, rules, today))
    placed = {place for row in rows for place in row.atoms}
    return ReleasePlan(rows, tuple(plan_slices(atoms, rows, rules)), tuple(place for place in range(len(atoms)) if place not in placed))


def plan_slices(atoms: Sequence[Atom], rows: Iterable[Block], rules: Rules) -> Iterator[Block]:
    """The slices of rows that have none yet: of each by itself, then of a month's together where that isn't safe, then of all the others.

    Args:
        atoms: of the rows, and maybe of others.
        rows: those of groups of teams are never sliced.
        rules: how.
    """
    left: list[Block] = [row for row in rows if row.node and row.node == rules.node_of(atoms[row.atoms[0]].team)]
    for by in ("row", "month", None) if rules.split else ():
        tables: defaultdict[tuple[Node, Period | None], list[Block]] = defaultdict(list)
        for row in left:
            month = None if row.period is None else span_of(row.period.start, "month", rules.grain)
            tables[row.node, {"row": row.period, "month": month}.get(by or "")].append(row)
        left = []
        for (node, period), own in tables.items():
            columns = _columns(atoms, own, rules)
            if columns:
                yield from (Block(node, period, tuple(places), segment) for segment, places in columns.items())
            else:
                left += own


def sheets_of(plan: ReleasePlan) -> Iterator[list[Block]]:
    """Rows with the slices that run across them: each is a table that was checked by itself, so it changes as a whole (`can_leave`)."""
    cuts: defaultdict[tuple[Node, Period | None], list[Block]] = defaultdict(list)
    for part in plan.slices:
        cuts[part.node, part.period].append(part)
    row_of = {place: number for number, row in enumerate(plan.rows) for place in row.atoms}
    left = dict(enumerate(plan.rows))
    for own in cuts.values():
        yield [left.pop(number) for number in sorted({row_of[place] for part in own for place in part.atoms})] + own
    yield from ([row] for row in left.values())


def span_of(day: date, by: By, grain: By) -> Period:
    """The bucket that holds a day, in a series made of buckets of the length `grain`: see `Rules.grain`."""
    return fitted(nominal_of(day, by, grain), by, grain)


def nominal_of(day: date, by: By, grain: By) -> Period:
    """The calendar's bucket whose name a day's bucket bears: in a series of weeks the month of the week's Thursday."""
    return period_of(period_of(day, "week").start + _THURSDAY if (by, grain) == ("month", "week") else day, by)


def fitted(period: Period, by: By, grain: By) -> Period:
    """The bucket that bears the name of one of the calendar's."""
    return Period(_whole_weeks(period.start), _whole_weeks(period.end)) if (by, grain) == ("month", "week") else period


def can_leave(kept: Mapping[tuple[R, C], Group], gone: Mapping[tuple[R, C], Group], k: int) -> bool:
    """Whether a published row, or rows that are sliced together, can be published again without what was erased since.

    Args:
        kept: who is still behind each cell, by row and segment; one segment where rows are not sliced.
        gone: who was, and is erased. Their names need not be kept: any marks that tell them apart will do.
        k: smallest group.

    Returns:
        True when both are safe to be known by themselves, since whoever has the figures of before and after knows both.
    """
    return is_safe_table(kept, k) and is_safe_table(gone, k)


def atoms_of(totals: Iterable[Totals], day_of: Callable[[Totals], date | None]) -> list[Atom]:
    """Atoms of transcripts.

    Args:
        totals: of transcripts, or of what each person said in them; those without a scored statement stand behind no figure.
        day_of: the day on which a transcript began, in its team's time zone.
    """
    rows: defaultdict[tuple[str, date | None, Channel, str | None], list[Totals]] = defaultdict(list)
    for row in totals:
        if row.n > 0:
            rows[row.team, day_of(row), row.channel, row.queue].append(row)
    return [Atom(*key, Group.of(own)) for key, own in rows.items()]


def atom_of(cell: Cell) -> Atom:
    """The atom of a cell. Who said how much in it is not known, so everyone counts as having said the same."""
    parts = dict.fromkeys(cell.people or {""}, cell.n / max(len(cell.people), 1))
    return Atom(cell.team, cell.day, cell.channel, cell.queue, Group(cell.transcripts, parts))


def _whole_weeks(edge: date) -> date:
    monday = period_of(edge, "week").start
    return monday if edge <= monday + _THURSDAY else monday + _WEEK


def _plan_rows(atoms: Sequence[Atom], rules: Rules, today: date | None) -> Iterator[Block]:
    """Teams before their groups; within each, buckets before months before the whole time."""
    nodes = [rules.node_of(atom.team) for atom in atoms]
    spans: list[By | None] = [*dict.fromkeys((rules.grain, "month")), None]
    left = dict.fromkeys(sorted(range(len(atoms)), key=lambda place: _order(atoms[place])))
    for depth in range(max(map(len, nodes), default=0), -1, -1):
        for by in spans:
            pools: defaultdict[tuple[Node, Period | None], list[int]] = defaultdict(list)
            for place in left:
                node, day = nodes[place], atoms[place].day
                # A team's own month comes before a week of its group: until the month is over, nothing goes up.
                if len(node) >= depth and _is_closed(day, by if len(node) == depth else "month", rules.grain, today):
                    pools[node[:depth], _span(day, by, rules.grain)].append(place)
            for (node, period), own in pools.items():
                undated = by is not None and period is None
                if not undated and not Group.union(atoms[place].group for place in own).is_small(rules.k):
                    yield Block(node, period, tuple(own))
                    for place in own:
                        del left[place]


def _order(atom: Atom) -> tuple[str, date, str, str]:
    return atom.team, atom.day or date.min, atom.channel.value, atom.queue or ""


def _span(day: date | None, by: By | None, grain: By) -> Period | None:
    return None if day is None or by is None else span_of(day, by, grain)


def _is_closed(day: date | None, by: By | None, grain: By, today: date | None) -> bool:
    return today is None or day is None or span_of(day, by or "month", grain).end <= today


def _columns(atoms: Sequence[Atom], rows: Sequence[Block], rules: Rules) -> Mapping[Segment, list[int]]:
    """The segments that the rows' channels and queues can be sliced into, with the places of their atoms; none if that isn't safe."""
    places = [place for row in rows for place in row.atoms]
    names: dict[int, Segment] = dict.fromkeys(places, (None, None))
    if not _hidden({place: atoms[place].channel for place in places}, atoms, rules.k):
        names = {place: (atoms[place].channel, None) for place in places}
    if rules.split == "queue":
        for channel in {channel for channel, _ in names.values()}:
            queues = {place: atoms[place].queue for place in places if names[place][0] == channel}
            hidden = _hidden(queues, atoms, rules.k)
            names |= {place: (channel, None if queue in hidden else queue) for place, queue in queues.items()}
    columns: defaultdict[Segment, list[int]] = defaultdict(list)
    cells: defaultdict[tuple[int, Segment], list[Group]] = defaultdict(list)
    for number, row in enumerate(rows):
        for place in row.atoms:
            columns[names[place]].append(place)
            cells[number, names[place]].append(atoms[place].group)
    table = {place: Group.union(groups) for place, groups in cells.items()}
    return columns if len(columns) > 1 and is_safe_table(table, rules.k) else {}


def _hidden(names: Mapping[int, Hashable], atoms: Sequence[Atom], k: int) -> frozenset[Hashable]:
    pieces: defaultdict[Hashable, list[Group]] = defaultdict(list)
    for place, name in names.items():
        pieces[name].append(atoms[place].group)
    return hidden_pieces({name: Group.union(groups) for name, groups in pieces.items()}, k)
