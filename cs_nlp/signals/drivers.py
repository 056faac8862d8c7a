"""What in the organisation feeds the culture: net evidence on each driver, and where to push.

With s the summed probabilities of "there and working" less those of "missing" in a transcript of n statements, the net evidence per 100
statements is the ratio estimator

    r = 100 sum(s) / sum(n),   var(r) = m / (m - 1) sum((100 s - r n)^2) / sum(n)^2

over m whole transcripts (Cochran 1977, "Sampling Techniques", 3rd ed., section 6.4), with Student's t on m - 1 degrees of freedom. Summed
probabilities are taken, not counts of named drivers: on real statements labelled by people they were off by a quarter to a third
less (`python -m tools.measure_drivers`).

The classifier finds drivers only weakly (see the model card), and nothing here is corrected for it: amounts come out too small, often a
third of what people find, and the intervals hold what it would say of more such transcripts, not what it misses. What it finds in
any text is in part the same for all teams; `apart`, a team's net less the mean of the other teams', leaves that out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.records import DriverEvidence, Totals, Withheld
from cs_nlp.signals.periods import local_date
from cs_nlp.signals.privacy import Group, size_of
from cs_nlp.signals.series import SMALLEST_GROUP, zone_of
from cs_nlp.taxonomy import DRIVERS, load_taxonomy

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
PER: Final = 100.0
METHOD: Final = "summed probabilities, uncorrected"


def driver_evidence(
    totals: Iterable[Totals], *, tz: Mapping[str, tzinfo] | tzinfo = UTC, k: int = SMALLEST_GROUP, level: float = LEVEL
) -> list[DriverEvidence]:
    """Net evidence on each driver, for each team over the whole time.

    Args:
        totals: with summed driver probabilities, of any number of teams; transcripts without a time count only for a team of which
            none has one.
        tz: the time zone of the dates, or that of each team.
        k: smallest group.
        level: of the intervals.

    Returns:
        By team, where to push first on top: the drivers that are missing (the whole interval of the net lies below 0), then those that
        the data leave open, then those that are there; each by its net, and in the order of `taxonomy.DRIVERS` where that is
        equal. Withheld teams have them in that order: `small_group`, `mixed_models` where several models scored, and `no_data`
        where driver probabilities are not known.
    """
    teams: defaultdict[str, list[Totals]] = defaultdict(list)
    for row in totals:
        if row.n > 0:
            teams[row.team].append(row)
    spans = {team: _span(rows, zone_of(tz, team)) for team, rows in sorted(teams.items())}
    reasons = {team: _reason(span.rows, k) for team, span in spans.items()}
    measured = {team: _Net.of(span.rows) for team, span in spans.items() if reasons[team] is None}
    found = []
    for team, span in spans.items():
        reason, net = reasons[team], measured.get(team)
        records = [_record(team, span, place, reason, level) for place in range(len(DRIVERS))]
        if net is not None:
            others = [other for name, other in measured.items() if name != team]
            records = _ranked([_filled(record, place, net, others) for place, record in enumerate(records)])
        found += records
    return found


@dataclass(frozen=True, slots=True)
class _Span:
    """The transcripts of a team that count, with the first day of their time and the day after its last."""

    rows: list[Totals]
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class _Net:
    """Per 100 statements and driver: how often it is there, and missing; variance of the difference, and its degrees of freedom."""

    present: Floats
    missing: Floats
    variance: Floats
    freedom: int

    @classmethod
    def of(cls, rows: Sequence[Totals]) -> _Net:
        n = np.array([float(row.n) for row in rows])
        sums = PER * np.array([row.driver_sums for row in rows])
        present, missing = sums[:, 0::2], sums[:, 1::2]
        there, lacking = (each.sum(axis=0) / n.sum() for each in (present, missing))
        off = (present - missing) - n[:, None] * (there - lacking)
        m = len(rows)
        return cls(there, lacking, (off**2).sum(axis=0) / n.sum() ** 2 * m / max(m - 1, 1), m - 1)

    @property
    def net(self) -> Floats:
        return self.present - self.missing


def _span(rows: Iterable[Totals], tz: tzinfo) -> _Span:
    ordered = sorted(rows, key=lambda row: row.transcript_id)  # sums of floats depend on their order, and the answer shall not
    dated = [(row, local_date(row.started_at, tz)) for row in ordered if row.started_at is not None]
    if not dated:
        return _Span(ordered, None, None)
    days = [day for _, day in dated]
    return _Span([row for row, _ in dated], min(days), max(days) + timedelta(days=1))


def _reason(rows: Sequence[Totals], k: int) -> Withheld | None:
    if Group.of(rows).is_small(k):
        return Withheld.SMALL_GROUP
    if len({row.model for row in rows}) > 1:
        return Withheld.MIXED_MODELS
    return None if all(row.driver_sums for row in rows) else Withheld.NO_DATA


def _record(team: str, span: _Span, place: int, reason: Withheld | None, level: float) -> DriverEvidence:
    known = load_taxonomy()
    driver = known.drivers[DRIVERS[place]]
    size = None if reason is Withheld.SMALL_GROUP else size_of(span.rows)
    return DriverEvidence(
        team=team,
        start=span.start,
        end=span.end,
        driver=driver.name,
        elements=tuple(sorted(driver.elements, key=lambda element: element not in known.foundations)),
        present=None,
        missing=None,
        net=None,
        low=None,
        high=None,
        level=level,
        rank=None,
        n_statements=size.statements if size else None,
        n_transcripts=size.transcripts if size else None,
        n_people=size.people if size else None,
        method=METHOD,
        withheld=reason,
    )


def _filled(record: DriverEvidence, place: int, net: _Net, others: Sequence[_Net]) -> DriverEvidence:
    value, reach = float(net.net[place]), _reach([net], place, record.level)
    made = replace(
        record,
        present=float(net.present[place]),
        missing=float(net.missing[place]),
        net=value,
        low=max(-PER, value - reach),
        high=min(PER, value + reach),
    )
    if not others:
        return made
    apart = value - float(np.mean([other.net[place] for other in others]))
    reach = _reach([net, *others], place, record.level)
    return replace(made, apart=apart, apart_low=max(-PER, apart - reach), apart_high=min(PER, apart + reach))


def _reach(nets: Sequence[_Net], place: int, level: float) -> float:
    """Half the width of the interval of the first one's net less the mean of the others', with Satterthwaite's degrees of freedom."""
    from scipy.special import stdtrit  # noqa: PLC0415 - takes a third of a second to load

    share = 1 / max(len(nets) - 1, 1)
    parts = np.array([each.variance[place] * (1.0 if number == 0 else share**2) for number, each in enumerate(nets)])
    freedoms = np.array([max(each.freedom, 1) for each in nets])
    if not parts.any():
        return 0.0
    return float(stdtrit(parts.sum() ** 2 / (parts**2 / freedoms).sum(), (1 + level) / 2) * np.sqrt(parts.sum()))


def _ranked(records: Sequence[DriverEvidence]) -> list[DriverEvidence]:
    def urgency(record: DriverEvidence) -> tuple[bool, bool, float]:
        return not (record.high or 0.0) < 0, (record.low or 0.0) > 0, record.net or 0.0

    return [replace(record, rank=rank) for rank, record in enumerate(sorted(records, key=urgency), start=1)]
