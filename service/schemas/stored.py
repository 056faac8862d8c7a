"""Stored transcripts, batches and their outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cs_nlp.ingest import FileReport
from cs_nlp.records import Channel
from cs_nlp.store import Job, Outcome, Receipt, StoredTranscript
from service.schemas.base import Incoming, Moment, Name, Outgoing
from service.schemas.items import ItemIn
from service.schemas.score import StatementOut

State = Literal["received", "scoring", "scored", "failed"]
MOST_ITEMS = 1000


class TranscriptOut(Outgoing):
    """A transcript as it is stored."""

    id: Annotated[str, Field(examples=["tr_9Jc6yTFz1nQxkW0b"])]
    name: Annotated[str, Field(description="The platform's id, or one made from the file's name.")]
    team: str | None
    queue: str | None
    channel: Channel
    format: str
    started_at: datetime | None
    state: State
    error: Annotated[str | None, Field(description="Why the last attempt to score it ended.")]
    model: Annotated[str | None, Field(description="That scored it; null before the first scoring.")]
    received_at: datetime
    scored_at: datetime | None
    n_statements: Annotated[int, Field(description="Scored statements.")]
    statements: Annotated[
        list[StatementOut] | None,
        Field(description="What was said, redacted; only where it is asked for, with the scopes `ingest` and `evidence`."),
    ] = None

    @classmethod
    def of(cls, one: StoredTranscript, statements: list[StatementOut] | None = None) -> TranscriptOut:
        """From the record."""
        return cls(
            id=one.uid,
            name=one.name,
            team=one.team or None,
            queue=one.queue or None,
            channel=one.channel,
            format=one.source_format,
            started_at=one.started_at,
            state=one.state,  # type: ignore[arg-type]  # the table holds no other
            error=one.error,
            model=one.model or None,
            received_at=one.received_at,
            scored_at=one.scored_at,
            n_statements=one.n_statements,
            statements=statements,
        )


class ReceivedOut(Outgoing):
    """What became of a transcript that came in."""

    outcome: Annotated[Outcome, Field(description="`new`; `replaced`: another version was there; `duplicate`: it was there.")]
    transcript: TranscriptOut
    turns: int
    unknown_roles: Annotated[int, Field(description="Turns whose role nothing says: a `role_map` can. Only agents are scored.")]
    warnings: list[str]

    @classmethod
    def of(cls, receipt: Receipt, stored: TranscriptOut, report: FileReport) -> ReceivedOut:
        """From the records."""
        return cls(
            outcome=receipt.outcome,
            transcript=stored,
            turns=report.turns,
            unknown_roles=report.unknown_roles,
            warnings=warnings_of(report),
        )


def warnings_of(report: FileReport) -> list[str]:
    """What the sender should look at."""
    found = list(report.warnings)
    if report.turns and report.unknown_roles == report.turns:
        found.append("no turn has a known role, so nothing is scored: say who is who with role_map, or try detect_roles")
    return found


class ChangeIn(Incoming):
    """What is to be changed; what is not named stays."""

    team: Name | None = None
    queue: Name | None = None
    started_at: Moment | None = None
    drop_text: Annotated[bool, Field(description="Remove the words of its statements; scores and figures stay.")] = False

    @model_validator(mode="after")
    def _not_empty(self) -> ChangeIn:
        if not self.model_fields_set:
            raise ValueError("names nothing to change; expected some of team, queue, started_at, drop_text")
        return self


class BatchIn(Incoming):
    """Many transcripts."""

    items: Annotated[list[ItemIn], Field(min_length=1, max_length=MOST_ITEMS)]


class JobError(Outgoing):
    """Why an item of a batch could not be used."""

    index: Annotated[int, Field(description="Of the item or file in the request, from 0.")]
    file: Annotated[str, Field(description="The file; one in a zip as `archive.zip!file`.")]
    line: int | None = None
    type: str
    detail: Annotated[str, Field(description="What is wrong and what to do.")]


class JobOut(Outgoing):
    """A batch."""

    id: Annotated[str, Field(examples=["job_9Jc6yTFz1nQxkW0b"])]
    status: Annotated[
        Literal["queued", "running", "succeeded", "partial", "failed"],
        Field(description="`partial`: some items were rejected or could not be scored; `failed`: all."),
    ]
    created_at: datetime
    closed_at: Annotated[datetime | None, Field(description="When all of it had been read.")]
    counts: Annotated[dict[str, int], Field(description="`accepted`, `replaced`, `duplicates` and `rejected` items so far.")]
    transcripts: Annotated[dict[str, int], Field(description="Its transcripts by state.")]
    errors: Annotated[list[JobError], Field(description="One for each rejected item, at most 1,000.")]

    @classmethod
    def of(cls, job: Job) -> JobOut:
        """From the record."""
        return cls(
            id=job.uid,
            status=job.status,  # type: ignore[arg-type]  # it has no other
            created_at=job.created_at,
            closed_at=job.closed_at,
            counts=dict(job.counts),
            transcripts=dict(job.states),
            errors=[JobError.model_validate(dict(one)) for one in job.errors],
        )
