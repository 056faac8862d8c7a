"""The true culture mix of the sample teams, week by week, at the level of lines: `python -m tools.sample_truth [--json]`.

It counts labels, so it has no interval; estimates from the sample transcripts are to be held against it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES
from tools.data_card import read_rows
from tools.make_samples import TRUTH


@dataclass(frozen=True, slots=True)
class TrueWeek:
    """What a team really said in a week.

    Attributes:
        team: the team.
        start: Monday of the week, in the team's zone; the week ends before the next Monday.
        n_transcripts: transcripts that began in the week.
        counts: lines of staff by culture, in `CULTURES` order.
    """

    team: str
    start: date
    n_transcripts: int
    counts: tuple[int, ...]

    @property
    def n_lines(self) -> int:
        """Lines of staff."""
        return sum(self.counts)

    @property
    def prevalence(self) -> tuple[float, ...]:
        """Share of each culture among all lines of staff, in `CULTURES` order; sums to 1."""
        return tuple(count / self.n_lines for count in self.counts)

    @property
    def signal_rate(self) -> float:
        """Share of the lines that carry one of the four types."""
        return 1 - self.prevalence[CULTURES.index("none")]

    @property
    def mix(self) -> tuple[float, ...] | None:
        """Share of each type among the lines that carry one, in `SIGNAL_CULTURES` order, summing to 1; None if there is no such line."""
        signals = self.counts[: len(SIGNAL_CULTURES)]
        return tuple(count / sum(signals) for count in signals) if sum(signals) else None


def weekly_truth(truth: Iterable[dict[str, Any]]) -> list[TrueWeek]:
    """Count the true labels by team and week.

    Args:
        truth: lines of `truth.jsonl`; `started_at` carries the team's own offset, so that its date is the team's.

    Returns:
        One entry for each team and week with a transcript, in order of team and week.
    """
    counts: dict[tuple[str, date], Counter[str]] = {}
    transcripts: dict[tuple[str, date], set[str]] = {}
    for row in truth:
        day = datetime.fromisoformat(row["started_at"]).date()
        key = row["team"], day - timedelta(days=day.weekday())
        counts.setdefault(key, Counter())[row["culture"]] += 1
        transcripts.setdefault(key, set()).add(row["transcript"])
    return [
        TrueWeek(team, start, len(transcripts[team, start]), tuple(counts[team, start][culture] for culture in CULTURES))
        for team, start in sorted(counts)
    ]


def _row(week: TrueWeek) -> str:
    shares = "  ".join("   -" if week.mix is None else f"{share:4.0%}" for share in week.mix or [0.0] * len(SIGNAL_CULTURES))
    return f"{week.team:16} {week.start}  {week.n_transcripts:5}  {week.n_lines:5}  {week.signal_rate:6.0%}  {shares}"


def main() -> int:
    """Print the true mix of each team and week."""
    parser = argparse.ArgumentParser(description="The true culture mix of the sample teams, by week.")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    as_json = parser.parse_args().json
    if not as_json:
        print("team             week of     calls  lines  signal  aggr  p-ag  subm  asrt")
    for week in weekly_truth(read_rows(TRUTH)):
        if as_json:
            counts = dict(zip(CULTURES, week.counts, strict=True))
            print(json.dumps({"team": week.team, "start": week.start.isoformat(), "n_transcripts": week.n_transcripts, "lines": counts}))
        else:
            print(_row(week))
    return 0


if __name__ == "__main__":
    sys.exit(main())
