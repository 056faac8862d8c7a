"""The culture mix of a team: over the whole time, and over time with what changed."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Final

import altair as alt

from cs_nlp.report.charts.style import INK, PALETTE, VEIL, iso, moment
from cs_nlp.report.words import basis, between, day_name, period_name, share, title_of
from cs_nlp.taxonomy import SIGNAL_CULTURES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cs_nlp.records import Signal
    from cs_nlp.records.changes import Changes

BUCKETS_WITH_TEXT: Final = 20
TICKS: Final = 6


def mix_over_time(signals: Sequence[Signal], truth: Sequence[Signal] = (), changes: Changes | None = None) -> alt.ConcatChart:
    """The culture mix of one team over time, one panel for each culture.

    Args:
        signals: of one team; only its `mix` signals by day, week or month are drawn.
        truth: the true values of the same, where they are known; drawn as diamonds.
        changes: the team's change points; each is drawn as a line in a band, from the earliest to the latest day that it may have been.
    """
    panels = [mix_panel(signals, culture, truth, changes).properties(width=320) for culture in SIGNAL_CULTURES]
    return alt.concat(*panels, columns=2)


def mix_panel(signals: Sequence[Signal], culture: str, truth: Sequence[Signal] = (), changes: Changes | None = None) -> alt.LayerChart:
    """The share of one culture over time: bars for the interval, points for the estimate, veils where nothing is told.

    Args:
        signals: as for `mix_over_time`.
        culture: one of `SIGNAL_CULTURES`.
        truth: as for `mix_over_time`.
        changes: as for `mix_over_time`.
    """
    buckets = [signal for signal in signals if _is_bucket(signal, culture)]
    buckets.sort(key=lambda signal: iso(signal.start))
    true = {(signal.team, signal.start): signal.value for signal in truth if _is_bucket(signal, culture)}
    starts = [iso(signal.start) for signal in buckets]
    x_axis = alt.Axis(format="%-d %b", values=starts[:: max(1, -(-len(starts) // TICKS))], title=None, grid=False, labelFlush=True)
    x = alt.X("start:T", scale=alt.Scale(type="utc"), axis=x_axis)
    y_axis = alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1], title=None)
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0, 1]), axis=y_axis)
    shown = alt.Chart(alt.InlineData(values=_shown_rows(buckets, true)))
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in (("period", "when"), ("share", "share"), ("basis", "from"))]
    colour = PALETTE[culture]
    layers = [
        *_veils(buckets, x),
        *_change_marks(changes, x),
        shown.mark_rect(color=colour, opacity=0.28).encode(x=x, x2="end", y=alt.Y("low:Q", axis=y_axis), y2="high", tooltip=tooltip),
        shown.mark_line(color=colour, strokeWidth=2).encode(x=alt.X("middle:T"), y=y, detail="run:N"),
        shown.mark_point(color=colour, filled=True, size=45, opacity=1).encode(x=alt.X("middle:T"), y=y, tooltip=tooltip),
    ]
    if true:
        known = shown.transform_filter("isValid(datum.truth)")
        layers.append(
            known.mark_point(shape="diamond", color=INK, size=55, strokeWidth=1.5).encode(x=alt.X("middle:T"), y=alt.Y("truth:Q"))
        )
    title = alt.TitleParams(title_of(culture), anchor="start", color=INK, fontSize=14)
    return alt.LayerChart(layer=layers).properties(title=title, width="container", height=150)


def profile(signals: Sequence[Signal], truth: Sequence[Signal] = ()) -> alt.LayerChart:
    """The culture mix of one team over the whole time: a point for each culture, with its interval as a bar.

    Args:
        signals: of one team; only its `mix` signals over the whole time are drawn.
        truth: the true values of the same, where they are known; drawn as diamonds.
    """
    true = {signal.label: signal.value for signal in truth if signal.by == "all" and signal.measure == "mix"}
    titles = {culture: title_of(culture) for culture in SIGNAL_CULTURES}
    rows = [
        {**_numbers(signal), "culture": titles[signal.label], "colour": PALETTE[signal.label], "truth": true.get(signal.label)}
        for signal in signals
        if signal.by == "all" and signal.measure == "mix" and signal.value is not None
    ]
    chart = alt.Chart(alt.InlineData(values=rows))
    x_axis = alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1], title=None)
    x = alt.X("value:Q", scale=alt.Scale(domain=[0, 1]), axis=x_axis)
    y_axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=220, labelFontSize=12)
    y = alt.Y("culture:N", sort=list(titles.values()), axis=y_axis)
    colour = alt.Color("colour:N", scale=None)
    tooltip = [alt.Tooltip("culture:N"), alt.Tooltip("share:N"), alt.Tooltip("basis:N", title="from")]
    layers = [
        chart.mark_rule(strokeWidth=9, opacity=0.32).encode(x=alt.X("low:Q", axis=x_axis), x2="high", y=y, color=colour, tooltip=tooltip),
        chart.mark_point(filled=True, size=85, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip),
        chart.mark_text(align="left", dx=9, dy=-10, fontSize=11, color=INK).encode(x=x, y=y, text="brief:N"),
    ]
    if true:
        layers.append(chart.mark_point(shape="diamond", color=INK, size=70, strokeWidth=1.5).encode(x=alt.X("truth:Q"), y=y))
    return alt.LayerChart(layer=layers).properties(width="container", height=170)


def _is_bucket(signal: Signal, culture: str) -> bool:
    return signal.by != "all" and (signal.measure, signal.label) == ("mix", culture)


def _shown_rows(buckets: Sequence[Signal], true: dict[tuple[str, date | None], float | None]) -> list[dict[str, object]]:
    """The buckets that have a value; neighbours without a gap between them share a `run`, and so a line."""
    rows: list[dict[str, object]] = []
    run = 0
    for signal in buckets:
        if signal.value is None:
            run += 1
            continue
        rows.append({**_numbers(signal), **_span(signal.start, signal.end), "run": run, "truth": true.get((signal.team, signal.start))})
    return rows


def _veils(buckets: Sequence[Signal], x: alt.X) -> list[alt.Chart]:
    """Grey stripes over the stretches without a value, with the reason; neighbours with the same reason share a stripe."""
    by_reason: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for reason, stretch in groupby(buckets, key=lambda signal: signal.withheld):
        if reason is not None:
            hidden = list(stretch)
            by_reason[reason].append(_span(hidden[0].start, hidden[-1].end))
    layers = []
    for reason, spans in by_reason.items():
        said = "no data" if reason == "no_data" else "withheld"
        base = alt.Chart(alt.InlineData(values=[{**span, "why": said} for span in spans]))
        layers.append(base.mark_rect(color=VEIL, opacity=0.1 if reason == "no_data" else 0.25).encode(x=x, x2="end", tooltip=["why:N"]))
        if len(buckets) <= BUCKETS_WITH_TEXT:
            layers.append(base.mark_text(angle=270, fontSize=10, color=INK).encode(x=alt.X("middle:T"), y=alt.value(75), text="why:N"))
    return layers


def _change_marks(changes: Changes | None, x: alt.X) -> list[alt.Chart]:
    if changes is None or not changes.points:
        return []
    rows = [
        {"start": iso(point.earliest), "end": iso(point.latest), "at": iso(point.at), "change": f"change about {day_name(point.at)}"}
        for point in changes.points
    ]
    base = alt.Chart(alt.InlineData(values=rows))
    tooltip = [alt.Tooltip("change:N", title="found")]
    return [
        base.mark_rect(color=INK, opacity=0.08).encode(x=x, x2="end", tooltip=tooltip),
        base.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.5).encode(x=alt.X("at:T"), tooltip=tooltip),
    ]


def _numbers(signal: Signal) -> dict[str, object]:
    low, high = (signal.interval.low, signal.interval.high) if signal.interval else (signal.value, signal.value)
    return {
        "value": signal.value,
        "low": low,
        "high": high,
        "brief": share(signal.value),
        "share": between(signal),
        "basis": basis(signal),
        "period": period_name(signal),
    }


def _span(start: date | None, end: date | None) -> dict[str, object]:
    if start is None or end is None:
        return {}
    return {"start": iso(start), "end": iso(end), "middle": moment(start, end)}
