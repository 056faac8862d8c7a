"""For how many days an organisation keeps its transcripts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward."""
    op.add_column("organisations", sa.Column("retention_days", sa.Integer))


def downgrade() -> None:
    """Back to what was before."""
    op.drop_column("organisations", "retention_days")
