"""Colours, and times as charts take them.

Times are drawn on a UTC scale as the dates they are, so that no reader's time zone shifts a bucket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt

if TYPE_CHECKING:
    from datetime import date

# Okabe and Ito's colours, which stay apart in the common kinds of colour blindness; the purple is Tol's, darker than theirs.
PALETTE: Final = {
    "aggressive": "#d55e00",
    "passive_aggressive": "#aa4499",
    "submissive": "#0072b2",
    "assertive": "#009e73",
}
INK: Final = "#3d4148"
VEIL: Final = "#8a8f98"


def signed_axis(title: str, form: str) -> alt.Axis:
    """The axis of differences: signed numbers, a plain 0, and a title that a telephone does not cut.

    Args:
        title: of the axis.
        form: of the numbers, in d3-format.
    """
    labels = f"datum.value === 0 ? '0' : format(datum.value, '{form}')"
    return alt.Axis(title=title, titleColor=INK, titleAnchor="end", labelExpr=labels, tickCount=8)


def iso(day: date | None) -> str:
    """The start of a day; "" for none."""
    return "" if day is None else f"{day.isoformat()}T00:00:00Z"


def moment(start: date, end: date) -> str:
    """The middle of the half-open span of days."""
    middle = (end - start) / 2
    return f"{(start + middle).isoformat()}T{middle.seconds // 3600:02d}:00:00Z"
