"""Statements to quote: the most telling ones, spread over speakers, and never from a period that is withheld."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Final

from cs_nlp.signals.periods import By
from cs_nlp.signals.privacy import hidden_buckets
from cs_nlp.signals.series import SMALLEST_GROUP, by_period, zone_of
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cs_nlp.records import ScoredStatement, ScoredTranscript, Totals

QUOTES: Final = 5


def pick_evidence(
    transcripts: Iterable[ScoredTranscript],
    *,
    by: By = "week",
    tz: Mapping[str, tzinfo] | tzinfo = UTC,
    k: int = SMALLEST_GROUP,
    quotes: int = QUOTES,
) -> dict[str, list[ScoredStatement]]:
    """The statements that show each team's cultures best.

    Of each culture the most probable ones are taken, at most one of each transcript and of each speaker, so that no one
    person stands for the team. Nothing is taken from transcripts that stand in no shown bucket of `team_signals`.

    Args:
        transcripts: of any number of teams.
        by: as for `team_signals`, likewise `tz` and `k`.
        tz: the time zone, or that of each team.
        k: smallest group.
        quotes: at most so many of each culture.

    Returns:
        By team, its statements in the order of cultures, the most probable first. A withheld team has none.

    Raises:
        InputError: as `team_signals`.
    """
    teams: defaultdict[str, list[ScoredTranscript]] = defaultdict(list)
    for transcript in transcripts:
        if transcript.totals.n > 0:
            teams[transcript.totals.team].append(transcript)
    found = {}
    for team, own in sorted(teams.items()):
        shown = _shown([transcript.totals for transcript in own], by, zone_of(tz, team), k)
        said = [scored for transcript in own if transcript.totals.transcript_id in shown for scored in transcript.statements]
        found[team] = [scored for culture in SIGNAL_CULTURES for scored in _best(said, culture, quotes)]
    return found


def _shown(totals: Sequence[Totals], by: By, tz: tzinfo, k: int) -> set[str]:
    buckets: list[Sequence[Totals]] = [*by_period(totals, by, tz).values()] or [totals]
    hidden = hidden_buckets(dict(enumerate(buckets)), k)
    return {row.transcript_id for place, rows in enumerate(buckets) if place not in hidden for row in rows}


def _best(said: Iterable[ScoredStatement], culture: str, quotes: int) -> list[ScoredStatement]:
    place = CULTURES.index(culture)
    speakers: set[str] = set()
    transcripts: set[str] = set()
    best: list[ScoredStatement] = []
    for scored in sorted(said, key=lambda scored: -scored.score.probabilities[place]):
        statement = scored.statement
        if scored.score.culture != culture or statement.transcript_id in transcripts or statement.speaker in speakers:
            continue
        transcripts.add(statement.transcript_id)
        if statement.speaker is not None:
            speakers.add(statement.speaker)
        best.append(scored)
        if len(best) == quotes:
            break
    return best
