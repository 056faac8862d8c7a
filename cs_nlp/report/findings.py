"""What was found about a team beside its signals, in plain words and charts, as the templates take it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cs_nlp.records import NoSpeed, Withheld
from cs_nlp.report import charts
from cs_nlp.report.beliefs import Beliefs, beliefs_shown
from cs_nlp.report.words import MINUS, REASONS, SPACE, day_name, share, title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cs_nlp.records import Advice, Changes, Difference, Effect, Evidence, Findings, Intervention, Newcomers

BELIEVED: Final = 0.05
NO_SPEED: Final = {
    NoSpeed.TOO_FEW_WEEKS: "Newcomers were heard in too few weeks to tell how fast they become like the team.",
    NoSpeed.NO_DIFFERENCE: "Newcomers did not speak differently from the team, as far as can be told.",
    NoSpeed.NO_APPROACH: "The distance did not shrink in the weeks that were heard, as far as can be told.",
}
TOO_FEW: Final = "There are too few newcomers, or too few established members beside them, to speak of groups and not of persons."


@dataclass(frozen=True, slots=True)
class Action:
    """A piece of advice and, in a sentence, what called for it."""

    advice: Advice
    because: str


@dataclass(frozen=True, slots=True)
class Tried:
    """An intervention: what came of it in sentences, and a chart where there is something to draw."""

    title: str
    sentences: tuple[str, ...]
    chart: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Sections:
    """What the template shows of `Findings`; "" and () where there is nothing to say."""

    changes: tuple[str, ...]
    has_points: bool
    differences: tuple[str, ...]
    beliefs: Beliefs | None
    drivers: dict[str, Any] | None
    newcomers: dict[str, Any] | None
    newcomers_said: str
    interventions: tuple[Tried, ...]
    actions: tuple[Action, ...]
    undecided: tuple[str, ...]


def sections_of(findings: Findings) -> Sections:
    """The sections on a team."""
    has_drivers = any(row.net is not None for row in findings.drivers)
    newcomers = findings.newcomers
    has_weeks = newcomers is not None and any(week.distance is not None for week in newcomers.weeks)
    return Sections(
        changes=_changes(findings.changes) if findings.changes else (),
        has_points=findings.changes is not None and bool(findings.changes.points),
        differences=_differences(findings.differences),
        beliefs=beliefs_shown(findings.beliefs),
        drivers=charts.driver_bars(findings.drivers).to_dict(validate=False) if has_drivers else None,
        newcomers=charts.newcomer_distance(newcomers).to_dict(validate=False) if newcomers and has_weeks else None,
        newcomers_said=_speed(newcomers) if newcomers else "",
        interventions=_interventions(findings.effects),
        actions=tuple(Action(advice, _because(advice)) for advice in findings.coaching.advice) if findings.coaching else (),
        undecided=findings.coaching.undecided if findings.coaching else (),
    )


def points(value: float) -> str:
    """A difference of shares in percentage points: `12 points`, `1 point`."""
    rounded = abs(round(100 * value))
    return f"{rounded}{SPACE}{'point' if rounded == 1 else 'points'}"


def _signed(value: float) -> str:
    """A difference of shares as `+12`, `-3` with a real minus or `0`, in percentage points."""
    rounded = round(100 * value)
    return f"{rounded:+d}".replace("-", MINUS) if rounded else "0"


def _changes(changes: Changes) -> tuple[str, ...]:
    if changes.withheld is not None:
        return (f"Whether something changed: {REASONS[changes.withheld]}.",)
    found = []
    for point in changes.points:
        when = f"{day_name(point.earliest)} at the earliest, {day_name(point.latest)} at the latest"
        if point.earliest == point.latest:
            when = "the day is sure"
        shifts = "; ".join(_shift(shift) for shift in point.shifts if shift.value is not None and shift.measure == "mix")
        found.append(f"From about {day_name(point.at)} on ({when}) the team speaks differently{': ' if shifts else ''}{shifts}.")
    if not found:
        seen = [value for value in changes.detectable.values() if value is not None]
        bound = f" A lasting change of {points(max(seen))} or more would probably have been found." if seen else ""
        found.append(f"No lasting change was found in {changes.n_periods} {changes.by}s.{bound}")
    found += [f"From {day_name(day)} on another model scored; what changed there may be the model's doing." for day in changes.breaks]
    return tuple(found)


def _shift(shift: Difference) -> str:
    name = title_of(shift.label) if shift.label else "any culture"
    way = "up" if (shift.value or 0) > 0 else "down"
    moved = f"{way} by {points(shift.value or 0.0)}" if round(100 * (shift.value or 0.0)) else "about the same"
    span = ""
    if shift.interval is not None:
        span = f" ({_signed(shift.interval.low)} to {_signed(shift.interval.high)})"
    return f"{name} {moved}{span}"


def _differences(differences: Sequence[Difference]) -> tuple[str, ...]:
    """The differences of the mix and of the signal rate that stand after all comparisons made together."""
    said = {
        "previous": "than in the period before",
        "other_teams": "than in the other teams",
        "team_chat": "in calls than in team chat",
    }
    found = []
    for row in differences:
        if row.measure == "prevalence" or row.value is None or row.adjusted is None or row.adjusted > BELIEVED:
            continue
        name = title_of(row.label) if row.label else "Any culture"
        when = "" if row.by == "all" or row.start is None else f"From {day_name(row.start)}: "
        more = "more" if row.value > 0 else "less"
        found.append(f"{when}{name}: {points(row.value)} {more} {said[row.against]}.")
    return tuple(found)


def _because(advice: Advice) -> str:
    return "; ".join(_figure(figure) for figure in advice.evidence)


def _figure(figure: Evidence) -> str:
    # Odds are for the study; whoever leads a team wants to know which way it goes.
    return figure.what.partition(",")[0] if figure.unit == "log odds" else f"{figure.what}: {_amount(figure)}"


def _amount(figure: Evidence) -> str:
    if figure.unit == "share":
        return f"{share(figure.value)} ({100 * figure.low:.0f} to {share(figure.high)}), from {figure.n_statements} statements"
    value, low, high = (f"{number:+.1f}".replace("-", MINUS) for number in (figure.value, figure.low, figure.high))
    return f"{value} ({low} to {high}) {figure.unit}, from {figure.n_statements} statements"


def _speed(newcomers: Newcomers) -> str:
    if newcomers.no_speed is not None:
        if newcomers.weeks and all(week.withheld is Withheld.SMALL_GROUP for week in newcomers.weeks):
            return TOO_FEW
        return NO_SPEED[newcomers.no_speed]
    if newcomers.half_life is None or newcomers.half_life_low is None:
        return ""
    high = "no upper bound" if newcomers.half_life_high is None else f"{newcomers.half_life_high:.1f}"
    return (
        f"Newcomers lose half of their distance to the team in {newcomers.half_life:.1f} weeks ({newcomers.half_life_low:.1f} to {high})."
    )


def _interventions(effects: Sequence[Effect]) -> tuple[Tried, ...]:
    by_action: defaultdict[Intervention, list[Effect]] = defaultdict(list)
    for effect in effects:
        by_action[effect.intervention].append(effect)
    found = []
    for action, own in by_action.items():
        has_values = any(effect.value is not None for effect in own)
        chart = charts.effect_range(own).to_dict(validate=False) if has_values else None
        title = f"{action.title or 'Action'}, {day_name(action.on)}"
        found.append(Tried(title, tuple(dict.fromkeys(_effect(effect) for effect in own)), chart))
    return tuple(found)


def _effect(effect: Effect) -> str:
    if effect.value is None or effect.interval is None:
        return f"What came of it can't be told. {effect.needs}".strip()
    name = title_of(effect.label) if effect.label else "Any culture"
    low, high = effect.interval.low, effect.interval.high
    way = f"{points(effect.value)} {'up' if effect.value > 0 else 'down'}" if round(100 * effect.value) else "no change"
    moved = f"{name}: {way} against the other teams ({_signed(low)} to {_signed(high)})"
    if low > 0 or high < 0:
        course = f"{share(effect.team_before)} before, {share(effect.team_after)} after"
        return f"{moved}; in the team itself {course}. That is more than chance explains."
    if effect.detectable is not None and effect.detectable <= 1:
        return f"{moved}. That may be chance: only an effect of {points(effect.detectable)} or more would probably have been seen."
    return f"{moved}. That may be chance, and so few data could not have shown any effect."
