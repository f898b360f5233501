"""A database as version 0.1.0 left it: its tables, made without steps, with a case, a repair and their messages."""

import sqlalchemy as sa

metadata = sa.MetaData()

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("upn", sa.String, nullable=False),
    sa.Column("open_upn", sa.String, unique=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("account_id", sa.String, nullable=False, default=""),
    sa.Column("next_check_at", sa.Float),
    sa.Column("claimed_by", sa.String, nullable=False, default=""),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("cases_by_upn", "upn", "created_at"),
    sa.Index("cases_by_state", "state", "next_check_at"),
)
repairs = sa.Table(
    "repairs",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("user", sa.String, nullable=False, index=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("steps", sa.Text, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("subject_id", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("conversation_id", sa.String, nullable=False),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("is_asker", sa.Boolean, nullable=False, default=False),
    sa.Column("activity_id", sa.String, nullable=False, default=""),
    sa.Column("moved_from", sa.String, nullable=False, default=""),
    sa.Column("moves", sa.Integer, nullable=False, default=0),
    sa.Column("changes", sa.Integer, nullable=False, default=1),
    sa.Column("is_due", sa.Boolean, nullable=False, default=True),
    sa.Column("next_try_at", sa.Float, nullable=False, default=0.0),
    sa.Column("claimed_by", sa.String, nullable=False, default=""),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("subject_id", "kind", "conversation_id"),
    sa.Index("messages_due", "is_due", "next_try_at"),
)
