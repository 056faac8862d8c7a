"""What the words of published transcripts say: drivers, beliefs, newcomers, quotes, and what to do.

Only transcripts that are in published sums are read, and always whole sums of them, the newest ones as far as there is room. Whoever
tells this to readers keeps an answer as long as `store.published_mark` stays the same, and so tells nothing new before there are new sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from cs_nlp.pipeline.beliefs import beliefs_of
from cs_nlp.pipeline.effects import newcomers_of
from cs_nlp.pipeline.published import SeriesQuery, published_signals
from cs_nlp.pipeline.published_series import sums_in
from cs_nlp.pipeline.publishing import rules_of
from cs_nlp.pipeline.scoring import model_of, parts_of
from cs_nlp.pipeline.signals import Reading
from cs_nlp.pipeline.stored import stored_joining_days, stored_transcripts, stored_zones
from cs_nlp.records import Coaching, DriverEvidence, Newcomers, NewcomerWeek, NoSpeed, ScoredStatement, ScoredTranscript, Totals, Withheld
from cs_nlp.records.beliefs import KnownBelief, TeamBeliefs
from cs_nlp.scoring import Artefact, Classifier
from cs_nlp.signals import Group, Quoting, is_safe_table
from cs_nlp.signals.coaching import coach
from cs_nlp.signals.drivers import driver_evidence
from cs_nlp.signals.evidence import draw_quotes
from cs_nlp.signals.newcomers_people import Cohorts, heard
from cs_nlp.signals.series import zone_of
from cs_nlp.store import PublishedSum, Selection, left_sums, read_published, read_totals, surest_statements, texts_kept

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_TRANSCRIPTS: Final = 20_000
"""Of one team, for figures."""
MOST_TOGETHER: Final = 100_000
"""Of all teams that are compared."""
MOST_WORDS: Final = 2_000
"""Transcripts of one team whose words are compared with one another."""
_POOL: Final = 2_000
_USUAL: Final = Quoting()


@dataclass(frozen=True, slots=True)
class Quotes:
    """Statements to show behind a figure.

    Attributes:
        statements: without speaker, transcript, place or time; in no order.
        withheld: why there are none, or None; `small_group` also where fewer people than the smallest group said such.
    """

    statements: tuple[ScoredStatement, ...]
    withheld: Withheld | None


def unpublished_because(db: Connection, organisation: int, artefact: Artefact, team: str) -> Withheld | None:
    """Why nothing of a team is published, or None where something is.

    Raises:
        InputError: there is no such team.
    """
    return published_signals(db, organisation, artefact, SeriesQuery(team))[0].withheld


def published_transcripts(
    db: Connection, organisation: int, artefact: Artefact, team: str, at_most: int = MOST_TRANSCRIPTS
) -> list[ScoredTranscript]:
    """The transcripts of a team's newest published sums, whole sums of them.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        team: name of the team.
        at_most: so many together; the newest sum in any case.
    """
    return list(stored_transcripts(db, organisation, artefact, _newest(db, organisation, artefact, team, at_most)))


def published_drivers(db: Connection, organisation: int, artefact: Artefact) -> list[DriverEvidence]:
    """Net evidence on each driver for each team, where to push first on top.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
    """
    zones, k = stored_zones(db, organisation), rules_of(db, organisation).k
    room = min(MOST_TRANSCRIPTS, MOST_TOGETHER // max(len(zones), 1))
    chosen = [_newest(db, organisation, artefact, team, room) for team in zones]
    totals = [row for one in chosen for row in read_totals(db, organisation, one)]
    return driver_evidence(totals, tz=zones, k=k)


def published_beliefs(
    db: Connection, organisation: int, classifier: Classifier, team: str, known: Sequence[KnownBelief] = (), *, seed: int = 0
) -> TeamBeliefs:
    """What a team believes, in words that were redacted when they were stored.

    Args:
        db: a transaction that reads.
        organisation: whose.
        classifier: that scored them; it gives the sentence vectors.
        team: name of the team.
        known: beliefs of an answer before, whose ids and names go on.
        seed: of the resampling.

    Raises:
        ArtefactError: the classifier gives no sentence vectors.
    """
    options = _reading(db, organisation, seed)
    scored = published_transcripts(db, organisation, classifier.artefact, team, MOST_WORDS)
    found = beliefs_of(scored, classifier, list, options, {team: known})
    if found:
        return found[0]
    reason = unpublished_because(db, organisation, classifier.artefact, team)
    reason = reason or (Withheld.SMALL_GROUP if left_sums(db, organisation) else Withheld.NO_DATA)
    return TeamBeliefs(team, None, None, (), None, None, None, withheld=reason)


def still_quoted(db: Connection, organisation: int, artefact: Artefact, found: TeamBeliefs) -> TeamBeliefs:
    """The same beliefs, with only those words that are still kept: whoever is erased is quoted no more, though figures stand."""
    texts = {text for one in found.beliefs for text in (one.name, *one.examples)}
    kept = texts_kept(db, organisation, _newest(db, organisation, artefact, found.team, MOST_WORDS), texts) if texts else texts
    beliefs = (
        replace(one, name=one.name if one.name in kept else "", examples=tuple(text for text in one.examples if text in kept))
        for one in found.beliefs
    )
    return replace(found, beliefs=tuple(beliefs))


def published_newcomers(db: Connection, organisation: int, artefact: Artefact, team: str, *, seed: int = 0) -> Newcomers:
    """How a team's newcomers become like it; withheld as a whole where weeks after joining and published rows, subtracted, show too few.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        team: name of the team.
        seed: of the resampling.
    """
    options, known = _reading(db, organisation, seed), stored_joining_days(db, organisation)
    cohorts = Cohorts(k=options.smallest_group)
    scored = published_transcripts(db, organisation, artefact, team)
    made = newcomers_of(scored, artefact, known, options, cohorts)
    if not made:
        return Newcomers(team, None, None, (), None, None, None, 0.95, "", 0, NoSpeed.TOO_FEW_WEEKS)
    (found,) = made
    days = {**known.get("", {}), **known.get(team, {})}
    table = _by_tenure(scored, days, options, {entry.week for entry in found.weeks if entry.distance is not None}, cohorts)
    return found if is_safe_table(table, options.smallest_group) else _hidden(found)


def published_coaching(
    db: Connection, organisation: int, artefact: Artefact, drivers: Iterable[DriverEvidence], beliefs: TeamBeliefs | None, team: str
) -> Coaching:
    """What to do about a team's culture, and why.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        drivers: from `published_drivers`.
        beliefs: from `published_beliefs`, or None where there are none to be had.
        team: name of the team.
    """
    signals = published_signals(db, organisation, artefact, SeriesQuery(team))
    own = [row for row in drivers if row.team == team]
    found = coach(signals, own, [] if beliefs is None else [beliefs])
    return found[0] if found else Coaching(team, ())


def published_quotes(
    db: Connection, organisation: int, artefact: Artefact, query: SeriesQuery, culture: str, quoting: Quoting = _USUAL
) -> Quotes:
    """Statements to show behind a team's figure of one culture: in a window, a channel or a queue, or over the whole time.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        query: as for `published_signals`; quotes are of the sums behind the whole of it.
        culture: which.
        quoting: how many, and seed; its smallest group is that of the published rows.

    Raises:
        InputError: as `published_signals`.
    """
    whole = published_signals(db, organisation, artefact, query)[0]
    if whole.withheld is not None:
        return Quotes((), whole.withheld)
    sliced = query.channel is not None or query.queue is not None
    sums = sums_in(read_published(db, organisation, query.team, model_of(artefact), slices=sliced), query)
    selection = _selection(query.team, artefact, _fitting(sums, MOST_TRANSCRIPTS))
    said = surest_statements(db, organisation, selection, culture, _POOL)
    k = rules_of(db, organisation).k
    found = draw_quotes([one.scored for one in said], culture, list, replace(quoting, k=k))
    return Quotes(tuple(found), None if found else Withheld.SMALL_GROUP)


def _reading(db: Connection, organisation: int, seed: int) -> Reading:
    rules = rules_of(db, organisation)
    return Reading(by=rules.grain, tz=stored_zones(db, organisation), smallest_group=rules.k, seed=seed)


def _newest(db: Connection, organisation: int, artefact: Artefact, team: str, at_most: int) -> Selection:
    """The transcripts of a team's newest published rows.

    Rows that somebody has left are passed over: what is made of those who stay, taken from an answer before, would be that person's.
    """
    left = left_sums(db, organisation)
    rows = (one for one in read_published(db, organisation, team, model_of(artefact)) if one.id not in left)
    return _selection(team, artefact, _fitting(rows, at_most))


def _selection(team: str, artefact: Artefact, sums: Iterable[PublishedSum]) -> Selection:
    return Selection((team,), model=model_of(artefact), sums=frozenset(one.id for one in sums))


def _fitting(sums: Iterable[PublishedSum], at_most: int) -> list[PublishedSum]:
    """The newest sums of so many transcripts together; the newest one in any case."""
    room, found = at_most, list[PublishedSum]()
    for one in sorted(sums, key=lambda one: (one.end or date.min, one.id), reverse=True):
        room -= one.cell.transcripts
        if found and room < 0:
            break
        found.append(one)
    return found


def _by_tenure(
    scored: Iterable[ScoredTranscript], days: Mapping[str, date], options: Reading, shown: set[int], cohorts: Cohorts
) -> dict[tuple[date, int | str], Group]:
    """Who stands behind each calendar week and each time since joining that has a figure of its own."""
    parts = [part for item in scored for part in parts_of(item.transcript, item.statements)]
    cells: defaultdict[tuple[date, int | str], list[Totals]] = defaultdict(list)
    for team in {part.team for part in parts}:
        for item in heard([part for part in parts if part.team == team], days, zone_of(options.tz, team)):
            is_old = item.weeks is not None and item.weeks >= cohorts.settled
            column = item.weeks if item.weeks in shown else "established" if is_old else "others"
            cells[item.monday, column].append(item.row)
    return {place: Group.of(own) for place, own in cells.items()}


def _hidden(found: Newcomers) -> Newcomers:
    weeks = tuple(NewcomerWeek(one.week, None, None, None, None, None, None, None, Withheld.SMALL_GROUP) for one in found.weeks)
    return Newcomers(found.team, found.start, found.end, weeks, None, None, None, found.level, found.method, 0, NoSpeed.TOO_FEW_WEEKS)
