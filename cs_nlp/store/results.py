"""Scores are written: statements, totals and the transcript's state in one transaction, by who holds the last lease and nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from cs_nlp.records import ScoredStatement, Totals
from cs_nlp.store.claims import held
from cs_nlp.store.columns import utc_now
from cs_nlp.store.departures import depart, set_free
from cs_nlp.store.packing import pack_score, pack_totals
from cs_nlp.store.people import person_ids
from cs_nlp.store.receive import Lease
from cs_nlp.store.stale import TeamDay, mark_stale
from cs_nlp.store.tables import inputs, statements, totals, transcripts
from cs_nlp.taxonomy import SIGNAL_CULTURES


class KeepText(StrEnum):
    """Of which statements the redacted text is kept."""

    SIGNALS = "signals"  # those that carry a culture
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PersonScores:
    """What one person said in a transcript.

    Attributes:
        totals: of the person's statements; `people` holds the person.
        person: the pseudonym, or None for who has no name.
        statements: the statements, in order.
    """

    totals: Totals
    person: str | None
    statements: tuple[ScoredStatement, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The scores of a transcript.

    Attributes:
        lease: the right to write them.
        parts: one for each person.
    """

    lease: Lease
    parts: tuple[PersonScores, ...]


def write_results(
    db: Connection, organisation: int, results: Sequence[Result], *, model: str, keep: KeepText = KeepText.SIGNALS
) -> list[Lease]:
    """Write the scores of some transcripts in place of any that they had.

    Args:
        db: a transaction that writes.
        organisation: whose.
        results: at most one for each transcript.
        model: that made them.
        keep: which text is kept.

    Returns:
        The leases that were still the last ones. Of the others nothing is written: somebody else has them now, or they were erased.
    """
    done: list[Result] = []
    days: set[TeamDay] = set()
    team_of: dict[str, int] = {}
    # First all transcripts in the order of their ids, then all else: so no two transactions wait for each other in a ring.
    for result in sorted(results, key=lambda one: one.lease.id):
        scored = {"state": "scored", "model": model, "scored_at": utc_now(), "lease_until": None, "worker": None, "error": None}
        change = update(transcripts).where(held(organisation, result.lease)).values(scored)
        row = db.execute(change.returning(transcripts.c.team_id, transcripts.c.day)).one_or_none()
        if row is not None:
            done.append(result)
            days.add((row.team_id, row.day))
            team_of.update((part.person, row.team_id) for part in result.parts if part.person is not None)
    written = [result.lease.id for result in done]
    depart(db, organisation, transcripts.c.id.in_(written), model=model)
    set_free(db, organisation, written)
    db.execute(delete(totals).where(totals.c.transcript_id.in_(written)))
    db.execute(delete(inputs).where(inputs.c.transcript_id.in_(written)))
    _write_parts(db, organisation, done, person_ids(db, organisation, team_of), keep)
    mark_stale(db, organisation, days)
    return [result.lease for result in done]


def write_embeddings(db: Connection, organisation: int, vectors: dict[int, bytes]) -> None:
    """Keep the embeddings of statements, by the statements' ids."""
    for one, vector in sorted(vectors.items()):
        own = (statements.c.id == one) & (statements.c.organisation_id == organisation)
        db.execute(update(statements).where(own).values(embedding=vector))


def _write_parts(db: Connection, organisation: int, done: Sequence[Result], ids: Mapping[str, int], keep: KeepText) -> None:
    parts = [(result.lease.id, part) for result in done for part in result.parts]
    if not parts:
        return
    rows = [_totals_row(organisation, transcript, part, ids) for transcript, part in parts]
    made = db.scalars(insert(totals).returning(totals.c.id, sort_by_parameter_order=True), rows).all()
    said = [_row(organisation, one, item, keep) for one, (_, part) in zip(made, parts, strict=True) for item in part.statements]
    db.execute(insert(statements), said)


def _totals_row(organisation: int, transcript: int, part: PersonScores, ids: Mapping[str, int]) -> dict[str, Any]:
    packed = pack_totals(part.totals)
    return {
        "organisation_id": organisation,
        "transcript_id": transcript,
        "person_id": None if part.person is None else ids[part.person],
        "n": part.totals.n,
        "counts": packed.counts,
        "sums": packed.sums,
    }


def _row(organisation: int, part: int, item: ScoredStatement, keep: KeepText) -> dict[str, Any]:
    statement, score = item.statement, item.score
    is_kept = keep is KeepText.ALL or (keep is KeepText.SIGNALS and score.culture in SIGNAL_CULTURES)
    return {
        "organisation_id": organisation,
        "totals_id": part,
        "turn": statement.turn,
        "start_char": statement.start_char,
        "end_char": statement.end_char,
        "culture": score.culture,
        "confidence": max(score.probabilities),
        "target": score.target,
        "drivers": " ".join(score.drivers),
        "probabilities": pack_score(score),
        "windows": score.windows,
        "text": statement.text if is_kept else None,
        "context": statement.context if is_kept else None,
    }
