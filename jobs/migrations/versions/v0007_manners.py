"""Who was greeted, whose hours are quiet, and what is muted where."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("messages", sa.Column("held_until", sa.Float, nullable=False, server_default="0"))
    op.create_table("greetings", sa.Column("conversation_id", sa.String, primary_key=True))
    op.create_table(
        "quiet_hours",
        sa.Column("conversation_id", sa.String, primary_key=True),
        sa.Column("starts", sa.String, nullable=False),
        sa.Column("ends", sa.String, nullable=False),
        sa.Column("zone", sa.String, nullable=False),
    )
    op.create_table(
        "mutes",
        sa.Column("conversation_id", sa.String, primary_key=True),
        sa.Column("user", sa.String, primary_key=True),
    )
