"""Front against back stage: does a team speak to customers as it speaks among itself?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from cs_nlp.records import Against, Cell, Channel, Difference, Totals
from cs_nlp.signals.comparison import adjusted, difference
from cs_nlp.signals.estimate import Resampling
from cs_nlp.signals.periods import Period
from cs_nlp.signals.series import SMALLEST_GROUP, by_period, zone_of
from cs_nlp.signals.units import stretches_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cs_nlp.signals.correction import Correction


def stage_differences(
    totals: Iterable[Totals | Cell],
    *,
    tz: Mapping[str, tzinfo] | tzinfo = UTC,
    k: int = SMALLEST_GROUP,
    correction: Correction | None = None,
    resampling: Resampling = Resampling(),  # noqa: B008  # frozen
) -> list[Difference]:
    """Each team's calls against its team chat over the whole time, figure by figure; positive where there is more of it in calls.

    The formula is that of `comparison`. It takes for granted that the classifier errs alike on both; `method` says how the shares were
    estimated, and where that is not one way for both, the interval spans all that were used.

    Args:
        totals: as for `team_signals`, likewise the other arguments.
        tz: the time zone, or that of each team.
        k: smallest group, for calls and for chat.
        correction: the classifier's errors, or None.
        resampling: level, replicates and seed.

    Returns:
        By team, in the order of figures, with p-values as they are and adjusted for all of them together. Withheld where either stage is,
        and as `no_data` where a team has one stage only.

    Raises:
        InputError: as `team_signals`.
    """
    teams: defaultdict[str, list[Totals | Cell]] = defaultdict(list)
    for row in totals:
        if row.n > 0:
            teams[row.team].append(row)
    found: list[Difference] = []
    for team, rows in sorted(teams.items()):
        days = by_period(rows, "day", zone_of(tz, team))
        span = Period(min(days).start, max(days).end) if days else None
        heard = [row for part in days.values() for row in part] or rows
        parts = [(span, [row for row in heard if row.channel is channel]) for channel in (Channel.CALL, Channel.TEAM_CHAT)]
        front, back = stretches_of(parts, k=k, correction=correction, resampling=resampling)
        found += [replace(each, team=team) for each in difference(front, [back], Against.TEAM_CHAT, level=resampling.level)]
    return adjusted(found)
