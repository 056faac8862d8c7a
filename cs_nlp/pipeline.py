"""The story: transcripts are cut into statements, scored, and added up. The single place where the stages meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

import numpy as np

from cs_nlp.errors import ArtefactError, InputError
from cs_nlp.records import Channel, Role, Score, ScoredStatement, ScoredTranscript, Signal, Statement, Totals, Transcript
from cs_nlp.scoring import Artefact, Classifier
from cs_nlp.segment import segment
from cs_nlp.signals import SMALLEST_GROUP, By, Correction, Resampling, pick_evidence, team_signals
from cs_nlp.taxonomy import CULTURES

STATEMENTS_A_BATCH = 512
_ROLE_NAMES = frozenset({"agent", "advisor", "adviser", "representative", "staff", "support"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How scored transcripts are read as signals.

    Attributes:
        by: length of the periods.
        tz: time zone of the periods, or that of each team.
        smallest_group: groups of fewer people or transcripts are withheld.
        seed: of the resampling behind the intervals.
    """

    by: By = "week"
    tz: Mapping[str, tzinfo] | tzinfo = UTC
    smallest_group: int = SMALLEST_GROUP
    seed: int = 0


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
    probabilities = np.array([item.score.probabilities for item in scored], dtype=np.float64).reshape(-1, len(CULTURES))
    return Totals(
        transcript_id=transcript.id,
        team=transcript.team or "",
        started_at=transcript.started_at,
        channel=transcript.channel,
        queue=transcript.queue,
        people=_people(transcript, scored),
        n=len(scored),
        counts=tuple(counts[culture] for culture in CULTURES),
        sums=tuple(probabilities.sum(axis=0).tolist()),
        confidence=float(probabilities.max(axis=1).sum()),
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


def signals_of(scored: Iterable[ScoredTranscript], artefact: Artefact, options: Reading = Reading()) -> list[Signal]:  # frozen
    """The teams' signals, corrected with what the artefact knows of its own errors.

    Args:
        scored: the transcripts.
        artefact: of the classifier that scored them.
        options: periods, zone, smallest group and seed.
    """
    return team_signals(
        [item.totals for item in scored],
        by=options.by,
        tz=options.tz,
        k=options.smallest_group,
        correction=correction_of(artefact),
        resampling=Resampling(seed=options.seed),
    )


def report_page(
    scored: Sequence[ScoredTranscript], signals: Sequence[Signal], artefact: Artefact, options: Reading, *, truth: Sequence[Signal] = ()
) -> str:
    """The report on scored transcripts and their signals: a self-contained HTML page.

    Args:
        scored: the transcripts, for the statements that are quoted.
        signals: from `signals_of` with the same options.
        artefact: of the classifier.
        options: as for `signals_of`.
        truth: true values of the same signals, where they are known.
    """
    from cs_nlp.report import render_report  # noqa: PLC0415 - charts are heavy, and only wanted here

    quotes = pick_evidence(scored, by=options.by, tz=options.tz, k=options.smallest_group)
    return render_report(signals, quotes, title="Team culture", model_name=artefact.name, truth=truth)


def probabilities_of(score: Score) -> Mapping[str, float]:
    """The probability of each culture by its name."""
    return dict(zip(CULTURES, score.probabilities, strict=True))


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
