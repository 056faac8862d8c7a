"""Totals as short to write as a test can read them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from cs_nlp.records import Channel, Totals
from cs_nlp.signals import Correction

ROUTINE = (1, 0, 0, 2, 5)


def totals(name: str, at: datetime | None = None, *, team: str = "north", people: str = "ann", counts: tuple[int, ...] = ROUTINE) -> Totals:
    """One transcript by the space-separated `people`, classified without doubt."""
    sums = tuple(float(count) for count in counts)
    return Totals(name, team, at, Channel.CALL, None, frozenset(people.split()), sum(counts), counts, sums)


def day(number: int, hour: int = 12) -> datetime:
    """Noon (or another hour), UTC, of a day counted from Monday, 1 June 2026."""
    return datetime(2026, 6, 1 + number, hour, tzinfo=UTC)


def week_of(first: int, size: int, *, team: str = "north", counts: tuple[int, ...] = ROUTINE) -> list[Totals]:
    """`size` transcripts on the day `first`, each by another person."""
    return [totals(f"{team}-{first:02}-{place}", day(first), team=team, people=f"p{place}", counts=counts) for place in range(size)]


def correction() -> Correction:
    """Learnt from rows on whose true class the classifier puts 0.6, give or take a little."""
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(5), 40)
    wobble = rng.dirichlet(np.full(5, 20.0), size=200) - 0.2
    return Correction(truth, 0.5 * np.eye(5)[truth] + 0.1 + wobble * 0.2, np.arange(200) // 2)
