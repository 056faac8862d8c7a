"""The first tables."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_WAITING = sa.text("state IN ('received', 'scoring')")
_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    """Forward."""
    _who()
    _jobs()
    _transcripts()
    _scores()
    _cells()
    _notes()
    _requests()
    _webhooks()


def downgrade() -> None:
    """Back to nothing."""
    scored = ("stale_days", "cells", "statements", "totals", "inputs")
    for table in (
        "deliveries",
        "webhooks",
        "idempotency",
        "api_keys",
        "feedback",
        "interventions",
        *scored,
        "transcripts",
        "jobs",
        "people",
    ):
        op.drop_table(table)
    op.drop_table("teams")
    op.drop_table("organisations")


def _id() -> sa.Column[int]:
    return sa.Column("id", _ID, primary_key=True)


def _uid() -> sa.Column[str]:
    return sa.Column("uid", sa.String(32), nullable=False, unique=True)


def _to(column: str, target: str, ondelete: str = "CASCADE", *, nullable: bool = False, key: bool = False) -> sa.Column[int]:
    return sa.Column(column, _ID, sa.ForeignKey(target, ondelete=ondelete), nullable=nullable, primary_key=key)


def _owner(*, key: bool = False) -> sa.Column[int]:
    return _to("organisation_id", "organisations.id", key=key)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _int(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, _TIME, nullable=nullable)


def _who() -> None:
    op.create_table(
        "organisations", _id(), sa.Column("name", sa.String(200), nullable=False, unique=True), _bytes("key_check"), _time("created_at")
    )
    op.create_table("teams", _id(), _owner(), _text("name", 200), _text("time_zone", 64), sa.UniqueConstraint("organisation_id", "name"))
    op.create_table(
        "people",
        _id(),
        _owner(),
        _text("pseudonym", 200),
        _to("team_id", "teams.id", "SET NULL", nullable=True),
        sa.Column("joined_on", sa.Date),
        sa.UniqueConstraint("organisation_id", "pseudonym"),
    )
    op.create_index("ix_people_team_id", "people", ["team_id"])


def _jobs() -> None:
    counts = [_int(name) for name in ("accepted", "replaced", "duplicates", "rejected")]
    times = [_time("created_at"), _time("closed_at", nullable=True), _time("announced_at", nullable=True)]
    op.create_table("jobs", _id(), _uid(), _owner(), *times, *counts, sa.Column("errors", sa.JSON, nullable=False))
    op.create_index("ix_jobs_organisation_id_id", "jobs", ["organisation_id", "id"])


def _transcripts() -> None:
    op.create_table(
        "transcripts",
        _id(),
        _uid(),
        _owner(),
        _to("team_id", "teams.id", "RESTRICT"),
        _to("job_id", "jobs.id", "SET NULL", nullable=True),
        _text("name", 200),
        _text("source_key", 300),
        _bytes("content_key"),
        _text("content_at", 16),
        _bytes("fingerprint"),
        _text("source_format", 64),
        _text("channel", 16),
        _text("queue", 200),
        _time("started_at", nullable=True),
        sa.Column("day", sa.Date, nullable=False),
        _text("state", 16),
        _int("attempts"),
        _int("lease_token"),
        _time("lease_until", nullable=True),
        _text("worker", 200, nullable=True),
        sa.Column("error", sa.String),
        _text("model", 200),
        _time("received_at"),
        _time("scored_at", nullable=True),
        sa.UniqueConstraint("organisation_id", "source_key"),
        sa.UniqueConstraint("organisation_id", "content_key", "content_at"),
        sa.CheckConstraint("state IN ('received', 'scoring', 'scored', 'failed')", name="state"),
        sa.CheckConstraint("channel IN ('call', 'team_chat')", name="channel"),
    )
    op.create_index("ix_transcripts_job_id", "transcripts", ["job_id"])
    op.create_index("ix_transcripts_organisation_id_name", "transcripts", ["organisation_id", "name"])
    op.create_index("ix_transcripts_organisation_id_team_id_day", "transcripts", ["organisation_id", "team_id", "day"])
    op.create_index("ix_transcripts_waiting", "transcripts", ["organisation_id", "id"], sqlite_where=_WAITING, postgresql_where=_WAITING)


def _scores() -> None:
    op.create_table(
        "inputs", _to("transcript_id", "transcripts.id", key=True), _owner(), sa.Column("statements", sa.String, nullable=False)
    )
    op.create_table(
        "totals",
        _id(),
        _owner(),
        _to("transcript_id", "transcripts.id"),
        _to("person_id", "people.id", "RESTRICT", nullable=True),
        _int("n"),
        _bytes("counts"),
        _bytes("sums"),
        sa.UniqueConstraint("transcript_id", "person_id"),
    )
    op.create_index("ix_totals_person_id", "totals", ["person_id"])
    op.create_table(
        "statements",
        _id(),
        _owner(),
        _to("totals_id", "totals.id"),
        _int("turn"),
        _int("start_char"),
        _int("end_char"),
        _text("culture", 32),
        sa.Column("confidence", sa.Float, nullable=False),
        _text("target", 32),
        _text("drivers", 400),
        _bytes("probabilities"),
        _int("windows"),
        sa.Column("text", sa.String),
        sa.Column("context", sa.String),
        _bytes("embedding", nullable=True),
    )
    op.create_index("ix_statements_totals_id", "statements", ["totals_id"])


def _cells() -> None:
    op.create_table(
        "cells",
        _owner(key=True),
        _to("team_id", "teams.id", key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("queue", sa.String(200), primary_key=True),
        sa.Column("model", sa.String(200), primary_key=True),
        _int("transcripts"),
        _int("n"),
        _bytes("people"),
        _bytes("figures"),
        sqlite_with_rowid=False,
    )
    op.create_table("stale_days", _id(), _owner(), _to("team_id", "teams.id"), sa.Column("day", sa.Date, nullable=False))
    op.create_index("ix_stale_days_organisation_id_team_id_day", "stale_days", ["organisation_id", "team_id", "day"])


def _notes() -> None:
    op.create_table(
        "interventions",
        _id(),
        _uid(),
        _owner(),
        _to("team_id", "teams.id"),
        sa.Column("happened_on", sa.Date, nullable=False),
        _text("title", 400),
        _time("created_at"),
    )
    op.create_index("ix_interventions_team_id", "interventions", ["team_id"])
    op.create_table(
        "feedback",
        _id(),
        _owner(),
        _to("transcript_id", "transcripts.id"),
        _to("person_id", "people.id", nullable=True),
        _int("turn"),
        _int("start_char"),
        _int("end_char"),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("context", sa.String),
        _text("channel", 16),
        _text("culture", 32),
        _text("target", 32, nullable=True),
        sa.Column("drivers", sa.JSON, nullable=False),
        _text("annotator", 200),
        _time("created_at"),
        sa.UniqueConstraint("transcript_id", "turn", "start_char", "annotator"),
    )
    op.create_index("ix_feedback_person_id", "feedback", ["person_id"])
    op.create_index("ix_feedback_organisation_id_id", "feedback", ["organisation_id", "id"])


def _requests() -> None:
    later = [_time(name, nullable=True) for name in ("expires_at", "used_at", "revoked_at")]
    scopes = sa.Column("scopes", sa.JSON, nullable=False)
    op.create_table("api_keys", _id(), _uid(), _owner(), _text("name", 200), _bytes("digest"), scopes, _time("created_at"), *later)
    op.create_index("ix_api_keys_organisation_id", "api_keys", ["organisation_id"])
    op.create_table(
        "idempotency",
        _owner(key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        _bytes("fingerprint"),
        _int("status", nullable=True),
        _text("content_type", 100, nullable=True),
        _bytes("body", nullable=True),
        _time("created_at"),
        _time("held_until"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])


def _webhooks() -> None:
    lists = [sa.Column(name, sa.JSON, nullable=False) for name in ("events", "secrets")]
    op.create_table(
        "webhooks", _id(), _uid(), _owner(), _text("url", 2000), *lists, _time("created_at"), _time("disabled_at", nullable=True)
    )
    op.create_index("ix_webhooks_organisation_id", "webhooks", ["organisation_id"])
    op.create_table(
        "deliveries",
        _id(),
        _uid(),
        _owner(),
        _to("webhook_id", "webhooks.id"),
        _text("event", 64),
        sa.Column("payload", sa.JSON, nullable=False),
        _text("state", 16),
        _int("attempts"),
        _time("due_at"),
        _int("status", nullable=True),
        sa.Column("error", sa.String),
        _time("created_at"),
        _time("ended_at", nullable=True),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')", name="state"),
    )
    op.create_index("ix_deliveries_webhook_id", "deliveries", ["webhook_id"])
    op.create_index("ix_deliveries_due", "deliveries", ["organisation_id", "due_at"], sqlite_where=_PENDING, postgresql_where=_PENDING)
