"""The study's picture: how far methods are off, and how often intervals hold."""

from __future__ import annotations

from typing import Final

import altair as alt

from tools.study_coverage import LADDER, Held
from tools.study_methods import COUNTING, DEFAULT, QUAPY
from tools.study_page import COVERED, TITLES, Study
from tools.study_settings import REAL

INK: Final = "#3d4148"
SHOWN: Final = {
    DEFAULT: "#009e73",
    f"{QUAPY}EMQ VS": "#0072b2",
    f"{QUAPY}PACC": "#e69f00",
    f"{QUAPY}KDEy-ML": "#aa4499",
    COUNTING: "#767b85",
}
WORLD_COLOURS: Final = ("#767b85", "#56b4e9", "#0072b2", "#aa4499", "#e69f00", "#d55e00", "#009e73")
PANEL: Final = (250, 200)


def picture(found: Study) -> alt.VConcatChart:
    """Above, mean absolute errors by statements for several targets; below, coverage by true share for several sizes."""
    errors = [_errors(found, targets) for targets in ("even", "realistic", "as they are")]
    sizes = sorted({each.transcripts for each in found.coverage})
    held = [_held([each for each in found.coverage if each.transcripts == size], size) for size in sizes]
    chart = alt.vconcat(alt.hconcat(*errors), alt.hconcat(*held).resolve_scale(color="shared")).resolve_scale(color="independent")
    styled: alt.VConcatChart = (
        chart.configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelColor=INK, titleColor=INK, gridColor="#e6e8eb")
        .configure_legend(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelColor=INK, titleColor=INK, labelLimit=260)
        .configure_title(fontSize=13, fontWeight="bold", color=INK, anchor="start")
        .properties(background="white", padding=12)
    )
    return styled


def _errors(found: Study, targets: str) -> alt.LayerChart:
    rows = [
        {"method": name, "n": each.setting.n, "error": spread.mean, "low": spread.low, "high": spread.high}
        for each in found.of(REAL, targets)
        for name in SHOWN
        for spread in [each.error(name)]
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "n:Q", scale=alt.Scale(type="log", domain=[40, 1250]), axis=alt.Axis(title="statements", values=[50, 200, 1000], grid=False)
        ),
        color=alt.Color("method:N", scale=alt.Scale(domain=[*SHOWN], range=[*SHOWN.values()]), legend=alt.Legend(title="method")),
    )
    y = alt.Y("error:Q", scale=alt.Scale(domain=[0, 0.15], clamp=True), axis=alt.Axis(title="mean absolute error of a share", tickCount=6))
    layers = [
        base.mark_line(strokeWidth=2.5).encode(y=y, order="n:Q"),
        base.mark_point(filled=True, size=45, opacity=1).encode(y=y),
        base.mark_rule(strokeWidth=1.5).encode(y=alt.Y("low:Q"), y2="high"),
    ]
    return alt.LayerChart(layer=layers).properties(title=TITLES[REAL, targets], width=PANEL[0], height=PANEL[1])


def _held(cells: list[Held], size: int) -> alt.LayerChart:
    worlds = [each.world for each in cells]
    rows = [
        {"world": each.world, "share": 100 * share, "held": 100 * held}
        for each in cells
        for share, held in zip(LADDER, each.by_share, strict=True)
    ]
    band = alt.Chart(alt.InlineData(values=[{"low": 100 * COVERED[0], "high": 100 * COVERED[1]}]))
    scale = alt.Scale(domain=[80, 100], clamp=True)
    y = alt.Y("held:Q", scale=scale, axis=alt.Axis(title="intervals that hold, %", tickCount=5))
    x = alt.X(
        "share:Q",
        scale=alt.Scale(type="log", domain=[0.4, 75]),
        axis=alt.Axis(title="true share, %", values=[100 * share for share in LADDER], grid=False, format="~g"),
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=x,
        color=alt.Color(
            "world:N",
            scale=alt.Scale(domain=sorted(worlds), range=[*WORLD_COLOURS]),
            legend=alt.Legend(title="95 % intervals; band: 93 to 97 %"),
        ),
    )
    layers = [
        band.mark_rect(color="#009e73", opacity=0.13).encode(y=alt.Y("low:Q", scale=scale), y2="high"),
        base.mark_line(strokeWidth=1.5).encode(y=y, order="share:Q"),
        base.mark_point(filled=True, size=40, opacity=1).encode(y=y),
    ]
    return alt.LayerChart(layer=layers).properties(title=f"{size} transcripts", width=PANEL[0], height=PANEL[1])
