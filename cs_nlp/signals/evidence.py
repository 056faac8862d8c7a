"""Statements to quote: telling ones of different people, none of whom can be told from them, and none from a period that is withheld."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Final

import numpy as np

from cs_nlp.signals.periods import By, Period
from cs_nlp.signals.privacy import hidden_buckets
from cs_nlp.signals.series import SMALLEST_GROUP, by_period, zone_of
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

if TYPE_CHECKING:
    from cs_nlp.records import ScoredStatement, ScoredTranscript, Totals

Redact = Callable[[Sequence[str]], Sequence[str]]

QUOTES: Final = 5
# Case and order numbers, and times of the day: whoever sees the platform's records finds the person with them.
_TRACES: Final = re.compile(r"\d{4,}|\b\d{1,2}:\d\d\b")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Quoting:
    """What is quoted.

    Attributes:
        k: of so many people there must be a statement to choose from; also the smallest group of `team_signals`.
        quotes: at most so many of each culture.
        within: only from this bucket; None for the whole time.
        seed: of the choice.
    """

    k: int = SMALLEST_GROUP
    quotes: int = QUOTES
    within: Period | None = None
    seed: int = 0


def pick_evidence(
    transcripts: Iterable[ScoredTranscript],
    redact: Redact,
    *,
    by: By = "week",
    tz: Mapping[str, tzinfo] | tzinfo = UTC,
    quoting: Quoting = Quoting(),  # frozen
) -> dict[str, list[ScoredStatement]]:
    """Statements that show each team's cultures.

    Of each culture the surest statements are gathered, one of each person and of each transcript, and some of them are drawn: were the
    surest always shown, whoever is quoted each time would be known as the most extreme. Fewer people than the smallest group have none
    quoted: theirs would be known. Left out are statements that name a member of the staff,
    a number of four digits or a time of day even when redacted, and all that stands in no shown bucket of `team_signals`. Whenever
    the pool changes, another draw is made: a quote that is gone says nothing of who is.

    Args:
        transcripts: of any number of teams.
        redact: takes names and numbers out of texts, such as `cs_nlp.redact.Redactor` does; `list` where texts are redacted already.
        by: as for `team_signals`, likewise `tz`.
        tz: the time zone, or that of each team.
        quoting: how many, from when, and the smallest group.

    Returns:
        By team, its statements in the order of cultures, of one culture in no order. They have no speaker, transcript, place or time.
        A withheld team has none.

    Raises:
        InputError: as `team_signals`.
    """
    teams: defaultdict[str, list[ScoredTranscript]] = defaultdict(list)
    for transcript in transcripts:
        if transcript.totals.n > 0:
            teams[transcript.totals.team].append(transcript)
    names = frozenset(name for own in teams.values() for transcript in own for name in staff_names(transcript.totals))
    found = {}
    for team, own in sorted(teams.items()):
        shown = _shown([transcript.totals for transcript in own], by, zone_of(tz, team), quoting)
        said = [
            (person_of(transcript.totals, one), one)
            for transcript in own
            if transcript.totals.transcript_id in shown
            for one in transcript.statements
        ]
        found[team] = [one for culture in SIGNAL_CULTURES for one in _drawn(_pool(said, culture, (redact, names), quoting), quoting)]
    return found


def draw_quotes(
    said: Iterable[ScoredStatement], culture: str, redact: Redact, quoting: Quoting = Quoting()
) -> list[ScoredStatement]:  # frozen
    """Statements of one culture, chosen as by `pick_evidence`, of what may be shown as a whole.

    Args:
        said: statements of one team with pseudonyms for speakers; all who have none count as one person.
        culture: which.
        redact: as for `pick_evidence`.
        quoting: how many, and the smallest group; `within` does not matter.

    Returns:
        As `pick_evidence`; none where too few people said such.
    """
    named = ((one.statement.speaker or "", one) for one in said)
    return _drawn(_pool(named, culture, (redact, frozenset()), quoting), quoting)


def _shown(totals: Sequence[Totals], by: By, tz: tzinfo, quoting: Quoting) -> set[str]:
    periods = by_period(totals, by, tz)
    buckets: dict[Period | None, Sequence[Totals]] = {period: periods[period] for period in periods} if periods else {None: totals}
    hidden = hidden_buckets(buckets, quoting.k)
    wanted = {period: rows for period, rows in buckets.items() if quoting.within in {None, period} and period not in hidden}
    return {row.transcript_id for rows in wanted.values() for row in rows}


def person_of(totals: Totals, scored: ScoredStatement) -> str:
    """Who said it; "" for all of whom that isn't known."""
    if scored.statement.speaker in totals.people:
        return scored.statement.speaker or ""
    return next(iter(totals.people)) if len(totals.people) == 1 else ""


def staff_names(totals: Totals) -> Iterable[str]:
    """The words of the staff's names. Pseudonyms hold digits, stand-ins for the nameless their transcript's id: neither is said."""
    for person in totals.people:
        if not person.endswith(totals.transcript_id) and not any(sign.isdigit() for sign in person):
            yield from _WORD.findall(person.casefold())


def _pool(
    said: Iterable[tuple[str, ScoredStatement]], culture: str, clean: tuple[Redact, frozenset[str]], quoting: Quoting
) -> list[ScoredStatement]:
    """The surest statements of a culture, one of each person and each transcript, without what tells who, when and where."""
    place, (redact, names) = CULTURES.index(culture), clean
    people: set[str] = set()
    transcripts: set[str] = set()
    pool: list[ScoredStatement] = []
    sure = [(person, one) for person, one in said if one.score.culture == culture and one.statement.text.strip()]
    for person, one in sorted(sure, key=lambda pair: -pair[1].score.probabilities[place]):
        if person in people or one.statement.transcript_id in transcripts:
            continue
        text, context = redact([one.statement.text, one.statement.context or ""])
        if not tells_who(text, names):
            people.add(person)
            transcripts.add(one.statement.transcript_id)
            pool.append(_bare(one, text, None if not context or tells_who(context, names) else context))
        if len(pool) >= max(2 * quoting.quotes, quoting.k):
            break
    return pool


def tells_who(text: str, names: frozenset[str]) -> bool:
    """Whether a text holds one of `names` (in lower case), a long number or a time of day."""
    return _TRACES.search(text) is not None or not names.isdisjoint(_WORD.findall(text.casefold()))


def _bare(scored: ScoredStatement, text: str, context: str | None) -> ScoredStatement:
    statement = replace(
        scored.statement, transcript_id="", turn=0, start_char=0, end_char=len(text), text=text, context=context, speaker=None
    )
    return replace(scored, statement=statement)


def _drawn(pool: Sequence[ScoredStatement], quoting: Quoting) -> list[ScoredStatement]:
    if len(pool) < quoting.k:
        return []
    texts = "\n".join(sorted(one.statement.text for one in pool))
    rng = np.random.default_rng([quoting.seed, zlib.crc32(texts.encode(errors="surrogatepass"))])
    return [pool[place] for place in rng.permutation(len(pool))[: quoting.quotes]]
