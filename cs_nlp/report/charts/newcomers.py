"""How newcomers become like their team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt

from cs_nlp.records import Withheld
from cs_nlp.report.charts.style import INK, VEIL

if TYPE_CHECKING:
    from cs_nlp.records import Newcomers

COLOUR: Final = "#0072b2"


def newcomer_distance(newcomers: Newcomers) -> alt.LayerChart:
    """Distance of the newcomers' culture mix from the team's by week after joining; dashes: what chance alone gives.

    Args:
        newcomers: of one team; withheld weeks are veiled.
    """
    rows = [
        {
            "week": week.week,
            "run": sum(other.distance is None for other in newcomers.weeks[: week.week]),
            "distance": week.distance,
            "low": week.interval.low if week.interval else None,
            "high": week.interval.high if week.interval else None,
            "chance": week.by_chance,
            "basis": f"{week.n_newcomers} newcomers, {week.n_established} established, {week.n_statements} statements",
        }
        for week in newcomers.weeks
        if week.distance is not None
    ]
    hidden = [
        {"week": week.week, "next": week.week + 0.5, "before": week.week - 0.5, "why": _reason(week.withheld)}
        for week in newcomers.weeks
        if week.distance is None
    ]
    chart = alt.Chart(alt.InlineData(values=rows))
    x_axis = alt.Axis(title="weeks after joining", titleColor=INK, tickMinStep=1, format="d", grid=False)
    x = alt.X("week:Q", axis=x_axis, scale=alt.Scale(nice=False, padding=12))
    y_axis = alt.Axis(title="distance from the team", titleColor=INK, tickCount=5)
    y = alt.Y("distance:Q", scale=alt.Scale(domain=[0, 1]), axis=y_axis)
    tooltip = [alt.Tooltip("week:Q"), alt.Tooltip("distance:Q", format=".2f"), alt.Tooltip("basis:N", title="from")]
    layers = [
        alt.Chart(alt.InlineData(values=hidden))
        .mark_rect(color=VEIL, opacity=0.25)
        .encode(x=alt.X("before:Q", axis=x_axis), x2="next", tooltip=["why:N"]),
        chart.mark_rule(color=COLOUR, strokeWidth=7, opacity=0.3).encode(x=x, y=alt.Y("low:Q", axis=y_axis), y2="high", tooltip=tooltip),
        chart.mark_line(color=INK, strokeDash=[4, 3], strokeWidth=1.2).encode(x=x, y=alt.Y("chance:Q"), detail="run:N"),
        chart.mark_line(color=COLOUR, strokeWidth=2).encode(x=x, y=y, detail="run:N"),
        chart.mark_point(color=COLOUR, filled=True, size=50, opacity=1).encode(x=x, y=y, tooltip=tooltip),
    ]
    return alt.LayerChart(layer=layers).properties(width="container", height=190)


def _reason(withheld: Withheld | None) -> str:
    return "no data" if withheld is Withheld.NO_DATA else "withheld"
