"""The tables of what is published: sums of transcripts that readers get to see, and who has left them since (docs/privacy.md).

A transcript's `row_id` and `slice_id` say in which of the sums it is. A sum stands, whatever becomes of its transcripts, until those
that have left it may be told apart from those that stay.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table

from cs_nlp.store.columns import BigId, Words
from cs_nlp.store.tables import NAME, metadata, owner

release_rules: Final = Table(
    "release_rules",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("k", Integer, nullable=False),
    Column("grain", String(16), nullable=False),
    Column("split", String(16), nullable=False),  # "" for no slices
    Column("looked_at", String(200), nullable=False),  # what there was when all was last published that could be: see release.state_of
)

published: Final = Table(
    "published",
    metadata,
    Column("id", BigId, primary_key=True),
    owner(),
    Column("team_id", ForeignKey("teams.id", ondelete="CASCADE")),  # null for a pool of the organisation
    Column("model", Words(NAME), nullable=False),
    Column("sheet", Words(32), nullable=False),  # rows that are sliced together, with their slices: they change together
    Column("is_slice", Boolean, nullable=False),
    Column("channel", String(16), nullable=False),  # of a slice, where channels are told apart; else ""
    Column("queue", Words(NAME)),  # of a slice, where queues are told apart
    Column("first_day", Date),  # null for a pool of the whole time
    Column("end_day", Date),  # the day after the last
    Column("transcripts", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("people", LargeBinary, nullable=False),
    Column("figures", LargeBinary, nullable=False),
    Index(None, "organisation_id", "team_id", "model", "is_slice"),
    Index(None, "sheet"),
)

departures: Final = Table(
    "departures",
    metadata,
    Column("id", BigId, primary_key=True),
    owner(),
    Column("row_id", BigId, nullable=False),
    Column("slice_id", BigId),
    Column("transcript_id", BigId, nullable=False),  # a mark that tells transcripts apart: it may be there no more
    Column("person", BigId, nullable=False),  # the same for people; 0 for who has no name
    Column("n", Integer, nullable=False),
    Column("holds", Boolean, nullable=False),  # the transcript has changed, and waits to be published again until the sum gives it up
    Index(None, "organisation_id", "row_id"),
)
