"""Scored transcripts are asked what changed, what a change is made of, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from cs_nlp.pipeline.scoring import balance_of, parts_of
from cs_nlp.pipeline.signals import Reading, correction_of
from cs_nlp.records import Changes, Decomposition, Difference, DriverEvidence, Pooled, ScoredTranscript, Totals
from cs_nlp.scoring import Artefact
from cs_nlp.signals import Resampling
from cs_nlp.signals.change import find_changes
from cs_nlp.signals.comparison import adjusted, with_other_teams, with_previous
from cs_nlp.signals.decomposition import Stretch, decompose
from cs_nlp.signals.drivers import driver_evidence
from cs_nlp.signals.periods import local_date
from cs_nlp.signals.pooling import pooled
from cs_nlp.signals.series import zone_of
from cs_nlp.signals.stages import stage_differences
from cs_nlp.signals.units import units_of


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """What the series of a team says.

    Attributes:
        changes: its change points.
        parts: what the change at each change point is made of, or that at the day which was asked for.
        differences: each period against the one before, each period and the whole time against the other teams, calls against team chat.
        pooled: each share beside what it becomes when it borrows: of the whole time from other teams, of a period from the others.
    """

    changes: Changes
    parts: tuple[Decomposition, ...]
    differences: tuple[Difference, ...]
    pooled: tuple[Pooled, ...]


def changes_of(scored: Sequence[ScoredTranscript], artefact: Artefact, options: Reading, since: date | None = None) -> list[WhatChanged]:
    """What changed in each team, by name.

    Args:
        scored: the transcripts.
        artefact: of the classifier that scored them.
        options: periods, zone, smallest group and seed.
        since: take the change at this day apart, in place of those at the change points.
    """
    totals = [item.totals for item in scored]
    correction, resampling = correction_of(artefact), Resampling(seed=options.seed)
    by, tz, k = options.by, options.tz, options.smallest_group
    units = units_of(totals, by=by, tz=tz, k=k, correction=correction, resampling=resampling)
    stages = stage_differences(totals, tz=tz, k=k, correction=correction, resampling=resampling)
    differences = adjusted([*with_previous(units), *with_other_teams(units), *stages])
    whole = [unit for unit in units if unit.signals[0].by == "all"]
    shrunk = [*pooled(whole, "teams"), *pooled(units, "periods")]
    return [
        WhatChanged(
            changes=changes,
            parts=tuple(_parts(scored, changes, artefact, options, since)),
            differences=tuple(each for each in differences if each.team == changes.team),
            pooled=tuple(each for each in shrunk if each.raw.team == changes.team),
        )
        for changes in find_changes(totals, by=by, tz=tz, k=k, correction=correction, resampling=resampling)
    ]


def drivers_of(scored: Iterable[ScoredTranscript], options: Reading) -> list[DriverEvidence]:
    """Net evidence on each driver for each team, where to push first on top.

    Args:
        scored: the transcripts.
        options: zone and smallest group.
    """
    return driver_evidence([item.totals for item in scored], tz=options.tz, k=options.smallest_group)


def _parts(
    scored: Iterable[ScoredTranscript], changes: Changes, artefact: Artefact, options: Reading, since: date | None
) -> list[Decomposition]:
    """The changes of a team taken apart: at `since`, or at each change point, from the one before it to the next."""
    zone, balance = zone_of(options.tz, changes.team), balance_of(artefact)
    rows: list[tuple[date, Totals]] = []
    for item in scored:
        if item.totals.team == changes.team and item.totals.started_at is not None:
            day = local_date(item.totals.started_at, zone)
            rows += [(day, part) for part in parts_of(item.transcript, item.statements, item.totals.model, balance)]
    if not rows:
        return []
    days = [day for day, _ in rows]
    cuts = [point.at for point in changes.points] if since is None else [since]
    edges = [changes.start or min(days), *cuts, changes.end or max(days) + timedelta(days=1)]
    stretches = [Stretch([row for day, row in rows if start <= day < end], start, end) for start, end in pairwise(edges)]
    correction, resampling = correction_of(artefact), Resampling(seed=options.seed)
    return [
        part
        for before, after in pairwise(stretches)
        for part in decompose(before, after, k=options.smallest_group, correction=correction, resampling=resampling)
    ]
