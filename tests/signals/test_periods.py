from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.errors import InputError
from cs_nlp.signals.periods import BUCKETS, By, Period, local_date, period_of, periods_between

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
LONDON = ZoneInfo("Europe/London")


@given(DAYS, st.sampled_from(BUCKETS))
def test_every_day_lies_in_its_own_bucket_and_the_next_bucket_starts_where_it_ends(day: date, by: By) -> None:
    period = period_of(day, by)
    assert day in period
    assert period.end not in period
    assert period_of(period.end, by).start == period.end
    assert all(period_of(period.start + timedelta(days=step), by) == period for step in range((period.end - period.start).days))


@given(DAYS, st.integers(0, 800), st.sampled_from(BUCKETS))
def test_a_series_is_complete_and_holds_its_first_and_last_day(first: date, length: int, by: By) -> None:
    last = first + timedelta(days=length)
    series = periods_between(first, last, by)
    assert first in series[0]
    assert last in series[-1]
    assert all(before.end == after.start for before, after in pairwise(series))


@given(DAYS)
def test_weeks_run_from_monday_for_seven_days(day: date) -> None:
    week = period_of(day, "week")
    assert week.start.weekday() == 0
    assert week.end - week.start == timedelta(days=7)


def test_months_are_calendar_months() -> None:
    assert period_of(date(2028, 2, 29), "month") == Period(date(2028, 2, 1), date(2028, 3, 1))
    assert period_of(date(2026, 12, 31), "month") == Period(date(2026, 12, 1), date(2027, 1, 1))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.sampled_from(["Europe/London", "Pacific/Apia"]))  # noqa: DTZ001 - bounds are naive by the strategy's contract
def test_a_day_is_the_day_on_the_teams_own_clock(at: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    assert local_date(at, zone) == at.astimezone(zone).date()
    assert abs(local_date(at, zone) - at.date()) <= timedelta(days=1)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_days_on_which_the_clock_changes_keep_their_edges(day: date) -> None:
    first = datetime(day.year, day.month, day.day, 0, 0, tzinfo=LONDON)
    last = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=LONDON)
    assert local_date(first.astimezone(UTC), LONDON) == day
    assert local_date(last.astimezone(UTC), LONDON) == day
    assert local_date(first.astimezone(UTC) - timedelta(seconds=1), LONDON) == day - timedelta(days=1)


def test_sunday_evening_in_california_belongs_to_the_week_that_ends() -> None:
    evening = datetime(2026, 6, 8, 3, 0, tzinfo=UTC)
    assert period_of(local_date(evening, ZoneInfo("America/Los_Angeles")), "week").start == date(2026, 6, 1)
    assert period_of(local_date(evening, UTC), "week").start == date(2026, 6, 8)


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(InputError, match=r"2026-06-01T09:00:00 has no UTC offset"):
        local_date(datetime(2026, 6, 1, 9), UTC)  # noqa: DTZ001 - the point of the test


def test_an_unknown_bucket_is_refused_with_those_that_exist() -> None:
    with pytest.raises(InputError, match="'year'; expected one of day, week, month"):
        period_of(date(2026, 6, 1), "year")  # type: ignore[arg-type]  # the point of the test
