"""The four sample teams with the released model, from files to findings; their labels are only held against the results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from cs_nlp.ingest import read_files
from cs_nlp.pipeline import Reading, score_transcripts
from cs_nlp.pipeline.changes import WhatChanged, changes_of, drivers_of
from cs_nlp.records import Against, Cause, ScoredTranscript
from cs_nlp.scoring import Artefact, load_classifier
from cs_nlp.taxonomy import DRIVERS
from tools.make_samples import SAMPLES, TEAM_ZONES

Scored = tuple[list[ScoredTranscript], Artefact]
OPTIONS = Reading(tz=TEAM_ZONES)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scored() -> Scored:
    classifier = load_classifier("culture-en-small")
    return list(score_transcripts((transcript for file in read_files([SAMPLES]) for transcript in file), classifier)), classifier.artefact


@pytest.fixture(scope="module")
def found(scored: Scored) -> Mapping[str, WhatChanged]:
    return {each.changes.team: each for each in changes_of(*scored, OPTIONS)}


def test_north_broadband_turns_after_week_7(found: Mapping[str, WhatChanged]) -> None:
    (point,) = found["north-broadband"].changes.points
    assert point.earliest <= date(2026, 7, 20) <= point.latest
    assert point.latest - point.earliest <= (date(2026, 8, 3) - date(2026, 7, 13))
    (shift,) = (each for each in point.shifts if (each.measure, each.label) == ("mix", "assertive"))
    assert shift.interval is not None
    assert shift.interval.low > 0


def test_the_team_that_stays_as_it_is_shows_no_change(found: Mapping[str, WhatChanged]) -> None:
    steady = found["harbour-bank"].changes
    assert (steady.points, steady.withheld, steady.n_periods) == ((), None, 12)


def test_the_change_is_taken_apart_where_the_change_point_is_without_showing_a_few_people(found: Mapping[str, WhatChanged]) -> None:
    parts = found["north-broadband"].parts
    assert {part.start for part in parts} == {found["north-broadband"].changes.points[0].at}
    assert [(part.measure, part.label) for part in parts][-1] == ("signal_rate", "")
    assert all([piece.cause for piece in part.parts] == [Cause.MIX, Cause.PEOPLE, Cause.SAME_PEOPLE] for part in parts)
    assert found["harbour-bank"].parts == ()


def test_a_change_at_a_day_of_ones_own_is_taken_apart(scored: Scored) -> None:
    own = {each.changes.team: each.parts for each in changes_of(*scored, OPTIONS, since=date(2026, 7, 13))}
    assert {part.start for parts in own.values() for part in parts} == {date(2026, 7, 13)}
    assert {team: len(parts) for team, parts in own.items()} == dict.fromkeys(TEAM_ZONES, 6)


def test_the_assertive_team_stands_out_against_the_others(found: Mapping[str, WhatChanged]) -> None:
    (assertive,) = (
        each
        for each in found["alder-health"].differences
        if (each.against, each.by, each.measure, each.label) == (Against.OTHER_TEAMS, "all", "mix", "assertive")
    )
    assert assertive.value is not None
    assert assertive.value > 0
    assert assertive.adjusted is not None
    assert assertive.adjusted <= 0.05


def test_every_share_of_a_week_stands_beside_its_pooled_one(found: Mapping[str, WhatChanged]) -> None:
    weeks = [each for each in found["alder-health"].pooled if each.raw.by == "week" and each.raw.measure == "prevalence"]
    assert len(weeks) == 12 * 5
    assert all(each.value is not None and each.raw.value is not None for each in weeks)


def test_commitment_to_customers_is_heard_most_in_the_assertive_team(scored: Scored) -> None:
    rows = drivers_of(scored[0], OPTIONS)
    assert len(rows) == 4 * len(DRIVERS)
    net = {row.team: row.net or 0.0 for row in rows if row.driver == "customer_commitment"}
    assert max(net, key=net.__getitem__) == "alder-health"
