"""Whose hours are quiet."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "quiet_hours",
        sa.Column("conversation_id", sa.String, primary_key=True),
        sa.Column("starts", sa.String, nullable=False),
        sa.Column("ends", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
    )
