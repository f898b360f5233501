"""Which processes live, for several machines on PostgreSQL."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# Processes of version 0.1.0 all have this id and give no sign of life. Their workflows end within two hours:
# what is not done by then was left behind.
OLD_PROCESSES = "mailroom"
OLD_WORK_SECONDS = 2 * 3600.0


def upgrade() -> None:
    processes = op.create_table(
        "processes",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("seen_at", sa.Float, nullable=False),
    )
    op.create_table(
        "takeovers",
        sa.Column("workflow_id", sa.String, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.bulk_insert(processes, [{"id": OLD_PROCESSES, "seen_at": time.time() + OLD_WORK_SECONDS}])
