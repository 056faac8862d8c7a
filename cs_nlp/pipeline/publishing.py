"""What has been scored is published: cut into rows of many people, of which the sums are stored for readers (docs/privacy.md).

A sum stands, whatever becomes of the transcripts in it, until those who have left it may be told apart from those who stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, Literal, cast
from zoneinfo import ZoneInfo

from cs_nlp.errors import InputError
from cs_nlp.records import Channel
from cs_nlp.signals import Atom, Block, By, Group, Rules, can_leave, local_date, plan_release, sheets_of, span_of
from cs_nlp.store import (
    KeptRules,
    Member,
    Store,
    Sum,
    Unpublished,
    add_up_again,
    hold,
    is_scoring,
    keep_look,
    keep_rules,
    left_sheets,
    list_teams,
    looked_at,
    members_of,
    read_rules,
    read_unpublished,
    state_of,
    withdraw_all,
    write_sheets,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

_Key = tuple[str, date | None, Channel, str | None]
DEFAULT_RULES: Final = Rules(split="queue")


def rules_of(db: Connection, organisation: int) -> Rules:
    """The rules by which an organisation's figures are published; before the first, `DEFAULT_RULES`."""
    return _kept(read_rules(db, organisation)) or DEFAULT_RULES


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
        if read_rules(db, organisation) is None:
            _keep(db, organisation, rules)
        check_rules(db, organisation, rules)


def check_rules(db: Connection, organisation: int, rules: Rules) -> None:
    """Make sure that an organisation's figures are published by these rules, if they are yet.

    Raises:
        InputError: they are published by others.
    """
    kept = _kept(read_rules(db, organisation))
    if kept is not None and kept != rules:
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
    at = now or datetime.now(UTC)
    with store.reading() as db:
        state = _look(db, organisation, at)[2]
        if state == looked_at(db, organisation):
            return 0
    with store.writing() as db:
        if not hold(db, organisation):
            return 0
        rules = _kept(read_rules(db, organisation)) or _keep(db, organisation, DEFAULT_RULES)
        today, before, state = _look(db, organisation, at)
        for sheet in left_sheets(db, organisation):
            kept, gone = members_of(db, organisation, sheet)
            if can_leave(_table(kept), _table(gone), rules.k):
                add_up_again(db, organisation, sheet)
        if is_scoring(db, organisation, before):
            return 0
        keep_look(db, organisation, state)
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


def _look(db: Connection, organisation: int, at: datetime) -> tuple[date, date, str]:
    """Today, where some team's day begins last; the day before which all buckets have ended; and the state that there is."""
    rules = rules_of(db, organisation)
    today = min((local_date(at, ZoneInfo(team.zone)) for team in list_teams(db, organisation)), default=at.date())
    before = span_of(today, rules.grain, rules.grain).start
    return today, before, state_of(db, organisation, before)


def _publish_model(db: Connection, organisation: int, model: str, parts: Sequence[Unpublished], how: tuple[Rules, date]) -> int:
    found: defaultdict[_Key, list[Unpublished]] = defaultdict(list)
    for part in parts:
        found[part.team, part.day, part.channel, part.queue].append(part)
    atoms = [Atom(*key, _group(own)) for key, own in found.items()]
    ids = [dict.fromkeys(part.transcript for part in own) for own in found.values()]
    rules, today = how
    plan = plan_release(atoms, rules, today=today)
    write_sheets(db, organisation, model, ([_sum(block, ids) for block in blocks] for blocks in sheets_of(plan)))
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
