"""Groups that can be compared and pooled: their figures, with the doubt of each apart from the doubt that all of them share.

The interval of a signal holds two kinds of doubt. Which transcripts were heard is each group's own. How the classifier errs is
known no better for one group than for another, and to the same side for all: it hardly touches their difference. So here the two
stand apart. The variance of a figure f of prevalence p, by whole transcripts, is

    var(f) = d g' (S + N) g / n,   S = diag(p) - p p',   N = C' (sum of p_i N_i) C

with g the gradient of f, d its design effect (see `spread`), N_i the covariance of the classifier's answers on statements of class
i, and C the correction. In S and g, p has half a statement of each class added (after Agresti and Caffo 2000, "Simple and effective
confidence intervals for proportions and differences of proportions", American Statistician 54:280-288), and for the mix half a
statement of each culture, with the signal rate as it is: a class that was not seen is not known to be absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Cell, Signal, Totals, Withheld
from cs_nlp.signals.adjusted import COUNTING, Adjustment, adjustments
from cs_nlp.signals.estimate import CLASSES, FIGURES, KINDS, MIX, SIGNAL, TO_FIGURES, Resampling, figures
from cs_nlp.signals.periods import By, Period
from cs_nlp.signals.quantify import nearest_prevalence
from cs_nlp.signals.series import SMALLEST_GROUP, by_period, group_of, team_signals, zone_of
from cs_nlp.signals.spread import Moments, design_effects, transcripts_of

if TYPE_CHECKING:
    from cs_nlp.signals.correction import Correction

Floats = NDArray[np.float64]
Key = tuple[str, str, date | None]

COUNTED: Final = "counted"
CORRECTED: Final = "corrected"
ADDED: Final = 0.5
RAREST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Reading:
    """The figures of a group as one way of estimating gives them, each array in `FIGURES` order.

    Attributes:
        value: `(10,)`, the shares nearest to what was said, NaN where there are none; the likeliest ones, which signals show, lean away
            from 0 where there is little data, and what is compared or pooled shall not.
        variance: `(10,)`, of `value` by the choice of transcripts; rather too large than too small.
        scatter: `(10,)`, the same from the group's own transcripts alone, without bias; 0 for a single transcript.
        doubts: `(replicates, 10)`, how far `value` would move with another held-out sample, the same one for all groups; a single
            row of zeros where nothing is corrected.
    """

    value: Floats
    variance: Floats
    scatter: Floats
    doubts: Floats


@dataclass(frozen=True, slots=True)
class Unit:
    """A team's transcripts of one period.

    Attributes:
        signals: its figures in `FIGURES` order, as they are shown.
        readings: `counted`, and `corrected` where the classifier's errors are known; empty where the signals are withheld.
        used: those that the signals rest on: the first gives their values, all of them together the intervals.
        freedom: degrees of freedom of the variances, with those borrowed from the team's other periods.
        models: the models that scored it.
    """

    signals: tuple[Signal, ...]
    readings: Mapping[str, Reading] = field(default_factory=lambda: MappingProxyType({}))
    used: tuple[str, ...] = ()
    freedom: float = 0.0
    models: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        """Team, kind of the period, and its first day."""
        return self.signals[0].team, self.signals[0].by, self.signals[0].start

    @property
    def values(self) -> Floats:
        """The figures as they are shown, `(10,)`, NaN where there is none."""
        return np.array([np.nan if signal.value is None else signal.value for signal in self.signals])


def units_of(
    totals: Iterable[Totals | Cell],
    *,
    by: By = "week",
    tz: Mapping[str, tzinfo] | tzinfo = UTC,
    k: int = SMALLEST_GROUP,
    correction: Correction | None = None,
    resampling: Resampling = Resampling(),  # noqa: B008  # frozen
) -> list[Unit]:
    """The units behind the signals that `team_signals` gives with the same arguments: each team's whole time, then its periods.

    Raises:
        InputError: as `team_signals`.
    """
    rows = [row for row in totals if row.n > 0]
    signals: defaultdict[Key, list[Signal]] = defaultdict(list)
    for signal in team_signals(rows, by=by, tz=tz, k=k, correction=correction, resampling=resampling):
        signals[signal.team, signal.by, signal.start].append(signal)
    units = {key: Unit(tuple(own)) for key, own in signals.items()}
    teams: defaultdict[str, list[Totals | Cell]] = defaultdict(list)
    for row in rows:
        teams[row.team].append(row)
    for team, own in teams.items():
        periods = by_period(own, by, zone_of(tz, team))
        placed = [row for part in periods.values() for row in part] or own
        _, ways = adjustments(placed, correction, resampling)
        for parts in (
            {key: placed for key in units if key[:2] == (team, "all")},
            {(team, by, period.start): part for period, part in periods.items()},
        ):
            shown = {key: part for key, part in parts.items() if units[key].signals[-1].value is not None}
            units |= zip(shown, _filled([units[key] for key in shown], [*shown.values()], ways, correction), strict=True)
    return [*units.values()]


def stretches_of(
    parts: Sequence[tuple[Period | None, Sequence[Totals | Cell]]],
    *,
    k: int = SMALLEST_GROUP,
    correction: Correction | None = None,
    resampling: Resampling = Resampling(),  # noqa: B008  # frozen
) -> list[Unit]:
    """Units of any parts of one team's transcripts, all estimated in the one way that suits them together.

    Args:
        parts: transcripts, none of them twice, and their time.
        k: smallest group.
        correction: as for `team_signals`.
        resampling: likewise.

    Returns:
        One for each part, in order, its signals without intervals and of the kind `all`. If one part is of a small group all of them are
        `small_group`, since together they are known; and `mixed_models` if several models scored them.
    """
    rows = [row for _, part in parts for row in part]
    name, ways = adjustments(rows, correction, resampling) if rows else ("", ())
    reason = None if ways else Withheld.NOT_CALIBRATED
    if len({row.model for row in rows}) > 1:
        reason = Withheld.MIXED_MODELS
    if any(part and group_of(part).is_small(k) for _, part in parts):
        reason = Withheld.SMALL_GROUP
    blank = [Unit(tuple(_bare(period, part, figure, name, reason) for figure in FIGURES)) for period, part in parts]
    if reason is not None:
        return blank
    places = [place for place, (_, part) in enumerate(parts) if part]
    filled = iter(_filled([blank[place] for place in places], [parts[place][1] for place in places], ways, correction))
    return [_with_values(next(filled)) if part else unit for unit, (_, part) in zip(blank, parts, strict=True)]


def _bare(period: Period | None, rows: Sequence[Totals | Cell], figure: tuple[str, str], method: str, reason: Withheld | None) -> Signal:
    shows_sizes = reason is not Withheld.SMALL_GROUP
    return Signal(
        team=rows[0].team if rows else "",
        start=period.start if period else None,
        end=period.end if period else None,
        measure=figure[0],
        label=figure[1],
        value=None,
        interval=None,
        plain=None,
        method=method,
        n_statements=sum(row.n for row in rows) if shows_sizes else None,
        n_transcripts=transcripts_of(rows) if shows_sizes else None,
        n_people=len(group_of(rows).people) if shows_sizes else None,
        withheld=reason or (None if rows else Withheld.NO_DATA),
    )


def _with_values(unit: Unit) -> Unit:
    values = unit.readings[unit.used[0]].value.tolist()
    pairs = zip(unit.signals, values, strict=True)
    return replace(unit, signals=tuple(replace(signal, value=None if np.isnan(value) else value) for signal, value in pairs))


def _filled(
    units: Sequence[Unit], groups: Sequence[Sequence[Totals | Cell]], ways: Sequence[Adjustment], correction: Correction | None
) -> list[Unit]:
    """The units of one team with their readings; `groups` are their rows, none of them empty."""
    if not units or not ways:
        return [*units]
    named = {COUNTED: COUNTING} | {_name(way): way for way in ways}
    used = tuple(_name(way) for way in ways)
    made = {name: _readings(groups, way, correction) for name, way in named.items()}
    return [
        replace(
            unit,
            readings={name: readings[place] for name, (readings, _) in made.items()},
            used=used,
            freedom=float(made[used[0]][1][place]),
            models=frozenset(row.model for row in groups[place]),
        )
        for place, unit in enumerate(units)
    ]


def _name(way: Adjustment) -> str:
    return CORRECTED if way.uses_sums else COUNTED


def _readings(groups: Sequence[Sequence[Totals | Cell]], way: Adjustment, correction: Correction | None) -> tuple[list[Reading], Floats]:
    """The reading of each group, and its degrees of freedom."""
    moments = Moments.of(groups, uses_sums=way.uses_sums)
    prevalence = nearest_prevalence(moments.mean, np.asarray(np.linalg.pinv(way.matrix)))
    noise = np.zeros((len(groups), CLASSES, CLASSES))
    if way.uses_sums and correction is not None:
        noise = way.matrix.T @ np.einsum("gi,ijk->gjk", prevalence, correction.noise()) @ way.matrix
    between = way.matrix.T @ moments.between @ way.matrix
    plain = _variances(moments, prevalence, noise, between, moments.n)
    # How much an added half statement weighs depends on how many independent statements there are, which design effects tell.
    variance, _, freedom = _variances(moments, prevalence, noise, between, moments.n / plain[1].mean(axis=1))
    shifts = np.einsum("gc,rcd->rgd", moments.mean, way.others - way.matrix)
    slopes = gradients(prevalence)
    doubts = np.einsum("rgd,gfd->grf", shifts, slopes)
    scatter = np.einsum("gfi,gij,gfj->gf", slopes, between, slopes)
    return [Reading(*each) for each in zip(figures(prevalence), variance, scatter, doubts, strict=True)], freedom


def _variances(moments: Moments, prevalence: Floats, noise: Floats, between: Floats, worth: Floats) -> tuple[Floats, Floats, Floats]:
    """Variances of the figures and their design effects, `(groups, 10)`, and degrees of freedom.

    Args:
        moments: of the groups.
        prevalence: `(groups, 5)`.
        noise: N of the module's formula, `(groups, 5, 5)`.
        between: covariance of the prevalence by the differences between transcripts, likewise.
        worth: `(groups,)`, how many independent statements each group is worth.
    """
    rate = np.maximum(prevalence @ SIGNAL, RAREST)[:, None]
    size = worth[:, None]
    all_classes = (prevalence * size + ADDED) / (size + CLASSES * ADDED)
    cultures = rate * (prevalence[:, :KINDS] * size + ADDED) / (rate * size + KINDS * ADDED)
    found = []
    for shares in (all_classes, np.concatenate([cultures, 1 - rate], axis=1)):
        spread = shares[:, :, None] * np.eye(CLASSES) - shares[:, :, None] * shares[:, None, :]
        alike = (spread + noise) / moments.n[:, None, None]
        functionals = gradients(shares)
        freedom, effects = design_effects(moments, functionals, between, alike)
        found.append((effects * np.einsum("gfi,gij,gfj->gf", functionals, alike, functionals), effects, freedom))
    (variance, effects, freedom), (of_mix, effects_of_mix, _) = found
    variance[:, MIX], effects[:, MIX] = of_mix[:, MIX], effects_of_mix[:, MIX]
    return variance, effects, freedom


def gradients(prevalence: Floats) -> Floats:
    """How figures move with the prevalence, `(groups, 10, 5)`; where no statement carries a culture, the mix moves as if few did."""
    found = np.repeat(TO_FIGURES.T[None], len(prevalence), axis=0)
    rate = np.maximum(prevalence @ SIGNAL, RAREST)
    mix = prevalence[:, :KINDS] / rate[:, None]
    found[:, MIX] = (found[:, MIX] - mix[:, :, None] * SIGNAL) / rate[:, None, None]
    return found
