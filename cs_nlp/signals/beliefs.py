"""The beliefs of teams: what several people say, each in their own words. docs/beliefs.md explains each number.

Statements are grouped across cultures, those that surely carry none left out; then all statements of a group together say which culture it
carries. A single statement is often misjudged, the mean of many seldom.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cs_nlp.errors import InputError
from cs_nlp.records import Totals, Withheld
from cs_nlp.records.beliefs import Belief, KnownBelief, TeamBeliefs
from cs_nlp.signals.beliefs_figures import Said, share_of, trend_of
from cs_nlp.signals.beliefs_groups import Labels, Vectors, belief_vectors, group_statements
from cs_nlp.signals.beliefs_match import match_centroids
from cs_nlp.signals.beliefs_quotes import Quotable, Quotes
from cs_nlp.signals.beliefs_rules import carries_culture, holds_together, of_culture
from cs_nlp.signals.beliefs_stability import Stability, stability_of
from cs_nlp.signals.beliefs_words import same_words
from cs_nlp.signals.evidence import Redact, person_of, staff_names
from cs_nlp.signals.periods import local_date
from cs_nlp.signals.privacy import LARGEST_PART, Group
from cs_nlp.signals.series import SMALLEST_GROUP, zone_of
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES, SIGNED_DRIVERS, TARGETS

if TYPE_CHECKING:
    from cs_nlp.records import ScoredStatement, ScoredTranscript

Embed = Callable[[Sequence[str]], Vectors]

SURELY_NONE: Final = 0.9
DISSOLVED: Final = 0.5
_NAMED_DRIVER: Final = 0.3
_KINDS: Final = len(SIGNAL_CULTURES)
_ID: Final = 4  # bytes


@dataclass(frozen=True, slots=True)
class Believing:
    """How beliefs are found.

    Attributes:
        k: beliefs of fewer people or transcripts are withheld.
        draws: how many times a part of the transcripts is grouped again, to see what comes back; 0 for never.
        examples: at most so many of each belief, beside its name.
        seed: of the draws.
    """

    k: int = SMALLEST_GROUP
    draws: int = 10
    examples: int = 3
    seed: int = 0


def team_beliefs(
    transcripts: Iterable[ScoredTranscript],
    embed: Embed,
    redact: Redact | None,
    *,
    tz: Mapping[str, tzinfo] | tzinfo = UTC,
    options: Believing = Believing(),  # frozen
    known: Mapping[str, Sequence[KnownBelief]] | None = None,
) -> list[TeamBeliefs]:
    """What each team believes.

    A belief is a group of statements of at least k people in k transcripts that carries a culture rather than none, and comes back when
    a fifth of the transcripts is left out. Nobody counts for more of it than the share that `privacy` allows: whoever said it oftener is
    counted with the most typical statements only.

    Args:
        transcripts: of any number of teams, scored by one model.
        embed: gives sentence vectors, as `Classifier.embed` does; it sees statements after `same_words`.
        redact: takes names and numbers out of single texts; `list` where texts are redacted already; None where nothing may be
            quoted: then beliefs have no names.
        tz: the time zone, or that of each team.
        options: how beliefs are found.
        known: by team, beliefs of a run before, whose ids and names go on.

    Returns:
        One entry for each team, by name.

    Raises:
        InputError: as `team_signals`.
    """
    if options.k < 1:
        raise InputError(f"the smallest group can't be {options.k}; expected 1 or more people (default {SMALLEST_GROUP})")
    teams: defaultdict[str, list[ScoredTranscript]] = defaultdict(list)
    for transcript in transcripts:
        if transcript.totals.n > 0:
            teams[transcript.totals.team].append(transcript)
    names = frozenset(name for own in teams.values() for one in own for name in staff_names(one.totals))
    found = []
    for team, own in sorted(teams.items()):
        heard = _Heard.of(own, zone_of(tz, team))
        before = [*(known or {}).get(team, ())]
        found.append(_Team(team, heard, options).beliefs(embed, (redact, names), before))
    return found


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was heard of a team, and what of it may carry a culture: arrays with a row for each such statement.

    Attributes:
        totals: of the transcripts, in order of their ids.
        days: when each transcript began, or None.
        whole: `(transcripts,)`, the probability of a culture, summed over the scored statements of each.
        said: the statements; people: who said each; places: index of the transcript of each.
    """

    totals: Sequence[Totals]
    days: Sequence[date | None]
    whole: NDArray[np.float64]
    said: Sequence[ScoredStatement]
    people: Sequence[str]
    places: NDArray[np.int64]

    @classmethod
    def of(cls, transcripts: Sequence[ScoredTranscript], tz: tzinfo) -> _Heard:
        own = sorted(transcripts, key=_place)
        rows = [
            (place, person_of(transcript.totals, one), one)
            for place, transcript in enumerate(own)
            for one in transcript.statements
            if one.score.probabilities[_KINDS] < SURELY_NONE and one.statement.text.strip()
        ]
        return cls(
            totals=[transcript.totals for transcript in own],
            days=[None if one.totals.started_at is None else local_date(one.totals.started_at, tz) for one in own],
            whole=np.array([sum(sum(said.score.probabilities[:_KINDS]) for said in one.statements) for one in own]),
            said=[one for _, _, one in rows],
            people=[person for _, person, _ in rows],
            places=np.array([place for place, _, _ in rows], dtype=np.int64),
        )


class _Team:
    """Finds the beliefs of one team.

    Args:
        team: its name.
        heard: what was heard of it.
        options: how beliefs are found.
    """

    def __init__(self, team: str, heard: _Heard, options: Believing) -> None:
        self._team = team
        self._heard = heard
        self._options = options
        self._probabilities = np.array([one.score.probabilities for one in heard.said]).reshape(-1, len(CULTURES))

    def beliefs(self, embed: Embed, quoting: tuple[Redact | None, frozenset[str]], known: Sequence[KnownBelief]) -> TeamBeliefs:
        """The list; `quoting` is what redacts, and the words of the staff's names."""
        heard, group = self._heard, Group.of(self._heard.totals)
        days = [day for day in heard.days if day is not None]
        start, end = (min(days), max(days) + timedelta(days=1)) if days else (None, None)
        reason = self._withheld(group)
        if reason is Withheld.SMALL_GROUP:
            return TeamBeliefs(self._team, start, end, (), None, None, None, withheld=reason)
        sizes = (len(heard.said), group.transcripts, len(group.parts))
        if reason is not None:
            return TeamBeliefs(self._team, start, end, (), *sizes, withheld=reason)
        vectors = belief_vectors(embed([same_words(one.statement.text) for one in heard.said]), [one.score for one in heard.said])
        labels = self._grouped(vectors, np.arange(len(vectors)))
        stability = stability_of(
            labels,
            [str(place) for place in heard.places],
            lambda rows: self._grouped(vectors[rows], rows),
            draws=self._options.draws,
            seed=self._options.seed,
        )
        groups = self._shown(vectors, labels, stability)
        centroids = {label: _centre(vectors[rows]) for label, rows in groups.items()}
        same = match_centroids([belief.centroid for belief in known], [tuple(centroid.tolist()) for centroid in centroids.values()])
        found = []
        for place, (label, rows) in enumerate(groups.items()):
            old = known[same[place]] if place in same else None
            comes_back = None if stability is None else stability.jaccard.get(label)
            found.append(self._belief(rows, centroids[label], comes_back, quoting, old))
        found.sort(key=lambda belief: (-belief.share, belief.id))
        return TeamBeliefs(self._team, start, end, tuple(found), *sizes, stability=None if stability is None else stability.rand)

    def _withheld(self, group: Group) -> Withheld | None:
        if group.is_small(self._options.k):
            return Withheld.SMALL_GROUP
        if len({row.model for row in self._heard.totals}) > 1:
            return Withheld.MIXED_MODELS
        return None if self._heard.said else Withheld.NO_DATA

    def _grouped(self, vectors: Vectors, rows: NDArray[np.int64]) -> Labels:
        people = [self._heard.people[row] for row in rows]
        places = [str(self._heard.places[row]) for row in rows]
        return group_statements(vectors, people, places, self._options.k, seed=self._options.seed)

    def _shown(self, vectors: Vectors, labels: Labels, stability: Stability | None) -> dict[int, NDArray[np.int64]]:
        """By label, the rows that count of each group that is shown, the most typical first."""
        found = {}
        for label in np.flatnonzero(np.bincount(labels[labels >= 0], minlength=1) >= self._options.k):
            rows = np.flatnonzero(labels == label)
            rows = rows[np.argsort(-(vectors[rows] @ vectors[rows].sum(axis=0)), kind="stable")]
            rows = _bounded(rows, self._heard.people, self._options.k)
            if self._is_belief(rows, vectors) and (stability is None or stability.jaccard.get(int(label), 1.0) >= DISSOLVED):
                found[int(label)] = rows
        return found

    def _is_belief(self, rows: NDArray[np.int64], vectors: Vectors) -> bool:
        people, places = {self._heard.people[row] for row in rows}, {int(self._heard.places[row]) for row in rows}
        own = self._probabilities[rows]
        return min(len(people), len(places)) >= self._options.k and carries_culture(own) and holds_together(vectors[rows], own)

    def _belief(
        self,
        rows: NDArray[np.int64],
        centroid: Vectors,
        stability: float | None,
        quoting: tuple[Redact | None, frozenset[str]],
        old: KnownBelief | None,
    ) -> Belief:
        heard = self._heard
        scores = [heard.said[row].score for row in rows]
        carried = self._probabilities[rows, :_KINDS].sum(axis=0)
        targets = np.mean([score.target_probabilities for score in scores], axis=0)
        drivers = np.mean([score.driver_probabilities for score in scores], axis=0)
        part = np.zeros(len(heard.whole))
        np.add.at(part, heard.places[rows], self._probabilities[rows, :_KINDS].sum(axis=1))
        said = Said(part, heard.whole, heard.days)
        share, interval = share_of(said)
        named, name, examples = self._quoted(rows, int(carried.argmax()), quoting, old.name if old else "")
        return Belief(
            id=old.id if old else self._id(heard.said[named]),
            name=name,
            culture=SIGNAL_CULTURES[int(carried.argmax())],
            culture_share=float(carried.max() / carried.sum()),
            target=TARGETS[int(targets.argmax())],
            drivers=tuple(SIGNED_DRIVERS[at] for at in np.argsort(-drivers, kind="stable") if drivers[at] >= _NAMED_DRIVER),
            share=share,
            interval=interval,
            trend=trend_of(said),
            n_statements=len(rows),
            n_transcripts=len({int(heard.places[row]) for row in rows}),
            n_people=len({heard.people[row] for row in rows}),
            examples=examples,
            stability=stability,
            centroid=tuple(centroid.tolist()),
        )

    def _quoted(
        self, rows: NDArray[np.int64], culture: int, quoting: tuple[Redact | None, frozenset[str]], known: str
    ) -> tuple[int, str, tuple[str, ...]]:
        """The row of the statement that names a belief, the name, and what else is quoted; only what is of its culture."""
        heard, (redact, names) = self._heard, quoting
        fit = rows[of_culture(self._probabilities[rows], culture)]
        if redact is None or not fit.size:
            return int(rows[0]), "", ()
        statements = [Quotable(heard.said[row].statement.text, heard.people[row], str(heard.places[row])) for row in fit]
        quotes = Quotes(statements, redact, names)
        place, name = quotes.name(known)
        return int(fit[place]), name, quotes.examples(place, self._options.examples) if name else ()

    def _id(self, one: ScoredStatement) -> str:
        where = one.statement
        key = f"{self._team}\n{where.transcript_id}\n{where.turn}\n{where.start_char}"
        return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_ID).hexdigest()


def _bounded(rows: NDArray[np.int64], people: Sequence[str], k: int) -> NDArray[np.int64]:
    """The rows that count: of each person the first ones, so many that nobody has more of them than `LARGEST_PART` / k."""
    most: defaultdict[str, int] = defaultdict(int)
    turn = np.zeros(len(rows), dtype=np.int64)
    for place, row in enumerate(rows):
        turn[place] = most[people[row]]
        most[people[row]] += 1
    sizes = np.array([*most.values()])
    bound = max(sizes)
    while bound > 1 and bound > LARGEST_PART / k * np.minimum(sizes, bound).sum():
        bound -= 1
    found: NDArray[np.int64] = rows[turn < bound]
    return found


def _centre(vectors: Vectors) -> Vectors:
    mean = vectors.mean(axis=0)
    found: Vectors = mean / np.linalg.norm(mean)
    return found


def _place(scored: ScoredTranscript) -> tuple[float, list[str], str]:
    """By what a transcript is sorted: ids of stored ones are drawn at random, and draws follow the order."""
    at = scored.totals.started_at
    return at.timestamp() if at else 0.0, [one.statement.text for one in scored.statements], scored.totals.transcript_id
