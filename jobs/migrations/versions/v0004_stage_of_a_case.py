"""What metrics ask for: the stage of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("cases", sa.Column("stage", sa.String, nullable=False, server_default=""))
    op.create_index("cases_by_stage", "cases", ["state", "stage"])
