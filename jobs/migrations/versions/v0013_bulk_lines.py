"""The lines of a list."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
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
