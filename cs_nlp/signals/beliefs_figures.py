"""How much a belief is heard, with its interval, and whether it is heard more as time goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Interval
from cs_nlp.records.beliefs import Trend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
# Spreads expected beforehand, in log odds, of the change over the whole time and of the share in the middle (Gelman et al. 2008, "A weakly
# informative default prior distribution for logistic regression", Annals of Applied Statistics 2:1360-1383): they keep the fit finite where
# all is said at one end, or where nothing else is said at all.
_EXPECTED: Final = 2.5
_ANYWHERE: Final = 10.0
_ROUNDS: Final = 50
_STEP: Final = 2.0
_DONE: Final = 1e-8
_MOST_LEVERAGE: Final = 0.9
_FEWEST: Final = 4
_ADDED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Said:
    """How much of a belief was said in each transcript of a team.

    Attributes:
        part: `(n,)`, the probability of a culture, summed over the belief's statements.
        whole: `(n,)`, the same over all scored statements; `part <= whole`.
        days: when each began, in the team's time zone; None where it has no time.
    """

    part: Floats
    whole: Floats
    days: Sequence[date | None]


def share_of(said: Said, level: float = LEVEL) -> tuple[float, Interval]:
    """A belief's share of the team's signal, with its interval.

    The variance between whole transcripts (of a ratio, linearised) says how many independent statements these are worth; the interval is
    Jeffreys' for so many (Korn and Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data", Survey Methodology 24:193-201).

    Args:
        said: its whole adds up to more than 0.
        level: of the interval.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - half a second to load

    total = float(said.whole.sum())
    share = float(said.part.sum()) / total
    n = len(said.whole)
    residuals = said.part - share * said.whole
    variance = float((residuals**2).sum()) / total**2 * n / max(n - 1, 1)
    size = min(total, share * (1 - share) / variance) if variance > 0 else total
    tail = (1 - level) / 2
    ends = betaincinv(share * size + _ADDED, (1 - share) * size + _ADDED, np.array([tail, 1 - tail]))
    return share, Interval(min(float(ends[0]), share), max(float(ends[1]), share), level)


def trend_of(said: Said, level: float = LEVEL) -> Trend | None:
    """How a belief's share changes over the time heard.

    Log odds of the share, as a line over the days of the transcripts (logistic regression), with a sandwich variance over whole
    transcripts whose residuals are divided by 1 - leverage (Mancl and DeRouen 2001, "A covariance estimator for GEE with improved
    small-sample properties", Biometrics 57:126-134), and Student's t by the number of transcripts in which the belief was heard.

    Args:
        said: of transcripts in any order.
        level: of the interval.

    Returns:
        None where transcripts have no dates, or all one, or fewer than four of them hold the belief.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - as above

    dated = [(row, day.toordinal()) for row, day in enumerate(said.days) if day is not None and said.whole[row] > 0]
    rows, days = [row for row, _ in dated], np.array([day for _, day in dated], dtype=np.float64)
    part, whole = said.part[rows], said.whole[rows]
    heard = int((part > 0).sum())
    if heard < _FEWEST or days.min() == days.max():
        return None
    design = np.column_stack([np.ones(len(days)), (days - days.min()) / np.ptp(days) - 0.5])
    line, variance = _fitted(design, part, whole)
    reach = float(stdtrit(heard - 2, (1 + level) / 2)) * float(np.sqrt(variance))
    change = float(line[1])
    first, last = (float(_share(line @ np.array([1.0, end]))) for end in (-0.5, 0.5))
    return Trend(first, last, change, change - reach, change + reach, level)


def _fitted(design: Floats, part: Floats, whole: Floats) -> tuple[Floats, float]:
    """The line's two coefficients, and the variance of the second one."""
    prior = np.diag([1 / _ANYWHERE**2, 1 / _EXPECTED**2])
    share = (part.sum() + _ADDED) / (whole.sum() + 2 * _ADDED)
    line = np.array([np.log(share / (1 - share)), 0.0])
    for _ in range(_ROUNDS):
        shares = _share(design @ line)
        weight = whole * shares * (1 - shares)
        curvature = (design * weight[:, None]).T @ design + prior
        step = np.linalg.solve(curvature, design.T @ (part - whole * shares) - prior @ line)
        line = line + np.clip(step, -_STEP, _STEP)
        if np.abs(step).max() < _DONE:
            break
    shares = _share(design @ line)
    weight = whole * shares * (1 - shares)
    undo = np.linalg.inv((design * weight[:, None]).T @ design + prior)
    leverage = np.einsum("ti,ij,tj->t", design, undo, design) * weight
    scores = design * ((part - whole * shares) / (1 - np.minimum(leverage, _MOST_LEVERAGE)))[:, None]
    return line, float((undo @ (scores.T @ scores) @ undo)[1, 1])


def _share(log_odds: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-log_odds))
    return found
