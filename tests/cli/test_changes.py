"""What `cs-nlp changes` and `cs-nlp drivers` print; the README's blocks run the commands themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from cs_nlp.cli.changes import changes_row, show_changes
from cs_nlp.cli.drivers import driver_row, show_drivers
from cs_nlp.pipeline.changes import WhatChanged
from cs_nlp.records import (
    Against,
    Cause,
    ChangePoint,
    Changes,
    Decomposition,
    Difference,
    DriverEvidence,
    Interval,
    Part,
    Pooled,
    Signal,
    Withheld,
)

FIRST, TURN, LAST = date(2026, 6, 1), date(2026, 7, 20), date(2026, 8, 24)
SHIFT = Difference(
    team="north",
    start=TURN,
    end=LAST,
    by="week",
    against=Against.PREVIOUS,
    other_start=FIRST,
    other_end=TURN,
    measure="mix",
    label="assertive",
    value=0.25,
    interval=Interval(0.11, 0.4),
    p_value=0.001,
    adjusted=0.02,
    n_statements=200,
    n_transcripts=25,
    other_statements=300,
    other_transcripts=35,
    method="pacc",
)
POINT = ChangePoint(TURN, date(2026, 7, 13), date(2026, 8, 3), 0.95, 0.025, (replace(SHIFT, p_value=None, adjusted=None),))
CHANGES = Changes("north", "week", FIRST, LAST, (POINT,), 0.67, (), {"assertive": 0.2}, 12, "permutation of periods")
PARTS = Decomposition(
    team="north",
    start=TURN,
    end=LAST,
    other_start=FIRST,
    other_end=TURN,
    measure="prevalence",
    label="assertive",
    value=0.08,
    interval=Interval(0.03, 0.13),
    parts=(
        Part(Cause.MIX, 0.01, Interval(-0.01, 0.03)),
        Part(Cause.PEOPLE, None, None, Withheld.SMALL_GROUP),
        Part(Cause.SAME_PEOPLE, None, None, Withheld.SMALL_GROUP),
    ),
    n_transcripts=25,
    other_transcripts=35,
    method="pacc",
)
RAW = Signal("north", FIRST, LAST, "mix", "assertive", 0.5, Interval(0.4, 0.6), 0.4, "pacc", 500, 60, 10)
POOLED = Pooled(RAW, 0.45, Interval(0.37, 0.53), 0.7, "teams", 6, "pacc, pooled")
FOUND = WhatChanged(CHANGES, (PARTS,), (SHIFT, replace(SHIFT, label="submissive", adjusted=0.6)), (POOLED,))
DRIVER = DriverEvidence(
    team="north",
    start=FIRST,
    end=LAST,
    driver="leadership",
    elements=("B5", "C1", "D1"),
    present=0.6,
    missing=1.8,
    net=-1.2,
    low=-1.6,
    high=-0.8,
    level=0.95,
    rank=1,
    n_statements=500,
    n_transcripts=60,
    n_people=10,
    method="summed probabilities, uncorrected",
)


def test_what_changed_is_one_json_object_with_days_and_reasons_as_text() -> None:
    row = json.loads(json.dumps(changes_row(FOUND)))
    assert (row["team"], row["start"], row["reason"], row["detectable"]) == ("north", "2026-06-01", None, {"assertive": 0.2})
    assert row["points"][0]["at"] == "2026-07-20"
    assert {name: row["points"][0]["shifts"][0][name] for name in ("value", "low", "high", "level")} == {
        "value": 0.25,
        "low": 0.11,
        "high": 0.4,
        "level": 0.95,
    }
    assert row["parts"][0]["parts"][1] == {
        "cause": "people",
        "value": None,
        "low": None,
        "high": None,
        "level": None,
        "reason": "small_group",
    }
    assert row["differences"][0]["against"] == "previous"
    assert row["pooled"][0]["raw"]["value"] == 0.5


def test_a_change_point_is_told_with_its_days_and_what_it_is_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    show_changes(FOUND)
    shown = " ".join(capsys.readouterr().out.split())
    assert "Speaks differently from 2026-07-20 on (between 2026-07-13 and 2026-08-03; p = 0.025)." in shown
    assert "assertive: +25 (+11 to +40) of the mix" in shown
    assert "+8 (+3 to +13)" in shown
    assert "the same people: withheld: too few people or transcripts" in shown
    assert "1 of 2 differences stand" in shown
    assert "assertive, of the mix" in shown
    assert "submissive" not in shown


def test_a_steady_team_is_told_what_would_have_been_found(capsys: pytest.CaptureFixture[str]) -> None:
    show_changes(replace(FOUND, changes=replace(CHANGES, points=(), breaks=(TURN,)), parts=(), differences=()))
    shown = " ".join(capsys.readouterr().out.split())
    assert "No lasting change in 12 weeks (p = 0.67)." in shown
    assert "four times in five, in points of all statements: assertive 20." in shown
    assert "From 2026-07-20 on another model scored" in shown
    show_changes(WhatChanged(replace(CHANGES, points=(), n_periods=3, withheld=Withheld.NO_DATA), (), (), ()))
    assert "Whether it changed: no data (3 weeks to look at)." in capsys.readouterr().out


def test_the_evidence_on_a_driver_is_one_json_object() -> None:
    row = json.loads(json.dumps(driver_row(DRIVER)))
    assert (row["driver"], row["elements"], row["net"], row["rank"], row["start"]) == (
        "leadership",
        ["B5", "C1", "D1"],
        -1.2,
        1,
        "2026-06-01",
    )
    assert row["reason"] is None
    assert driver_row(replace(DRIVER, withheld=Withheld.SMALL_GROUP))["reason"] == "small_group"


def test_drivers_are_shown_with_what_they_stand_for_and_a_warning_not_to_read_amounts(capsys: pytest.CaptureFixture[str]) -> None:
    show_drivers([DRIVER])
    shown = " ".join(capsys.readouterr().out.split())
    assert "B5 Leadership instead of management" in shown
    assert "-1.2 (-1.6 to -0.8)" in shown
    assert "read order and sign, not amounts" in shown
    show_drivers([replace(DRIVER, withheld=Withheld.SMALL_GROUP, net=None)])
    assert capsys.readouterr().out == "north: withheld: too few people or transcripts\n"
