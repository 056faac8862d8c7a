from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cs_nlp.records import About, Coaching, DriverEvidence, Interval, Signal, Withheld
from cs_nlp.records.beliefs import Belief, TeamBeliefs, Trend
from cs_nlp.signals.coaching import LARGEST_BELIEFS, WEAKEST_DRIVERS, coach
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


def _belief(name: str, share: float, culture: str = "aggressive", drivers: tuple[str, ...] = (), trend: Trend | None = None) -> Belief:
    between = Interval(share / 2, 2 * share)
    return Belief(name, name, culture, 0.9, "customer", drivers, share, between, trend, 40, 20, 7, (), None, (1.0,))


def _held(*beliefs: Belief, withheld: Withheld | None = None) -> Coaching:
    (found,) = coach([], beliefs=[TeamBeliefs("north", START, END, beliefs, 500, 60, 11, None, withheld)])
    return found


def test_beliefs_call_for_what_to_build_in_their_place_the_largest_first() -> None:
    found = _held(
        _belief("they never listen", 0.1),
        _belief("they always blame us", 0.2, "passive_aggressive", ("leadership-", "voice+")),
        _belief("we can put it right", 0.4, "assertive"),
        _belief("nothing ever changes", 0.05, "submissive"),
        _belief("training is a waste", 0.04),
        _belief("", 0.3),
        _belief("heard hardly ever", 0.03),
    )
    assert [advice.title for advice in found.advice] == ["they always blame us", "they never listen", "nothing ever changes"]
    assert len(found.advice) == LARGEST_BELIEFS
    entry = load_taxonomy().cultures["passive_aggressive"]
    first = found.advice[0]
    assert (first.about, first.label, first.wanted) == (About.BELIEF, "passive_aggressive", entry.wanted_belief)
    assert first.actions == (load_taxonomy().drivers["leadership"].when_missing[0], entry.coaching[0])
    assert [(figure.value, figure.low, figure.high, figure.n_people) for figure in first.evidence] == [(0.2, 0.1, 0.4, 7)]


def test_a_trend_is_evidence_only_if_its_interval_leaves_out_0() -> None:
    rising, open_ended = Trend(0.1, 0.2, 0.8, 0.2, 1.4), Trend(0.1, 0.2, 0.8, -0.1, 1.7)
    told = _held(_belief("they never listen", 0.1, trend=rising)).advice[0].evidence
    assert [(figure.value, figure.unit) for figure in told] == [(0.1, "share"), (0.8, "log odds")]
    assert told[1].what.startswith("heard more and more")
    assert len(_held(_belief("they never listen", 0.1, trend=open_ended)).advice[0].evidence) == 1


def test_without_a_belief_that_asks_for_a_change_there_is_none_to_work_on() -> None:
    assert _held(_belief("we can put it right", 0.4, "assertive")).undecided == (
        "No belief that asks for a change is shared by enough people.",
    )
    assert _held(_belief("they never listen", 0.03)).advice == ()
    found = _held(withheld=Withheld.SMALL_GROUP)
    assert (found.advice, found.undecided) == ((), ("What the team believes is not shown: small_group.",))
