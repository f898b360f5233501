"""Which cases came with a list."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("cases", sa.Column("bulk_id", sa.String, nullable=False, server_default=""))
