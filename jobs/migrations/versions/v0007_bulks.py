"""Many orders with one card: the list, its lines, and which cases belong to one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("cases", sa.Column("bulk_id", sa.String, nullable=False, server_default=""))
    op.create_table(
        "bulks",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("ix_bulks_state", "bulks", ["state"])
    op.create_table(
        "bulk_lines",
        sa.Column("bulk_id", sa.String, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("subject_id", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("bulk_lines_by_state", "bulk_lines", ["bulk_id", "state"])
    op.create_index("bulk_lines_by_subject", "bulk_lines", ["subject_id"])
