"""Newcomers against their team: the distance between the two culture mixes by week after joining, and how fast it goes.

Groups only. A week after joining is a figure only if k newcomers and k established members were heard, in k transcripts each; what one
person said is in no figure by itself. docs/newcomers.md explains each number.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, tzinfo

import numpy as np

from cs_nlp.errors import InputError
from cs_nlp.records import Interval, Newcomers, NewcomerWeek, Totals, Withheld
from cs_nlp.signals.adjusted import Adjustment, adjustments
from cs_nlp.signals.correction import Correction
from cs_nlp.signals.estimate import Resampling
from cs_nlp.signals.newcomers_gap import Gap, gap_of, interval_of, length, other_gaps, shuffled
from cs_nlp.signals.newcomers_people import FEWEST_SIGNALS, Cohorts, Heard, Matched, heard, matched
from cs_nlp.signals.newcomers_speed import Point, speed_of
from cs_nlp.signals.periods import period_of
from cs_nlp.signals.privacy import Group
from cs_nlp.signals.series import zone_of


def team_newcomers(
    parts: Iterable[Totals],
    joined_on: Mapping[str, Mapping[str, date]],
    *,
    cohorts: Cohorts = Cohorts(),  # noqa: B008  # frozen
    tz: Mapping[str, tzinfo] | tzinfo = UTC,
    correction: Correction | None = None,
    resampling: Resampling = Resampling(),  # noqa: B008  # frozen
) -> list[Newcomers]:
    """How far the newcomers of each team were from its established members, by week after joining.

    Each newcomer's week is held against the established members in the same calendar week, so that a team that changes is no
    distance. Newcomers of all calendar weeks are taken together by the time since each joined.

    Args:
        parts: what each person said in each transcript, one person a row; rows without a time or a scored statement say nothing.
        joined_on: the day on which each person joined, by team and person.
        cohorts: who is a newcomer, who is established, and the smallest group.
        tz: the time zone, or that of each team.
        correction: as for `team_signals`.
        resampling: level, replicates (draws and shuffles) and seed.

    Returns:
        One entry a team, ordered by team; a team without newcomers has no weeks.

    Raises:
        InputError: a row of several people, a time without offset, a team without a time zone, or cohorts that make no sense.
    """
    cohorts = cohorts.checked()
    teams: defaultdict[str, list[Totals]] = defaultdict(list)
    # Sorted, since sums of floats depend on their order and the answer shall not.
    for row in sorted(parts, key=lambda row: (row.transcript_id, *sorted(row.people))):
        if len(row.people) > 1:
            msg = f"transcript {row.transcript_id}: a part has {len(row.people)} people; expected the words of one person in each row"
            raise InputError(msg)
        if row.n > 0:
            teams[row.team].append(row)
    return [
        _Team(team, heard(rows, joined_on.get(team, {}), zone_of(tz, team)), cohorts, resampling).read(correction)
        for team, rows in sorted(teams.items())
    ]


class _Team:
    """One team's people.

    Args:
        team: the team.
        items: what they said.
        cohorts: who is who.
        resampling: of the intervals and shuffles.
    """

    def __init__(self, team: str, items: Sequence[Heard], cohorts: Cohorts, resampling: Resampling) -> None:
        self._team, self._cohorts, self._resampling = team, cohorts, resampling
        self._unknown = sum(item.row.n for item in items if item.weeks is None)
        self._new: defaultdict[int, list[Heard]] = defaultdict(list)
        self._old: defaultdict[date, list[Heard]] = defaultdict(list)
        for item in items:
            if item.weeks is not None and item.weeks <= cohorts.weeks:
                self._new[item.weeks].append(item)
            elif item.weeks is not None and item.weeks >= cohorts.settled:
                self._old[item.monday].append(item)
        self._places = {name: place for place, name in enumerate(sorted({item.person for item in items}))}

    def read(self, correction: Correction | None) -> Newcomers:
        """All figures of the team."""
        new = [item for items in self._new.values() for item in items]
        used = [item.row for item in new] + [item.row for items in self._old.values() for item in items]
        method, ways = adjustments(used, correction, self._resampling) if used else ("plain", ())
        reason = Withheld.MIXED_MODELS if len({row.model for row in used}) > 1 else None if ways else Withheld.NOT_CALIBRATED
        read = [self._week(week, ways, reason) for week in range(max(self._new, default=-1) + 1)]
        level = self._resampling.level
        speed = speed_of([point for _, point in read if point is not None], level)
        mondays = [item.monday for item in new]
        return Newcomers(
            team=self._team,
            start=min(mondays, default=None),
            end=period_of(max(mondays), "week").end if mondays else None,
            weeks=tuple(entry for entry, _ in read),
            half_life=speed.half_life,
            half_life_low=speed.low,
            half_life_high=speed.high,
            level=level,
            method=method,
            n_unknown=self._unknown,
            no_speed=speed.missing,
        )

    def _week(self, week: int, ways: Sequence[Adjustment], reason: Withheld | None) -> tuple[NewcomerWeek, Point | None]:
        if reason is not None:
            return _withheld(week, reason), None
        both = matched(self._new.get(week, ()), self._old, ways[0])
        if not both.newcomers:
            return _withheld(week, Withheld.NO_DATA), None
        groups = [Group.of(both.newcomers), Group.of(both.established)]
        if any(group.is_small(self._cohorts.k) for group in groups):
            return _withheld(week, Withheld.SMALL_GROUP), None
        strata = both.strata(ways[0], self._places)
        gap = gap_of(strata, ways[0].matrix, len(self._places))
        if gap is None or gap.worth < FEWEST_SIGNALS / 2:
            return _withheld(week, Withheld.NO_DATA), None
        rng = np.random.default_rng([self._resampling.seed, zlib.crc32(f"{self._team}/{week}".encode())])
        null = shuffled(strata, ways[0].matrix, self._resampling.replicates, rng)
        null = null[~np.isnan(null)]
        point = Point(both.time, gap, float((1 + (null >= gap.vector @ gap.vector).sum()) / (1 + len(null))))
        entry = NewcomerWeek(
            week=week,
            distance=gap.distance(),
            interval=self._interval(both, ways, gap, rng),
            by_chance=length(max(float(np.quantile(null, self._resampling.level) - null.mean()), 0.0)) if len(null) else None,
            p_value=point.p_value,
            n_statements=sum(row.n for row in both.newcomers),
            n_newcomers=len(groups[0].people),
            n_established=len(groups[1].people),
        )
        return entry, point

    def _interval(self, both: Matched, ways: Sequence[Adjustment], first: Gap, rng: np.random.Generator) -> Interval:
        """The interval of the distance: under all ways of adjusting together, and never without the distance itself."""
        low = high = first.distance()
        for way in ways:
            strata = both.strata(way, self._places)
            gap = gap_of(strata, way.matrix, len(self._places))
            if gap is not None:
                ends = interval_of(gap, other_gaps(strata, way.others), self._resampling, rng)
                low, high = min(low, ends[0]), max(high, ends[1])
        return Interval(low, high, self._resampling.level)


def _withheld(week: int, reason: Withheld) -> NewcomerWeek:
    return NewcomerWeek(week, None, None, None, None, None, None, None, reason)
