"""What a team believes, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import altair as alt

from cs_nlp.report.charts.style import INK, PALETTE
from cs_nlp.report.words import belief_name, percent_between, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records.beliefs import Belief

LINE: Final = 46  # characters: two such lines fit on a telephone
LINES: Final = 2
ROW: Final = 62


def belief_shares(beliefs: Sequence[Belief]) -> alt.LayerChart:
    """Each belief's share of what the team signals, with its interval, in the colour of its culture; above it its words.

    Args:
        beliefs: of one team, in the order in which they are drawn.
    """
    rows = [
        {
            "place": place,
            "words": broken(belief_name(belief)),
            "share": belief.share,
            "low": belief.interval.low,
            "high": belief.interval.high,
            "colour": PALETTE[belief.culture],
            "culture": title_of(belief.culture),
            "said": percent_between(belief.share, belief.interval),
            "basis": f"{belief.n_people} people, {belief.n_transcripts} transcripts",
        }
        for place, belief in enumerate(beliefs)
    ]
    chart = alt.Chart(alt.InlineData(values=rows))
    x_axis = alt.Axis(title="share of what shows a culture", titleColor=INK, format=".0%", tickCount=5)
    y = alt.Y("place:O", axis=None)
    top = max((belief.interval.high for belief in beliefs), default=0.1)
    x = alt.X("share:Q", axis=x_axis, scale=alt.Scale(domain=[0, top], nice=True))
    colour = alt.Color("colour:N", scale=None)
    tooltip = [alt.Tooltip("culture:N"), alt.Tooltip("said:N", title="share"), alt.Tooltip("basis:N", title="from")]
    layers = [
        chart.mark_rule(strokeWidth=9, opacity=0.32, yOffset=14).encode(
            x=alt.X("low:Q", axis=x_axis), x2="high", y=y, color=colour, tooltip=tooltip
        ),
        chart.mark_point(filled=True, size=85, opacity=1, yOffset=14).encode(x=x, y=y, color=colour, tooltip=tooltip),
        chart.mark_text(align="left", baseline="bottom", fontSize=12, color=INK, dy=-10, lineHeight=14).encode(
            x=alt.value(2), y=y, text="words:N", tooltip=tooltip
        ),
    ]
    return alt.LayerChart(layer=layers).properties(width="container", height=ROW * len(beliefs))


def broken(text: str) -> list[str]:
    """A text in at most two lines of about 46 characters, cut with an ellipsis where it is longer."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE:
            if len(lines) == LINES:
                lines[-1] += "\N{HORIZONTAL ELLIPSIS}"
                break
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
