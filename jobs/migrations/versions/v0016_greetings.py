"""Who was greeted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table("greetings", sa.Column("conversation_id", sa.String, primary_key=True))
