"""What the engine remembers of workflows that have ended, ids of cases and texts of errors: deleted when it is old.

By the engine's public client, which needs no running engine, so the terminal can do it as well.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa
from dbos import DBOSClient

from jobs.sweeping import AT_ONCE, erasing
from jobs.tables import reading, takeovers


class History:
    """Synchronous; callers run it in a thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def forget_before(self, before: float) -> int:
        """Some workflows that had ended before that moment (epoch seconds); answers how many."""
        if not self._is_there():
            return 0
        moment = datetime.fromtimestamp(before, UTC).isoformat()
        with _client(self._engine) as client:
            old = client.list_workflows(completed_before=moment, limit=AT_ONCE, load_input=False, load_output=False)
            return self._delete(client, [one.workflow_id for one in old])

    def forget(self, subject_ids: Sequence[str]) -> int:
        """All that was done for these cases (their ids) and repairs ("repair:" and the id)."""
        if not self._is_there() or not subject_ids:
            return 0
        with _client(self._engine) as client:
            prefixes = list(subject_ids)
            found = client.list_workflows(workflow_id_prefix=prefixes, load_input=False, load_output=False)
            ids = [one.workflow_id for one in found]
            return self._delete(client, [one for one in ids if any(_is_of(one, subject) for subject in prefixes)])

    def _delete(self, client: DBOSClient, ids: list[str]) -> int:
        if ids:
            client.delete_workflows(ids)
            with erasing(self._engine) as connection:
                connection.execute(takeovers.delete().where(takeovers.c.workflow_id.in_(ids)))
        return len(ids)

    def _is_there(self) -> bool:
        """The engine makes its tables when it is first started."""
        schema = None if self._engine.dialect.name == "sqlite" else "dbos"
        with reading(self._engine) as connection:
            return sa.inspect(connection).has_table("workflow_status", schema)


@contextmanager
def _client(engine: sa.Engine) -> Iterator[DBOSClient]:
    client = DBOSClient(system_database_engine=engine, lazy=True)
    try:
        yield client
    finally:
        client.destroy()


def _is_of(workflow_id: str, subject: str) -> bool:
    """jobs/queueing.py makes the ids."""
    return workflow_id == subject or workflow_id.startswith(f"{subject}:")
