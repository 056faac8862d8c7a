"""Transcripts are redacted and stored, then scored from there: each step in a transaction of its own, so it may be killed at any moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from cs_nlp.pipeline.events import announce_scored
from cs_nlp.pipeline.keeping import Keeping, identify, keyed_hash
from cs_nlp.pipeline.publishing import publish
from cs_nlp.pipeline.scoring import balance_of, by_person, model_of, person_of, score_statements, staff_statements, totals_of
from cs_nlp.records import ScoredTranscript, Statement, Transcript
from cs_nlp.redact import Redactor, redact_statements, with_pseudonyms
from cs_nlp.scoring import Classifier
from cs_nlp.store import (
    Claim,
    Identity,
    Incoming,
    KeepText,
    Lease,
    Outcome,
    PersonScores,
    Receipt,
    Result,
    Store,
    claim,
    ensure_organisation,
    give_back,
    look_up,
    receive,
    receive_to_score,
    refresh_cells,
    write_results,
)

__all__ = ["LEASE", "Keeping", "WayIn", "identify", "ingest", "open_organisation", "refresh", "score_claims", "score_waiting"]

TRANSCRIPTS_A_BATCH: Final = 32
LEASE: Final = timedelta(minutes=5)
_REFRESH_EVERY_S: Final = 2.0
Also = Callable[[Connection, Receipt], None]


def open_organisation(store: Store, keeping: Keeping) -> int:
    """The id of the organisation, which is made where there is none.

    Raises:
        StoreError: the secret is not the one that its pseudonyms were made with.
    """
    with store.writing() as db:
        return ensure_organisation(db, keeping.organisation, keyed_hash(keeping, "check", keeping.organisation))


@dataclass(frozen=True, slots=True)
class WayIn:
    """What it takes to store a transcript.

    Attributes:
        store: the database.
        organisation: id.
        keeping: how transcripts are kept.
        redactor: needed where text is kept.
        classifier: needed where none is.
    """

    store: Store
    organisation: int
    keeping: Keeping
    redactor: Redactor | None
    classifier: Classifier | None

    def take(self, read: Transcript, job: int | None = None, also: Also | None = None) -> Receipt:
        """Store a transcript; see `ingest`.

        Args:
            read: as it was read.
            job: id of the job it comes with.
            also: what else is written in the same transaction.
        """
        transcript = replace(read, team=read.team or self.keeping.team)
        identity = identify(transcript, self.keeping)
        with self.store.reading() as db:
            known = look_up(db, self.organisation, identity, transcript.team)
        if known.outcome is Outcome.DUPLICATE:
            if also is not None:
                with self.store.writing() as db:
                    also(db, known)
            return known
        if self.keeping.text is KeepText.NONE and self.classifier is not None:
            return self._score(_incoming(transcript, identity, self.keeping, None)[0], self.classifier, job, also)
        incoming, redactions = _incoming(transcript, identity, self.keeping, self.redactor)
        with self.store.writing() as db:
            receipt = receive(db, self.organisation, incoming, job)
            if also is not None:
                also(db, receipt)
        return replace(receipt, redactions=redactions)

    def _score(self, incoming: Incoming, classifier: Classifier, job: int | None, also: Also | None) -> Receipt:
        (scored,) = score_statements([(_facts(incoming.transcript), incoming.statements)], classifier)
        with self.store.writing() as db:
            receipt, lease = receive_to_score(db, self.organisation, incoming, job)
            if lease is not None:
                result = _result(lease, scored, classifier)
                write_results(db, self.organisation, [result], model=model_of(classifier.artefact), keep=KeepText.NONE)
                announce_scored(db, self.organisation, [receipt.uid])
            if also is not None:
                also(db, receipt)
        return receipt


def ingest(
    store: Store,
    transcripts: Iterable[Transcript],
    keeping: Keeping,
    *,
    redactor: Redactor | None = None,
    classifier: Classifier | None = None,
    job: int | None = None,
) -> Iterator[Receipt]:
    """Store transcripts, each in a transaction of its own: what was yielded is stored, whatever happens after.

    Only what the staff said is kept, redacted, with what was said just before each statement and with pseudonyms instead of names, until it
    is scored. Where no text is to be kept at all, it is scored at once, unredacted and in memory.

    Args:
        store: the database.
        transcripts: as they were read.
        keeping: whose they are, and how they are kept.
        redactor: one for the process; None to make one.
        classifier: only needed where no text is kept.
        job: id of the job they came with.

    Yields:
        What became of each, in order.

    Raises:
        MissingExtraError: redaction is not installed, and text is to be kept.
        StoreError: see `open_organisation`.
        ValueError: no text is to be kept, and there is no classifier.
    """
    organisation = open_organisation(store, keeping)
    if keeping.text is not KeepText.NONE:
        redactor = redactor or Redactor()
    elif classifier is None:
        raise ValueError("where no text is kept, transcripts are scored when they come in: a classifier is needed")
    way_in = WayIn(store, organisation, keeping, redactor, classifier)
    for transcript in transcripts:
        yield way_in.take(transcript, job)


def score_waiting(
    store: Store,
    organisation: int,
    classifier: Classifier,
    *,
    worker: str,
    keep: KeepText = KeepText.SIGNALS,
    lease: timedelta = LEASE,
) -> Iterator[list[Claim]]:
    """Score what waits until nothing more can be claimed, and publish it; others may do the same at the same time.

    Args:
        store: the database.
        organisation: whose.
        classifier: to score with.
        worker: a name for who scores.
        keep: of which statements the text is kept.
        lease: how long a batch may take before others take it for lost.

    Yields:
        The transcripts that were scored and written, batch by batch.
    """
    refreshed = time.monotonic()
    while True:
        with store.writing() as db:
            claims = claim(db, organisation, worker, at_most=TRANSCRIPTS_A_BATCH, lease=lease)
        if not claims:
            break
        yield score_claims(store, organisation, claims, classifier, keep=keep)
        if time.monotonic() - refreshed > _REFRESH_EVERY_S:
            refresh(store, organisation)
            refreshed = time.monotonic()
    refresh(store, organisation)
    publish(store, organisation)


def score_claims(store: Store, organisation: int, claims: Sequence[Claim], classifier: Classifier, *, keep: KeepText) -> list[Claim]:
    """Score what was claimed; the claims that were still good, whose scores were written and announced in one transaction."""
    results = _score(store, organisation, claims, classifier)
    with store.writing() as db:
        written = set(write_results(db, organisation, results, model=model_of(classifier.artefact), keep=keep))
        done = [one for one in claims if one.lease in written]
        announce_scored(db, organisation, [one.uid for one in done])
    return done


def refresh(store: Store, organisation: int) -> None:
    """Bring the cells of an organisation up to date, a few hundred days in a transaction."""
    done = 1
    while done:
        with store.writing() as db:
            done = refresh_cells(db, organisation)


def _incoming(
    transcript: Transcript, identity: Identity, keeping: Keeping, redactor: Redactor | None
) -> tuple[Incoming, Mapping[str, int]]:
    """What is stored of a transcript, and what was redacted; without a redactor its statements are as they were said."""
    hidden = with_pseudonyms(transcript, keeping.secret, keeping.organisation)
    statements = staff_statements(hidden)
    redactions: Mapping[str, int] = {}
    if redactor is not None:
        statements, redactions = redact_statements(redactor, transcript, statements)
    statements = tuple(replace(one, speaker=person_of(hidden, one)) for one in statements)
    zone = keeping.zone if isinstance(keeping.zone, str) else keeping.zone.get(transcript.team or "", "UTC")
    return Incoming(identity, replace(hidden, turns=()), statements, zone), redactions


def _score(store: Store, organisation: int, claims: Sequence[Claim], classifier: Classifier) -> list[Result]:
    try:
        pairs: list[tuple[Transcript, Sequence[Statement]]] = [(one.transcript, one.statements) for one in claims]
        return [_result(one.lease, scored, classifier) for one, scored in zip(claims, score_statements(pairs, classifier), strict=True)]
    except BaseException as error:
        # Ctrl-C is no fault of the transcripts. The message of an error might hold words of theirs: its kind must do.
        reason = f"{type(error).__name__} while scoring" if isinstance(error, Exception) else None
        with store.writing() as db:
            for one in claims:
                give_back(db, organisation, one.lease, reason)
        raise


def _facts(transcript: Transcript) -> Transcript:
    """The transcript as a claim gives it: who spoke stands in the statements."""
    return replace(transcript, agent=None)


def _result(lease: Lease, scored: ScoredTranscript, classifier: Classifier) -> Result:
    transcript, model, balance = scored.transcript, scored.totals.model, balance_of(classifier.artefact)
    people = by_person(transcript, scored.statements)
    return Result(lease, tuple(PersonScores(totals_of(transcript, own, model, balance), person, own) for person, own in people.items()))
