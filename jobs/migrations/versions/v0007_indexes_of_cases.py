"""With ten thousand cases: the open ones newest first, and those of one account, without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    is_open = sa.text("open_upn IS NOT NULL")
    op.create_index("cases_open", "cases", ["created_at"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("cases_by_account", "cases", ["account_id", "created_at"])
