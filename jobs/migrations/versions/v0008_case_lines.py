"""Cases in short, for lists and figures."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The lines of the cases that are there already are written by jobs/lines.py when the bot starts."""
    op.create_table(
        "case_lines",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("upn", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("asker_id", sa.String, nullable=False),
        sa.Column("asker_name", sa.String, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("license", sa.String, nullable=False),
        sa.Column("license_name", sa.String, nullable=False),
        sa.Column("waiting_since", sa.Float),
        sa.Column("ended_at", sa.Float),
        sa.Column("ready_seconds", sa.Float),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("is_watch", sa.Boolean, nullable=False),
    )
    op.create_index("case_lines_by_state", "case_lines", ["state", "created_at"])
    op.create_index("case_lines_by_age", "case_lines", ["created_at"])
    op.create_index("case_lines_by_end", "case_lines", ["ended_at"])
