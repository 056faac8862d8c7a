"""Is it different: a period from the one before, a team from the others, with all comparisons made together kept in mind.

The difference of two groups is D = f(B) - f(A). Its variance is the sum of both groups' variances by whole transcripts, and that of the
differences that the corrections of other held-out samples would give (see `units`); Student's t with Satterthwaite's degrees of
freedom (1946, "An approximate distribution of estimates of variance components", Biometrics Bulletin 2:110-114) gives interval and
p-value. Both take for granted that the classifier errs alike on both groups.

Of many comparisons some look clear by chance. Benjamini and Hochberg's procedure (1995, "Controlling the false discovery rate",
J. R. Stat. Soc. B 57:289-300) holds the share of false ones among those that are believed. That is what a reader of a list of
differences needs; Holm's, which in 19 of 20 lists lets not a single false one through, finds much less in hundreds of
comparisons. Where nothing differs at all both promise the same: one list in twenty has a false alarm.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import Against, Difference, Interval, Signal, Withheld
from cs_nlp.signals.estimate import FIGURES
from cs_nlp.signals.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
# The share of statements without a culture is 1 less the signal rate: the same comparison a second time.
COMPARED: Final = tuple(place for place, figure in enumerate(FIGURES) if figure != ("prevalence", "none"))


def with_previous(units: Sequence[Unit], *, level: float = LEVEL) -> list[Difference]:
    """Each period of each team against the period before it.

    Args:
        units: of any number of teams, each team's periods in order, as from `units_of`; whole times are left out.
        level: of the intervals.

    Returns:
        Differences by team, period and figure, from each team's second period on, with p-values as they are and adjusted for all of them
        together. One is withheld where either period is (`small_group` or `no_data`, whichever the figure says), and as
        `mixed_models` where different models scored them.
    """
    teams: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        if unit.signals[0].by != "all":
            teams[unit.signals[0].team].append(unit)
    pairs = [(after, before) for own in teams.values() for before, after in pairwise(own)]
    return adjusted([found for after, before in pairs for found in difference(after, [before], Against.PREVIOUS, level=level)])


def with_other_teams(units: Sequence[Unit], *, level: float = LEVEL) -> list[Difference]:
    """Each team against the mean of the other teams in the same period, over the whole time and in each period.

    The mean is that of the teams, each counting the same, whatever their size; withheld teams are not in it.

    Args:
        units: of any number of teams, as from `units_of`.
        level: of the intervals.

    Returns:
        As for `with_previous`; a difference also says `no_data` where no other team is shown.
    """
    found = []
    for unit in units:
        same = [other for other in units if other.key[1:] == unit.key[1:] and other.key != unit.key and other.readings]
        found += difference(unit, same, Against.OTHER_TEAMS, level=level)
    return adjusted(found)


def adjusted(differences: Iterable[Difference]) -> list[Difference]:
    """The same differences with p-values adjusted for all of them together."""
    found = [*differences]
    tested = [place for place, each in enumerate(found) if each.p_value is not None]
    values = adjusted_p_values(np.array([each.p_value for each in found if each.p_value is not None], dtype=np.float64))
    for place, value in zip(tested, values.tolist(), strict=True):
        found[place] = replace(found[place], adjusted=value)
    return found


def adjusted_p_values(p_values: Floats) -> Floats:
    """Benjamini and Hochberg's adjusted p-values: min over j >= i of p(j) n / j, with p(j) the j-th smallest of n.

    Source: Yekutieli and Benjamini 1999, "Resampling-based false discovery rate controlling multiple test procedures for correlated
    test statistics", J. Stat. Plan. Inference 82:171-196, definition 2.4.
    """
    n = len(p_values)
    order = np.argsort(p_values)
    steps = p_values[order] * n / np.arange(1, n + 1)
    found = np.empty(n)
    found[order] = np.minimum.accumulate(steps[::-1])[::-1].clip(max=1.0)
    return found


def difference(unit: Unit, others: Sequence[Unit], against: Against, *, level: float = LEVEL) -> list[Difference]:
    """One unit against the mean of others, figure by figure, with p-values that are not adjusted.

    Args:
        unit: the group.
        others: the groups it is compared with; none that is withheld, unless it is the only one.
        against: what they are.
        level: of the intervals.
    """
    reason = _reason(unit, others)
    if reason is not None:
        return [_record(unit, others, place, against, reason) for place in COMPARED]
    groups = [unit, *others]
    names = sorted({way for each in groups for way in each.used}, reverse=True)  # counting first
    ways = [_compared(unit, others, way, level) for way in names]
    shown = unit.values - np.mean([other.values for other in others], axis=0)
    # Shares that are estimated in different ways can't be held against each other: then it is the difference of the counts.
    value = shown if len({each.used[0] for each in groups}) == 1 else ways[0][3]
    # Either way may be right: the interval spans both.
    low, high = np.fmin(value, np.fmin.reduce([way[0] for way in ways])), np.fmax(value, np.fmax.reduce([way[1] for way in ways]))
    p_value = np.fmax.reduce([way[2] for way in ways])
    records = []
    for place in COMPARED:
        if np.isnan(value[place]):
            records.append(_record(unit, others, place, against, Withheld.NO_DATA))
            continue
        interval = Interval(max(-1.0, float(low[place])), min(1.0, float(high[place])), level)
        made = _record(unit, others, place, against, None)
        records.append(replace(made, value=float(value[place]), interval=interval, p_value=float(p_value[place])))
    return records


def _compared(unit: Unit, others: Sequence[Unit], way: str, level: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Ends of the intervals, p-values and differences, each `(10,)`, as one way of estimating gives them."""
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - takes a third of a second to load

    mine, theirs = unit.readings[way], [other.readings[way] for other in others]
    value = mine.value - np.mean([each.value for each in theirs], axis=0)
    shared = np.var(mine.doubts - np.mean([each.doubts for each in theirs], axis=0), axis=0)
    variances = np.array([mine.variance, *(each.variance / len(theirs) ** 2 for each in theirs)])
    freedoms = np.array([unit.freedom, *(other.freedom for other in others)])
    own = variances.sum(axis=0)
    freedom = own**2 / (variances**2 / freedoms[:, None]).sum(axis=0)
    error = np.sqrt(own + shared)
    reach = stdtrit(freedom, (1 + level) / 2) * error
    return value - reach, value + reach, 2 * stdtr(freedom, -np.abs(value) / error), value


def _reason(unit: Unit, others: Sequence[Unit]) -> Withheld | None:
    """Why nothing can be compared, or None."""
    for each in (unit, *others):
        if not each.readings:
            return each.signals[-1].withheld
    if not others:
        return Withheld.NO_DATA
    if not all({*unit.used} | {*other.used} <= {*unit.readings} & {*other.readings} for other in others):
        return Withheld.NOT_CALIBRATED
    models = frozenset[str]().union(unit.models, *(other.models for other in others))
    return Withheld.MIXED_MODELS if len(models) > 1 else None


def _record(unit: Unit, others: Sequence[Unit], place: int, against: Against, reason: Withheld | None) -> Difference:
    mine = unit.signals[place]
    theirs: list[Signal] = [other.signals[place] for other in others]
    shows_sizes = reason is not Withheld.SMALL_GROUP  # the size of a hidden group shall not be had from that of the other
    return Difference(
        team=mine.team,
        start=mine.start,
        end=mine.end,
        by=mine.by,
        against=against,
        other_start=theirs[0].start if theirs else mine.start,
        other_end=theirs[0].end if theirs else mine.end,
        measure=mine.measure,
        label=mine.label,
        value=None,
        interval=None,
        p_value=None,
        adjusted=None,
        n_statements=mine.n_statements if shows_sizes else None,
        n_transcripts=mine.n_transcripts if shows_sizes else None,
        other_statements=_total(each.n_statements for each in theirs) if shows_sizes else None,
        other_transcripts=_total(each.n_transcripts for each in theirs) if shows_sizes else None,
        method=mine.method,
        withheld=reason,
    )


def _total(sizes: Iterable[int | None]) -> int | None:
    known = [*sizes]
    return None if None in known or not known else sum(size for size in known if size is not None)
