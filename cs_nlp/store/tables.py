"""The tables of what is read, scored and added up. Those of the service stand in `service_tables`.

organisations ── teams ── transcripts ── inputs      what the classifier is to be given, until it has been
      │                        │
      └── people ─────────── totals ── statements    what one person said in one transcript, added up and one by one
                               ┆
                     cells, stale_days               totals added up by team and day, and which days are to be added up again

What is published of them stands in `published_tables`.

Every row belongs to an organisation. Arrays are packed into bytes (see `packing`). Text is redacted before it comes here.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from cs_nlp.records import Channel
from cs_nlp.store.columns import BigId, UtcTime, Words

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables, these and the service's."""

STATES: Final = ("received", "scoring", "scored", "failed")
WAITING: Final = text("state IN ('received', 'scoring')")
"""As literal SQL: with bound values no planner would see that the index on waiting transcripts does."""
UNPUBLISHED: Final = text("row_id IS NULL")
"""The same for those that are in no published row."""
NAME: Final = 200
"""Most characters of a name."""


def owner() -> Column[int]:
    """The column that says whose a row is."""
    return Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A column has one of these values."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


organisations: Final = Table(
    "organisations",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", Words(NAME), nullable=False, unique=True),
    Column("key_check", LargeBinary, nullable=False),  # tells another secret from the one that its pseudonyms were made with
    Column("retention_days", Integer),  # older transcripts are erased; null: none
    Column("created_at", UtcTime, nullable=False),
)

teams: Final = Table(
    "teams",
    metadata,
    Column("id", BigId, primary_key=True),
    owner(),
    Column("name", Words(NAME), nullable=False),  # "" for transcripts that name no team
    Column("time_zone", String(64), nullable=False),
    UniqueConstraint("organisation_id", "name"),
)

people: Final = Table(
    "people",
    metadata,
    Column("id", BigId, primary_key=True),
    owner(),
    Column("pseudonym", Words(NAME), nullable=False),
    Column("team_id", ForeignKey("teams.id", ondelete="SET NULL"), index=True),
    Column("joined_on", Date),
    UniqueConstraint("organisation_id", "pseudonym"),
)

transcripts: Final = Table(
    "transcripts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("uid", Words(32), nullable=False, unique=True),
    owner(),
    Column("team_id", ForeignKey("teams.id", ondelete="RESTRICT"), nullable=False),
    Column("job_id", ForeignKey("jobs.id", ondelete="SET NULL"), index=True),
    Column("name", Words(NAME), nullable=False),  # the platform's id, or one made from the file's name
    Column("source_key", Words(300), nullable=False),  # id and start, the same for every version; see pipeline.storing
    Column("content_key", LargeBinary, nullable=False),  # keyed hash of its words
    Column("content_at", String(16), nullable=False),  # minute of its start in UTC, "" for none: same words at another time are another one
    Column("fingerprint", LargeBinary, nullable=False),  # keyed hash of all that was read: unchanged, so nothing is to do
    Column("source_format", Words(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("queue", Words(NAME), nullable=False),  # "" for none
    Column("started_at", UtcTime),
    Column("day", Date, nullable=False),  # of the start in the team's zone; UNDATED for none
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_token", Integer, nullable=False),  # only who has the last one may write
    Column("lease_until", UtcTime),  # not to be claimed before
    Column("worker", Words(NAME)),
    Column("error", Words),
    Column("model", Words(NAME), nullable=False),  # that made its totals; "" before the first scoring
    Column("received_at", UtcTime, nullable=False),
    Column("scored_at", UtcTime),
    Column("row_id", BigId),  # the published row that it is in, and the slice of it; null until it is published
    Column("slice_id", BigId),
    UniqueConstraint("organisation_id", "source_key"),
    UniqueConstraint("organisation_id", "content_key", "content_at"),
    Index(None, "organisation_id", "team_id", "day"),
    Index(None, "organisation_id", "name"),
    Index("ix_transcripts_waiting", "organisation_id", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    Index("ix_transcripts_unpublished", "organisation_id", "day", sqlite_where=UNPUBLISHED, postgresql_where=UNPUBLISHED),
    Index(None, "row_id"),
    one_of("state", STATES),
    one_of("channel", tuple(channel.value for channel in Channel)),
)

inputs: Final = Table(
    "inputs",
    metadata,
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), primary_key=True),
    owner(),
    Column("statements", Words, nullable=False),  # JSON; plain text, so that a person can be found in it
)

totals: Final = Table(
    "totals",
    metadata,
    Column("id", BigId, primary_key=True),
    owner(),
    Column("transcript_id", ForeignKey("transcripts.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", ForeignKey("people.id", ondelete="RESTRICT"), index=True),  # null for who has no name
    Column("n", Integer, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("sums", LargeBinary, nullable=False),
    UniqueConstraint("transcript_id", "person_id"),
)

statements: Final = Table(
    "statements",
    metadata,
    Column("id", BigId, primary_key=True),
    owner(),
    Column("totals_id", ForeignKey("totals.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("turn", Integer, nullable=False),
    Column("start_char", Integer, nullable=False),
    Column("end_char", Integer, nullable=False),
    Column("culture", String(32), nullable=False),
    Column("confidence", Float, nullable=False),  # probability of the culture
    Column("target", String(32), nullable=False),
    Column("drivers", String(400), nullable=False),  # signed, separated by spaces
    Column("probabilities", LargeBinary, nullable=False),
    Column("windows", Integer, nullable=False),
    Column("text", Words),
    Column("context", Words),
    Column("embedding", LargeBinary),
)

cells: Final = Table(
    "cells",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("channel", String(16), primary_key=True),
    Column("queue", Words(NAME), primary_key=True),
    Column("model", Words(NAME), primary_key=True),
    Column("transcripts", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("people", LargeBinary, nullable=False),
    Column("figures", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

stale_days: Final = Table(
    "stale_days",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    Column("day", Date, nullable=False),
    Index(None, "organisation_id", "team_id", "day"),
)
