"""What metrics ask for: since when a message is due, and which of its changes were shown."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("messages", sa.Column("due_since", sa.Float))
    op.add_column("messages", sa.Column("shown_changes", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE messages SET shown_changes = changes")
