"""What a team believes, as the template shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cs_nlp.records import Withheld
from cs_nlp.report import charts
from cs_nlp.report.words import ABOUT, SPACE, belief_name, percent_between, share, title_of

if TYPE_CHECKING:
    from cs_nlp.records.beliefs import Belief, TeamBeliefs, Trend


@dataclass(frozen=True, slots=True)
class Held:
    """A belief.

    Attributes:
        culture: its label; title: the same for people.
        words: its name; others: how others said it.
        facts: what it is about, how large it is, and how it goes, in a sentence.
    """

    culture: str
    title: str
    words: str
    others: tuple[str, ...]
    facts: str


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What the template shows; `note` says why there is nothing else, or is ""."""

    note: str
    chart: dict[str, Any] | None
    held: tuple[Held, ...]
    is_quoted: bool


def beliefs_shown(found: TeamBeliefs | None) -> Beliefs | None:
    """The section on a team; None where there is nothing to say."""
    if found is None or found.withheld is Withheld.SMALL_GROUP:
        return None
    if found.withheld is not None or not found.beliefs:
        note = "No sentence comes back in the words of enough people to be called what the team believes."
        return Beliefs(note if found.withheld in {None, Withheld.NO_DATA} else "", None, (), is_quoted=False)
    chart = charts.belief_shares(found.beliefs).to_dict(validate=False)
    is_quoted = any(belief.name for belief in found.beliefs)
    return Beliefs("", chart, tuple(_held(belief) for belief in found.beliefs), is_quoted)


def _held(belief: Belief) -> Held:
    heard = f"heard from {belief.n_people}{SPACE}people in {belief.n_transcripts}{SPACE}transcripts"
    size = f"{percent_between(belief.share, belief.interval)} of what shows a culture"
    return Held(
        culture=belief.culture,
        title=title_of(belief.culture),
        words=belief_name(belief),
        others=belief.examples,
        facts=f"{title_of(belief.culture)}, {ABOUT[belief.target]}; {heard}: {size}{_course(belief.trend)}.",
    )


def _course(trend: Trend | None) -> str:
    if trend is None or trend.low <= 0 <= trend.high:
        return ""
    how = "more and more" if trend.change > 0 else "less and less"
    return f", heard {how}: {share(trend.first)} at first, {share(trend.last)} at last"
