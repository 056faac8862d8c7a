"""Which way of estimating can be trusted for a team, and what the answer is where none can.

A correction learnt on held-out statements holds for a team as far as the classifier errs alike on both. That can be checked
without labels: the estimated prevalence also says how sure the classifier should have been on average.

- Where it was much surer, it found the text easier than the held-out one: it errs less than the correction believes, and more
  than not at all. Then plain counting is the answer, and the interval spans what the correction would have given as well.
- Where it was much less sure, it errs more than anything is known of, and neither answer can be trusted: no figure is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cs_nlp.signals.estimate import Estimate, Estimator, Resampling, resampled_shares
from cs_nlp.signals.kinds import fit_kinds
from cs_nlp.signals.quantify import nearest_prevalence
from cs_nlp.signals.spread import Moments, pooled_effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Cell, Totals
    from cs_nlp.signals.correction import Correction

# On real evaluation text of six kinds, the mean confidence was within 0.033 of what the estimate made expect.
LARGEST_GAP: Final = 0.05
BEYOND: Final = 2.0
UNLIKE: Final = "these statements are unlike those that the correction was learnt from"
MIXED: Final = "none: several models scored these statements"


@dataclass(frozen=True, slots=True)
class Method:
    """A way of estimating.

    Attributes:
        name: `pacc` where the correction is used; `plain`, with the reason if a correction was given, where it is not;
            `plain, widened`, with the reason, where it is doubtful; `none` where nothing can be trusted.
        estimators: the first gives the values, all of them together the intervals; none where nothing can be trusted.
        correction: with the weights of kinds that suit the team; None where nothing is corrected.
    """

    name: str
    estimators: tuple[Estimator, ...]
    correction: Correction | None = None

    def estimate(self, groups: Sequence[Sequence[Totals | Cell]]) -> list[Estimate]:
        """The estimates of `groups` of one team, as by `Estimator`; none without estimators."""
        if not self.estimators:
            return []
        first, *others = ([*estimator(groups)] for estimator in self.estimators)
        for other in others:
            first = [
                Estimate(mine.value, np.fmin(mine.low, its.low), np.fmax(mine.high, its.high), mine.plain, mine.level)
                for mine, its in zip(first, other, strict=True)
            ]
        return first


class Methods:
    """Chooses the method for each team."""

    def __init__(self, correction: Correction | None, resampling: Resampling) -> None:
        """Learns what a correction has to offer.

        Args:
            correction: what is known of the classifier's errors, or None.
            resampling: how intervals are made.
        """
        self._reason = "" if correction is None else correction.unfit()
        self._correction = None if self._reason else correction
        self._plain = Estimator(None, resampling)
        self._resampling = resampling

    def of(self, rows: Sequence[Totals | Cell]) -> Method:
        """The method for a team, of which `rows` are all transcripts that are used; at least one."""
        if len({row.model for row in rows}) > 1:
            return Method(MIXED, ())
        if self._correction is None:
            return Method(f"plain: {self._reason}" if self._reason else "plain", (self._plain,))
        effect = pooled_effect(Moments.of([rows], uses_sums=True))
        correction = fit_kinds(self._correction, rows, effect)
        gap = confidence_gap(correction, rows, effect)
        if gap < -LARGEST_GAP:
            return Method(f"none: {UNLIKE}", ())
        corrected = Estimator(correction, self._resampling, resampled_shares(self._correction, self._resampling))
        if gap > LARGEST_GAP:
            return Method(f"plain, widened: {UNLIKE}", (self._plain, corrected), correction)
        return Method("pacc", (corrected,), correction)


def confidence_gap(correction: Correction, rows: Sequence[Totals | Cell], effect: float = 1.0) -> float:
    """How much surer the classifier was on a team's statements than the corrected prevalence makes expect, beyond chance, -1 to 1.

    Args:
        correction: the classifier's errors.
        rows: all that is used of the team, with at least one statement.
        effect: the design effect: how many statements of it are worth one independent one.

    Returns:
        The difference of mean highest probabilities, less so many standard errors (`BEYOND`) as chance may explain; 0 where that is all of
        it, or where a transcript's confidence is not known.
    """
    known = [row.confidence for row in rows if row.confidence is not None]
    if len(known) < len(rows):
        return 0.0
    n = sum(row.n for row in rows)
    mean = np.sum([row.sums for row in rows], axis=0)[None] / n
    shares = nearest_prevalence(mean, correction.matrix())[0]
    expected = float(shares @ correction.confidence())
    variance = float(shares @ correction.means(correction.sureness[:, None] ** 2)[:, 0]) - expected**2
    gap = sum(known) / n - expected
    return float(np.sign(gap) * max(0.0, abs(gap) - BEYOND * np.sqrt(max(variance, 0.0) * effect / n)))
