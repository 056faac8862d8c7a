from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cs_nlp.records import About, Coaching, DriverEvidence, Interval, Signal, Withheld
from cs_nlp.signals.coaching import WEAKEST_DRIVERS, coach
from cs_nlp.taxonomy import SIGNAL_CULTURES, load_taxonomy

START, END = date(2026, 6, 1), date(2026, 8, 24)


def _mix(shares: Mapping[str, tuple[float, float, float]], team: str = "north", by: str = "all") -> list[Signal]:
    return [
        Signal(team, START, END, "mix", label, value, Interval(low, high), value, "pacc", 500, 60, 11, by=by)
        for label, (value, low, high) in shares.items()
    ]


def _driver(name: str, low: float, high: float, rank: int = 1) -> DriverEvidence:
    middle = (low + high) / 2
    return DriverEvidence("north", START, END, name, (), 1.0, 1.0 - middle, middle, low, high, 0.95, rank, 500, 60, 11, "plain")


AGGRESSIVE = {
    "aggressive": (0.6, 0.5, 0.7),
    "passive_aggressive": (0.2, 0.1, 0.3),
    "submissive": (0.1, 0.0, 0.2),
    "assertive": (0.1, 0.0, 0.2),
}


def _one(signals: list[Signal], drivers: list[DriverEvidence] | None = None) -> Coaching:
    (found,) = coach(signals, drivers or [])
    return found


def test_a_dominant_culture_calls_for_the_taxonomys_coaching_with_its_figures() -> None:
    (advice,) = _one(_mix(AGGRESSIVE)).advice
    entry = load_taxonomy().cultures["aggressive"]
    assert (advice.about, advice.label, advice.title) == (About.CULTURE, "aggressive", entry.title)
    assert (advice.actions, advice.avoid, advice.wanted) == (entry.coaching, entry.makes_it_worse, entry.wanted_belief)
    first = advice.evidence[0]
    assert (first.value, first.low, first.high, first.unit, first.level) == (0.6, 0.5, 0.7, "share", 0.95)
    assert (first.n_statements, first.n_transcripts, first.n_people, first.start, first.end) == (500, 60, 11, START, END)
    assert [figure.value for figure in advice.evidence] == [0.6, 0.2, 0.1, 0.1]


def test_an_assertive_team_is_told_how_to_keep_it() -> None:
    shares = AGGRESSIVE | {"assertive": AGGRESSIVE["aggressive"], "aggressive": AGGRESSIVE["assertive"]}
    (advice,) = _one(_mix(shares)).advice
    assert advice.label == "assertive"
    assert advice.actions == load_taxonomy().cultures["assertive"].coaching


def test_where_intervals_overlap_no_culture_is_named() -> None:
    found = _one(_mix(AGGRESSIVE | {"passive_aggressive": (0.35, 0.2, 0.5)}))
    assert found.advice == ()
    assert found.undecided == ("No culture stands out: the intervals of Aggressive and Passive-aggressive overlap.",)


def test_a_withheld_mix_calls_for_nothing() -> None:
    withheld = [
        Signal("north", START, END, "mix", label, None, None, None, "pacc", None, None, None, Withheld.SMALL_GROUP)
        for label in SIGNAL_CULTURES
    ]
    found = _one(withheld)
    assert found.advice == ()
    assert found.undecided == ("The culture mix is not shown: small_group.",)


def test_drivers_missing_beyond_doubt_call_for_what_to_do_the_weakest_first() -> None:
    rows = [
        _driver("voice", -3, -1, rank=2),
        _driver("training", -1, 0.5, rank=6),
        _driver("recognition", -5, -2, rank=1),
        _driver("purpose", 1, 3, rank=13),
        _driver("leadership", -2, -0.5, rank=3),
        _driver("empowerment", -1, -0.1, rank=4),
    ]
    advice = _one([], rows).advice
    assert [each.label for each in advice] == ["recognition", "voice", "leadership"]
    assert len(advice) == WEAKEST_DRIVERS
    entry = load_taxonomy().drivers["recognition"]
    assert (advice[0].about, advice[0].actions, advice[0].meaning, advice[0].wanted) == (
        About.DRIVER,
        entry.when_missing,
        entry.missing,
        entry.present,
    )
    figure = advice[0].evidence[0]
    assert (figure.value, figure.low, figure.high, figure.unit) == (-3.5, -5, -2, "per 100 statements")


def test_drivers_that_may_be_there_call_for_nothing() -> None:
    found = _one([], [_driver("voice", -3, 0.0), _driver("purpose", 1, 3)])
    assert (found.advice, found.undecided) == ((), ("No driver is missing beyond doubt.",))


def test_each_team_has_its_own_advice_and_single_periods_are_not_used() -> None:
    quiet = dict.fromkeys(SIGNAL_CULTURES, (0.25, 0.1, 0.4))
    found = coach([*_mix(quiet, "south"), *_mix(AGGRESSIVE, "north"), *_mix(AGGRESSIVE, "south", by="week")])
    assert [(each.team, len(each.advice)) for each in found] == [("north", 1), ("south", 0)]


def test_a_driver_that_others_lack_more_calls_for_nothing_and_the_comparison_is_shown() -> None:
    weak = replace(_driver("voice", -3, -1), apart=-1.0, apart_low=-2.0, apart_high=0.5)
    (advice,) = _one([], [weak]).advice
    assert [(figure.value, figure.low, figure.high) for figure in advice.evidence] == [(-2.0, -3, -1), (-1.0, -2.0, 0.5)]
    assert "less the mean of the other teams" in advice.evidence[1].what
    assert _one([], [replace(weak, apart=1.0, apart_low=0.2, apart_high=1.8)]).advice == ()
