"""How alike the statements of one transcript are, and so how many independent ones a group is worth.

Statements of one transcript resemble one another, so n statements are worth only n/d independent ones. The design effect d is the
variance between whole transcripts (linearised ratio estimator; what a bootstrap over transcripts would give without its Monte Carlo
error) over what independent statements would have. A group of few transcripts knows its d badly and borrows from the pooled d of the
series, with weight (Smyth 2004, "Linear models and empirical Bayes methods for assessing differential expression", Stat. Appl. Genet.
Mol. Biol. 3:3, eq. of moderated variances).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Cell
from cs_nlp.taxonomy import CULTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Totals

Floats = NDArray[np.float64]

CLASSES: Final = len(CULTURES)
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
    def of(cls, groups: Sequence[Sequence[Totals | Cell]], *, uses_sums: bool) -> Moments:
        """The moments of groups of totals or cells, none empty.

        With s_i what was said in transcript i, n_i its statements and m the group's mean vector, the residual s_i - n_i m is A s_i with
        A = I - m 1', so the sum of their outer products is A P A', P being the sum of the outer products of the s_i: cells keep P.

        Args:
            groups: of one team.
            uses_sums: of the summed probabilities, else of the counts.
        """
        rows = [row for group in groups for row in group]
        starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
        said = np.array([row.sums if uses_sums else row.counts for row in rows], dtype=np.float64)
        outer = said[:, :, None] * said[:, None, :]
        cells = [place for place, row in enumerate(rows) if isinstance(row, Cell)]
        kept = [row.sum_products if uses_sums else row.count_products for row in rows if isinstance(row, Cell)]
        outer[cells] = np.array(kept, dtype=np.float64).reshape(-1, CLASSES, CLASSES)
        n = np.add.reduceat(np.array([row.n for row in rows], dtype=np.float64), starts)
        size = np.array([float(transcripts_of(group)) for group in groups])
        mean = np.add.reduceat(said, starts, axis=0) / n[:, None]
        products = np.add.reduceat(outer, starts, axis=0)
        centred = np.eye(CLASSES) - mean[:, :, None]
        scatter = centred @ products @ np.swapaxes(centred, 1, 2)
        return cls(n, size, mean, scatter * (size / np.maximum(size - 1, 1) / n**2)[:, None, None])


def transcripts_of(rows: Sequence[Totals | Cell]) -> int:
    """How many transcripts there are."""
    return sum(row.transcripts if isinstance(row, Cell) else 1 for row in rows)


def pooled_effect(moments: Moments) -> float:
    """The design effect of the mean vectors themselves, over all classes and groups: at least 1."""
    known = moments.transcripts > 1
    alike = (1 - (moments.mean**2).sum(axis=1)) / moments.n
    between = np.trace(moments.between, axis1=1, axis2=2)
    weight = moments.n * known
    if not known.any() or weight @ alike <= 0:
        return float(max(1.0, (moments.n / moments.transcripts).max()))
    return float(max(1.0, (weight @ between) / (weight @ alike)))


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
