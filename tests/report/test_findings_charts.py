from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import altair as alt
import pytest
import vl_convert

from cs_nlp.report import charts
from cs_nlp.report.charts.drivers import MISSING, OPEN, PRESENT
from cs_nlp.taxonomy import DRIVERS
from tests.report.findings import beliefs, change_points, driver_rows, effects, newcomer_weeks
from tests.report.samples import whole_team


def _rows(chart: alt.LayerChart) -> list[dict[str, Any]]:
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_drivers_are_coloured_by_the_side_on_which_the_whole_interval_lies() -> None:
    colours = Counter(row["colour"] for row in _rows(charts.driver_bars(driver_rows())) if "net" in row)
    assert colours == {MISSING: 1, PRESENT: 1, OPEN: len(DRIVERS) - 3}  # one is withheld


def test_weeks_of_newcomers_that_are_withheld_are_veiled_and_break_the_line() -> None:
    rows = _rows(charts.newcomer_distance(newcomer_weeks()))
    assert [row["week"] for row in rows if row.get("why") == "withheld"] == [2]
    assert [row["run"] for row in rows if "distance" in row] == [0, 0, 1, 1, 1]


def test_effects_stand_above_what_is_measured_where_nothing_was_done() -> None:
    rows = [row for row in _rows(charts.effect_range(effects())) if "lane" in row]
    assert {row["culture"] for row in rows} == {"Aggressive", "Passive-aggressive", "Submissive"}
    assert all((row["lane"] == 0) == (row["what"] == "effect") for row in rows)
    assert len(rows) == 3 * 4


def test_changes_are_marked_in_every_panel_and_no_change_leaves_none() -> None:
    changes = change_points()
    assert "change about 8 June 2026" in charts.mix_panel(whole_team(), "aggressive", (), changes).to_json()
    steady = charts.mix_panel(whole_team(), "aggressive", (), replace(changes, points=()))
    assert steady.to_dict() == charts.mix_panel(whole_team(), "aggressive").to_dict()


def test_beliefs_are_drawn_in_the_colour_of_their_culture_with_their_words_in_two_lines_at_most() -> None:
    long = "word " * 40
    rows = _rows(charts.belief_shares(beliefs(long).beliefs))
    assert [row["colour"] for row in rows] == [charts.PALETTE["aggressive"], charts.PALETTE["submissive"]]
    assert len(rows[0]["words"]) == 2
    assert rows[0]["words"][1].endswith("\N{HORIZONTAL ELLIPSIS}")
    assert max(map(len, rows[0]["words"])) <= 47
    assert " ".join(rows[1]["words"]) == "Submissive, about the company around the team (not quoted)"


def test_numbers_on_the_axes_of_differences_are_signed_and_never_scientific() -> None:
    svg = vl_convert.vegalite_to_svg(charts.effect_range(effects()).properties(width=500).to_dict())
    labels = re.findall(r">([+\u2212-]?[\d.]+(?:e[+-]?\d+)?)<", svg)
    assert "0" in labels
    assert any(label.startswith("+") and label != "+0" for label in labels)
    assert not any("e" in label or label == "+0" for label in labels)


@pytest.mark.parametrize("is_empty", [False, True])
def test_charts_can_be_drawn_with_all_and_with_nothing(is_empty: bool) -> None:
    newcomers = replace(newcomer_weeks(), weeks=()) if is_empty else newcomer_weeks()
    drawn = [
        charts.driver_bars([] if is_empty else driver_rows()),
        charts.newcomer_distance(newcomers),
        charts.effect_range([] if is_empty else effects()),
        charts.belief_shares([] if is_empty else beliefs().beliefs),
    ]
    for chart in drawn:
        assert vl_convert.vegalite_to_svg(chart.properties(width=300).to_dict()).startswith("<svg")
