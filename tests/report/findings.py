"""What is found about a team beside its signals, as short to write as a test can read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cs_nlp.records import (
    ChangePoint,
    Changes,
    DriverEvidence,
    Effect,
    Interval,
    Intervention,
    Newcomers,
    NewcomerWeek,
    Placebo,
    Withheld,
)
from cs_nlp.records.beliefs import Belief, TeamBeliefs, Trend
from cs_nlp.taxonomy import DRIVERS, SIGNAL_CULTURES


def driver_rows() -> list[DriverEvidence]:
    """All drivers: the first missing, the last present, the others open, one withheld."""
    found = []
    for place, name in enumerate(DRIVERS):
        net = {0: -6.0, len(DRIVERS) - 1: 4.0}.get(place, -1 + 0.1 * place)
        hidden = place == 5
        found.append(
            DriverEvidence(
                team="north",
                start=date(2026, 6, 1),
                end=date(2026, 8, 24),
                driver=name,
                elements=("goals",),
                present=None if hidden else max(net, 0) + 0.5,
                missing=None if hidden else max(-net, 0) + 0.5,
                net=None if hidden else net,
                low=None if hidden else net - 2,
                high=None if hidden else net + 2,
                level=0.95,
                rank=None if hidden else place + 1,
                n_statements=None if hidden else 500,
                n_transcripts=None if hidden else 60,
                n_people=None if hidden else 8,
                method="counted",
                withheld=Withheld.SMALL_GROUP if hidden else None,
            )
        )
    return found


def change_points() -> Changes:
    """One change, in the second week."""
    return Changes(
        team="north",
        by="week",
        start=date(2026, 6, 1),
        end=date(2026, 6, 29),
        points=(ChangePoint(date(2026, 6, 8), date(2026, 6, 1), date(2026, 6, 15), 0.95, 0.01),),
        p_value=0.6,
        breaks=(),
        detectable=dict.fromkeys(SIGNAL_CULTURES, 0.2),
        n_periods=4,
        method="pacc",
    )


def newcomer_weeks() -> Newcomers:
    """Newcomers who come nearer; the third week is withheld."""
    weeks = tuple(
        NewcomerWeek(week, None, None, None, None, None, None, None, Withheld.SMALL_GROUP)
        if week == 2
        else NewcomerWeek(week, 0.6 / (week + 1), Interval(0.4 / (week + 1), 0.9 / (week + 1)), 0.2, 0.01, 120, 6, 20)
        for week in range(6)
    )
    return Newcomers("north", date(2026, 6, 1), date(2026, 7, 13), weeks, 2.5, 1.5, 4.0, 0.95, "pacc", 12)


def effects() -> list[Effect]:
    """Of one intervention on each culture; that on the last one withheld."""
    coaching = Intervention("north", date(2026, 7, 13), "coaching in listening")
    placebos = tuple(Placebo("south", date(2026, 7, 13), 0.01 * n, Interval(-0.1, 0.12)) for n in range(3))
    found = []
    for place, culture in enumerate(SIGNAL_CULTURES):
        value = None if place == 3 else -0.2 + 0.15 * place
        found.append(
            Effect(
                intervention=coaching,
                measure="prevalence",
                label=culture,
                by="week",
                value=value,
                interval=None if value is None else Interval(value - 0.1, value + 0.1),
                team_before=0.4,
                team_after=0.2,
                others_before=0.3,
                others_after=0.3,
                detectable=0.12,
                aim=0.1,
                more_periods=4,
                others=("east", "south", "west"),
                periods_before=6,
                periods_after=6,
                n_statements=500,
                n_transcripts=60,
                placebo_dates=placebos[:1],
                placebo_teams=placebos[1:],
                method="pacc",
                withheld=None if value is not None else Withheld.SMALL_GROUP,
            )
        )
    return found


def beliefs(name: str = "customers never listen") -> TeamBeliefs:
    """Two: one that fades, and one that can't be quoted."""
    first = Belief(
        id="0a1b2c3d",
        name=name,
        culture="aggressive",
        culture_share=0.8,
        target="customer",
        drivers=("voice-",),
        share=0.12,
        interval=Interval(0.07, 0.19),
        trend=Trend(0.2, 0.04, -1.8, -2.9, -0.7),
        n_statements=14,
        n_transcripts=12,
        n_people=7,
        examples=("deaf as posts the lot of them",),
        stability=0.9,
        centroid=(1.0,),
    )
    trend = Trend(0.05, 0.06, 0.2, -1.0, 1.4)
    second = replace(first, id="1", name="", culture="submissive", target="company", share=0.05, trend=trend, examples=())
    return TeamBeliefs("north", date(2026, 6, 1), date(2026, 7, 13), (first, second), 120, 60, 10, 0.7)
