"""Transcripts are redacted and stored, then scored from there: each step in a transaction of its own, so it may be killed at any moment."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Final

from cs_nlp.pipeline.published import publish
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

TRANSCRIPTS_A_BATCH: Final = 32
LEASE: Final = timedelta(minutes=5)
_REFRESH_EVERY_S: Final = 2.0
_KEY_BYTES: Final = 16
_LONGEST: Final = 200
_NUMBERED: Final = re.compile(r"[#~]\d+$")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How transcripts are kept.

    Attributes:
        organisation: whose they are, by name.
        secret: at least 16 bytes, kept apart from the database; pseudonyms and hashes are made with it.
        text: of which statements the redacted text is kept.
        zone: IANA name of the time zone of new teams, or one for each team (those not named have UTC).
        team: of the transcripts that name none.
    """

    organisation: str
    secret: bytes
    text: KeepText = KeepText.SIGNALS
    zone: Mapping[str, str] | str = "UTC"
    team: str | None = None


def open_organisation(store: Store, keeping: Keeping) -> int:
    """The id of the organisation, which is made where there is none.

    Raises:
        StoreError: the secret is not the one that its pseudonyms were made with.
    """
    with store.writing() as db:
        return ensure_organisation(db, keeping.organisation, _hash(keeping, "check", keeping.organisation))


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
    for read in transcripts:
        transcript = replace(read, team=read.team or keeping.team)
        identity = identify(transcript, keeping)
        with store.reading() as db:
            known = look_up(db, organisation, identity, transcript.team)
        if known.outcome is Outcome.DUPLICATE:
            yield known
        elif keeping.text is not KeepText.NONE and redactor is not None:
            incoming = _incoming(transcript, identity, keeping, redactor)
            with store.writing() as db:
                yield receive(db, organisation, incoming, job)
        elif classifier is not None:
            yield _score_at_once(store, organisation, _incoming(transcript, identity, keeping, None), classifier, job)


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
    model, refreshed = model_of(classifier.artefact), time.monotonic()
    while True:
        with store.writing() as db:
            claims = claim(db, organisation, worker, at_most=TRANSCRIPTS_A_BATCH, lease=lease)
        if not claims:
            break
        results = _score(store, organisation, claims, classifier)
        with store.writing() as db:
            written = set(write_results(db, organisation, results, model=model, keep=keep))
        yield [one for one in claims if one.lease in written]
        if time.monotonic() - refreshed > _REFRESH_EVERY_S:
            refresh(store, organisation)
            refreshed = time.monotonic()
    refresh(store, organisation)
    publish(store, organisation)


def refresh(store: Store, organisation: int) -> None:
    """Bring the cells of an organisation up to date, a few hundred days in a transaction."""
    done = 1
    while done:
        with store.writing() as db:
            done = refresh_cells(db, organisation)


def identify(transcript: Transcript, keeping: Keeping) -> Identity:
    """What tells whether a transcript is known.

    An id stands for a transcript together with its start: many lists number their calls from 1 every week. Without a start, an id of the
    platform is enough, and one that is made from the file's name (`recording.vtt`) goes with the words.
    """
    words = [" ".join(unicodedata.normalize("NFKC", turn.text).casefold().split()) for turn in transcript.turns]
    content = _hash(keeping, "content", *words)
    minute = transcript.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if transcript.started_at else ""
    known_by = minute or (content.hex() if _is_from_file_name(transcript) else "")
    source_key = f"{transcript.id}@{known_by}"
    if len(source_key) > _LONGEST:
        source_key = _hash(keeping, "source", source_key).hex()
    facts = [transcript.channel.value, transcript.team, transcript.queue, transcript.agent, str(transcript.joined_on), minute]
    said = [[turn.role.value, turn.speaker, turn.text] for turn in transcript.turns]
    fingerprint = _hash(keeping, "all", json.dumps([facts, said]))
    return Identity(transcript.id, source_key, content, minute, fingerprint)


def _is_from_file_name(transcript: Transcript) -> bool:
    """Whether the id is the path of its file below the folder or zip that the user named, perhaps numbered."""
    path = transcript.source.replace("\\", "/").replace("!", "/")
    folder, slash, name = path.rpartition("/")
    stem = "/" + folder + slash + (name.rpartition(".")[0] or name)
    base = transcript.id
    while (shorter := _NUMBERED.sub("", base)) != base:
        base = shorter
    return stem.endswith("/" + base)


def _hash(keeping: Keeping, purpose: str, *texts: str) -> bytes:
    """A keyed hash: who lacks the secret can't tell from it whether some words were said."""
    made = hmac.new(keeping.secret, digestmod=hashlib.sha256)
    for text in (purpose, keeping.organisation, *texts):
        data = text.encode("utf-8", "surrogatepass")
        made.update(len(data).to_bytes(8, "big") + data)
    return made.digest()[:_KEY_BYTES]


def _incoming(transcript: Transcript, identity: Identity, keeping: Keeping, redactor: Redactor | None) -> Incoming:
    """What is stored of a transcript; without a redactor its statements are as they were said."""
    hidden = with_pseudonyms(transcript, keeping.secret, keeping.organisation)
    statements = staff_statements(hidden)
    if redactor is not None:
        statements = redact_statements(redactor, transcript, statements)
    statements = tuple(replace(one, speaker=person_of(hidden, one)) for one in statements)
    zone = keeping.zone if isinstance(keeping.zone, str) else keeping.zone.get(transcript.team or "", "UTC")
    return Incoming(identity, replace(hidden, turns=()), statements, zone)


def _score_at_once(store: Store, organisation: int, incoming: Incoming, classifier: Classifier, job: int | None) -> Receipt:
    (scored,) = score_statements([(_facts(incoming.transcript), incoming.statements)], classifier)
    with store.writing() as db:
        receipt, lease = receive_to_score(db, organisation, incoming, job)
        if lease is not None:
            write_results(db, organisation, [_result(lease, scored, classifier)], model=model_of(classifier.artefact), keep=KeepText.NONE)
    return receipt


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
