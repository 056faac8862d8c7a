from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cs_nlp.records import DriverEvidence, Totals, Withheld
from cs_nlp.signals.drivers import driver_evidence
from cs_nlp.taxonomy import DRIVERS, SIGNED_DRIVERS, load_taxonomy
from tests.signals.samples import day, totals, week_of

SIGNED = len(SIGNED_DRIVERS)


def _with(rows: list[Totals], **amounts: float | list[float]) -> list[Totals]:
    """Rows with summed probabilities of drivers, `voice_missing=2.0` for `voice-`; one number for all rows, or one each."""
    found = []
    for place, row in enumerate(rows):
        sums = [0.0] * SIGNED
        for name, amount in amounts.items():
            driver, _, sign = name.rpartition("_")
            own = amount[place] if isinstance(amount, list) else amount
            sums[SIGNED_DRIVERS.index(f"{driver}{'+' if sign == 'present' else '-'}")] = own
        found.append(replace(row, driver_sums=tuple(sums), driver_counts=(0,) * SIGNED))
    return found


def _one(found: list[DriverEvidence], driver: str, team: str = "north") -> DriverEvidence:
    (one,) = (each for each in found if (each.team, each.driver) == (team, driver))
    return one


def test_net_evidence_is_what_is_there_less_what_is_missing_in_100_statements() -> None:
    rows = _with(week_of(0, 5), voice_missing=[1.0, 2.0, 1.0, 2.0, 1.0], voice_present=0.5)
    found = _one(driver_evidence(rows), "voice")
    assert (found.present, found.missing) == pytest.approx((100 * 2.5 / 40, 100 * 7 / 40))
    assert found.net == pytest.approx(100 * (2.5 - 7) / 40)
    assert (found.n_statements, found.n_transcripts, found.n_people) == (40, 5, 5)
    assert (found.start, found.end) == (date(2026, 6, 1), date(2026, 6, 2))
    assert None not in {found.low, found.net, found.high}
    low, net, high = found.low or 0.0, found.net or 0.0, found.high or 0.0
    # t on 4 degrees of freedom times the standard error of the mean of five transcripts of 8 statements each
    error = 100 / 8 * np.std([1, 2, 1, 2, 1], ddof=1) / np.sqrt(5)
    assert high - net == pytest.approx(2.7764 * error, rel=1e-3)
    assert net - low == pytest.approx(high - net)


def test_what_is_surely_missing_comes_first_then_what_is_open_then_what_is_there() -> None:
    wobble = [0.1, 0.2, 0.1, 0.2, 0.1]
    rows = _with(
        week_of(0, 5),
        voice_missing=[one + 1 for one in wobble],
        training_missing=[one + 0.5 for one in wobble],
        leadership_missing=[0.0, 9.0, 0.0, 0.0, 0.0],
        purpose_present=[one + 1 for one in wobble],
    )
    found = driver_evidence(rows)
    assert [each.rank for each in found] == list(range(1, len(DRIVERS) + 1))
    assert [each.driver for each in found[:3]] == ["voice", "training", "leadership"]
    assert found[2].high is not None
    assert found[2].high > 0, "one transcript alone makes nothing sure"
    assert found[-1].driver == "purpose"
    silent = [each.driver for each in found[3:-1]]
    assert silent == [driver for driver in DRIVERS if driver in silent], "equals stand in the order of the taxonomy"


def test_each_driver_names_the_foundation_it_stands_for_first() -> None:
    known = load_taxonomy()
    for each in driver_evidence(_with(week_of(0, 5))):
        assert set(each.elements) == set(known.drivers[each.driver].elements)
        in_foundation = [element in known.foundations for element in each.elements]
        assert in_foundation == sorted(in_foundation, reverse=True)


def test_a_team_is_held_against_the_mean_of_the_others_but_not_of_those_that_are_too_small() -> None:
    rows = [
        *_with(week_of(0, 5, team="a"), voice_missing=2.4),
        *_with(week_of(0, 5, team="b"), voice_missing=0.8),
        *_with(week_of(0, 9, team="c"), voice_missing=1.6),
        *_with(week_of(0, 3, team="tiny"), voice_missing=8.0),
    ]
    found = driver_evidence(rows)
    assert _one(found, "voice", "a").net == pytest.approx(-30)
    assert _one(found, "voice", "a").apart == pytest.approx(-30 + (10 + 20) / 2)
    assert _one(found, "voice", "tiny").withheld is Withheld.SMALL_GROUP
    assert _one(driver_evidence(rows[:5]), "voice", "a").apart is None


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        pytest.param(_with(week_of(0, 4)), Withheld.SMALL_GROUP, id="four people"),
        pytest.param(
            [replace(row, model=str(place)) for place, row in enumerate(_with(week_of(0, 5)))], Withheld.MIXED_MODELS, id="models"
        ),
        pytest.param(week_of(0, 5), Withheld.NO_DATA, id="no driver probabilities"),
    ],
)
def test_evidence_is_withheld_with_its_reason(rows: list[Totals], reason: Withheld) -> None:
    found = driver_evidence(rows)
    assert [each.driver for each in found] == list(DRIVERS)
    assert {(each.withheld, each.net, each.low, each.rank, each.apart) for each in found} == {(reason, None, None, None, None)}
    sizes = {(each.n_statements, each.n_transcripts, each.n_people) for each in found}
    assert (sizes == {(None, None, None)}) is (reason is Withheld.SMALL_GROUP)


def test_undated_transcripts_count_only_where_none_has_a_date() -> None:
    undated = _with([totals(f"u{place}", people=f"p{place}") for place in range(5)], voice_missing=8.0)
    alone = _one(driver_evidence(undated), "voice")
    assert alone.start is None
    assert alone.net == pytest.approx(-100)
    dated = _with([totals(f"d{place}", day(0), people=f"p{place}") for place in range(5)])
    assert _one(driver_evidence([*undated, *dated]), "voice").net == 0


def test_intervals_by_transcripts_hold_the_mean_of_many_more_about_19_times_in_20() -> None:
    rng = np.random.default_rng(1)
    held = []
    for _ in range(200):
        rates = 0.05 * rng.gamma(1.0, 1.0, 40)
        sizes = 1 + rng.poisson(7, 40)
        rows = [totals(f"{place:02}", day(0), people=f"p{place}", counts=(0, 0, 0, 0, int(n))) for place, n in enumerate(sizes)]
        found = _one(driver_evidence(_with(rows, voice_missing=[float(rate * n) for rate, n in zip(rates, sizes, strict=True)])), "voice")
        assert found.low is not None
        assert found.high is not None
        held.append(found.low <= -5.0 <= found.high)
    assert 0.88 <= np.mean(held) <= 0.99
