"""Shares of teams by period, as an effect is measured from them: only periods that are shown, each with its sampling variance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.records import Cell, Totals
from cs_nlp.signals.adjusted import CLASSES, Adjustment
from cs_nlp.signals.estimate import FIGURES, SIGNAL, TO_FIGURES
from cs_nlp.signals.periods import By, Period
from cs_nlp.signals.privacy import hidden_buckets
from cs_nlp.signals.series import by_period, zone_of

Floats = NDArray[np.float64]
Row = Totals | Cell

# A share of fewer statements says nothing, and its variance can't be told.
FEWEST_STATEMENTS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """A share as a ratio of two sums over classes.

    Attributes:
        measure: `prevalence`, `mix` or `signal_rate`; label: the culture, "" for `signal_rate`.
        part: `(5,)`, what is counted; whole: `(5,)`, of what.
    """

    measure: str
    label: str
    part: Floats
    whole: Floats

    @classmethod
    def of(cls, measure: str, label: str) -> Outcome:
        """The outcome of that name.

        Raises:
            InputError: there is no such figure.
        """
        if (measure, label) not in FIGURES:
            known = ", ".join(f"{name} {culture}".strip() for name, culture in FIGURES)
            raise InputError(f"there is no figure {f'{measure} {label}'.strip()!r}; expected one of {known}")
        part = TO_FIGURES[:, FIGURES.index((measure, label))]
        return cls(measure, label, part, SIGNAL if measure == "mix" else np.ones(len(part)))


def shown_periods(totals: Iterable[Totals], by: By, tz: Mapping[str, tzinfo] | tzinfo, k: int) -> dict[str, dict[Period, Sequence[Totals]]]:
    """The dated transcripts of each team by period, without the periods that `team_signals` withholds."""
    teams: dict[str, list[Totals]] = {}
    for row in sorted(totals, key=lambda row: row.transcript_id):
        if row.n > 0:
            teams.setdefault(row.team, []).append(row)
    found: dict[str, dict[Period, Sequence[Totals]]] = {}
    for team, rows in sorted(teams.items()):
        buckets = by_period(rows, by, zone_of(tz, team))
        hidden = hidden_buckets(buckets, k)
        found[team] = {period: rows for period, rows in buckets.items() if period not in hidden}
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What the classifier said of some teams in some periods, added up.

    Attributes:
        sums: `(teams, periods, 5)`; products: sums over transcripts of the outer product of what each said, `(teams, periods, 5, 5)`.
        transcripts: `(teams, periods)`.
    """

    sums: Floats
    products: Floats
    transcripts: Floats

    @classmethod
    def of(cls, buckets: Sequence[Mapping[Period, Sequence[Row]]], periods: Sequence[Period], way: Adjustment) -> Said:
        """What was said in each of `periods` by the teams whose shown `buckets` these are."""
        added = [[_added(own.get(period, ()), uses_sums=way.uses_sums) for period in periods] for own in buckets]
        sums, products, transcripts = (np.array([[cell[place] for cell in own] for own in added], dtype=np.float64) for place in range(3))
        return cls(sums, products, transcripts)

    def shares(self, outcome: Outcome, matrix: Floats) -> tuple[Floats, Floats]:
        """Shares and their sampling variances, `(teams, periods)` each; the variance is infinite where there is no share.

        With c = matrix (part - share * whole), a transcript that said x moves the share by x c / size; so the variance of a share is
        the team's mean of (x c)^2 for each statement of the whole, over the period's size. That mean is taken over all periods, since
        few transcripts know it badly, and is never below that of independent statements.
        """
        size = self.sums @ matrix @ outcome.whole
        known = size >= FEWEST_STATEMENTS
        sizes = np.where(known, size, 1.0)
        share = np.where(known, self.sums @ matrix @ outcome.part / sizes, 0.0)
        lever = (outcome.part - share[:, :, None] * outcome.whole) @ matrix.T
        scatter = np.einsum("gti,gtij,gtj->gt", lever, self.products, lever)
        scatter *= known * self.transcripts / np.maximum(self.transcripts - 1, 1)
        total = (size * known).sum(axis=1)
        level = ((share * size * known).sum(axis=1) + 0.5) / (total + 1)
        unit = np.maximum(scatter.sum(axis=1) / np.maximum(total, 1.0), level * (1 - level))
        return share, np.where(known, unit[:, None] / sizes, np.inf)

    def other_shares(self, outcome: Outcome, matrices: Floats) -> Floats:
        """The shares under each of some adjustments `(replicates, 5, 5)`: `(replicates, teams, periods)`, 0 where there is none."""
        size = np.einsum("gti,rij,j->rgt", self.sums, matrices, outcome.whole)
        part = np.einsum("gti,rij,j->rgt", self.sums, matrices, outcome.part)
        return np.asarray(np.divide(part, size, out=np.zeros_like(part), where=size >= 1))


def _added(rows: Sequence[Row], *, uses_sums: bool) -> tuple[Floats, Floats, int]:
    """What was said in some transcripts, `(5,)`, the sum of the outer products of each one's, `(5, 5)`, and how many they are."""
    single = [row.sums if uses_sums else row.counts for row in rows if isinstance(row, Totals)]
    said = np.array(single, dtype=np.float64).reshape(-1, CLASSES)
    sums, products = said.sum(axis=0), said.T @ said
    for row in rows:
        if isinstance(row, Cell):
            sums = sums + np.array(row.sums if uses_sums else row.counts)
            products = products + np.reshape(row.sum_products if uses_sums else row.count_products, (CLASSES, CLASSES))
    return sums, products, transcripts_of(rows)


def transcripts_of(rows: Sequence[Row]) -> int:
    """How many transcripts there are."""
    return sum(row.transcripts if isinstance(row, Cell) else 1 for row in rows)
