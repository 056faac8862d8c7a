"""What a change is made of: other work, other people, the same people speaking differently, or another model.

The share of a class among what person i said in queue g in period t (0 before, 1 after) is taken as a_g + b_i + d t, and fitted by least
squares, each statement counting the same. Such a fit leaves no error in the mean of either period, so the change of the team's share is

    sum over queues of (change of the queue's part of all statements) a_g       other work
    + sum over people of (change of the person's part of all statements) b_i    other people
    + d                                                                         the same people on the same work

exactly (Oaxaca 1973, "Male-female wage differentials in urban labor markets", International Economic Review 14:693-709, and Blinder 1973,
with the pooled coefficients and the group indicator of Jann 2008, "The Blinder-Oaxaca decomposition for linear regression models", Stata
Journal 8:453-479; with queues alone it is the rate decomposition of Kitagawa 1955, "Components of a difference between two rates",
JASA 50:1168-1194). What is corrected is linear in what was said, so the parts of corrected shares add up as well.

Where another model scored the later period, the earlier one has to be scored again by it. What the two models say differently of the same
earlier transcripts is the model's part, and the rest is taken apart as above.

Intervals come from giving every transcript, with all that anyone said in it, a random weight (the Bayesian bootstrap of Rubin 1981, Annals
of Statistics 9:130-134, in which no person ever drops out), with another resampled correction each time, and Student's t.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.records import Cause, Decomposition, Interval, Part, Totals, Withheld
from cs_nlp.signals.adjusted import Adjustment, adjustments
from cs_nlp.signals.cells import cells_of
from cs_nlp.signals.decomposition_fit import SAME, Design, resampled_parts
from cs_nlp.signals.estimate import CLASSES, Resampling
from cs_nlp.signals.privacy import Group, hidden_pieces
from cs_nlp.signals.series import SMALLEST_GROUP
from cs_nlp.taxonomy import CULTURES

if TYPE_CHECKING:
    from cs_nlp.signals.correction import Correction

Floats = NDArray[np.float64]

MOST: Final = 400  # replicates: standard deviations need fewer than quantiles
FIGURES: Final = (*(("prevalence", culture) for culture in CULTURES), ("signal_rate", ""))
# From a prevalence to the figures: each is a sum of shares, so the parts of shares add up to the parts of figures.
TO_FIGURES: Final = np.column_stack([np.eye(CLASSES), 1.0 - np.eye(CLASSES)[-1]])
CAUSES: Final = (Cause.MIX, Cause.PEOPLE, Cause.SAME_PEOPLE, Cause.MODEL)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A team's transcripts of one period, taken apart by person.

    Attributes:
        rows: what each person said in each transcript: `people` holds one name, or none where nobody knows who spoke.
        start: first day of the period; end: the day after the last; None where the transcripts have no dates.
    """

    rows: Sequence[Totals]
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class EarlierModel:
    """How the earlier period looked when another model scored it.

    Attributes:
        rows: the transcripts of the earlier period as that model scored them.
        correction: that model's errors, or None.
    """

    rows: Sequence[Totals]
    correction: Correction | None = None


def decompose(
    before: Stretch,
    after: Stretch,
    *,
    k: int = SMALLEST_GROUP,
    correction: Correction | None = None,
    resampling: Resampling = Resampling(),  # noqa: B008  # frozen
    earlier_model: EarlierModel | None = None,
) -> list[Decomposition]:
    """The change of a team's shares from one period to another, and what it is made of.

    No part shows a person: queues of fewer than k people or transcripts are put together. Other people and the same people are told
    apart only if at least k people are in both periods, and nobody or at least k in the earlier one alone, and likewise in the later
    one; else both parts are `small_group`.

    Args:
        before: the earlier period, scored by one model.
        after: the later period, scored by the same.
        k: smallest group.
        correction: the model's errors on held-out statements, or None.
        resampling: level, replicates (at most 400) and seed of the intervals.
        earlier_model: given where another model scored the earlier period when it was told: then the change is told from there.

    Returns:
        One for the prevalence of each culture and one for the signal rate. All are withheld if either period has nothing (`no_data`),
        is of a small group (`small_group`), was scored by several models (`mixed_models`), or can't be estimated (`not_calibrated`).

    Raises:
        InputError: the rows are of several teams or not taken apart by person, or the earlier model scored other transcripts.
    """
    pair = _Pair(before, after, *([row for row in each.rows if row.n > 0] for each in (before, after)))
    _check(pair, earlier_model)
    method, ways = adjustments(cells_of(pair.rows, UTC), correction, resampling) if pair.rows else ("", ())  # by whole transcripts
    reason = _reason(pair, earlier_model, k) or (None if ways else Withheld.NOT_CALIBRATED)
    if reason is not None:
        return [pair.record(figure, method, reason) for figure in FIGURES]
    queues = _queues(pair, k)
    later = [False] * len(pair.earlier) + [True] * len(pair.later)
    design = Design(pair.rows, later, [queues[_queue(row)] for row in pair.rows])
    draws = np.random.default_rng([resampling.seed, 2]).standard_exponential((min(MOST, resampling.replicates), len(design.order)))
    made = [resampled_parts(design, way.said(pair.rows), draws, way.matrix, way.others) for way in ways]
    for value, drawn in made:
        drawn[:, SAME] = value[SAME] + design.wider * (drawn[:, SAME] - value[SAME])
    if earlier_model is not None:
        models = _models(design, draws, pair, earlier_model, ways, resampling)
        made = [_joined(rest, model) for rest, model in zip(made, models, strict=True)]
    hidden = _hidden(pair, design.tells, k)
    return _records(pair, made, hidden, method, resampling.level)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two stretches, and their rows that say anything."""

    before: Stretch
    after: Stretch
    earlier: list[Totals]
    later: list[Totals]

    @property
    def rows(self) -> list[Totals]:
        return [*self.earlier, *self.later]

    def record(self, figure: tuple[str, str], method: str, reason: Withheld | None) -> Decomposition:
        is_small = reason is Withheld.SMALL_GROUP
        counts = [None if is_small else len({row.transcript_id for row in rows}) for rows in (self.later, self.earlier)]
        return Decomposition(
            team=next((row.team for row in self.rows), ""),
            start=self.after.start,
            end=self.after.end,
            other_start=self.before.start,
            other_end=self.before.end,
            measure=figure[0],
            label=figure[1],
            value=None,
            interval=None,
            parts=(),
            n_transcripts=counts[0],
            other_transcripts=counts[1],
            method=method,
            withheld=reason,
        )


def _records(
    pair: _Pair, made: Sequence[tuple[Floats, Floats]], hidden: Sequence[Withheld | None], method: str, level: float
) -> list[Decomposition]:
    """The records of all figures; the first of `made` gives the values, all of them the intervals."""
    reach = _reach(pair, level)
    values = made[0][0] @ TO_FIGURES
    ends = [(value @ TO_FIGURES, reach * np.std(drawn @ TO_FIGURES, axis=0)) for value, drawn in made]
    low = np.clip(np.min([value - off for value, off in ends], axis=0), -1, 1)
    high = np.clip(np.max([value + off for value, off in ends], axis=0), -1, 1)
    found = []
    for place, figure in enumerate(FIGURES):
        spans = [Interval(float(a), float(b), level) for a, b in zip(low[:, place], high[:, place], strict=True)]
        parts = [
            Part(cause, None if reason else float(values[row, place]), None if reason else spans[row], reason)
            for row, (cause, reason) in enumerate(zip(CAUSES[: len(values) - 1], hidden, strict=False))
        ]
        whole = pair.record(figure, method, None)
        found.append(replace(whole, value=float(values[-1, place]), interval=spans[-1], parts=tuple(parts)))
    return found


def _reach(pair: _Pair, level: float) -> float:
    """How many standard deviations of the draws an interval reaches: few transcripts make the draws too alike, and unsure of it."""
    from scipy.special import stdtrit  # noqa: PLC0415 - takes a third of a second to load

    sizes = [len({row.transcript_id for row in rows}) for rows in (pair.earlier, pair.later)]
    least = min(sizes)
    return float(stdtrit(max(sum(sizes) - 2, 1), (1 + level) / 2) * np.sqrt((least + 1) / max(least - 1, 1)))


def _check(pair: _Pair, earlier_model: EarlierModel | None) -> None:
    teams = sorted({row.team for row in pair.rows})
    if len(teams) > 1:
        msg = f"a change is taken apart for one team at a time; got rows of {', '.join(teams)}"
        raise InputError(msg)
    if crowded := next((row for row in pair.rows if len(row.people) > 1), None):
        msg = f"the row of transcript {crowded.transcript_id} holds {len(crowded.people)} people; expected one row for each person in it"
        raise InputError(msg)
    if earlier_model is None:
        return
    ours, theirs = ({row.transcript_id for row in each if row.n > 0} for each in (pair.earlier, earlier_model.rows))
    if ours != theirs:
        odd = sorted(ours ^ theirs)
        msg = f"{len(odd)} transcripts of the earlier period were scored by one model only, {odd[0]} first; score the same ones with both"
        raise InputError(msg)


def _reason(pair: _Pair, earlier_model: EarlierModel | None, k: int) -> Withheld | None:
    """Why nothing can be told, or None."""
    if not (pair.earlier and pair.later):
        return Withheld.NO_DATA
    if any(Group.of(rows).is_small(k) for rows in (pair.earlier, pair.later)):
        return Withheld.SMALL_GROUP
    models = {row.model for row in pair.rows}
    earlier = {row.model for row in earlier_model.rows} if earlier_model else set()
    return Withheld.MIXED_MODELS if len(models) > 1 or len(earlier) > 1 else None


def _hidden(pair: _Pair, tells: Sequence[bool], k: int) -> tuple[Withheld | None, ...]:
    """Why each part of the rest can't be shown, or None; in the order of `CAUSES`."""
    before, after = (frozenset[str]().union(*(row.people for row in rows)) for rows in (pair.earlier, pair.later))
    both, moved = before & after, (before - after, after - before)
    is_small = len(both) < k or any(0 < len(group) < k for group in moved)
    work, people, same = (None if told else Withheld.NO_DATA for told in tells)
    if both and is_small:
        # Either one, taken from the rest of the change, would give the other.
        return work, Withheld.SMALL_GROUP, Withheld.SMALL_GROUP, None
    return work, people, same, None


def _queue(row: Totals) -> Hashable:
    return row.channel, row.queue


def _queues(pair: _Pair, k: int) -> dict[Hashable, Hashable]:
    """What each queue of each channel counts as: itself, or one for all those that are too small in either period, together."""
    names: dict[Hashable, Hashable] = {_queue(row): _queue(row) for row in pair.rows}
    while True:
        hidden: set[Hashable] = set()
        for rows in (pair.earlier, pair.later):
            pieces: defaultdict[Hashable, list[Totals]] = defaultdict(list)
            for row in rows:
                pieces[names[_queue(row)]].append(row)
            hidden |= hidden_pieces({name: Group.of(piece) for name, piece in pieces.items()}, k)
        if len(hidden) <= 1:
            return names
        names = {queue: "together" if name in hidden else name for queue, name in names.items()}


def _models(
    design: Design, draws: Floats, pair: _Pair, earlier_model: EarlierModel, ways: Sequence[Adjustment], resampling: Resampling
) -> list[tuple[Floats, Floats]]:
    """What the later model says differently of the earlier transcripts, `(5,)`, and the same for each draw; for each way of estimating."""
    old_rows = [row for row in earlier_model.rows if row.n > 0]
    _, old_ways = adjustments(cells_of(old_rows, UTC), earlier_model.correction, resampling)
    if not old_ways:
        msg = "the earlier model's figures can't be trusted for these transcripts, so no change from them can be told; leave it out"
        raise InputError(msg)
    weights = np.vstack([np.ones(len(design.order)), draws])
    found = []
    for way in ways:
        old = next((each for each in old_ways if each.uses_sums == way.uses_sums), old_ways[0])
        both = []
        for rows, how in ((pair.earlier, way), (old_rows, old)):
            own = weights[:, [design.order[row.transcript_id] for row in rows]]
            mean = (own @ how.said(rows)) / (own @ np.array([row.n for row in rows]))[:, None]
            undo = np.concatenate([how.matrix[None], how.others[np.arange(len(draws)) % len(how.others)]])
            both.append(np.einsum("dc,dce->de", mean, undo))
        shift = both[0] - both[1]
        found.append((shift[0], shift[1:]))
    return found


def _joined(rest: tuple[Floats, Floats], model: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """The parts with the model's before the whole, which it is added to."""
    value, drawn = (
        np.concatenate([parts[..., :-1, :], shift[..., None, :], parts[..., -1:, :] + shift[..., None, :]], axis=-2)
        for parts, shift in zip(rest, model, strict=True)
    )
    return value, drawn
