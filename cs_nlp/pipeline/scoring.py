"""Transcripts are cut into statements, scored, and added up."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from cs_nlp.errors import ArtefactError, InputError
from cs_nlp.records import Channel, Role, Score, ScoredStatement, ScoredTranscript, Statement, Totals, Transcript
from cs_nlp.scoring import Artefact, Classifier
from cs_nlp.segment import segment
from cs_nlp.signals import Balance
from cs_nlp.taxonomy import CULTURES, SIGNED_DRIVERS

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
            yield from score_statements(waiting, classifier)
            waiting, n = [], 0
    yield from score_statements(waiting, classifier)


def staff_statements(transcript: Transcript) -> tuple[Statement, ...]:
    """The statements to be scored: those of agents, and in team chat also of speakers whose role is unknown."""
    scored = {Role.AGENT, Role.UNKNOWN} if transcript.channel is Channel.TEAM_CHAT else {Role.AGENT}
    return tuple(statement for statement in segment(transcript) if statement.role in scored)


def totals_of(
    transcript: Transcript,
    scored: Sequence[ScoredStatement],
    model: str = "",
    balance: Balance = Balance(),  # noqa: B008  # frozen
) -> Totals:
    """What signals need to know of a scored transcript, or of what one person said in it.

    Args:
        transcript: where the statements stand.
        scored: the statements.
        model: that scored them.
        balance: how the model's probabilities are balanced before they are added up.
    """
    counts = Counter(item.score.culture for item in scored)
    probabilities = np.array([item.score.probabilities for item in scored], dtype=np.float64).reshape(-1, len(CULTURES))
    drivers = Counter(driver for item in scored for driver in item.score.drivers)
    driven = np.array([item.score.driver_probabilities for item in scored], dtype=np.float64).reshape(-1, len(SIGNED_DRIVERS))
    return Totals(
        transcript_id=transcript.id,
        team=transcript.team or "",
        started_at=transcript.started_at,
        channel=transcript.channel,
        queue=transcript.queue,
        people=frozenset(person_of(transcript, item.statement) or f"someone in {transcript.id}" for item in scored),
        n=len(scored),
        counts=tuple(counts[culture] for culture in CULTURES),
        sums=tuple(balance(probabilities).sum(axis=0).tolist()),
        confidence=float(probabilities.max(axis=1).sum()),
        driver_counts=tuple(drivers[name] for name in SIGNED_DRIVERS),
        driver_sums=tuple(driven.sum(axis=0).tolist()),
        model=model,
    )


def by_person(transcript: Transcript, scored: Iterable[ScoredStatement]) -> dict[str | None, tuple[ScoredStatement, ...]]:
    """What each person of the staff said in a transcript, in order; under None what was said by who has no name."""
    found: defaultdict[str | None, list[ScoredStatement]] = defaultdict(list)
    for item in scored:
        found[person_of(transcript, item.statement)].append(item)
    return {person: tuple(own) for person, own in found.items()}


def parts_of(
    transcript: Transcript,
    scored: Iterable[ScoredStatement],
    model: str = "",
    balance: Balance = Balance(),  # noqa: B008  # frozen
) -> list[Totals]:
    """The totals of a transcript by person: as `totals_of`, one for each of the people, which add up to it."""
    return [totals_of(transcript, own, model, balance) for own in by_person(transcript, scored).values()]


def person_of(transcript: Transcript, statement: Statement) -> str | None:
    """Who of the staff said a statement: the named speaker; the transcript's agent where the file names the part and not the person."""
    speaker = statement.speaker
    return transcript.agent if speaker is None or speaker.casefold() in _ROLE_NAMES else speaker


def model_of(artefact: Artefact) -> str:
    """Which model an artefact is: its name, and a mark that changes with its weights, its calibration, its balance and its thresholds."""
    what = f"{artefact.config.model_dump_json()}{artefact.evaluation.get('balance', '')}"
    return f"{artefact.name}@{hashlib.sha256(what.encode()).hexdigest()[:8]}"


def balance_of(artefact: Artefact) -> Balance:
    """How a model's probabilities are balanced before they are added up; not at all where the artefact does not say.

    Raises:
        ArtefactError: what it says is damaged.
    """
    known = artefact.evaluation.get("balance")
    try:
        return Balance(tuple(known["slopes"]), tuple(known["shifts"])) if known else Balance()
    except (InputError, KeyError, TypeError) as error:
        raise ArtefactError(f"{artefact.path}/evaluation.json: the balance is damaged ({error}); train the model again") from error


def probabilities_of(score: Score) -> Mapping[str, float]:
    """The probability of each culture by its name."""
    return dict(zip(CULTURES, score.probabilities, strict=True))


def score_statements(waiting: Sequence[tuple[Transcript, Sequence[Statement]]], classifier: Classifier) -> Iterator[ScoredTranscript]:
    """Score the given statements of some transcripts, all together, in the order given."""
    statements = [statement for _, own in waiting for statement in own]
    scores = iter(classifier.score([item.text for item in statements], [item.context for item in statements]).to_records())
    model, balance = model_of(classifier.artefact), balance_of(classifier.artefact)
    for transcript, own in waiting:
        scored = tuple(ScoredStatement(statement, next(scores)) for statement in own)
        yield ScoredTranscript(transcript, scored, totals_of(transcript, scored, model, balance))
