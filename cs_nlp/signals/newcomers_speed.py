"""How fast newcomers become like their team: the half-life of the gap.

Model: at time t after joining the gap is d(t) = a 2^(-t/h), with a the gap on the first day and h the half-life. Fitted are the gaps
themselves, not their lengths, by least squares, each week by what it is worth: gaps have no bias, and opposite errors cancel.

Interval: all h at which the gaps, left over along the direction in which h moves the fit, add up to no more than chance would bring,
judged by the scatter between people (a cluster-robust score test, inverted: Cameron and Miller 2015, "A practitioner's guide to
cluster-robust inference", Journal of Human Resources 50:317-372, sections II and VI). Unlike an interval of value and standard error it
has no upper end where the data set none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import NoSpeed
from cs_nlp.signals.newcomers_gap import Gap
from cs_nlp.signals.spread import student

Floats = NDArray[np.float64]

FEWEST_WEEKS: Final = 3
# Weeks; a half-life at either end can't be told from one beyond it.
CANDIDATES: Final = np.geomspace(0.1, 100.0, 301)


@dataclass(frozen=True, slots=True)
class Speed:
    """A half-life in weeks with its interval, or the reason why there is none; ends are None where the data set no bound."""

    half_life: float | None
    low: float | None
    high: float | None
    missing: NoSpeed | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One week after joining.

    Attributes:
        time: mean time since joining, in weeks.
        gap: between newcomers and established members.
        p_value: of the hypothesis that there is none.
    """

    time: float
    gap: Gap
    p_value: float


def speed_of(points: Sequence[Point], level: float) -> Speed:
    """The half-life of the gap between newcomers and their team.

    Where the groups don't differ beyond chance in all weeks together, there is nothing whose half-life could be told.

    Args:
        points: the weeks after joining.
        level: of the interval.
    """
    if len(points) < FEWEST_WEEKS:
        return Speed(None, None, None, NoSpeed.TOO_FEW_WEEKS)
    if combined(np.array([point.p_value for point in points])) > 1 - level:
        return Speed(None, None, None, NoSpeed.NO_DIFFERENCE)
    gaps = [point.gap for point in points]
    misfits, scores = _fits(np.array([point.time for point in points]), gaps)
    freedom = min(gap.covariances()[0][1] for gap in gaps)
    allowed = np.flatnonzero(np.abs(scores) <= student((1 - level) / 2, np.array(float(freedom))))
    best, last = int(misfits.argmin()), len(CANDIDATES) - 1
    first, final = int(allowed.min(initial=best)), int(allowed.max(initial=best))
    low = 0.0 if first == 0 else float(CANDIDATES[first])
    if best == last:
        return Speed(None, low, None, NoSpeed.NO_APPROACH)
    return Speed(float(CANDIDATES[best]), low, None if final == last else float(CANDIDATES[final]))


def combined(p_values: Floats) -> float:
    """One p-value for several that may hang together in any way.

    The Cauchy combination of Liu and Xie (2020, Journal of the American Statistical Association 115:393-402); p-values above 0.99 count as
    0.99, since a single 1 would outweigh all others.
    """
    return float(0.5 - np.arctan(np.tan((0.5 - np.minimum(p_values, 0.99)) * np.pi).mean()) / np.pi)


def _fits(times: Floats, gaps: Sequence[Gap]) -> tuple[Floats, Floats]:
    """The misfit of each candidate half-life, and its score in standard errors: `(candidates,)` each."""
    worth = np.array([gap.worth for gap in gaps])
    vectors, h = np.array([gap.vector for gap in gaps]), CANDIDATES[:, None]
    left = 2.0 ** (-times / h)
    slope = left * times * np.log(2) / h**2
    weight = (worth * left**2).sum(axis=1, keepdims=True)
    first = (worth * left) @ vectors / weight
    misfits = (worth * ((vectors - left[:, :, None] * first[:, None]) ** 2).sum(axis=2)).sum(axis=1)
    # What a change of h does to the fit beyond what another first gap would do as well.
    lever = worth * (slope - left * (worth * left * slope).sum(axis=1, keepdims=True) / weight)
    score = ((lever @ vectors) * first).sum(axis=1)
    moved = np.einsum("hw,wpk,hk->hp", lever, np.array([gap.influence for gap in gaps]), first, optimize=True)
    is_new = np.any([gap.is_new for gap in gaps], axis=0)
    variance = np.sum([_variance_of(moved[:, group]) for group in (is_new, ~is_new)], axis=0)
    return misfits, np.divide(score, np.sqrt(variance), out=np.where(score == 0, 0.0, np.inf), where=variance > 0)


def _variance_of(moved: Floats) -> Floats:
    people = int((np.abs(moved).sum(axis=0) > 0).sum())
    return np.asarray((moved**2).sum(axis=1) * people / max(people - 1, 1))
