"""The story: transcripts are cut into statements, scored, and added up. The single place where the stages meet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from cs_nlp.errors import ArtefactError, InputError
from cs_nlp.records import Channel, Role, Score, ScoredStatement, ScoredTranscript, Signal, Statement, Totals, Transcript
from cs_nlp.scoring import Artefact, Classifier
from cs_nlp.segment import segment
from cs_nlp.signals import Correction
from cs_nlp.taxonomy import CULTURES, SIGNAL_CULTURES

STATEMENTS_A_BATCH = 512
_ROLE_NAMES = frozenset({"agent", "advisor", "adviser", "representative", "staff", "support"})


def score_transcripts(transcripts: Iterable[Transcript], classifier: Classifier) -> Iterator[ScoredTranscript]:
    """Score the staff's statements of each transcript, in the order given.

    Transcripts are scored together until about 512 statements have come up: a few at a time are in memory, never all.
    """
    waiting: list[tuple[Transcript, tuple[Statement, ...]]] = []
    n = 0
    for transcript in transcripts:
        statements = staff_statements(transcript)
        waiting.append((transcript, statements))
        n += len(statements)
        if n >= STATEMENTS_A_BATCH:
            yield from _score(waiting, classifier)
            waiting, n = [], 0
    yield from _score(waiting, classifier)


def staff_statements(transcript: Transcript) -> tuple[Statement, ...]:
    """The statements to be scored: those of agents, and in team chat also of speakers whose role is unknown."""
    scored = {Role.AGENT, Role.UNKNOWN} if transcript.channel is Channel.TEAM_CHAT else {Role.AGENT}
    return tuple(statement for statement in segment(transcript) if statement.role in scored)


def totals_of(transcript: Transcript, scored: Sequence[ScoredStatement]) -> Totals:
    """What signals need to know of a scored transcript."""
    counts = Counter(item.score.culture for item in scored)
    sums = np.array([item.score.probabilities for item in scored], dtype=np.float64).reshape(-1, len(CULTURES)).sum(axis=0)
    return Totals(
        transcript_id=transcript.id,
        team=transcript.team or "",
        started_at=transcript.started_at,
        channel=transcript.channel,
        queue=transcript.queue,
        people=_people(transcript, scored),
        n=len(scored),
        counts=tuple(counts[culture] for culture in CULTURES),
        sums=tuple(sums.tolist()),
    )


def correction_of(artefact: Artefact) -> Correction | None:
    """The classifier's errors on the statements held out when it was trained, or None where the artefact has none.

    Raises:
        ArtefactError: the artefact's rows are damaged.
    """
    rows = artefact.evaluation.get("rows")
    if not rows:
        return None
    try:
        return Correction.from_rows(rows["cultures"], rows["probabilities"], [str(group) for group in rows["groups"]])
    except (InputError, KeyError, TypeError, ValueError) as error:
        raise ArtefactError(f"{artefact.path}/evaluation.json: the held-out rows are damaged ({error}); train the model again") from error


def most_telling(scored: Iterable[ScoredTranscript], signals: Iterable[Signal], *, each: int = 4) -> dict[str, list[ScoredStatement]]:
    """Statements to quote for each team: the most probable of each culture, none twice, none of a team that is withheld.

    Args:
        scored: the transcripts.
        signals: of the same transcripts; teams without any figure over the whole time are not quoted.
        each: how many statements a culture.
    """
    shown = {signal.team for signal in signals if signal.by == "all" and signal.value is not None}
    found: defaultdict[tuple[str, str], dict[str, ScoredStatement]] = defaultdict(dict)
    for transcript in scored:
        team = transcript.totals.team
        for item in transcript.statements:
            if team in shown and item.score.culture in SIGNAL_CULTURES:
                found[team, item.score.culture].setdefault(item.statement.text.casefold(), item)
    return {team: [item for culture in SIGNAL_CULTURES for item in _top(found[team, culture], each)] for team in sorted(shown)}


def probabilities_of(score: Score) -> Mapping[str, float]:
    """The probability of each culture by its name."""
    return dict(zip(CULTURES, score.probabilities, strict=True))


def _top(items: Mapping[str, ScoredStatement], each: int) -> list[ScoredStatement]:
    return sorted(items.values(), key=lambda item: -max(item.score.probabilities))[:each]


def _score(waiting: Sequence[tuple[Transcript, tuple[Statement, ...]]], classifier: Classifier) -> Iterator[ScoredTranscript]:
    statements = [statement for _, own in waiting for statement in own]
    scores = iter(classifier.score([item.text for item in statements], [item.context for item in statements]).to_records())
    for transcript, own in waiting:
        scored = tuple(ScoredStatement(statement, next(scores)) for statement in own)
        yield ScoredTranscript(transcript, scored, totals_of(transcript, scored))


def _people(transcript: Transcript, scored: Iterable[ScoredStatement]) -> frozenset[str]:
    """Who of the staff spoke: the named speakers; the transcript's agent where the file names the part and not the person."""
    people = set()
    for item in scored:
        speaker = item.statement.speaker
        if speaker is None or speaker.casefold() in _ROLE_NAMES:
            speaker = transcript.agent
        people.add(speaker or f"someone in {transcript.id}")
    return frozenset(people)
