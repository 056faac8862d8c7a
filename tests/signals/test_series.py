from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_nlp.errors import InputError
from cs_nlp.records import Signal, Totals, Withheld
from cs_nlp.signals import Correction, team_signals
from cs_nlp.signals.estimate import FIGURES
from tests.signals.samples import correction, day, totals, week_of


def _one(signals: list[Signal], measure: str, label: str = "", **where: object) -> Signal:
    found = [signal for signal in signals if (signal.measure, signal.label) == (measure, label)]
    found = [signal for signal in found if all(getattr(signal, name) == value for name, value in where.items())]
    assert len(found) == 1
    return found[0]


def test_counts_become_prevalence_mix_and_signal_rate_with_sizes_and_period() -> None:
    signals = team_signals(week_of(0, 5, counts=(1, 0, 0, 2, 5)))
    assert _one(signals, "prevalence", "assertive", by="week").value == 0.25
    assert _one(signals, "mix", "assertive", by="week").value == pytest.approx(2 / 3)
    rate = _one(signals, "signal_rate", by="week")
    assert rate.value == pytest.approx(3 / 8)
    assert rate.plain == rate.value
    assert rate.method == "plain"
    assert (rate.start, rate.end) == (date(2026, 6, 1), date(2026, 6, 8))
    assert (rate.n_statements, rate.n_transcripts, rate.n_people) == (40, 5, 5)
    assert len(signals) == 2 * len(FIGURES)


def test_series_is_complete_an_empty_week_says_no_data_and_never_zero() -> None:
    signals = team_signals([*week_of(0, 5), *week_of(15, 5)])
    weeks = [signal for signal in signals if signal.by == "week" and signal.measure == "signal_rate"]
    assert [signal.start for signal in weeks] == [date(2026, 6, 1), date(2026, 6, 8), date(2026, 6, 15)]
    assert weeks[1].withheld is Withheld.NO_DATA
    assert (weeks[1].value, weeks[1].interval, weeks[1].plain, weeks[1].n_statements) == (None, None, None, 0)
    assert weeks[0].withheld is None
    assert weeks[2].value is not None


def test_all_teams_share_one_time_axis() -> None:
    signals = team_signals([*week_of(0, 5), *week_of(8, 5, team="south")])
    south = [signal for signal in signals if signal.team == "south" and signal.by == "week" and signal.measure == "signal_rate"]
    assert [signal.withheld for signal in south] == [Withheld.NO_DATA, None]
    assert _one(signals, "signal_rate", by="all", team="south").start == date(2026, 6, 1)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(week_of(0, 4), id="too few transcripts"),
        pytest.param([totals(f"{place}", day(0), people="ann bob") for place in range(9)], id="too few people"),
        pytest.param([totals(f"{place}", day(0), people="") for place in range(9)], id="nobody named"),
    ],
)
def test_signal_is_withheld_below_the_smallest_group_and_its_size_hidden(rows: list[Totals]) -> None:
    for signal in team_signals(rows):
        assert signal.withheld is Withheld.SMALL_GROUP
        assert (signal.value, signal.interval, signal.plain) == (None, None, None)
        assert (signal.n_statements, signal.n_transcripts, signal.n_people) == (None, None, None)


def test_smallest_group_can_be_set_but_not_below_one() -> None:
    assert all(signal.value is not None for signal in team_signals(week_of(0, 1), k=1))
    with pytest.raises(InputError, match="can't be 0; expected 1 or more"):
        team_signals([], k=0)


def test_a_small_week_can_not_be_had_by_taking_the_others_from_the_whole() -> None:
    signals = team_signals([*week_of(0, 9), *week_of(7, 3), *week_of(14, 6)])
    rates = {signal.start: signal for signal in signals if signal.by == "week" and signal.measure == "signal_rate"}
    assert rates[date(2026, 6, 1)].value is not None
    assert rates[date(2026, 6, 8)].withheld is Withheld.SMALL_GROUP
    assert rates[date(2026, 6, 15)].withheld is Withheld.SMALL_GROUP
    assert _one(signals, "signal_rate", by="all").n_transcripts == 18


def test_weeks_follow_each_teams_own_clock() -> None:
    late_on_sunday = datetime(2026, 6, 8, 3, tzinfo=UTC)
    rows = [totals(f"{team}{place}", late_on_sunday, team=team, people=f"p{place}") for team in ("la", "london") for place in range(5)]
    zones = {"la": ZoneInfo("America/Los_Angeles"), "london": ZoneInfo("Europe/London")}
    signals = [signal for signal in team_signals(rows, tz=zones) if signal.by == "week" and signal.value is not None]
    assert {(signal.team, signal.start) for signal in signals} == {("la", date(2026, 6, 1)), ("london", date(2026, 6, 8))}
    with pytest.raises(InputError, match="no time zone for the team 'london'; got zones for la"):
        team_signals(rows, tz={"la": UTC})


def test_a_team_without_dates_has_signals_over_the_whole_time_only() -> None:
    signals = team_signals([totals(f"{place}", people=f"p{place}") for place in range(5)])
    assert {(signal.by, signal.start, signal.end) for signal in signals} == {("all", None, None)}
    assert _one(signals, "signal_rate").n_transcripts == 5


def test_undated_transcripts_of_a_dated_team_are_in_no_figure() -> None:
    signals = team_signals([*week_of(0, 5), totals("undated", people="zoe")])
    assert _one(signals, "signal_rate", by="all").n_transcripts == 5


def test_transcripts_without_statements_say_nothing_and_do_not_make_a_group_larger() -> None:
    silent = [totals(f"silent-{place}", day(0), people=f"q{place}", counts=(0, 0, 0, 0, 0)) for place in range(9)]
    assert _one(team_signals([*week_of(0, 4), *silent]), "signal_rate", by="week").withheld is Withheld.SMALL_GROUP
    assert team_signals(silent) == []
    assert team_signals([]) == []


def test_a_mix_of_nothing_has_no_value_but_the_signal_rate_is_zero_with_an_upper_end_above() -> None:
    signals = team_signals(week_of(0, 8, counts=(0, 0, 0, 0, 9)))
    mix = _one(signals, "mix", "aggressive", by="week")
    assert (mix.value, mix.interval, mix.plain, mix.withheld) == (None, None, None, Withheld.NO_DATA)
    assert mix.n_statements == 72
    rate = _one(signals, "signal_rate", by="week")
    assert rate.value == 0
    assert rate.interval is not None
    assert rate.interval.high > 0.01


COUNTS = st.lists(st.integers(0, 9), min_size=5, max_size=5).map(tuple).filter(any)


@settings(max_examples=40)
@given(st.lists(COUNTS, min_size=1, max_size=12), st.booleans())
def test_shares_are_shares_add_up_and_lie_in_intervals_that_are_never_a_point(counts: list[tuple[int, ...]], corrected: bool) -> None:
    rows = [totals(f"{place}", day(place), counts=own) for place, own in enumerate(counts)]
    signals = team_signals(rows, k=1, correction=correction() if corrected else None)
    for signal in signals:
        if signal.interval is not None:
            assert signal.value is not None
            assert 0 <= signal.interval.low <= signal.value <= signal.interval.high <= 1
            assert signal.interval.low < signal.interval.high
    for measure in ("prevalence", "mix"):
        whole = [signal.value for signal in signals if signal.by == "all" and signal.measure == measure]
        known = [value for value in whole if value is not None]
        assert not known or sum(known) == pytest.approx(1)


def test_order_of_transcripts_and_other_teams_change_nothing() -> None:
    rows = [*week_of(0, 6), *week_of(7, 7, counts=(3, 1, 0, 0, 2))]
    mixed = [*reversed(rows), *week_of(3, 6, team="south")]
    alone = team_signals(rows, correction=correction())
    assert [signal for signal in team_signals(mixed, correction=correction()) if signal.team == "north"] == alone


def test_correction_undoes_what_the_classifier_gets_wrong_and_plain_counts_stand_beside() -> None:
    said = np.array([0.1, 0.1, 0.1, 0.1, 0.6])  # what it says of a routine statement: never seen as anything else by counting
    rows = [
        Totals(f"{place}", "north", day(0), totals("x").channel, None, frozenset({f"p{place}"}), 10, (0, 0, 0, 0, 10), tuple(10 * said))
        for place in range(20)
    ]
    signals = team_signals(rows, correction=correction())
    routine = _one(signals, "prevalence", "none", by="week")
    assert routine.method == "pacc"
    assert routine.value == pytest.approx(1, abs=0.01)
    assert routine.plain == 1
    assert _one(signals, "prevalence", "aggressive", by="week").value == pytest.approx(0, abs=0.01)


def test_a_correction_that_can_not_be_trusted_gives_plain_counts_and_says_why() -> None:
    poor = Correction(np.repeat(np.arange(5), 20), np.full((100, 5), 0.2), np.arange(100))
    rate = _one(team_signals(week_of(0, 5), correction=poor), "signal_rate", by="week")
    assert rate.value == rate.plain
    assert rate.method == "plain: the classifier hardly tells some classes apart"


def _team(confidence: float | None) -> list[Totals]:
    """Ten transcripts on which the classifier says 0.6 of its choices, and is as sure as told on average."""
    said = {"counts": (1, 0, 0, 2, 5), "sums": (1.3, 0.8, 0.8, 1.8, 3.3)}
    return [replace(row, **said, confidence=None if confidence is None else 8 * confidence) for row in week_of(0, 10)]  # type: ignore[arg-type]  # a dict of two kinds of tuples


def test_where_the_classifier_is_as_sure_as_expected_or_that_is_not_known_it_is_corrected() -> None:
    for confidence in (0.6, 0.63, None):
        assert {signal.method for signal in team_signals(_team(confidence), correction=correction())} == {"pacc"}


def test_where_it_is_much_surer_the_counts_stand_and_the_interval_spans_the_correction_too() -> None:
    doubtful = team_signals(_team(0.8), correction=correction())
    plain, corrected = team_signals(_team(0.8)), team_signals(_team(None), correction=correction())
    for signal, counted, undone in zip(doubtful, plain, corrected, strict=True):
        assert signal.method.startswith("plain, widened: these statements are unlike")
        assert signal.value == counted.value
        if signal.interval is not None and counted.interval is not None and undone.interval is not None:
            # It may span more: that it is much surer makes the correction itself more doubtful.
            assert signal.interval.low <= min(counted.interval.low, undone.interval.low)
            assert signal.interval.high >= max(counted.interval.high, undone.interval.high)


def test_where_it_is_much_less_sure_nothing_is_told_but_how_much_there_was() -> None:
    for signal in team_signals(_team(0.5), correction=correction()):
        assert signal.withheld is Withheld.NOT_CALIBRATED
        assert (signal.value, signal.interval, signal.plain, signal.n_statements) == (None, None, None, 80)


def test_signals_need_numpy_only() -> None:
    loaded = "import sys, cs_nlp.signals; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    modules = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True).stdout.split()
    assert "numpy" in modules
    assert not {"altair", "jinja2", "pandas", "scipy", "torch", "onnxruntime", "tokenizers"} & set(modules)
