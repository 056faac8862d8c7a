from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta

import numpy as np
import pytest

from cs_nlp.errors import InputError
from cs_nlp.records import Cell, Effect, Intervention, NoEffect, Totals, Withheld
from cs_nlp.signals.adjusted import COUNTING
from cs_nlp.signals.interventions import Buckets, Trial, intervention_effect
from cs_nlp.signals.interventions_measure import FEWEST_AFTER, FEWEST_BEFORE
from cs_nlp.signals.interventions_shares import Outcome, Said, shown_periods
from cs_nlp.taxonomy import CULTURES
from tests.signals.samples import day, totals
from tools.simulate_interventions import World, measured
from tools.simulated_speech import Speech

BEFORE, AFTER = 8, 6
ON = (day(0) + timedelta(weeks=BEFORE)).date()
DONE = Intervention("north", ON, "coaching")
PEOPLE = 8


def _weeks(team: str, kind: float, after: float | None = None, *, weeks: range = range(BEFORE + AFTER), seed: int = 0) -> list[Totals]:
    """Transcripts of a team whose share of assertive statements is `kind`, and `after` from the day of the intervention on."""
    rng = np.random.default_rng([seed, *team.encode()])
    rows = []
    for week in weeks:
        share = kind if after is None or week < BEFORE else after
        for place in range(PEOPLE):
            assertive = rng.binomial(12, share)
            at = day(0) + timedelta(weeks=week)
            rows.append(
                totals(f"{team}/{week:02}/{place}", at, team=team, people=f"{team}{place}", counts=(12 - assertive, 0, 0, assertive, 8))
            )
    return rows


OTHERS = [row for team, kind in (("east", 0.3), ("south", 0.5), ("west", 0.4)) for row in _weeks(team, kind)]


def _buckets(rows: list[Totals], k: int = 5) -> Buckets:
    return shown_periods(rows, "week", UTC, k)


def _effect(rows: list[Totals], trial: Trial = Trial(), k: int = 5) -> Effect:  # noqa: B008 - frozen
    return intervention_effect(_buckets(rows, k), DONE, trial)


def test_a_known_effect_is_found_beyond_what_changed_for_all() -> None:
    found = _effect(_weeks("north", 0.3, 0.6) + OTHERS)
    assert found.value == pytest.approx(0.3, abs=0.06)
    assert found.interval is not None
    assert found.interval.low <= 0.3 <= found.interval.high
    assert found.interval.low > 0.1
    assert found.team_before == pytest.approx(0.3, abs=0.05)
    assert found.team_after == pytest.approx(0.6, abs=0.05)
    assert found.others_before == pytest.approx(0.4, abs=0.05)
    assert found.others_after == pytest.approx(0.4, abs=0.05)
    assert (found.others, found.periods_before, found.periods_after) == (("east", "south", "west"), BEFORE, AFTER)
    assert (found.n_statements, found.n_transcripts) == (PEOPLE * (BEFORE + AFTER) * 20, PEOPLE * (BEFORE + AFTER))
    assert (found.withheld, found.needs, found.method) == (None, "", "plain")


def test_what_changes_for_all_teams_is_no_effect() -> None:
    rows = [row for team, kind in (("north", 0.3), ("east", 0.3), ("south", 0.4)) for row in _weeks(team, kind, kind + 0.3)]
    found = _effect(rows)
    assert found.interval is not None
    assert found.interval.low < 0 < found.interval.high
    assert found.value == pytest.approx(0, abs=0.08)


def test_placebos_are_measured_where_nothing_was_done() -> None:
    found = _effect(_weeks("north", 0.3, 0.6) + OTHERS)
    assert [placebo.team for placebo in found.placebo_teams] == ["east", "south", "west"]
    assert {placebo.on for placebo in found.placebo_teams} == {ON}
    # The effect is not in them: neither as one of the compared teams, nor from after the day.
    for placebo in (*found.placebo_teams, *found.placebo_dates):
        assert abs(placebo.value) < 0.15
    dates = [
        placebo.on
        for placebo in _effect(
            _weeks("north", 0.3, 0.6, weeks=range(-6, 14))
            + [row for team in ("east", "west") for row in _weeks(team, 0.4, weeks=range(-6, 14))]
        ).placebo_dates
    ]
    first = ON - timedelta(weeks=BEFORE + 6)
    assert dates == [first + timedelta(weeks=week) for week in range(FEWEST_BEFORE, BEFORE + 6 - FEWEST_AFTER + 1)]


def test_the_smallest_effect_that_would_show_is_smaller_with_more_transcripts_and_more_weeks_bring_it_to_the_aim() -> None:
    few = _effect(_weeks("north", 0.3) + OTHERS)
    many = _effect(
        [
            replace(row, transcript_id=f"{row.transcript_id}/{copy}", people=frozenset({f"{copy}/{row.team}"}))
            for team, kind in (("north", 0.3), ("east", 0.4), ("west", 0.5))
            for copy in range(6)
            for row in _weeks(team, kind, seed=copy)
        ]
    )
    assert few.detectable is not None
    assert many.detectable is not None
    assert many.detectable < 0.7 * few.detectable
    enough = _effect(_weeks("north", 0.3) + OTHERS, Trial(aim=1.0))
    assert enough.more_periods == 0
    near = _effect(_weeks("north", 0.3) + OTHERS, Trial(aim=0.95 * few.detectable))
    nearer = _effect(_weeks("north", 0.3) + OTHERS, Trial(aim=0.85 * few.detectable))
    assert near.more_periods is not None
    assert nearer.more_periods is not None
    assert 0 < near.more_periods < nearer.more_periods
    assert _effect(_weeks("north", 0.3) + OTHERS, Trial(aim=0.001)).more_periods is None


def test_without_another_team_there_is_no_effect_and_it_says_what_is_needed() -> None:
    for rows in (_weeks("north", 0.3, 0.6), _weeks("north", 0.3, 0.6) + _weeks("east", 0.3, weeks=range(BEFORE + 2))):
        found = _effect(rows)
        assert (found.withheld, found.value, found.interval, found.detectable) == (NoEffect.NO_COMPARISON, None, None, None)
        assert "Another team is needed where nothing was done, with 6 weeks before 2026-07-27 and 3 from then on" in found.needs
    left_out = _effect(_weeks("north", 0.3, 0.6) + _weeks("east", 0.3), Trial(leave_out=("east",)))
    assert left_out.withheld is NoEffect.NO_COMPARISON


def test_where_no_period_is_shown_there_are_too_few() -> None:
    found = intervention_effect({"north": {}}, DONE, Trial())
    assert (found.withheld, found.periods_before, found.periods_after) == (NoEffect.TOO_FEW_PERIODS, 0, 0)


def test_too_few_weeks_are_refused_with_what_is_needed() -> None:
    found = _effect(_weeks("north", 0.3, 0.6, weeks=range(4, BEFORE + 2)) + OTHERS)
    assert found.withheld is NoEffect.TOO_FEW_PERIODS
    assert found.needs == (
        "6 weeks before 2026-07-27 are needed in which enough people are heard; there are 4. "
        "3 weeks from 2026-07-27 are needed in which enough people are heard; there are 2."
    )
    assert (found.periods_before, found.periods_after, found.n_statements, found.n_transcripts) == (4, 2, None, None)


def test_weeks_of_small_groups_are_not_used() -> None:
    small = [row for row in _weeks("north", 0.3, 0.6) if not (row.transcript_id.startswith("north/03") and row.transcript_id[-1] in "4567")]
    assert _effect(small + OTHERS).periods_before < BEFORE
    assert _effect(small + OTHERS, k=1).periods_before == BEFORE


def test_the_week_in_which_it_was_done_counts_for_neither_side_unless_it_begins_with_it() -> None:
    buckets = _buckets(_weeks("north", 0.3, 0.6) + OTHERS)
    found = intervention_effect(buckets, Intervention("north", ON + timedelta(days=2)))
    assert (found.periods_before, found.periods_after) == (BEFORE, AFTER - 1)


def test_cells_give_what_transcripts_give() -> None:
    rows = _weeks("north", 0.3, 0.6) + OTHERS
    cells = {team: {period: [_cell(own)] for period, own in weeks.items()} for team, weeks in _buckets(rows).items()}
    by_cells, by_rows = intervention_effect(cells, DONE), _effect(rows)
    assert by_cells.value == pytest.approx(by_rows.value)
    assert by_cells.interval is not None
    assert by_rows.interval is not None
    assert by_cells.interval.low == pytest.approx(by_rows.interval.low)
    assert (by_cells.n_statements, by_cells.n_transcripts) == (by_rows.n_statements, by_rows.n_transcripts)


def _cell(rows: Sequence[Totals | Cell]) -> Cell:
    counts = np.array([row.counts for row in rows])
    sums = np.array([row.sums for row in rows])
    return Cell(
        team=rows[0].team,
        day=date(2026, 6, 1),
        channel=rows[0].channel,
        queue=None,
        model="",
        transcripts=len(rows),
        people=frozenset().union(*(row.people for row in rows)),
        n=sum(row.n for row in rows),
        counts=tuple(counts.sum(axis=0).tolist()),
        sums=tuple(sums.sum(axis=0).tolist()),
        confidence=None,
        count_products=tuple((counts.T @ counts).ravel().tolist()),
        sum_products=tuple((sums.T @ sums).ravel().tolist()),
    )


def test_scores_of_several_models_are_not_mixed() -> None:
    rows = [replace(row, model="new" if row.transcript_id > "north/10" else "old") for row in _weeks("north", 0.3, 0.6)] + OTHERS
    assert _effect(rows).withheld is Withheld.MIXED_MODELS


def test_weeks_in_which_hardly_anything_carries_a_culture_have_no_mix() -> None:
    quiet = [replace(row, counts=(0, 0, 0, 0, row.n), sums=(0.0, 0.0, 0.0, 0.0, float(row.n))) for row in _weeks("north", 0.3)]
    found = _effect(quiet + OTHERS)
    assert found.withheld is Withheld.NO_DATA
    assert found.needs == "More statements that carry a culture are needed in each period."
    assert _effect(quiet + OTHERS, Trial("signal_rate", "")).value == pytest.approx(0, abs=0.02)


def test_unknown_teams_figures_periods_and_aims_are_refused() -> None:
    buckets = _buckets(OTHERS)
    with pytest.raises(InputError, match="no transcripts of the team 'north'; got those of east, south, west"):
        intervention_effect(buckets, DONE)
    east = Intervention("east", ON)
    with pytest.raises(InputError, match="there is no figure 'mix none'; expected one of prevalence aggressive"):
        intervention_effect(buckets, east, Trial(label="none"))
    with pytest.raises(InputError, match="can't be measured by 'day'; expected week or month"):
        intervention_effect(buckets, east, Trial(by="day"))
    with pytest.raises(InputError, match="can't be 10; expected a share above 0"):
        intervention_effect(buckets, east, Trial(aim=10))


def test_a_shares_variance_is_that_between_transcripts_and_never_below_that_of_statements() -> None:
    # Ten transcripts of twenty statements: in one world all agree, in the other each is of one kind.
    outcome = Outcome.of("prevalence", "assertive")
    for counts, expected in (([(10, 0, 0, 10, 0)] * 10, 0.25 / 200), ([(20, 0, 0, 0, 0), (0, 0, 0, 20, 0)] * 5, 0.25 * 20 / 200 * 10 / 9)):
        rows = [totals(f"{place}", day(0), people=f"p{place}", counts=own) for place, own in enumerate(counts)]
        (buckets,) = _buckets(rows).values()
        share, variance = Said.of([buckets], [*buckets], COUNTING).shares(outcome, COUNTING.matrix)
        assert share[0, 0] == pytest.approx(0.5)
        assert variance[0, 0] == pytest.approx(expected, rel=0.01)


def test_outcomes_are_parts_of_wholes() -> None:
    p = np.array([0.1, 0.2, 0.1, 0.2, 0.4])
    for (measure, label), expected in {("prevalence", "none"): 0.4, ("mix", "assertive"): 1 / 3, ("signal_rate", ""): 0.6}.items():
        outcome = Outcome.of(measure, label)
        assert p @ outcome.part / (p @ outcome.whole) == pytest.approx(expected)
        assert len(outcome.part) == len(CULTURES)


def test_intervals_hold_a_known_effect_under_drift_common_shocks_and_an_erring_classifier() -> None:
    world = World(effect=0.15, transcripts=40, speech=Speech(skill=2.5))
    held = []
    for run in range(8):
        found, _ = measured(world, np.random.default_rng([5, run]), run)
        assert found.interval is not None
        assert found.method == "pacc"
        held.append(found.interval.low <= 0.15 <= found.interval.high)
        assert found.interval.high - found.interval.low < 0.4
    assert sum(held) >= 6


def test_teams_that_were_heard_in_other_weeks_are_no_comparison() -> None:
    apart = [week for week in range(BEFORE + AFTER) if week % 2]
    rows = [row for week in apart for row in _weeks("north", 0.3, weeks=range(week, week + 1))]
    for week in set(range(-8, BEFORE + AFTER)) - set(apart):
        rows += _weeks("east", 0.3, weeks=range(week, week + 1))
    found = intervention_effect(_buckets(rows + _weeks("north", 0.3, weeks=range(-8, 0, 2))), DONE)
    assert found.withheld is NoEffect.NO_COMPARISON


def test_other_teams_that_never_meet_have_no_placebos() -> None:
    def every(team: str, weeks: set[int]) -> list[Totals]:
        return [row for week in sorted(weeks) for row in _weeks(team, 0.4, weeks=range(week, week + 1))]

    first = set(range(-4, 2)) | {8, 9, 10}
    second = set(range(2, 8)) | {11, 12, 13}
    found = intervention_effect(_buckets(every("north", first | second) + every("east", first) + every("south", second)), DONE)
    assert found.value is not None
    assert found.others == ("east", "south")
    assert found.placebo_teams == ()
