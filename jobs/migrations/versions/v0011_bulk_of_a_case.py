"""Which cases came with a list; the open ones that did not, newest first, without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("cases", sa.Column("bulk_id", sa.String, nullable=False, server_default=""))
    op.drop_index("cases_open", "cases")  # old processes find theirs without it, only slower
    alone = sa.text("open_upn IS NOT NULL AND bulk_id = ''")
    op.create_index(
        "cases_open", "cases", ["created_at", "bulk_id", "open_upn"], sqlite_where=alone, postgresql_where=alone
    )
