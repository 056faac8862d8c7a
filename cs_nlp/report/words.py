"""Signals in plain words, for people who lead teams and not studies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cs_nlp.records import Signal, Withheld
from cs_nlp.taxonomy import SIGNAL_CULTURES, load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

WELL_KNOWN = 0.12
ROUGHLY_KNOWN = 0.25

REASONS = {
    Withheld.NO_DATA: "no data",
    Withheld.SMALL_GROUP: "withheld: too few people or transcripts",
    Withheld.NOT_CALIBRATED: "withheld: the classifier is not calibrated for these transcripts",
    Withheld.MIXED_MODELS: "withheld: scored by different models",
}


def share(value: float | None) -> str:
    """A share as people read it: `42 %`, or `under 1 %` where rounding would make something nothing."""
    if value is None:
        return "not known"
    if 0 < value < 0.005:
        return "under 1\N{NO-BREAK SPACE}%"
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def between(signal: Signal) -> str:
    """A signal's value with its interval: `42 % (33 to 49 %)`; or why there is none."""
    if signal.value is None or signal.interval is None:
        return REASONS[signal.withheld] if signal.withheld else "not known"
    low, high = f"{100 * signal.interval.low:.0f}", share(signal.interval.high)
    return f"{share(signal.value)} ({low} to {high})"


def day_name(day: date) -> str:
    """A day as `1 June 2026`."""
    return f"{day.day} {day:%B %Y}"


def period_name(signal: Signal) -> str:
    """The period of a signal: `1 June 2026`, `week of 1 June 2026`, `June 2026`, or first and last day."""
    if signal.start is None or signal.end is None:
        return "whole time (no dates)"
    match signal.by:
        case "day":
            return day_name(signal.start)
        case "week":
            return f"week of {day_name(signal.start)}"
        case "month":
            return f"{signal.start:%B %Y}"
    return f"{day_name(signal.start)} to {day_name(signal.end - timedelta(days=1))}"


def headline(mix: Sequence[Signal]) -> str:
    """What a team's culture looks like, and how sure that is, in a sentence or two.

    Args:
        mix: the team's four `mix` signals over one period.
    """
    known = sorted((signal for signal in mix if signal.value is not None), key=lambda signal: -(signal.value or 0.0))
    if not known:
        return _silence(mix)
    first, second = known[0], known[1]
    if first.interval is None or second.interval is None:
        return _silence(mix)
    name, other = _title(first.label), _title(second.label)
    if first.interval.low > second.interval.high:
        said = f"{name} is the most common culture: {between(first)} of the statements that show one. Next comes {other.lower()} with {between(second)}."
    else:
        said = f"{name}, {between(first)}, and {other.lower()}, {between(second)}, are too close to say which is the most common."
    return f"{said} {_certainty(first.interval.high - first.interval.low)}"


def movement(signals: Sequence[Signal], culture: str) -> str:
    """How one culture's share moved from the first to the last bucket that is shown; "" with fewer than two.

    Two intervals that do not overlap differ by more than chance explains: a cautious rule, as each is of 95 %.

    Args:
        signals: of one team.
        culture: one of `SIGNAL_CULTURES`.
    """
    series = [s for s in signals if s.by != "all" and (s.measure, s.label) == ("mix", culture) and s.interval is not None and s.start]
    series.sort(key=lambda signal: signal.start.toordinal() if signal.start else 0)
    if len(series) < 2:  # noqa: PLR2004  # a movement has two ends
        return ""
    first, last = series[0], series[-1]
    facts = f"{_title(culture)} was at {between(first)} in the {period_name(first)} and at {between(last)} in the {period_name(last)}"
    if first.interval is None or last.interval is None:
        return ""
    if last.interval.high < first.interval.low:
        return f"{facts}: it has gone down by more than chance explains."
    if last.interval.low > first.interval.high:
        return f"{facts}: it has gone up by more than chance explains."
    return f"{facts}: the difference may be chance."


def _certainty(width: float) -> str:
    if width <= WELL_KNOWN:
        return "This is well known."
    if width <= ROUGHLY_KNOWN:
        return "This is roughly known: the order is worth more than the exact numbers."
    return "This is hardly known yet: read it as a first hint, and add transcripts."


def _silence(mix: Sequence[Signal]) -> str:
    if any(signal.withheld is Withheld.SMALL_GROUP for signal in mix):
        return "Nothing is shown: there are too few people or transcripts to speak of a team and not of persons."
    return "No statement shows a culture, so there is no mix to tell."


def _title(culture: str) -> str:
    return load_taxonomy().cultures[culture].title


def ordered(mix: Sequence[Signal]) -> list[Signal]:
    """The four mix signals in the order of `SIGNAL_CULTURES`."""
    return sorted(mix, key=lambda signal: SIGNAL_CULTURES.index(signal.label))
