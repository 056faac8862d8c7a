"""Who was heard when, and how long they had been there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final

import numpy as np

from cs_nlp.errors import InputError
from cs_nlp.records import Totals
from cs_nlp.signals.adjusted import Adjustment
from cs_nlp.signals.newcomers_gap import Stratum
from cs_nlp.signals.periods import local_date, period_of
from cs_nlp.signals.series import SMALLEST_GROUP

WEEK: Final = 7
LATER_WEEKS: Final = 12
SETTLED_WEEKS: Final = 26
# Of fewer statements that carry a culture there is no mix: of newcomers, or of established members in one calendar week.
FEWEST_SIGNALS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Who is a newcomer, and who belongs to the team.

    Attributes:
        weeks: calendar weeks after the one of joining in which someone is a newcomer.
        settled: calendar weeks after which someone is established; between the two, a person is neither.
        k: groups of fewer people or transcripts are withheld.
    """

    weeks: int = LATER_WEEKS
    settled: int = SETTLED_WEEKS
    k: int = SMALLEST_GROUP

    def checked(self) -> Cohorts:
        """The same.

        Raises:
            InputError: no weeks, settled before they end, or k below 1.
        """
        if not (0 <= self.weeks < self.settled and self.k >= 1):
            msg = (
                f"newcomers for {self.weeks} weeks, established after {self.settled}, groups from {self.k}: expected weeks of 0 or more, "
                "more weeks until someone is established, and groups of 1 or more"
            )
            raise InputError(msg)
        return self


@dataclass(frozen=True, slots=True)
class Heard:
    """What one person said in one transcript, and when in that person's time with the team.

    Attributes:
        row: the totals.
        person: who, or "".
        monday: of its calendar week.
        weeks: calendar weeks since the one of joining, or None where the day of joining is unknown or later.
        days: days since joining; 0 where not known.
    """

    row: Totals
    person: str
    monday: date
    weeks: int | None = None
    days: int = 0


def heard(rows: Iterable[Totals], joined_on: Mapping[str, date], tz: tzinfo) -> list[Heard]:
    """The dated ones among one team's `rows`, by the day on which each person joined."""
    found = []
    for row in rows:
        if row.started_at is None:
            continue
        day = local_date(row.started_at, tz)
        person, monday = next(iter(row.people), ""), period_of(day, "week").start
        joined = joined_on.get(person)
        if joined is None or joined > day:
            found.append(Heard(row, person, monday))
        else:
            found.append(Heard(row, person, monday, (monday - period_of(joined, "week").start).days // WEEK, (day - joined).days))
    return found


@dataclass(frozen=True, slots=True)
class Matched:
    """The newcomers of one week after joining, and the established members of the same calendar weeks.

    Attributes:
        new: of the newcomers, by calendar week.
        old: of the established members, by the same calendar weeks.
    """

    new: Mapping[date, Sequence[Heard]]
    old: Mapping[date, Sequence[Heard]]

    @property
    def newcomers(self) -> list[Totals]:
        """The newcomers' rows."""
        return [item.row for items in self.new.values() for item in items]

    @property
    def established(self) -> list[Totals]:
        """The established members' rows."""
        return [item.row for items in self.old.values() for item in items]

    @property
    def time(self) -> float:
        """Mean time since joining of the newcomers' statements, in weeks."""
        items = [item for items in self.new.values() for item in items]
        return sum(item.days * item.row.n for item in items) / sum(item.row.n for item in items) / WEEK

    def strata(self, way: Adjustment, places: Mapping[str, int]) -> list[Stratum]:
        """One stratum a calendar week, each person's rows added up; `places` are the people's numbers."""
        return [_stratum(self.new[monday], self.old[monday], way, places) for monday in self.new]


def matched(items: Iterable[Heard], old: Mapping[date, Sequence[Heard]], way: Adjustment) -> Matched:
    """Newcomers' rows matched with the established members of their calendar weeks; weeks without enough of those are left out."""
    weeks: defaultdict[date, list[Heard]] = defaultdict(list)
    for item in items:
        weeks[item.monday].append(item)
    kept = [monday for monday in sorted(weeks) if monday in old and _signals(old[monday], way) >= FEWEST_SIGNALS]
    return Matched({monday: weeks[monday] for monday in kept}, {monday: old[monday] for monday in kept})


def _signals(items: Sequence[Heard], way: Adjustment) -> float:
    """Statements that carry a culture."""
    return float((way.said([item.row for item in items]).sum(axis=0) @ way.matrix)[:-1].sum())


def _stratum(new: Sequence[Heard], old: Sequence[Heard], way: Adjustment, places: Mapping[str, int]) -> Stratum:
    items = [*new, *old]
    numbers, rows = np.unique([places[item.person] for item in items], return_inverse=True)
    said = np.zeros((len(numbers), len(way.matrix)))
    np.add.at(said, rows, way.said([item.row for item in items]))
    is_new = np.isin(numbers, [places[item.person] for item in new])
    return Stratum(numbers, is_new, said)
