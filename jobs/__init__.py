"""The durable part: workflows, the readiness watcher, the outbox, the tables. Alone knows DBOS and SQLAlchemy."""
