"""Where the audit trail begins: entries up to there may be deleted, all others still not."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

FIRST_HASH = "0" * 64

# The start moves forward only, to an entry that is there.
STATEMENTS = {
    "sqlite": (
        "DROP TRIGGER audit_no_delete",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
        "WHEN OLD.seq > COALESCE((SELECT seq FROM audit_start WHERE id = 1), 0) "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "CREATE TRIGGER audit_start_forward BEFORE UPDATE ON audit_start WHEN NEW.seq < OLD.seq "
        "OR NOT EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq AND hash = NEW.hash) "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    ),
    "postgresql": (
        "DROP TRIGGER audit_append_only ON audit",
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
        "CREATE FUNCTION audit_delete_before_start() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF OLD.seq > COALESCE((SELECT seq FROM audit_start WHERE id = 1), 0) "
        "THEN RAISE EXCEPTION 'the audit trail is append-only'; END IF; RETURN OLD; END $$",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_delete_before_start()",
        "CREATE FUNCTION audit_start_is_forward() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.seq < OLD.seq OR NOT EXISTS "
        "(SELECT 1 FROM audit WHERE seq = NEW.seq AND hash = NEW.hash) "
        "THEN RAISE EXCEPTION 'the audit trail is append-only'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER audit_start_forward BEFORE UPDATE ON audit_start "
        "FOR EACH ROW EXECUTE FUNCTION audit_start_is_forward()",
    ),
}


def upgrade() -> None:
    start = op.create_table(
        "audit_start",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
    )
    op.bulk_insert(start, [{"id": 1, "seq": 0, "hash": FIRST_HASH}])
    connection = op.get_bind()
    for statement in STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
