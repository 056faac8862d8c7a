"""The learning curve as a table and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Final

import altair as alt

INK: Final = "#3d4148"
PANEL: Final = (270, 210)
_LEFT: Final = {"macro_f1": ("macro-F1, all", "#0072b2"), "random_macro_f1": ("macro-F1, random", "#e69f00")}
_RIGHT: Final = {
    "random_signal_auc": ("ROC AUC, random", "#009e73"),
    "passive_aggressive": ("AP of passive_aggressive", "#aa4499"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One model.

    Attributes:
        share: of the growing data set's conversations; seed: of the run.
        seed: as above.
        n: statements of the growing data set that it learnt from; n_all: of all data sets.
        n_all: as above.
        macro_f1: on the evaluation set; random_...: on its `random` part; None where it has none.
        random_macro_f1: as above.
        signal_auc: any culture against none; random_...: as above.
        random_signal_auc: as above.
        passive_aggressive: average precision of that class.
        calibration_error: ECE, 10 bins.
    """

    share: float
    seed: int
    n: int
    n_all: int
    macro_f1: float
    random_macro_f1: float | None
    signal_auc: float | None
    random_signal_auc: float | None
    passive_aggressive: float | None
    calibration_error: float


def table(points: Sequence[Point]) -> str:
    """Markdown: a row for each share, means over seeds with the least and the largest of them, and what the last doubling brought."""
    rows = [
        "| part | its statements | in all | macro-F1, all | macro-F1, random | AUC, all | AUC, random | AP passive_aggressive | ECE |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for share in sorted({point.share for point in points}):
        these = [point for point in points if point.share == share]
        figures = [
            _told([getattr(point, name) for point in these])
            for name in ("macro_f1", "random_macro_f1", "signal_auc", "random_signal_auc", "passive_aggressive", "calibration_error")
        ]
        sizes = [f"{round(mean(getattr(point, name) for point in these))}" for name in ("n", "n_all")]
        rows.append(f"| {_fraction(share)} | {' | '.join([*sizes, *figures])} |")
    return "\n".join(rows)


def gain(points: Sequence[Point], name: str) -> list[float]:
    """What the last doubling brought, for each seed that has both halves and all; empty where none has."""
    known = {(point.seed, point.share): getattr(point, name) for point in points}
    pairs = [(known.get((seed, 0.5)), known.get((seed, 1.0))) for seed in sorted({point.seed for point in points})]
    return [after - before for before, after in pairs if before is not None and after is not None]


def section(name: str, source: str, points: Sequence[Point]) -> str:
    """The part of a page that tells of a curve: table, what twice the data brings, picture."""
    seeds = sorted({point.seed for point in points})
    lines = [
        f"`{name}`, learning from parts of `{source}` (mean of seeds {', '.join(map(str, seeds))}, in brackets the least and the largest):",
        "",
    ]
    lines += [table(points), ""]
    gains = {told: gain(points, field) for field, told in (("macro_f1", "all"), ("random_macro_f1", "`random`"))}
    if all(gains.values()):
        both = "; ".join(f"on {told} {mean(found):+.3f} ({min(found):+.3f} to {max(found):+.3f})" for told, found in gains.items())
        lines += [f"The last doubling brought macro-F1 {both}.", ""]
    lines += [f"![Learning curve of {name}: macro-F1, ROC AUC and average precision by statements learnt from](../docs/curves/{name}.svg)"]
    return "\n".join(lines)


def put_into(page: str, name: str, told: str) -> str:
    """The page with a section between its marks; at the end where it has none yet."""
    start, end = f"<!-- learning curve: {name} -->", f"<!-- end of {name} -->"
    block = f"{start}\n{told}\n{end}"
    if start not in page or end not in page:
        return f"{page.rstrip()}\n\n{block}\n"
    before, _, rest = page.partition(start)
    return before + block + rest.partition(end)[2]


def picture(points: Sequence[Point]) -> alt.HConcatChart:
    """Two panels over statements learnt from, on a scale of doublings: a dot for each model, a line through the means over seeds."""
    chart = alt.hconcat(_panel(points, _LEFT), _panel(points, _RIGHT))
    styled: alt.HConcatChart = (
        chart.configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelColor=INK, titleColor=INK, gridColor="#e6e8eb")
        .configure_legend(labelFontSize=12, labelColor=INK, labelLimit=260, orient="top", title=None)
        .properties(background="white", padding=12)
    )
    return styled


def _panel(points: Sequence[Point], shown: dict[str, tuple[str, str]]) -> alt.LayerChart:
    rows = [
        {"n": point.n, "part": point.share, "what": told, "value": value}
        for point in points
        for name, (told, _) in shown.items()
        if (value := getattr(point, name)) is not None
    ]
    ticks = sorted({round(mean(point.n for point in points if point.share == share)) for share in {point.share for point in points}})
    scale = alt.Scale(type="log", base=2, nice=False, padding=12)
    x = alt.X("n:Q", scale=scale, axis=alt.Axis(title="real statements learnt from", values=ticks, format=",d", grid=False))
    y = alt.Y("value:Q", scale=alt.Scale(zero=False, padding=8), axis=alt.Axis(title=None, tickCount=5))
    colour = alt.Color(
        "what:N", scale=alt.Scale(domain=[told for told, _ in shown.values()], range=[colour for _, colour in shown.values()])
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(color=colour)
    means = base.transform_aggregate(n="mean(n)", value="mean(value)", groupby=["part", "what"])
    layers = [means.mark_line(strokeWidth=2).encode(x=x, y=y), base.mark_point(filled=True, size=45, opacity=0.7).encode(x=x, y=y)]
    chart: alt.LayerChart = alt.LayerChart(layer=layers).resolve_scale(color="shared").properties(width=PANEL[0], height=PANEL[1])
    return chart


def _told(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "n/a"
    return f"{mean(known):.3f}" + (f" ({min(known):.3f} to {max(known):.3f})" if len(known) > 1 else "")


def _fraction(share: float) -> str:
    return "all" if share == 1 else f"1/{1 / share:g}"
