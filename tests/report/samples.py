"""Signals as short to write as a test can read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from cs_nlp.records import Interval, Role, Score, ScoredStatement, Signal, Statement, Withheld
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

MONDAY = date(2026, 6, 1)
SHARES = (0.5, 0.25, 0.15, 0.1)


def mix(
    shares: tuple[float, ...] = SHARES, *, week: int | None = None, half: float = 0.05, method: str = "pacc", team: str = "north"
) -> list[Signal]:
    """The four mix signals of a week (counted from 0) or of the whole time, each `half` wide to both sides."""
    start = MONDAY + timedelta(weeks=week or 0)
    end = start + timedelta(weeks=4 if week is None else 1)
    return [
        Signal(
            team=team,
            start=start,
            end=end,
            measure="mix",
            label=culture,
            value=value,
            interval=Interval(max(0.0, value - half), min(1.0, value + half)),
            plain=value / 2,
            method=method,
            n_statements=410,
            n_transcripts=50,
            n_people=8,
            by="all" if week is None else "week",
        )
        for culture, value in zip(SIGNAL_CULTURES, shares, strict=True)
    ]


def withheld(signals: list[Signal], reason: Withheld) -> list[Signal]:
    """The same signals without what they say."""
    size = 0 if reason is Withheld.NO_DATA else None
    sized = [replace(signal, n_statements=size, n_transcripts=size, n_people=size) for signal in signals]
    return [replace(signal, value=None, interval=None, plain=None, withheld=reason) for signal in sized]


def whole_team(team: str = "north", *, method: str = "pacc") -> list[Signal]:
    """All signals of a team over the whole time and four weeks: one of them withheld, one without data."""
    found = []
    for week in (None, 0, 1, 2, 3):
        of_mix = mix(week=week, method=method, team=team)
        rate = replace(of_mix[0], measure="signal_rate", label="", value=0.4, plain=0.45, interval=Interval(0.35, 0.45))
        shares = [
            replace(of_mix[0], measure="prevalence", label=label, value=0.2, plain=0.2, interval=Interval(0.1, 0.3)) for label in CULTURES
        ]
        own = [*shares, *of_mix, rate]
        reason = {1: Withheld.SMALL_GROUP, 2: Withheld.NO_DATA}.get(week or 0)
        found += withheld(own, reason) if reason else own
    return found


def quote(text: str, culture: str = "aggressive", speaker: str | None = "Ann Speaker") -> ScoredStatement:
    """A statement to quote."""
    probabilities = tuple(float(name == culture) for name in CULTURES)
    score = Score(culture, probabilities, "customer", (1.0, 0.0, 0.0, 0.0, 0.0, 0.0), (), ())
    return ScoredStatement(Statement("call-7", 0, 0, len(text), Role.AGENT, text, speaker=speaker), score)
