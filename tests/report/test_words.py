from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cs_nlp.records import Interval, Signal, Withheld
from cs_nlp.report import words
from tests.report.samples import mix, withheld


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0 %"), (0.001, "under 1 %"), (0.006, "1 %"), (0.424, "42 %"), (1.0, "100 %"), (None, "not known")]
)
def test_shares_are_whole_percents_and_a_little_is_not_nothing(value: float | None, text: str) -> None:
    assert _plain(words.share(value)) == text


def test_a_value_comes_with_its_interval_and_a_missing_one_with_its_reason() -> None:
    signal = mix((0.42, 0.3, 0.2, 0.08), half=0.09)[0]
    assert _plain(words.between(signal)) == "42 % (33 to 51 %)"
    assert words.between(withheld([signal], Withheld.NO_DATA)[0]) == "no data"
    assert words.between(withheld([signal], Withheld.SMALL_GROUP)[0]).startswith("withheld: too few people")


def test_headline_names_the_leading_culture_when_its_interval_stands_above_all_others() -> None:
    text = _plain(words.headline(mix((0.5, 0.25, 0.15, 0.1))))
    assert text.startswith("Aggressive is the most common culture, with 50 % (45 to 55 %) of the statements that show one;")
    assert text.endswith("next comes passive-aggressive, 25 % (20 to 30 %).")


def test_headline_does_not_choose_between_cultures_whose_intervals_overlap() -> None:
    text = _plain(words.headline(mix((0.1, 0.34, 0.2, 0.36))))
    assert "is the most common culture" not in text
    assert text.startswith("Assertive")
    assert "passive-aggressive, 34 %" in text
    assert text.endswith("are too close to say which culture is the most common.")


def test_headline_of_a_withheld_team_says_why_and_gives_no_number() -> None:
    text = words.headline(withheld(mix(), Withheld.SMALL_GROUP))
    assert "too few people" in text
    assert "%" not in text
    assert words.headline(withheld(mix(), Withheld.NO_DATA)) == "No statement shows a culture, so there is no mix to tell."


@pytest.mark.parametrize(
    ("half", "shares", "text"),
    [
        (0.05, (0.5, 0.25, 0.15, 0.1), "The numbers are firm."),
        (0.1, (0.5, 0.25, 0.15, 0.1), "Which culture leads is clear"),
        (0.1, (0.35, 0.3, 0.2, 0.15), "Read the ranges"),
        (0.3, (0.35, 0.3, 0.2, 0.15), "This rests on little"),
    ],
)
def test_certainty_follows_the_width_of_the_interval(half: float, shares: tuple[float, ...], text: str) -> None:
    assert words.certainty(mix(shares, half=half)).startswith(text)


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        ((0.2, 0.5, 0.2, 0.1), "it has gone down by more than chance explains."),
        ((0.9, 0.05, 0.03, 0.02), "it has gone up by more than chance explains."),
        ((0.55, 0.25, 0.1, 0.1), "the difference may be chance."),
    ],
)
def test_a_change_is_claimed_only_where_intervals_do_not_overlap(last: tuple[float, ...], verdict: str) -> None:
    signals = [*mix(last, week=3), *mix((0.5, 0.3, 0.1, 0.1), week=0), *withheld(mix(week=4), Withheld.SMALL_GROUP)]
    text = _plain(words.movement(signals, "aggressive"))
    assert text.startswith("Aggressive was at 50 % (45 to 55 %) in the week of 1 June 2026 and at")
    assert "in the week of 22 June 2026" in text
    assert text.endswith(verdict)


def test_one_period_has_no_movement() -> None:
    assert words.movement(mix(week=0), "aggressive") == ""
    assert words.movement(mix(), "aggressive") == ""


def test_wide_periods_come_with_advice_and_narrow_ones_without() -> None:
    assert "Longer periods" in words.hint(mix(week=0, half=0.3), "aggressive")
    assert words.hint(mix(week=0, half=0.1), "aggressive") == ""


def _on(by: str, start: date | None, end: date | None) -> Signal:
    return replace(mix()[0], by=by, start=start, end=end)


def test_periods_have_names_that_people_use() -> None:
    first = date(2026, 6, 1)
    assert words.period_name(_on("day", first, date(2026, 6, 2))) == "1 June 2026"
    assert words.period_name(_on("week", first, date(2026, 6, 8))) == "week of 1 June 2026"
    assert words.period_name(_on("month", first, date(2026, 7, 1))) == "June 2026"
    assert words.period_name(_on("all", first, date(2026, 8, 24))) == "1 June 2026 to 23 August 2026"
    assert words.period_name(_on("all", None, None)) == "whole time (no dates)"


def test_what_a_number_rests_on_is_told_unless_hidden() -> None:
    signal = replace(mix()[0], n_statements=1, n_transcripts=2, n_people=1)
    assert _plain(words.basis(signal)) == "1 statement, 2 transcripts, 1 person"
    assert words.basis(withheld([signal], Withheld.SMALL_GROUP)[0]) == ""


def test_an_interval_without_width_is_no_lead() -> None:
    tie = [replace(signal, interval=Interval(0.25, 0.25)) for signal in mix((0.25, 0.25, 0.25, 0.25))]
    assert words.leader(tie) == (tie[0], False)
