"""What to do about a team's culture: the taxonomy's advice, where the evidence calls for it, and nothing where it does not.

- *Culture*: one culture is dominant if the interval of its share of the mix lies above the intervals of all others. Shares of one mix
  pull against each other, so intervals that do not overlap are as strict as an interval of the difference, or stricter.
- *Drivers*: one is weak if the whole interval of its net evidence lies below 0: words that say it is missing outweigh those that
  say it is there. Not so if the team clearly has more of it than the other teams: what is heard in any text may be the classifier's
  habit. The weakest few are told, by their rank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from cs_nlp.records import About, Advice, Coaching, DriverEvidence, Evidence, Signal, Withheld
from cs_nlp.taxonomy import load_taxonomy

WEAKEST_DRIVERS: Final = 3


def coach(signals: Iterable[Signal], drivers: Iterable[DriverEvidence] = ()) -> list[Coaching]:
    """Advice for each team.

    Args:
        signals: of any number of teams; used are the mixes over the whole time (`by` is `all`), one for each team.
        drivers: net evidence on each driver over the same time.

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
    found = []
    for team in sorted(mixes.keys() | rows.keys()):
        culture, undecided = _culture(mixes[team])
        weak, unclear = _drivers(rows[team])
        found.append(Coaching(team, (*culture, *weak), (*undecided, *unclear)))
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
    figures = [(f"{entry.title}: statements that say it is there, less those that say it is missing", row.net, row.low, row.high)]
    figures += [(f"{entry.title}: the same, less the mean of the other teams", row.apart, row.apart_low, row.apart_high)]
    evidence = tuple(
        Evidence(
            what=what,
            value=value,
            low=low,
            high=high,
            unit="per 100 statements",
            level=row.level,
            start=row.start,
            end=row.end,
            n_statements=row.n_statements or 0,
            n_transcripts=row.n_transcripts or 0,
            n_people=row.n_people or 0,
            method=row.method,
        )
        for what, value, low, high in figures
        if value is not None and low is not None and high is not None
    )
    return Advice(About.DRIVER, row.driver, entry.title, entry.missing, entry.present, entry.when_missing, (), evidence)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
