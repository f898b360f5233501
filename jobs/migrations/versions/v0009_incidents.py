"""Incidents that were announced."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("ended_at", sa.Float),
        sa.Column("document", sa.Text, nullable=False),
    )
