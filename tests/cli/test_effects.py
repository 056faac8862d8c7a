"""What `cs-nlp newcomers`, `intervention` and `coaching` print; the README's blocks run the commands themselves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from cs_nlp.cli.coaching import coaching_row, show_coaching
from cs_nlp.cli.intervention import effect_row, show_effect
from cs_nlp.cli.intervention import intervention as command
from cs_nlp.cli.newcomers import newcomers_row, show_newcomers
from cs_nlp.errors import InputError
from cs_nlp.pipeline.effects import joining_days
from cs_nlp.records import (
    About,
    Advice,
    Coaching,
    Effect,
    Evidence,
    Interval,
    Intervention,
    Newcomers,
    NewcomerWeek,
    NoEffect,
    NoSpeed,
    Placebo,
    Transcript,
    Withheld,
)

SHOWN = NewcomerWeek(0, 0.43, Interval(0.3, 0.55), 0.2, 0.001, 500, 8, 15)
HIDDEN = NewcomerWeek(1, None, None, None, None, None, None, None, Withheld.SMALL_GROUP)
COHORT = Newcomers("north", date(2026, 6, 1), date(2026, 6, 15), (SHOWN, HIDDEN), 3.2, 1.8, 5.9, 0.95, "pacc", 12)
EFFECT = Effect(
    intervention=Intervention("north", date(2026, 7, 13), "coaching"),
    measure="mix",
    label="assertive",
    by="week",
    value=0.15,
    interval=Interval(0.05, 0.25),
    team_before=0.2,
    team_after=0.4,
    others_before=0.3,
    others_after=0.35,
    detectable=0.14,
    aim=0.1,
    more_periods=9,
    others=("east", "west"),
    periods_before=12,
    periods_after=8,
    n_statements=900,
    n_transcripts=200,
    placebo_dates=(),
    placebo_teams=(Placebo("east", date(2026, 7, 13), -0.04, Interval(-0.14, 0.06)),),
    method="pacc",
)


def _printed(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_newcomers_are_shown_with_their_speed_and_withheld_weeks_with_their_reason(capsys: pytest.CaptureFixture[str]) -> None:
    show_newcomers(COHORT)
    printed = _printed(capsys)
    assert "43 (30 to 55)" in printed
    assert "withheld: too few people or transcripts" in printed
    assert "Half of the distance is gone after 3.2 weeks (1.8 to 5.9)." in printed
    assert "Left out: 12 statements" in printed


@pytest.mark.parametrize(
    ("cohort", "said"),
    [
        (replace(COHORT, half_life_high=None), "after 3.2 weeks (1.8 to any number)"),
        (
            replace(COHORT, half_life=None, half_life_low=7.5, half_life_high=None, no_speed=NoSpeed.NO_APPROACH),
            "no approach to the team: half of the distance takes more than 7.5 weeks",
        ),
        (replace(COHORT, half_life=None, no_speed=NoSpeed.NO_DIFFERENCE), "they never differ from it beyond chance"),
        (replace(COHORT, weeks=(HIDDEN,)), "no week after joining can be shown: withheld: too few people"),
        (replace(COHORT, weeks=()), "say who joined when with --people"),
    ],
)
def test_what_can_not_be_told_is_said(cohort: Newcomers, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_newcomers(cohort)
    assert said in _printed(capsys)


def test_an_effect_is_shown_in_points_with_what_could_have_been_seen_and_its_placebos(capsys: pytest.CaptureFixture[str]) -> None:
    show_effect(EFFECT)
    printed = _printed(capsys)
    assert "Effect beyond the others: +15 (+5 to +25) points (12 weeks before, 8 after, 900 statements)." in printed
    assert "The interval leaves out 0. Effects from 14 points on would show in four of five cases; 9 more weeks are needed" in printed
    assert "with the other teams: -4 points; 0 of 1 intervals leave out 0." in printed


def test_an_interval_with_0_and_an_aim_out_of_reach_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    show_effect(replace(EFFECT, interval=Interval(-0.1, 0.4), more_periods=None))
    printed = _printed(capsys)
    assert "The interval holds 0: it may be nothing." in printed
    assert "two years more would not be enough to see 10 points" in printed


def test_a_refusal_says_what_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    show_effect(replace(EFFECT, value=None, interval=None, withheld=NoEffect.NO_COMPARISON, needs="Another team is needed."))
    printed = _printed(capsys)
    assert printed.endswith("no effect can be told: there is no team to compare it with. Another team is needed.")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"on": "13.07.2026"}, "--on 13.07.2026: no such day"),
        ({"culture": "kind"}, "--culture kind: no such culture"),
        ({"by": "year"}, "--by year: no such period"),
    ],
)
def test_bad_calls_are_refused_before_the_work(options: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        command([], **{"team": "north", "on": "2026-07-13", **options})  # type: ignore[arg-type]  # all of them are texts


def test_rows_are_plain_json() -> None:
    figure = Evidence("share", 0.6, 0.5, 0.7, "share", 0.95, date(2026, 6, 1), None, 500, 60, 11, "pacc")
    advice = Advice(About.CULTURE, "aggressive", "Aggressive", "what it does", "what is wanted", ("do",), ("leave",), (figure,))
    row = json.loads(json.dumps(coaching_row(Coaching("north", (advice,), ("open",)))))
    assert (row["advice"][0]["about"], row["advice"][0]["evidence"][0]["start"], row["undecided"]) == ("culture", "2026-06-01", ["open"])
    assert json.loads(json.dumps(effect_row(EFFECT)))["placebo_teams"][0]["low"] == -0.14
    assert json.loads(json.dumps(newcomers_row(COHORT)))["weeks"][1]["reason"] == "small_group"


def test_advice_is_shown_with_its_figures_and_the_last_day_they_are_of(capsys: pytest.CaptureFixture[str]) -> None:
    figure = Evidence("Voice", -3.5, -5, -2, "per 100 statements", 0.95, date(2026, 6, 1), date(2026, 6, 8), 500, 60, 11, "pacc")
    show_coaching(Coaching("north", (Advice(About.DRIVER, "voice", "A voice", "nobody asks", "all are heard", ("ask",), (), (figure,)),)))
    printed = _printed(capsys)
    assert "Driver: A voice Heard in 500 statements of 11 people, 2026-06-01 to 2026-06-07: Voice: -3.5 (-5.0 to -2.0) per 100" in printed
    assert "Do: ask" in printed


def test_a_list_of_people_goes_before_the_side_file_and_may_be_of_one_team() -> None:
    day, other = date(2026, 6, 1), date(2026, 6, 8)
    said = [
        Transcript("a", (), "csv", "a.csv", team="north", agent="Ida", joined_on=day),
        Transcript("b", (), "csv", "b.csv", team="south", agent="Ida", joined_on=day),
        Transcript("c", (), "csv", "c.csv", team="south", agent="Per"),
    ]
    found = joining_days(said, {"": {"Per": day}, "south": {"Ida": other}})
    assert found == {"north": {"Ida": day, "Per": day}, "south": {"Ida": other, "Per": day}}
