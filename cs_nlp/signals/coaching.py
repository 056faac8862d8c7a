"""What to do about a team's culture: the taxonomy's advice, where the evidence calls for it, and nothing where it does not.

- *Culture*: one culture is dominant if the interval of its share of the mix lies above the intervals of all others. Shares of one mix
  pull against each other, so intervals that do not overlap are as strict as an interval of the difference, or stricter.
- *Beliefs*: groups of statements of enough people that carry another culture than the assertive one, the largest first, if the interval
  of their share lies above `LEAST_SHARE` of all that the team signals. What to build in their place is that culture's; what to do is
  that of the drivers that these very statements find missing, then of the culture.
- *Drivers*: one is weak if the whole interval of its net evidence lies below 0: words that say it is missing outweigh those that
  say it is there. Not so if the team clearly has more of it than the other teams: what is heard in any text may be the classifier's
  habit. The weakest few are told, by their rank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from cs_nlp.records import About, Advice, Coaching, DriverEvidence, Evidence, Signal, Withheld
from cs_nlp.records.beliefs import Belief, TeamBeliefs
from cs_nlp.taxonomy import load_taxonomy

LARGEST_BELIEFS: Final = 3
LEAST_SHARE: Final = 0.02
WEAKEST_DRIVERS: Final = 3
WANTED: Final = "assertive"


def coach(signals: Iterable[Signal], drivers: Iterable[DriverEvidence] = (), beliefs: Iterable[TeamBeliefs] = ()) -> list[Coaching]:
    """Advice for each team.

    Args:
        signals: of any number of teams; used are the mixes over the whole time (`by` is `all`), one for each team.
        drivers: net evidence on each driver over the same time.
        beliefs: what each team believes, over the same time; those that can't be quoted are left out.

    Returns:
        One entry for each team, ordered by team.
    """
    mixes: defaultdict[str, list[Signal]] = defaultdict(list)
    rows: defaultdict[str, list[DriverEvidence]] = defaultdict(list)
    for signal in signals:
        if signal.by == "all" and signal.measure == "mix":
            mixes[signal.team].append(signal)
    for row in drivers:
        rows[row.team].append(row)
    held = {each.team: each for each in beliefs}
    found = []
    for team in sorted(mixes.keys() | rows.keys() | held.keys()):
        parts = [_culture(mixes[team]), _beliefs(held.get(team)), _drivers(rows[team])]
        found.append(Coaching(team, tuple(each for part, _ in parts for each in part), tuple(each for _, part in parts for each in part)))
    return found


def _culture(mix: Sequence[Signal]) -> tuple[list[Advice], list[str]]:
    shown = [(signal, _evidence(signal)) for signal in mix]
    known = sorted(((signal, figure) for signal, figure in shown if figure is not None), key=lambda pair: -pair[1].value)
    if not mix:
        return [], []
    if not known:
        reasons = sorted({signal.withheld.value for signal in mix if signal.withheld is not None})
        return [], [f"The culture mix is not shown: {', '.join(reasons) or Withheld.NO_DATA.value}."]
    (top, figure), *others = known
    close = [signal.label for signal, other in others if other.high >= figure.low]
    if close:
        titles = [load_taxonomy().cultures[label].title for label in (top.label, *close)]
        return [], [f"No culture stands out: the intervals of {_listed(titles)} overlap."]
    entry = load_taxonomy().cultures[top.label]
    advice = Advice(
        about=About.CULTURE,
        label=top.label,
        title=entry.title,
        meaning=entry.customers_get,
        wanted=entry.wanted_belief,
        actions=entry.coaching,
        avoid=entry.makes_it_worse,
        evidence=(figure, *(other for _, other in others)),
    )
    return [advice], []


def _evidence(signal: Signal) -> Evidence | None:
    if signal.value is None or signal.interval is None:
        return None
    return Evidence(
        what=f"{load_taxonomy().cultures[signal.label].title}: share among the statements that carry a culture",
        value=signal.value,
        low=signal.interval.low,
        high=signal.interval.high,
        unit="share",
        level=signal.interval.level,
        start=signal.start,
        end=signal.end,
        n_statements=signal.n_statements or 0,
        n_transcripts=signal.n_transcripts or 0,
        n_people=signal.n_people or 0,
        method=signal.method,
    )


def _beliefs(held: TeamBeliefs | None) -> tuple[list[Advice], list[str]]:
    if held is None:
        return [], []
    if held.withheld is not None:
        return [], [f"What the team believes is not shown: {held.withheld.value}."]
    unwanted = [each for each in held.beliefs if each.culture != WANTED and each.name and each.interval.low >= LEAST_SHARE]
    if not unwanted:
        return [], ["No belief that asks for a change is shared by enough people."]
    return [_belief(each, held) for each in sorted(unwanted, key=lambda each: (-each.share, each.id))[:LARGEST_BELIEFS]], []


def _belief(belief: Belief, held: TeamBeliefs) -> Advice:
    known = load_taxonomy()
    entry = known.cultures[belief.culture]
    missing = [known.drivers[name[:-1]] for name in belief.drivers if name.endswith("-")]
    heard = Evidence(
        what="share of what shows a culture",
        value=belief.share,
        low=belief.interval.low,
        high=belief.interval.high,
        unit="share",
        level=belief.interval.level,
        start=held.start,
        end=held.end,
        n_statements=belief.n_statements,
        n_transcripts=belief.n_transcripts,
        n_people=belief.n_people,
        method="statements that say the same",
    )
    evidence: tuple[Evidence, ...] = (heard,)
    trend = belief.trend
    if trend is not None and not trend.low <= 0 <= trend.high:
        what = f"heard {'more and more' if trend.change > 0 else 'less and less'}, as change from the first day to the last"
        moved = replace(heard, what=what, value=trend.change, low=trend.low, high=trend.high, unit="log odds", level=trend.level)
        evidence = (heard, moved)
    actions = tuple(dict.fromkeys([*(driver.when_missing[0] for driver in missing), entry.coaching[0]]))
    return Advice(About.BELIEF, belief.culture, belief.name, entry.customers_get, entry.wanted_belief, actions, (), evidence)


def _drivers(rows: Sequence[DriverEvidence]) -> tuple[list[Advice], list[str]]:
    if not rows:
        return [], []
    known = [row for row in rows if row.net is not None and row.low is not None and row.high is not None]
    if not known:
        reasons = sorted({row.withheld.value for row in rows if row.withheld is not None})
        return [], [f"Evidence on drivers is not shown: {', '.join(reasons) or Withheld.NO_DATA.value}."]
    weak = sorted((row for row in known if _is_weak(row)), key=lambda row: (row.rank or 0, row.driver))
    if not weak:
        return [], ["No driver is missing beyond doubt."]
    return [_driver(row) for row in weak[:WEAKEST_DRIVERS]], []


def _is_weak(row: DriverEvidence) -> bool:
    return row.high is not None and row.high < 0 and not (row.apart_low is not None and row.apart_low > 0)


def _driver(row: DriverEvidence) -> Advice:
    entry = load_taxonomy().drivers[row.driver]
    heard = Evidence(
        what=f"{entry.title}: statements that say it is there, less those that say it is missing",
        value=row.net or 0.0,
        low=row.low or 0.0,
        high=row.high or 0.0,
        unit="per 100 statements",
        level=row.level,
        start=row.start,
        end=row.end,
        n_statements=row.n_statements or 0,
        n_transcripts=row.n_transcripts or 0,
        n_people=row.n_people or 0,
        method=row.method,
    )
    evidence: tuple[Evidence, ...] = (heard,)
    if row.apart is not None and row.apart_low is not None and row.apart_high is not None:
        what = f"{entry.title}: the same, less the mean of the other teams"
        evidence = (heard, replace(heard, what=what, value=row.apart, low=row.apart_low, high=row.apart_high))
    return Advice(About.DRIVER, row.driver, entry.title, entry.missing, entry.present, entry.when_missing, (), evidence)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
