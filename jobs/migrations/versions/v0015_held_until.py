"""Messages that are held until quiet hours end."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("messages", sa.Column("held_until", sa.Float, nullable=False, server_default="0"))
