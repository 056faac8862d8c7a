"""A store in memory that answers questions: as the plan allows, or for comparison with less protection than that.

This is also how a real store has to go about it: publish only what has not been published, remember what was given out, and take nothing
back by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.records import Channel, Totals
from cs_nlp.signals.periods import local_date, periods_between
from cs_nlp.signals.privacy import Group
from cs_nlp.signals.privacy_answers import Query, answer, same_zone
from cs_nlp.signals.privacy_plan import Atom, Block, Rules, atoms_of, can_leave, plan_release, sheets_of

Counts = NDArray[np.int64]
Protection = Literal["plan", "threshold", "none"]
"""`threshold` looks at the size of each answer by itself and at nothing else."""


@dataclass(frozen=True, slots=True)
class Told:
    """One bucket of an answer that was given: its transcripts, and the counts of each culture in them."""

    members: frozenset[str]
    counts: Counts


@dataclass(slots=True)
class _Issue:
    """Rows that are out, and their slices: checked together, so also changed together."""

    blocks: dict[Block, Told]
    gone: dict[str, Totals] = field(default_factory=dict)


class Desk:
    """Receives, publishes, answers, erases."""

    def __init__(self, protection: Protection, rules: Rules = Rules()) -> None:  # noqa: B008  # frozen
        self._protection = protection
        self._rules = rules
        self._live: dict[str, Totals] = {}
        self._waiting: dict[str, None] = {}
        self._issues: list[_Issue] = []

    def receive(self, *rows: Totals) -> None:
        """Take in scored transcripts, each of one speaker."""
        for row in rows:
            self._live[row.transcript_id] = row
            self._waiting[row.transcript_id] = None

    def erase(self, *people: str) -> None:
        """Remove all that these people said; what is out stays out."""
        for name, row in list(self._live.items()):
            if row.people & set(people):
                del self._live[name]
                self._waiting.pop(name, None)
                for issue in self._issues:
                    if any(name in told.members for told in issue.blocks.values()):
                        issue.gone[name] = row

    def publish(self, today: date | None = None) -> None:
        """Give out what can be given out of what has come in, and take back what can be taken back of what was erased."""
        rows = [self._live[name] for name in self._waiting]
        atoms = atoms_of(rows, _day)
        members = {(atom.team, atom.day, atom.channel, atom.queue): set[str]() for atom in atoms}
        for row in rows:
            members[row.team, _day(row), row.channel, row.queue].add(row.transcript_id)
        plan = plan_release(atoms, self._rules, today=today)
        for blocks in sheets_of(plan):
            named = {block: {name for place in block.atoms for name in members[_key(atoms[place])]} for block in blocks}
            number = (len(self._issues),)
            self._issues.append(_Issue({replace(block, atoms=number): self._told(names) for block, names in named.items()}))
            for name in set().union(*named.values()):
                self._waiting.pop(name, None)
        for issue in self._issues:
            self._take_back(issue)

    def ask(self, query: Query, zone: str | None = None) -> Iterator[Told]:
        """The buckets of an answer that are shown; nothing if the question is refused."""
        if self._protection != "plan":
            yield from self._without_plan(query, zone)
            return
        try:
            same_zone(zone, "UTC")
            out = {block: told for issue in self._issues for block, told in issue.blocks.items()}
            rows = [block for block in out if _is_row(block)]
            days = {(row.team, day) for row in self._live.values() if (day := _day(row))}
            days |= {(row.node[-1], row.period.start) for row in rows if row.node and row.period}
            answers = answer(query, rows, [block for block in out if not _is_row(block)], days, self._rules)
        except InputError:
            return
        for each in answers:
            if each.blocks:
                yield _sum(out[block] for block in each.blocks)

    def _told(self, names: Iterable[str]) -> Told:
        return told_of(self._live[name] for name in sorted(names))

    def _take_back(self, issue: _Issue) -> None:
        kept: dict[tuple[int, Block], Group] = {}
        gone: dict[tuple[int, Block], Group] = {}
        blocks = [block for block in issue.blocks if len(issue.blocks) == 1 or not _is_row(block)]
        rows = [block for block in issue.blocks if _is_row(block)]
        for place, block in ((place, block) for place, row in enumerate(rows) for block in blocks):
            names = issue.blocks[block].members & issue.blocks[rows[place]].members
            kept[place, block] = Group.of(self._live[name] for name in names if name in self._live)
            gone[place, block] = Group.of(issue.gone[name] for name in names if name in issue.gone)
        if issue.gone and can_leave(kept, gone, self._rules.k):
            left = {block: told.members - issue.gone.keys() for block, told in issue.blocks.items()}
            issue.blocks = {block: self._told(names) for block, names in left.items() if names}
            issue.gone = {}

    def _without_plan(self, query: Query, zone: str | None) -> Iterator[Told]:
        own = [row for row in self._live.values() if self._rules.node_of(row.team)[: len(query.node)] == query.node]
        own = [row for row in own if query.channel in {None, row.channel} and query.queue in {None, row.queue}]
        days = {row.transcript_id: local_date(row.started_at, ZoneInfo(zone or "UTC")) for row in own if row.started_at}
        first, last = (
            query.start or min(days.values(), default=date.min),
            query.end or max(days.values(), default=date.min) + timedelta(days=1),
        )
        if query.by == "all":
            buckets = [(first, last)]
        else:
            buckets = [(period.start, period.end) for period in periods_between(first, last, query.by)]
        for start, end in buckets:
            rows = [row for row in own if start <= days[row.transcript_id] < end]
            few = self._protection == "threshold" and (len(rows) < self._rules.k or len(Group.of(rows).parts) < self._rules.k)
            if rows and not few:
                yield self._told(row.transcript_id for row in rows)


def told_of(rows: Iterable[Totals]) -> Told:
    """The figure of some transcripts."""
    own = list(rows)
    return Told(frozenset(row.transcript_id for row in own), np.sum([row.counts for row in own], axis=0))


def _day(row: Totals) -> date | None:
    return row.started_at and local_date(row.started_at, UTC)


def _key(atom: Atom) -> tuple[str, date | None, Channel, str | None]:
    return atom.team, atom.day, atom.channel, atom.queue


def _is_row(block: Block) -> bool:
    return block.segment is None


def _sum(told: Iterable[Told]) -> Told:
    parts = list(told)
    return Told(frozenset().union(*(part.members for part in parts)), np.sum([part.counts for part in parts], axis=0))
