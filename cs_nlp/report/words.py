"""Signals in plain words, for people who lead teams and not studies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cs_nlp.records import Signal, Withheld
from cs_nlp.taxonomy import SIGNAL_CULTURES, load_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from cs_nlp.records import Interval
    from cs_nlp.records.beliefs import Belief

FIRM: Final = 0.12
FAIR: Final = 0.25
WIDE: Final = 0.35
HALF_A_PERCENT: Final = 0.005
SPACE: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"
PERCENT: Final = f"{SPACE}%"

ABOUT: Final = {
    "customer": "about customers",
    "product": "about the product",
    "company": "about the company around the team",
    "team": "about colleagues",
    "self": "about themselves",
    "other": "about other things",
}
REASONS: Final = {
    Withheld.NO_DATA: "no data",
    Withheld.SMALL_GROUP: "withheld: too few people or transcripts, or others could be found by subtraction",
    Withheld.NOT_CALIBRATED: "withheld: the classifier is not calibrated for these transcripts",
    Withheld.MIXED_MODELS: "withheld: scored by different models",
}


def share(value: float | None) -> str:
    """A share as people read it: `42 %`, or `under 1 %` where rounding would make something nothing."""
    if value is None:
        return "not known"
    if 0 < value < HALF_A_PERCENT:
        return f"under 1{PERCENT}"
    return f"{100 * value:.0f}{PERCENT}"


def between(signal: Signal) -> str:
    """A signal's value with its interval: `42 % (33 to 49 %)`; or why there is none."""
    if signal.value is None or signal.interval is None:
        return REASONS[signal.withheld] if signal.withheld else share(None)
    return percent_between(signal.value, signal.interval)


def percent_between(value: float, interval: Interval) -> str:
    """A share with its interval: `42 % (33 to 49 %)`."""
    return f"{share(value)} ({100 * interval.low:.0f} to {share(interval.high)})"


def belief_name(belief: Belief) -> str:
    """The words that stand for a belief; where none may be quoted, its culture and what it is about."""
    return belief.name or f"{title_of(belief.culture)}, {ABOUT[belief.target]} (not quoted)"


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


def basis(signal: Signal) -> str:
    """What a signal rests on: `41 statements, 5 transcripts, 8 people`; "" where that is hidden or nothing."""
    if not signal.n_statements:
        return ""
    parts = ((signal.n_statements, "statement"), (signal.n_transcripts, "transcript"), (signal.n_people, "person"))
    return ", ".join(f"{number}{SPACE}{name if number == 1 else 'people' if name == 'person' else name + 's'}" for number, name in parts)


def leader(mix: Iterable[Signal]) -> tuple[Signal, bool] | None:
    """The most common culture of a mix and whether its interval lies above all others'; None if nothing is known."""
    known = sorted((signal for signal in mix if signal.value is not None), key=lambda signal: -(signal.value or 0.0))
    if not known:
        return None
    floor = known[0].interval.low if known[0].interval else 0.0
    return known[0], all(other.interval is not None and other.interval.high < floor for other in known[1:])


def headline(mix: Sequence[Signal]) -> str:
    """What a team's culture looks like, in a sentence or two.

    Args:
        mix: the team's four `mix` signals over one period.
    """
    found = leader(mix)
    if found is None:
        if any(signal.withheld is Withheld.SMALL_GROUP for signal in mix):
            return "Nothing is shown: too few people or transcripts stand behind it to speak of a team and not of persons."
        if any(signal.withheld is Withheld.NOT_CALIBRATED for signal in mix):
            return "Nothing is shown: the classifier is much less sure of these statements than of those it was tested on."
        return "No statement shows a culture, so there is no mix to tell."
    first, is_clear = found
    rest = sorted((signal for signal in mix if signal is not first), key=lambda signal: -(signal.value or 0.0))
    name, other = title_of(first.label), title_of(rest[0].label).lower()
    if is_clear:
        lead = f"{name} is the most common culture, with {between(first)} of the statements that show one"
        return f"{lead}; next comes {other}, {between(rest[0])}."
    return f"{name}, {between(first)}, and {other}, {between(rest[0])}, are too close to say which culture is the most common."


def certainty(mix: Sequence[Signal]) -> str:
    """How firm a mix is, by its leading culture's interval; "" if nothing is known."""
    found = leader(mix)
    if found is None or found[0].interval is None:
        return ""
    width = found[0].interval.high - found[0].interval.low
    if width <= FIRM:
        return "The numbers are firm."
    if found[1]:
        return "Which culture leads is clear; the exact shares are not, so read the ranges."
    if width <= FAIR:
        return "Read the ranges, not the single numbers."
    return "This rests on little: take it as a first hint, and add transcripts."


def movement(signals: Iterable[Signal], culture: str) -> str:
    """How one culture's share moved from the first to the last bucket that is shown; "" with fewer than two.

    Two intervals that do not overlap differ by more than chance explains: a cautious rule, as each is of 95 %.

    Args:
        signals: of one team.
        culture: one of `SIGNAL_CULTURES`.
    """
    series = _series(signals, culture)
    first, last = (series[0], series[-1]) if series else (None, None)
    if first is last or first is None or last is None or first.interval is None or last.interval is None:
        return ""
    if last.interval.high < first.interval.low:
        verdict = "it has gone down by more than chance explains."
    elif last.interval.low > first.interval.high:
        verdict = "it has gone up by more than chance explains."
    else:
        verdict = "the difference may be chance."
    then, now = (f"{between(signal)} in the {period_name(signal)}" for signal in (first, last))
    return f"{title_of(culture)} was at {then} and at {now}: {verdict}"


def hint(signals: Iterable[Signal], culture: str) -> str:
    """What helps where the buckets' intervals of a culture are too wide to see much; "" where they are not."""
    widths = [signal.interval.high - signal.interval.low for signal in _series(signals, culture) if signal.interval]
    if widths and sum(widths) / len(widths) > WIDE:
        return "Each period rests on few statements, so its range is wide. Longer periods or more transcripts make it narrower."
    return ""


def _series(signals: Iterable[Signal], culture: str) -> list[Signal]:
    """The shown buckets of a culture's mix, earliest first."""
    chosen = [signal for signal in signals if signal.by != "all" and (signal.measure, signal.label) == ("mix", culture) and signal.interval]
    return sorted(chosen, key=lambda signal: signal.start.toordinal() if signal.start else 0)


def title_of(culture: str) -> str:
    """The culture's name for people."""
    return load_taxonomy().cultures[culture].title


def ordered(mix: Iterable[Signal]) -> list[Signal]:
    """Mix signals in the order of `SIGNAL_CULTURES`."""
    return sorted(mix, key=lambda signal: SIGNAL_CULTURES.index(signal.label))
