from __future__ import annotations

from typing import Any

import pytest
import vl_convert

from cs_nlp.records import Signal, Withheld
from cs_nlp.report import charts
from cs_nlp.taxonomy import SIGNAL_CULTURES
from tests.report.samples import mix, whole_team, withheld


def _rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for rows in spec["datasets"].values() for row in rows]


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", ["#ffffff", "#16191d"])
@pytest.mark.parametrize("culture", SIGNAL_CULTURES)
def test_every_culture_has_a_colour_that_stands_out_on_light_and_dark_ground(culture: str, ground: str) -> None:
    light, dark = sorted((_luminance(charts.PALETTE[culture]), _luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3  # WCAG 2.2, 1.4.11: graphical objects


def test_panel_draws_values_where_there_are_some_and_veils_with_the_reason_where_not() -> None:
    rows = _rows(charts.mix_panel(whole_team(), "aggressive").to_dict())
    values = [row for row in rows if "value" in row]
    assert [row["start"][:10] for row in values] == ["2026-06-01", "2026-06-22"]
    assert values[0]["run"] != values[1]["run"]
    veils = {row["why"]: row["start"][:10] for row in rows if "why" in row}
    assert veils == {"withheld": "2026-06-08", "no data": "2026-06-15"}


def test_neighbouring_withheld_weeks_share_one_veil() -> None:
    hidden = [signal for week in (1, 2) for signal in withheld(mix(week=week), Withheld.SMALL_GROUP)]
    rows = _rows(charts.mix_panel([*mix(week=0), *hidden, *mix(week=3)], "submissive").to_dict())
    assert [(row["start"][:10], row["end"][:10]) for row in rows if "why" in row] == [("2026-06-08", "2026-06-22")]


def test_true_values_are_drawn_beside_the_estimates_of_their_own_period() -> None:
    truth = [*mix((0.9, 0.1, 0.0, 0.0)), *mix((0.7, 0.1, 0.1, 0.1), week=0)]
    panel = _rows(charts.mix_panel([*mix(), *mix(week=0), *mix(week=3)], "aggressive", truth).to_dict())
    assert [row["truth"] for row in panel] == [0.7, None]
    profile = _rows(charts.profile(mix(), truth).to_dict())
    assert [row["truth"] for row in profile] == [0.9, 0.1, 0.0, 0.0]
    assert "diamond" in charts.profile(mix(), truth).to_json()
    assert "diamond" not in charts.profile(mix()).to_json()


@pytest.mark.parametrize("signals", [whole_team(), mix(), withheld(mix(week=0), Withheld.NO_DATA)], ids=["series", "whole", "nothing"])
def test_charts_can_be_drawn_whatever_is_missing(signals: list[Signal]) -> None:
    for chart in (charts.mix_over_time(signals), charts.profile(signals).properties(width=300)):
        svg = vl_convert.vegalite_to_svg(chart.to_dict())
        assert svg.startswith("<svg")


def test_chart_says_in_words_which_culture_and_when() -> None:
    svg = vl_convert.vegalite_to_svg(charts.mix_over_time(whole_team()).to_dict())
    for words in ("Aggressive", "Passive-aggressive", "Submissive", "Assertive", "withheld", "no data", "1 Jun", "22 Jun"):
        assert words in svg
