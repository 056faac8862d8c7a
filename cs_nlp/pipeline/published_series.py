"""What a team's published series says beyond its figures: what differs, what changed, and what came of an intervention.

All of it is computed from published sums and nothing else, so it is as safe to tell as these are (docs/privacy.md), and an erasure does
not show in it before it shows in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cs_nlp.errors import InputError
from cs_nlp.pipeline.published import SeriesQuery, published_signals
from cs_nlp.pipeline.publishing import rules_of
from cs_nlp.pipeline.scoring import model_of
from cs_nlp.pipeline.signals import correction_of
from cs_nlp.records import Against, Cell, Changes, Difference, Effect, Intervention, Withheld
from cs_nlp.scoring import Artefact
from cs_nlp.signals import By, Period, Resampling, span_of
from cs_nlp.signals.change import find_changes
from cs_nlp.signals.comparison import adjusted, difference, with_other_teams, with_previous
from cs_nlp.signals.interventions import Trial, intervention_effect
from cs_nlp.signals.units import Unit, stretches_of, units_of
from cs_nlp.store import PublishedSum, list_teams, read_published

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class PublishedChanges:
    """What changed in a team, by its published series.

    Attributes:
        changes: its change points.
        differences: each bucket against the one before, and the whole time against the other teams.
    """

    changes: Changes
    differences: tuple[Difference, ...]


def compared_with_previous(db: Connection, organisation: int, artefact: Artefact, query: SeriesQuery) -> list[Difference]:
    """Each bucket of a team's series against the one before it, with p-values adjusted for all of them together.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        query: as for `published_signals`.

    Raises:
        InputError: as `published_signals`.
    """
    signals = published_signals(db, organisation, artefact, query)
    buckets = {Period(one.start, one.end): one.withheld for one in signals if one.by == query.by and one.start and one.end}
    return adjusted(replace(one, by=query.by) for one in _pairs(db, organisation, artefact, query, buckets))


def compared_with_window(
    db: Connection, organisation: int, artefact: Artefact, query: SeriesQuery, other: tuple[date, date]
) -> list[Difference]:
    """A team's window against another one of its own.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        query: with both ends of the window.
        other: first day of the other window and the day after its last.

    Raises:
        InputError: as `published_signals`; a window is open or empty, or both share a day.
    """
    if query.start is None or query.end is None or query.start >= query.end or other[0] >= other[1]:
        raise InputError("to compare two windows, each needs a first day and a later day after its last")
    if query.start < other[1] and other[0] < query.end:
        raise InputError(f"the windows from {query.start} and from {other[0]} share days: a comparison needs windows that share none")
    windows = (Period(*other), Period(query.start, query.end))
    wholes = [published_signals(db, organisation, artefact, replace(query, start=one.start, end=one.end))[0] for one in windows]
    reasons = {window: whole.withheld for window, whole in zip(windows, wholes, strict=True)}
    return adjusted(_pairs(db, organisation, artefact, query, reasons))


def published_changes(db: Connection, organisation: int, artefact: Artefact, *, seed: int = 0) -> dict[str, PublishedChanges]:
    """What changed in each team, by its published series.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        seed: of the resampling behind the intervals.

    Returns:
        By team; those of which nothing dated is published are missing.
    """
    rules = rules_of(db, organisation)
    cells = [cell for own in _buckets(db, organisation, artefact, rules.grain).values() for part in own.values() for cell in part]
    correction, resampling = correction_of(artefact), Resampling(seed=seed)
    units = units_of(cells, by=rules.grain, tz=UTC, k=rules.k, correction=correction, resampling=resampling)
    whole = [unit for unit in units if unit.signals[0].by == "all"]
    differences: defaultdict[str, list[Difference]] = defaultdict(list)
    for one in adjusted([*with_previous(units), *with_other_teams(whole)]):
        differences[one.team].append(one)
    found = find_changes(cells, by=rules.grain, tz=UTC, k=rules.k, correction=correction, resampling=resampling)
    return {one.team: PublishedChanges(one, tuple(differences[one.team])) for one in found}


def published_effect(
    db: Connection, organisation: int, artefact: Artefact, intervention: Intervention, trial: Trial, *, seed: int = 0
) -> Effect:
    """The effect of an intervention on its team, against the other teams, by their published series.

    Args:
        db: a transaction that reads.
        organisation: whose.
        artefact: of the model.
        intervention: what was done.
        trial: what it is judged by; its periods are those that are published, and weeks where these are days.
        seed: of the resampling behind the intervals.

    Raises:
        InputError: there is no such figure, or the aim is no share.
    """
    grain = rules_of(db, organisation).grain
    by: By = "month" if grain == "month" else "week"
    buckets = {intervention.team: {}, **_buckets(db, organisation, artefact, by)}
    return intervention_effect(
        buckets, intervention, replace(trial, by=by), correction=correction_of(artefact), resampling=Resampling(seed=seed)
    )


def sums_in(sums: Iterable[PublishedSum], query: SeriesQuery) -> list[PublishedSum]:
    """Those published sums that lie in the window of a question as a whole, of its channel and queue."""
    return [one for one in sums if _is_asked(one, query) and _lies_in(one, query.start, query.end)]


def _pairs(
    db: Connection, organisation: int, artefact: Artefact, query: SeriesQuery, periods: Mapping[Period, Withheld | None]
) -> list[Difference]:
    """Each period, with the reason why it has no figures, against the one before it."""
    sliced = query.channel is not None or query.queue is not None
    sums = [one for one in read_published(db, organisation, query.team, model_of(artefact), slices=sliced) if _is_asked(one, query)]
    parts = [(period, [one.cell for one in sums if _lies_in(one, period.start, period.end)]) for period in periods]
    k, correction = rules_of(db, organisation).k, correction_of(artefact)
    made = stretches_of(parts, k=k, correction=correction, resampling=Resampling(seed=query.seed))
    units = [_told(unit, query.team, reason) for unit, reason in zip(made, periods.values(), strict=True)]
    return [one for before, after in pairwise(units) for one in difference(after, [before], Against.PREVIOUS)]


def _told(unit: Unit, team: str, reason: Withheld | None) -> Unit:
    """A unit with its team, and without sizes where it is small."""
    facts: dict[str, Any] = {"team": team}
    if reason is Withheld.SMALL_GROUP:
        facts |= {"withheld": reason, "n_statements": None, "n_transcripts": None, "n_people": None}
    return replace(unit, signals=tuple(replace(one, **facts) for one in unit.signals))


def _buckets(db: Connection, organisation: int, artefact: Artefact, by: By) -> dict[str, Mapping[Period, list[Cell]]]:
    """The published cells of each team by bucket: those of single buckets, none of what was pooled over longer times."""
    grain = rules_of(db, organisation).grain
    found: dict[str, Mapping[Period, list[Cell]]] = {}
    for team in list_teams(db, organisation):
        own: defaultdict[Period, list[Cell]] = defaultdict(list)
        for one in read_published(db, organisation, team.name, model_of(artefact)):
            if one.start is not None and one.end is not None:
                bucket = span_of(one.start, by, grain)
                if bucket.start <= one.start and one.end <= bucket.end:
                    own[bucket].append(one.cell)
        if own:
            found[team.name] = dict(sorted(own.items()))
    return found


def _is_asked(one: PublishedSum, query: SeriesQuery) -> bool:
    channel, queue = one.segment or (None, None)
    return query.channel in {None, channel} and query.queue in {None, queue}


def _lies_in(one: PublishedSum, start: date | None, end: date | None) -> bool:
    if start is None and end is None:
        return True
    return one.start is not None and one.end is not None and (start is None or start <= one.start) and (end is None or one.end <= end)
