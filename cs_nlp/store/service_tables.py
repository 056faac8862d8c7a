"""The tables of the service: keys, jobs and their files, feedback, interventions, webhooks and answers that can be given again."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint, text

from cs_nlp.store.columns import BigId, UtcTime, Words
from cs_nlp.store.tables import metadata, one_of, owner

PENDING: Final = text("state = 'pending'")

api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("uid", Words(32), nullable=False, unique=True),
    owner(),
    Column("name", Words(200), nullable=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of a random secret of 256 bits: nothing to try, so no salt and no slow hash
    Column("scopes", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("used_at", UtcTime),
    Column("revoked_at", UtcTime),
    Index(None, "organisation_id"),
)

jobs: Final = Table(
    "jobs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("uid", Words(32), nullable=False, unique=True),
    owner(),
    Column("created_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),  # from then on no transcript joins it
    Column("announced_at", UtcTime),  # its end has been told
    Column("accepted", Integer, nullable=False),
    Column("replaced", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("errors", JSON, nullable=False),
    Index(None, "organisation_id", "id"),
)

uploads: Final = Table(
    "uploads",
    metadata,
    Column("id", BigId, primary_key=True),
    owner(),
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("place", Integer, nullable=False),  # among the files of its job, from 0
    Column("sealed", LargeBinary, nullable=False),  # encrypted: words of a transcript are never kept as they are
    Column("done", Integer, nullable=False),  # steps of its reading that are stored
    Column("attempts", Integer, nullable=False),
    Column("lease_token", Integer, nullable=False),
    Column("lease_until", UtcTime),
    Index(None, "organisation_id", "id"),
)

interventions: Final = Table(
    "interventions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("uid", Words(32), nullable=False, unique=True),
    owner(),
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("happened_on", Date, nullable=False),
    Column("title", Words(400), nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

feedback: Final = Table(
    "feedback",
    metadata,
    Column("id", BigId, primary_key=True),
    owner(),
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), index=True),
    Column("turn", Integer, nullable=False),
    Column("start_char", Integer, nullable=False),
    Column("end_char", Integer, nullable=False),
    Column("text", Words, nullable=False),  # a copy, so that a new scoring does not lose what people said
    Column("context", Words),
    Column("channel", String(16), nullable=False),
    Column("culture", String(32), nullable=False),
    Column("target", String(32)),
    Column("drivers", JSON, nullable=False),
    Column("annotator", Words(200), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("transcript_id", "turn", "start_char", "annotator"),
    Index(None, "organisation_id", "id"),
)

webhooks: Final = Table(
    "webhooks",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("uid", Words(32), nullable=False, unique=True),
    owner(),
    Column("url", Words(2000), nullable=False),
    Column("events", JSON, nullable=False),
    Column("secrets", JSON, nullable=False),  # newest first; they sign, so they can't be hashed
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
    Index(None, "organisation_id"),
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("uid", Words(32), nullable=False, unique=True),
    owner(),
    Column("webhook_id", ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("event", String(64), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcTime, nullable=False),  # while somebody sends it: when to give up waiting for that
    Column("status", Integer),
    Column("error", Words),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index("ix_deliveries_due", "organisation_id", "due_at", sqlite_where=PENDING, postgresql_where=PENDING),
    one_of("state", ("pending", "delivered", "dead")),
)

idempotency: Final = Table(
    "idempotency",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Words(255), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),  # of the request
    Column("status", Integer),  # of the answer; null while it is being made
    Column("content_type", Words(100)),
    Column("body", LargeBinary),
    Column("location", Words(300)),
    Column("created_at", UtcTime, nullable=False),
    Column("held_until", UtcTime, nullable=False),  # after that, an unfinished one may be tried again
    Index(None, "created_at"),
)
