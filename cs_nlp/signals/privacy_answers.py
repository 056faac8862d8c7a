"""Questions to what is published: which blocks make up each bucket of an answer.

An answer is a sum of whole blocks and nothing else, so what was safe to publish stays safe however it is asked for: with any window,
bucket, channel or queue, and any comparison of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from cs_nlp.errors import InputError
from cs_nlp.records import Channel, Withheld
from cs_nlp.signals.periods import BUCKETS, By, Period, periods_between
from cs_nlp.signals.privacy_plan import Block, Node, Rules, fitted, nominal_of, span_of

_ORDER: Final = {by: place for place, by in enumerate(BUCKETS)}


@dataclass(frozen=True, slots=True)
class Query:
    """A question about a team, a group of teams, or () for the organisation.

    Attributes:
        node: about whom.
        by: length of the buckets, or `all` for one over the whole time, or over what lies in the window.
        start: first day of a window, or None; end: the day after its last. Only buckets that lie in it as a whole are answered.
        end: as above.
        channel: only what was said there.
        queue: only what came by it.
    """

    node: Node
    by: By | Literal["all"] = "week"
    start: date | None = None
    end: date | None = None
    channel: Channel | None = None
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One bucket of an answer.

    Attributes:
        period: the bucket; None for the whole time.
        blocks: published blocks that together are the figure; none when it is withheld.
        withheld: why, or None.
    """

    period: Period | None
    blocks: tuple[Block, ...]
    withheld: Withheld | None


def answer(query: Query, rows: Iterable[Block], slices: Iterable[Block], days: Iterable[tuple[str, date]], rules: Rules) -> list[Answer]:
    """Which published blocks answer a question.

    Args:
        query: the question.
        rows: published ones; slices: of them.
        slices: as above.
        days: teams and the days on which they have transcripts, published or not, which tell `small_group` from `no_data`.
        rules: by which all this was published.

    Returns:
        All buckets from the first to the last day of the window, or of what is there, in order; one for `all`.

    Raises:
        InputError: buckets shorter than what is published, or channels or queues that are not told apart.
    """
    grain = rules.grain
    _check(query, rules)
    whole = [row for row in rows if _is_under(query.node, row.node)]
    parts = [part for part in slices if _is_under(query.node, part.node) and _is_in(query, part)]
    wanted = parts if query.channel or query.queue else whole
    there = {span_of(day, grain, grain) for team, day in days if _is_under(query.node, rules.node_of(team))}
    return [_bucket(period, wanted, there) for period in _periods(query, grain, [span.start for span in there])]


def same_zone(asked: str | None, own: str) -> str:
    """The time zone of a team's days, if it was asked for or none was: days of another zone would cut transcripts off at both ends.

    Raises:
        InputError: another one was asked for.
    """
    if asked not in {None, own}:
        msg = f"figures were asked for in the time zone {asked}, but this team's days are those of {own}: ask for {own}, or for none"
        raise InputError(msg)
    return own


def _check(query: Query, rules: Rules) -> None:
    if query.by != "all" and _ORDER[query.by] < _ORDER[rules.grain]:
        msg = f"figures by {query.by} were asked for, but those of these teams are published by {rules.grain}: ask for that or longer"
        raise InputError(msg)
    if (query.queue is not None and rules.split != "queue") or (query.channel is not None and rules.split is None):
        what = "channel" if query.queue is None else "queue"
        msg = f"figures by {what} were asked for, but those of these teams are published for all {what}s together: leave the {what} out"
        raise InputError(msg)


def _is_under(node: Node, other: Node) -> bool:
    return other[: len(node)] == node


def _is_in(query: Query, part: Block) -> bool:
    channel, queue = part.segment or (None, None)
    return query.channel in {None, channel} and query.queue in {None, queue}


def _periods(query: Query, grain: By, days: Sequence[date]) -> list[Period | None]:
    if query.by == "all":
        return [None if query.start is None and query.end is None else Period(query.start or date.min, query.end or date.max)]
    if not days and (query.start is None or query.end is None):
        return []
    first = query.start or nominal_of(min(days), query.by, grain).start
    last = query.end or nominal_of(max(days), query.by, grain).end
    found = periods_between(first, last, query.by)
    return [fitted(period, query.by, grain) for period in found if first <= period.start and period.end <= last]


def _bucket(period: Period | None, wanted: Sequence[Block], there: Iterable[Period]) -> Answer:
    blocks = tuple(block for block in wanted if period is None or (block.period is not None and _lies_in(block.period, period)))
    if blocks:
        return Answer(period, blocks, None)
    some = any(period is None or _lies_in(own, period) for own in there)
    return Answer(period, (), Withheld.SMALL_GROUP if some else Withheld.NO_DATA)


def _lies_in(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
