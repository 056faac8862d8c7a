"""Files of batches that wait to be read, and where an answer that is given again points to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "uploads",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("organisation_id", _ID, sa.ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("job_id", _ID, sa.ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease_token", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_uploads_job_id", "uploads", ["job_id"])
    op.create_index("ix_uploads_organisation_id_id", "uploads", ["organisation_id", "id"])
    op.add_column("idempotency", sa.Column("location", sa.String(300)))


def downgrade() -> None:
    """Back to what was before."""
    op.drop_column("idempotency", "location")
    op.drop_table("uploads")
