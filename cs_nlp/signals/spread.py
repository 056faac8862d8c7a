"""How far a group's figures may be off: the doubt that whole transcripts, the classifier and its held-out rows bring.

A figure is a share v of n statements. Three things blur it:

1. *Which transcripts were heard.* Statements of one transcript resemble one another, so n statements are worth only n/d
   independent ones. The design effect d is the variance between whole transcripts (linearised ratio estimator; what a bootstrap
   over transcripts would give without its Monte Carlo error) over what independent statements would have. A group of few
   transcripts knows its d badly and borrows from the pooled d of the series, with weight (Smyth 2004, "Linear models and
   empirical Bayes methods for assessing differential expression", Stat. Appl. Genet. Mol. Biol. 3:3, eq. of moderated variances).
   The share is then drawn from Beta(v n/d + 1/2, (1 - v) n/d + 1/2), Jeffreys' posterior on the effective sample, with n/d
   shortened for the degrees of freedom (Korn and Graubard 1998, "Confidence intervals for proportions with small expected
   number of positive counts", Survey Methodology 24:193-201). A class that was never seen so keeps an upper end above 0.
2. *What the classifier says of a statement of a known class*, which varies from statement to statement: a normal error with the
   covariance of the held-out rows, carried through the correction.
3. *How well the correction is known*: the correction of each resampled matrix in place of the one used.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BORROWED: Final = 10.0


@dataclass(frozen=True, slots=True)
class Moments:
    """What the doubt about some groups depends on.

    Attributes:
        n: `(groups,)`, statements.
        transcripts: `(groups,)`.
        mean: `(groups, classes)`, mean vectors of the statements (predicted classes or probabilities), rows sum to 1.
        between: `(groups, classes, classes)`, covariance of `mean` by the variance between whole transcripts; 0 for a single one.
    """

    n: Floats
    transcripts: Floats
    mean: Floats
    between: Floats

    @classmethod
    def of(cls, groups: list[Floats]) -> Moments:
        """The moments of groups of transcripts, each given as its summed vectors `(transcripts, classes)`."""
        n = np.array([sums.sum() for sums in groups])
        size = np.array([float(len(sums)) for sums in groups])
        mean = np.array([sums.sum(axis=0) for sums in groups]) / n[:, None]
        residuals = [sums - sums.sum(axis=1, keepdims=True) * own for sums, own in zip(groups, mean, strict=True)]
        scatter = np.array([off.T @ off for off in residuals])
        return cls(n, size, mean, scatter * (size / np.maximum(size - 1, 1) / n**2)[:, None, None])


def design_effects(moments: Moments, functionals: Floats, between: Floats, alike: Floats) -> tuple[Floats, Floats]:
    """How many times larger the variance of figures is than that of independent statements.

    Args:
        moments: of the groups.
        functionals: `(groups, figures, classes)`, each figure as a linear function of the prevalence.
        between: `(groups, classes, classes)`, covariance of the prevalence by the differences between transcripts.
        alike: the same if all statements were independent.

    Returns:
        Degrees of freedom `(groups,)`, and design effects `(groups, figures)`, at least 1.
    """
    freedom = moments.transcripts - 1
    totals = [float((np.trace(covariance, axis1=1, axis2=2) * moments.n)[freedom > 0].sum()) for covariance in (between, alike)]
    # Without two transcripts anywhere, all statements of a transcript count as one: the worst case.
    pooled = max(1.0, totals[0] / totals[1] if totals[1] > 0 else float((moments.n / moments.transcripts).max()))
    borrowed = max(1.0, min(BORROWED, float(freedom.sum())))
    spread, independent = (np.einsum("gfi,gij,gfj->gf", functionals, covariance, functionals) for covariance in (between, alike))
    own = np.divide(spread, independent, out=np.full_like(spread, pooled), where=independent > 0)
    mixed = (own * freedom[:, None] + pooled * borrowed) / (freedom + borrowed)[:, None]
    # A rare class that turned up in few transcripts looks less clustered than it is: none counts as less so than the pool.
    return freedom + borrowed, np.maximum(mixed, pooled)


def student(tail: float, freedom: Floats) -> Floats:
    """The upper quantile of Student's t that leaves `tail` above it (Abramowitz and Stegun 1964, eq. 26.7.5; four terms)."""
    z = NormalDist().inv_cdf(1 - tail)
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return np.asarray(z + g1 / freedom + g2 / freedom**2 + g3 / freedom**3)
