"""Signing in to PostgreSQL with a token in place of a password; passwords stand in for the tokens of Entra ID."""

import asyncio
import logging
from datetime import timedelta

import pytest
from support.office import CHAT, HELGA, JANE, Office
from support.postgres import Cluster

from jobs import rounds, workflows
from jobs.audit import open_audit
from jobs.watcher import LEASE_SECONDS
from provisioning.case import CaseState
from provisioning.errors import DatabaseUnavailable, MailroomError


async def test_a_case_goes_on_with_the_next_token_when_the_first_has_ended(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "PAUSE_AFTER_FAILURE", 0.05)
    monkeypatch.setattr(workflows, "DATABASE_PAUSE", 0.05)
    postgres.new_database()
    valid = ["first token"]
    office = Office(postgres.sign_in_with(valid[-1]))
    await office.open(token=lambda: valid[-1])
    try:
        waiting = await office.until_state(await office.jobs.start(JANE, HELGA, CHAT), CaseState.WAITING)

        valid.append("second token")
        await asyncio.to_thread(postgres.sign_in_with, valid[-1])

        office.directory.make_ready(waiting.account_id)
        office.clock.shift = timedelta(seconds=LEASE_SECONDS + 1)  # a look may have been on its way
        await office.until_state(waiting, CaseState.READY)  # ours and the engine's connections are all new
    finally:
        await office.jobs.close()


def test_without_a_token_the_database_is_out_of_reach_and_the_log_says_why(
    postgres: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    def refused() -> str:
        raise MailroomError("Entra ID gives no token for the database (ClientAuthenticationError).")

    postgres.new_database()
    audit = open_audit(postgres.sign_in_with("some token"), Office("").clock, token=refused)
    with caplog.at_level(logging.WARNING), pytest.raises(DatabaseUnavailable):
        audit.prepare()
    assert "Entra ID gives no token for the database" in caplog.text
