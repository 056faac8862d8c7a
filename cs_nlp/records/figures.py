"""Shares of groups with their doubt, or with the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval for a share (0 to 1) or a difference of shares (-1 to 1), `low <= high`: it holds the true value in `level` of cases."""

    low: float
    high: float
    level: float = 0.95


class Withheld(StrEnum):
    """Why a signal has no value."""

    NO_DATA = "no_data"
    SMALL_GROUP = "small_group"
    NOT_CALIBRATED = "not_calibrated"
    MIXED_MODELS = "mixed_models"


@dataclass(frozen=True, slots=True)
class Signal:
    """A share in a group and period with its doubt, or the reason why there is none.

    Attributes:
        team: the group.
        start: first day of the period; end: the day after its last (half-open), in the team's time zone. Both are None
            in a signal over transcripts of which none has a date.
        measure: `prevalence` (share of all scored statements), `mix` (share of those with a culture) or `signal_rate`.
        label: the culture; "" for `signal_rate`.
        value: the estimate, or None when withheld.
        interval: of the value, or None when withheld.
        plain: the same by classify and count, or None when withheld.
        method: how `value` was estimated.
        n_statements: scored statements in the period; None when withheld for a small group.
        n_transcripts: transcripts; n_people: distinct speakers of the staff; None as for `n_statements`.
        withheld: the reason for a missing value, or None.
        by: kind of the period: `day`, `week`, `month`, or `all` for the whole time that the data span.
    """

    team: str
    start: date | None
    end: date | None
    measure: str
    label: str
    value: float | None
    interval: Interval | None
    plain: float | None
    method: str
    n_statements: int | None
    n_transcripts: int | None
    n_people: int | None
    withheld: Withheld | None = None
    by: str = "all"
