"""What is published, and who has left it since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNPUBLISHED = sa.text("row_id IS NULL")


def upgrade() -> None:
    """Forward."""
    op.add_column("transcripts", sa.Column("row_id", _ID))
    op.add_column("transcripts", sa.Column("slice_id", _ID))
    columns = ["organisation_id", "day"]
    op.create_index("ix_transcripts_unpublished", "transcripts", columns, sqlite_where=_UNPUBLISHED, postgresql_where=_UNPUBLISHED)
    op.create_index("ix_transcripts_row_id", "transcripts", ["row_id"])
    op.create_table(
        "release_rules",
        _owner(key=True),
        sa.Column("k", sa.Integer, nullable=False),
        sa.Column("grain", sa.String(16), nullable=False),
        sa.Column("split", sa.String(16), nullable=False),
        sa.Column("looked_at", sa.String(200), nullable=False),
    )
    _published()
    op.create_table(
        "departures",
        sa.Column("id", _ID, primary_key=True),
        _owner(),
        sa.Column("row_id", _ID, nullable=False),
        sa.Column("slice_id", _ID),
        sa.Column("transcript_id", _ID, nullable=False),
        sa.Column("person", _ID, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("holds", sa.Boolean, nullable=False),
    )
    op.create_index("ix_departures_organisation_id_row_id", "departures", ["organisation_id", "row_id"])


def downgrade() -> None:
    """Back to the first tables."""
    for table in ("departures", "published", "release_rules"):
        op.drop_table(table)
    for index in ("ix_transcripts_unpublished", "ix_transcripts_row_id"):
        op.drop_index(index, "transcripts")
    for column in ("slice_id", "row_id"):
        op.drop_column("transcripts", column)


def _owner(*, key: bool = False) -> sa.Column[int]:
    return sa.Column("organisation_id", _ID, sa.ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False, primary_key=key)


def _published() -> None:
    op.create_table(
        "published",
        sa.Column("id", _ID, primary_key=True),
        _owner(),
        sa.Column("team_id", _ID, sa.ForeignKey("teams.id", ondelete="CASCADE")),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("sheet", sa.String(32), nullable=False),
        sa.Column("is_slice", sa.Boolean, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("queue", sa.String(200)),
        sa.Column("first_day", sa.Date),
        sa.Column("end_day", sa.Date),
        sa.Column("transcripts", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("people", sa.LargeBinary, nullable=False),
        sa.Column("figures", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_published_organisation_id_team_id_model_is_slice", "published", ["organisation_id", "team_id", "model", "is_slice"])
    op.create_index("ix_published_sheet", "published", ["sheet"])
