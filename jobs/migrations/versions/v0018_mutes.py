"""What is muted where."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "mutes",
        sa.Column("conversation_id", sa.String, primary_key=True),
        sa.Column("user", sa.String, primary_key=True),
    )
