"""What a team's words say of the organisation around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt

from cs_nlp.report.charts.style import INK, signed_axis
from cs_nlp.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records.changes import DriverEvidence

# Okabe and Ito's vermilion and blue, and a grey for what can't be told.
MISSING: Final = "#d55e00"
PRESENT: Final = "#0072b2"
OPEN: Final = "#767b85"


def driver_bars(evidence: Sequence[DriverEvidence]) -> alt.LayerChart:
    """Net evidence of each driver per 100 statements, where to push first on top: left of 0 it is missing, right of it present.

    Args:
        evidence: of one team; withheld drivers are left out.
    """
    titles = {name: driver.title for name, driver in load_taxonomy().drivers.items()}
    shown = sorted((row for row in evidence if row.net is not None), key=lambda row: row.rank or 0)
    rows = [
        {
            "driver": titles[row.driver],
            "net": row.net,
            "low": row.low,
            "high": row.high,
            "colour": _colour(row),
            "said": f"{row.net:+.1f} ({row.low:+.1f} to {row.high:+.1f}) per 100 statements",
            "parts": f"there {row.present:.1f}, missing {row.missing:.1f}",
        }
        for row in shown
    ]
    chart = alt.Chart(alt.InlineData(values=rows))
    y_axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=240, labelFontSize=12)
    y = alt.Y("driver:N", sort=[titles[row.driver] for row in shown], axis=y_axis)
    title = "missing \N{LEFTWARDS ARROW} per 100 statements \N{RIGHTWARDS ARROW} there and working"
    x_axis = signed_axis(title, "+.1~f")
    tooltip = [alt.Tooltip("driver:N"), alt.Tooltip("said:N", title="net"), alt.Tooltip("parts:N", title="per 100")]
    colour = alt.Color("colour:N", scale=None)
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, strokeWidth=1).encode(x=alt.X("zero:Q", axis=x_axis))
    layers = [
        zero,
        chart.mark_rule(strokeWidth=7, opacity=0.32).encode(x=alt.X("low:Q", axis=x_axis), x2="high", y=y, color=colour, tooltip=tooltip),
        chart.mark_point(filled=True, size=65, opacity=1).encode(x=alt.X("net:Q", axis=x_axis), y=y, color=colour, tooltip=tooltip),
    ]
    return alt.LayerChart(layer=layers).properties(width="container", height=24 * len(rows))


def _colour(row: DriverEvidence) -> str:
    """That of the side on which the whole interval lies; grey where it holds 0."""
    if row.high is not None and row.high < 0:
        return MISSING
    return PRESENT if row.low is not None and row.low > 0 else OPEN
