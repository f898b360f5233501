"""The tables of version 0.1.0, which made them without a step: where they are, they stay."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("upn", sa.String, nullable=False),
        sa.Column("open_upn", sa.String, unique=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("account_id", sa.String, nullable=False),
        sa.Column("next_check_at", sa.Float),
        sa.Column("claimed_by", sa.String, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_index("cases_by_upn", "cases", ["upn", "created_at"], if_not_exists=True)
    op.create_index("cases_by_state", "cases", ["state", "next_check_at"], if_not_exists=True)
    op.create_table(
        "repairs",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("user", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_repairs_user", "repairs", ["user"], if_not_exists=True)
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("subject_id", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("conversation_id", sa.String, nullable=False),
        sa.Column("conversation", sa.Text, nullable=False),
        sa.Column("is_asker", sa.Boolean, nullable=False),
        sa.Column("activity_id", sa.String, nullable=False),
        sa.Column("moved_from", sa.String, nullable=False),
        sa.Column("moves", sa.Integer, nullable=False),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("is_due", sa.Boolean, nullable=False),
        sa.Column("next_try_at", sa.Float, nullable=False),
        sa.Column("claimed_by", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.UniqueConstraint("subject_id", "kind", "conversation_id"),
        if_not_exists=True,
    )
    op.create_index("messages_due", "messages", ["is_due", "next_try_at"], if_not_exists=True)
