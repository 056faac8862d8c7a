"""What came of an intervention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt

from cs_nlp.report.charts.style import INK, PALETTE, signed_axis
from cs_nlp.report.words import day_name, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Effect, Interval

PLACEBO: Final = "#767b85"
LANE: Final = 16
STRONG: Final = 0.6
FAINT: Final = 0.3


def effect_range(effects: Sequence[Effect]) -> alt.LayerChart:
    """Effects in percentage points with their intervals; grey below each, the same where nothing was done.

    Args:
        effects: of one intervention, one a culture; withheld ones are left out.
    """
    rows, order = [], []
    for effect in effects:
        if effect.value is None or effect.interval is None:
            continue
        name = title_of(effect.label) if effect.label else "Any culture"
        order.append(name)
        rows.append(_row(name, 0, (effect.value, effect.interval), PALETTE.get(effect.label, INK), "effect"))
        rows += [
            _row(name, lane, (placebo.value, placebo.interval), PLACEBO, f"{placebo.team}, {day_name(placebo.on)}: nothing was done")
            for lane, placebo in enumerate((*effect.placebo_dates, *effect.placebo_teams), start=1)
        ]
    chart = alt.Chart(alt.InlineData(values=rows))
    x_axis = signed_axis("percentage points beyond the other teams", "+.0f")
    y = alt.Y("culture:N", sort=order, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=220, labelFontSize=12))
    shift = alt.YOffset("lane:O")
    tooltip = [alt.Tooltip("what:N", title="of"), alt.Tooltip("said:N", title="points")]
    colour = alt.Color("colour:N", scale=None)
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, strokeWidth=1).encode(x=alt.X("zero:Q", axis=x_axis))
    layers = [
        zero,
        chart.mark_rule(strokeWidth=5).encode(
            x=alt.X("low:Q", axis=x_axis),
            x2="high",
            y=y,
            yOffset=shift,
            color=colour,
            opacity=alt.Opacity("strength:Q", scale=None),
            tooltip=tooltip,
        ),
        chart.mark_point(filled=True, size=55, opacity=1).encode(
            x=alt.X("value:Q", axis=x_axis), y=y, yOffset=shift, color=colour, tooltip=tooltip
        ),
    ]
    return alt.LayerChart(layer=layers).properties(width="container", height=max(60, LANE * len(rows)))


def _row(culture: str, lane: int, found: tuple[float, Interval], colour: str, what: str) -> dict[str, object]:
    low, middle, high = (100 * number for number in (found[1].low, found[0], found[1].high))
    return {
        "culture": culture,
        "value": middle,
        "low": low,
        "high": high,
        "colour": colour,
        "strength": FAINT if lane else STRONG,
        "what": what,
        "lane": lane,
        "said": f"{middle:+.0f} ({low:+.0f} to {high:+.0f})",
    }
