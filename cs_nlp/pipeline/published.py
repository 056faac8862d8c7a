"""What readers get to see of stored teams: published sums and nothing else, so that no answers together tell of a single person.

`publish` cuts what has been scored into rows of many people (docs/privacy.md) and stores their sums; `published_signals` answers from
these. Whatever else is told to readers of a team's figures over time must come from here too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, Literal, cast
from zoneinfo import ZoneInfo

from cs_nlp.errors import InputError
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.signals import correction_of
from cs_nlp.records import Cell, Channel, Signal, Withheld
from cs_nlp.scoring import Artefact
from cs_nlp.signals import (
    Answer,
    Atom,
    Block,
    By,
    Group,
    Method,
    Methods,
    Period,
    Query,
    Resampling,
    Rules,
    Series,
    answer,
    can_leave,
    local_date,
    plan_release,
    same_zone,
    series_signals,
    sheets_of,
    span_of,
)
from cs_nlp.store import (
    KeptRules,
    Member,
    PublishedSum,
    Store,
    Sum,
    Unpublished,
    add_up_again,
    days_with_scores,
    hold,
    is_scoring,
    keep_rules,
    left_sheets,
    list_teams,
    members_of,
    read_published,
    read_rules,
    read_unpublished,
    withdraw_all,
    write_sheet,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_Key = tuple[str, date | None, Channel, str | None]
DEFAULT_RULES: Final = Rules(split="queue")
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
    zone = ZoneInfo(same_zone(query.zone, _zone_of(db, organisation, query.team)))
    rules = _kept(read_rules(db, organisation)) or DEFAULT_RULES
    model, sliced = model_of(artefact), query.channel is not None or query.queue is not None
    sums = {one.id: one for one in read_published(db, organisation, query.team, model, slices=sliced)}
    blocks = [Block((query.team,), _period(one), (one.id,), one.segment) for one in sums.values()]
    running = span_of(local_date(now or datetime.now(UTC), zone), rules.grain, rules.grain).start
    days = {(query.team, day) for day in days_with_scores(db, organisation, query.team, model) if day < running}
    days |= {(query.team, one.start) for one in sums.values() if one.start is not None}  # a sum stands, whatever is left of its days
    asked = Query((query.team,), query.by, query.start, query.end, query.channel, query.queue)

    def ask(one: Query) -> list[Answer]:
        return answer(one, [] if sliced else blocks, blocks if sliced else [], days, rules)

    buckets = [own for own in ask(asked) if own.period is not None and own.period.end <= running]
    (whole,) = ask(replace(asked, by="all"))
    (everything,) = ask(replace(asked, by="all", start=None, end=None))
    used = _cells(everything, sums)
    method = Methods(correction_of(artefact), Resampling(seed=query.seed)).of(used) if used else Method(NOTHING, ())
    periods = [own.period for own in buckets if own.period is not None]
    span = Period(periods[0].start, periods[-1].end) if periods else None
    return [
        *_signals(query.team, "all", method, [replace(whole, period=span)], sums),
        *_signals(query.team, query.by, method, buckets, sums),
    ]


def choose_rules(store: Store, organisation: int, rules: Rules) -> None:
    """Say how an organisation's figures are published, before the first of them is: once and for all.

    Args:
        store: the database.
        organisation: whose.
        rules: without groups of teams.

    Raises:
        InputError: other rules were chosen before.
    """
    with store.writing() as db:
        hold(db, organisation)
        kept = _kept(read_rules(db, organisation))
        if kept is None:
            _keep(db, organisation, rules)
        elif rules != kept:
            raise InputError(
                f"figures of this organisation are published for {_said(kept)}, and now {_said(rules)} were asked for: go back to the "
                "first (CS_NLP_SMALLEST_GROUP), or publish everything again with 'cs-nlp db publish --anew'"
            )


def publish(store: Store, organisation: int, *, now: datetime | None = None) -> int:
    """Publish what can be published of what has been scored, and give up what can be given up of what was erased or has changed.

    It is done in one transaction, one at a time for an organisation. While transcripts of days that are to be published still wait to be
    scored, nothing new is published: rows are the larger the more is there. Call it after scoring and after erasing. Where no rules were
    chosen, those of `DEFAULT_RULES` are kept.

    Args:
        store: the database.
        organisation: whose.
        now: aware; None for the present moment.

    Returns:
        How many transcripts were published.
    """
    with store.writing() as db:
        zones = [ZoneInfo(team.zone) for team in list_teams(db, organisation)]
        if not hold(db, organisation) or not zones:
            return 0
        rules = _kept(read_rules(db, organisation)) or _keep(db, organisation, DEFAULT_RULES)
        for sheet in left_sheets(db, organisation):
            kept, gone = members_of(db, organisation, sheet)
            if can_leave(_table(kept), _table(gone), rules.k):
                add_up_again(db, organisation, sheet)
        today = min(local_date(now or datetime.now(UTC), zone) for zone in zones)
        before = span_of(today, rules.grain, rules.grain).start
        if is_scoring(db, organisation, before):
            return 0
        models: defaultdict[str, list[Unpublished]] = defaultdict(list)
        for part in read_unpublished(db, organisation, before):
            models[part.model].append(part)
        return sum(_publish_model(db, organisation, model, parts, (rules, today)) for model, parts in sorted(models.items()))


def publish_anew(store: Store, organisation: int, rules: Rules, *, now: datetime | None = None) -> int:
    """Drop all that is published, and publish it by other rules. Whoever kept the old figures can subtract (docs/privacy.md).

    Returns:
        As `publish`.
    """
    with store.writing() as db:
        hold(db, organisation)
        withdraw_all(db, organisation)
        _keep(db, organisation, rules)
    return publish(store, organisation, now=now)


def _publish_model(db: Connection, organisation: int, model: str, parts: Sequence[Unpublished], how: tuple[Rules, date]) -> int:
    found: defaultdict[_Key, list[Unpublished]] = defaultdict(list)
    for part in parts:
        found[part.team, part.day, part.channel, part.queue].append(part)
    atoms = [Atom(*key, _group(own)) for key, own in found.items()]
    ids = [dict.fromkeys(part.transcript for part in own) for own in found.values()]
    rules, today = how
    plan = plan_release(atoms, rules, today=today)
    for blocks in sheets_of(plan):
        write_sheet(db, organisation, model, [_sum(block, ids) for block in blocks])
    return sum(len(ids[place]) for row in plan.rows for place in row.atoms)


def _sum(block: Block, ids: Sequence[Iterable[int]]) -> Sum:
    start, end = (block.period.start, block.period.end) if block.period else (None, None)
    team = block.node[-1] if block.node else None
    return Sum(team, start, end, block.segment, tuple(one for place in block.atoms for one in ids[place]))


def _group(parts: Iterable[Unpublished | Member]) -> Group:
    """Who is behind some transcripts; all who have no name count as one person, since they may be one."""
    said: defaultdict[str, float] = defaultdict(float)
    transcripts = set()
    for part in parts:
        said[str(part.person)] += part.n
        transcripts.add(part.transcript)
    return Group(len(transcripts), said)


def _table(members: Iterable[Member]) -> dict[tuple[int, int | None], Group]:
    cells: defaultdict[tuple[int, int | None], list[Member]] = defaultdict(list)
    for member in members:
        cells[member.row, member.part].append(member)
    return {place: _group(own) for place, own in cells.items()}


def _keep(db: Connection, organisation: int, rules: Rules) -> Rules:
    keep_rules(db, organisation, KeptRules(rules.k, rules.grain, rules.split or ""))
    return rules


def _said(rules: Rules) -> str:
    return f"groups of {rules.k} or more by {rules.grain} and {rules.split or 'nothing else'}"


def _kept(kept: KeptRules | None) -> Rules | None:
    return None if kept is None else Rules(kept.k, cast("By", kept.grain), cast("Literal['channel', 'queue'] | None", kept.split or None))


def _zone_of(db: Connection, organisation: int, name: str) -> str:
    zones = {team.name: team.zone for team in list_teams(db, organisation)}
    if name not in zones:
        raise InputError(f"team {name!r}: not in this database; it has {', '.join(filter(None, zones)) or 'no team'}")
    return zones[name]


def _period(one: PublishedSum) -> Period | None:
    return None if one.start is None or one.end is None else Period(one.start, one.end)


def _cells(own: Answer, sums: Mapping[int, PublishedSum]) -> list[Cell]:
    return [sums[place].cell for block in own.blocks for place in block.atoms]


def _signals(team: str, by: str, method: Method, answers: Sequence[Answer], sums: Mapping[int, PublishedSum]) -> list[Signal]:
    hidden = {own.period for own in answers if own.withheld is Withheld.SMALL_GROUP}
    return series_signals(Series(team, by, method, {own.period: _cells(own, sums) for own in answers}), hidden)
