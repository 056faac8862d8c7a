"""Days, weeks and months as a team lives them: half-open spans of local dates, complete and without overlap.

Times become local dates first and only then buckets, so a clock change never moves a bucket's edge: a day is a day,
be it 23, 24 or 25 hours long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

from cs_nlp.errors import InputError

By = Literal["day", "week", "month"]
BUCKETS: Final[tuple[By, ...]] = ("day", "week", "month")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A half-open span of local dates.

    Attributes:
        start: first day.
        end: the day after the last.
    """

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        """Whether `day` lies in the span."""
        return self.start <= day < self.end


def local_date(at: datetime, tz: tzinfo) -> date:
    """The calendar day of an aware time `at` in the zone `tz`.

    Raises:
        InputError: `at` has no offset.
    """
    if at.utcoffset() is None:
        msg = f"the time {at.isoformat()} has no UTC offset, so its day can't be told; expected an aware time, e.g. {at.isoformat()}+00:00"
        raise InputError(msg)
    return at.astimezone(tz).date()


def period_of(day: date, by: By) -> Period:
    """The day, the week (Monday to Sunday) or the calendar month that holds `day`."""
    match by:
        case "day":
            return Period(day, day + timedelta(days=1))
        case "week":
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=7))
        case "month":
            first = day.replace(day=1)
            return Period(first, (first + timedelta(days=31)).replace(day=1))
    msg = f"a bucket can't be {by!r}; expected one of {', '.join(BUCKETS)}"  # type: ignore[unreachable]  # callers without a type checker
    raise InputError(msg)


def periods_between(first: date, last: date, by: By) -> list[Period]:
    """All buckets from the one that holds `first` to the one that holds `last`, in order, without a gap.

    The list is empty when `last` lies before `first`'s bucket.
    """
    found = []
    period = period_of(first, by)
    while period.start <= last:
        found.append(period)
        period = period_of(period.end, by)
    return found
