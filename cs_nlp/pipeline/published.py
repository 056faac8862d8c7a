"""What readers get to see of stored teams: published sums and nothing else, so that no answers together tell of a single person.

`publishing` stores these sums. Whatever else is told of a team's figures over time must be made of them too (docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from cs_nlp.errors import InputError
from cs_nlp.pipeline.publishing import rules_of
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.signals import correction_of
from cs_nlp.records import Cell, Channel, Signal, Withheld
from cs_nlp.scoring import Artefact
from cs_nlp.signals import (
    Answer,
    Block,
    By,
    Method,
    Methods,
    Period,
    Query,
    Resampling,
    Series,
    answer,
    local_date,
    same_zone,
    series_signals,
    span_of,
)
from cs_nlp.store import PublishedSum, days_with_scores, list_teams, read_published

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOTHING: Final = "none: nothing is published yet"


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """A question about a team's series.

    Attributes:
        team: its name, "" for the transcripts that name none.
        by: length of the buckets; not shorter than what is published (by week).
        start: first day of a window, or None; end: the day after its last, or None. Buckets that lie in it as a whole are answered.
        end: as above.
        zone: the time zone that is meant, to be refused if it isn't the team's; None for the team's own.
        channel: only what was said there.
        queue: only what came by it.
        seed: of the resampling behind the intervals.
    """

    team: str
    by: By = "week"
    start: date | None = None
    end: date | None = None
    zone: str | None = None
    channel: Channel | None = None
    queue: str | None = None
    seed: int = 0


def published_signals(
    db: Connection, organisation: int, artefact: Artefact, query: SeriesQuery, *, now: datetime | None = None
) -> list[Signal]:
    """The published signals of a team, of what one model scored: over the whole window, then bucket by bucket, in `FIGURES` order.

    The method of estimation is chosen once for all that is published of the team (with this channel and queue), so a bucket's figure
    doesn't depend on the window. Buckets that have not ended are left out; every other one has its figures or says why not:
    `small_group` for what is too small, by itself or with what could be subtracted, or not published yet; `no_data`.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        query: what is asked.
        now: aware; None for the present moment.

    Raises:
        InputError: there is no such team, or it is asked for another time zone than the team's, or for shorter buckets, or for channels
            or queues that are not told apart.
        ArtefactError: the artefact's held-out rows are damaged.
    """
    found = published_answers(db, organisation, model_of(artefact), query, now=now)
    method = _method(artefact, query.seed, tuple(found.cells(found.everything)))
    periods = [own.period for own in found.buckets if own.period is not None]
    span = Period(periods[0].start, periods[-1].end) if periods else None
    return [
        *_signals(query.team, "all", method, [replace(found.whole, period=span)], found),
        *_signals(query.team, query.by, method, found.buckets, found),
    ]


@dataclass(frozen=True, slots=True)
class PublishedAnswers:
    """Which published sums answer a question.

    Attributes:
        buckets: in order, without those that have not ended.
        whole: over the whole window, in one.
        everything: the same without a window.
        sums: by their ids, which are the atoms of the answers' blocks.
    """

    buckets: list[Answer]
    whole: Answer
    everything: Answer
    sums: Mapping[int, PublishedSum]

    def cells(self, own: Answer) -> list[Cell]:
        """What makes up an answer."""
        return [self.sums[place].cell for block in own.blocks for place in block.atoms]


def published_answers(
    db: Connection, organisation: int, model: str, query: SeriesQuery, *, now: datetime | None = None
) -> PublishedAnswers:
    """The published sums behind `published_signals`.

    Args:
        db: a transaction that reads.
        organisation: whose.
        model: of one series is one model.
        query: what is asked.
        now: aware; None for the present moment.

    Raises:
        InputError: as there.
    """
    zone = ZoneInfo(same_zone(query.zone, _zone_of(db, organisation, query.team)))
    rules, sliced = rules_of(db, organisation), query.channel is not None or query.queue is not None
    sums = {one.id: one for one in read_published(db, organisation, query.team, model, slices=sliced)}
    blocks = [Block((query.team,), _period(one), (one.id,), one.segment) for one in sums.values()]
    running = span_of(local_date(now or datetime.now(UTC), zone), rules.grain, rules.grain).start
    there = {span_of(day, rules.grain, rules.grain).start for day in days_with_scores(db, organisation, query.team, model) if day < running}
    there |= {one.start for one in sums.values() if one.start is not None}  # a sum stands, whatever is left of its days
    days = [(query.team, day) for day in there]
    asked = Query((query.team,), query.by, query.start, query.end, query.channel, query.queue)

    def ask(one: Query) -> list[Answer]:
        return answer(one, [] if sliced else blocks, blocks if sliced else [], days, rules)

    buckets = [own for own in ask(asked) if own.period is not None and own.period.end <= running]
    (whole,), (everything,) = ask(replace(asked, by="all")), ask(replace(asked, by="all", start=None, end=None))
    return PublishedAnswers(buckets, whole, everything, sums)


@lru_cache(maxsize=64)
def _method(artefact: Artefact, seed: int, used: tuple[Cell, ...]) -> Method:
    """How to estimate what is published of a team: learnt once, until something else is published."""
    return Methods(correction_of(artefact), Resampling(seed=seed)).of(used) if used else Method(NOTHING, ())


def _zone_of(db: Connection, organisation: int, name: str) -> str:
    zones = {team.name: team.zone for team in list_teams(db, organisation)}
    if name not in zones:
        raise InputError(f"team {name!r}: not in this database; it has {', '.join(filter(None, zones)) or 'no team'}")
    return zones[name]


def _period(one: PublishedSum) -> Period | None:
    return None if one.start is None or one.end is None else Period(one.start, one.end)


def _signals(team: str, by: str, method: Method, answers: Sequence[Answer], found: PublishedAnswers) -> list[Signal]:
    hidden = {own.period for own in answers if own.withheld is Withheld.SMALL_GROUP}
    return series_signals(Series(team, by, method, {own.period: found.cells(own) for own in answers}), hidden)
