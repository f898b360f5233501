"""The audit trail in a real database: append-only, one chain for many writers, and never without its change."""

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from support.fake_jobs import FixedClock
from support.processes import Processes

from jobs.audit import AuditLog, append, audit, open_audit
from jobs.audit_reading import open_trail
from jobs.tables import writing
from provisioning.audit import Anchor, AuditEntry, AuditRecord, Kind, Verdict, check
from provisioning.case import Person

HELGA = Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga Desk")
WRITER = """
import signal
import sys
from datetime import UTC, datetime
from jobs.audit import append
from jobs.tables import open_engine, writing
from provisioning.audit import AuditRecord, Kind
from provisioning.case import Person

engine = open_engine(sys.argv[1])
for number in range(int(sys.argv[2])):
    with writing(engine) as connection:
        record = AuditRecord(Kind.ORDER, Person(sys.argv[3], "A process"), f"Order {number}.")
        append(connection, record, datetime.now(UTC))
        if sys.argv[4:] == ["stay"]:
            print("appended", flush=True)
            signal.pause()
"""


@pytest.fixture(name="url")
def url_fixture(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mailroom.db'}"


@pytest.fixture(name="trail")
def trail_fixture(url: str):
    with closing(open_audit(url, FixedClock())) as log:
        log.prepare()
        yield log


def record(sentence: str, subject: str = "jane@contoso.com", **more) -> AuditRecord:
    return AuditRecord(Kind.ORDER, HELGA, sentence, subject, **more)


def entries_of(url: str) -> list[AuditEntry]:
    with open_trail(url) as opened:
        return list(opened.entries())


def verdict_on(url: str) -> Verdict:
    with open_trail(url) as opened:
        head = opened.head
        verdict = check(opened.entries(), [head])
    assert verdict.fault or head == Anchor(verdict.count, verdict.newest)
    return verdict


async def test_what_is_recorded_is_read_back_newest_first(trail: AuditLog, url: str):
    details = {"before": {"usageLocation": None}, "after": {"usageLocation": "US"}, "steps": ["ä", 1, 2.5, True]}
    await trail.record(record("First.", details=details, case="case-1", request_id="req-1"))
    await trail.record(record("Second.", "Lee@Contoso.com"))
    await trail.record(record("Third.", "Jane@Contoso.com"))
    newest, oldest = await trail.history("JANE@contoso.com")
    assert (newest.sentence, oldest.sentence, oldest.details) == ("Third.", "First.", details)
    assert (oldest.case, oldest.request_id, oldest.actor_name) == ("case-1", "req-1", "Helga Desk")
    assert [entry.sentence for entry in await trail.history("jane@contoso.com", limit=1)] == ["Third."]
    assert (await trail.count("jane@contoso.com"), await trail.count("nobody@contoso.com")) == (2, 0)
    assert [entry.sentence for entry in entries_of(url)] == ["First.", "Second.", "Third."]
    assert verdict_on(url).count == 3


async def test_text_that_no_database_takes_is_taken(trail: AuditLog, url: str):
    hostile = "half \ud83d and nul \0 and \u2028 line"
    await trail.record(
        AuditRecord(Kind.REFUSAL, Person(hostile, hostile), hostile, hostile, hostile, {hostile: hostile})
    )
    assert verdict_on(url) == Verdict(1, entries_of(url)[0].hash)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET sentence = 'Nothing happened.' WHERE seq = 1",
        "UPDATE audit SET hash = hash",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT seq, at, kind, actor_id, actor_name, 'Nothing.', subject, case_id, "
        "details, request_id, previous, hash FROM audit WHERE seq = 1",
    ],
)
async def test_the_database_itself_refuses_a_change(trail: AuditLog, url: str, statement: str):
    for sentence in ("First.", "Second."):
        await trail.record(record(sentence))
    before = entries_of(url)
    with pytest.raises(sa.exc.IntegrityError, match="append-only"), writing(trail.engine) as connection:
        connection.exec_driver_sql(statement)
    assert entries_of(url) == before
    await trail.record(record("Third."))
    assert verdict_on(url).count == 3


async def test_an_anchor_is_logged_once_it_is_committed_and_not_before(trail: AuditLog, url: str, caplog):
    caplog.set_level(logging.INFO, "jobs.audit")

    def fail_after_appending() -> None:
        with writing(trail.engine) as connection:
            append(connection, record("Never."), FixedClock().now())
            raise RuntimeError("the change fails")

    with pytest.raises(RuntimeError):
        fail_after_appending()
    assert caplog.messages == []
    await trail.record(record("First."))
    [entry] = entries_of(url)
    assert caplog.messages == [f"audit anchor 1:{entry.hash}"]


def test_eight_threads_write_one_chain(trail: AuditLog, url: str):
    def write(name: str) -> None:
        for number in range(20):
            with writing(trail.engine) as connection:
                append(connection, record(f"{name} {number}"), FixedClock().now())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, "abcdefgh"))
    assert verdict_on(url).count == 160


def test_two_processes_write_one_chain(trail: AuditLog, url: str, processes: Processes):
    writers = [processes.python("-c", WRITER, url, "60", name) for name in ("one", "two")]
    assert [writer.popen.wait(60) for writer in writers] == [0, 0], [writer.printed for writer in writers]
    assert verdict_on(url).count == 120
    assert {entry.actor_id for entry in entries_of(url)} == {"one", "two"}


async def test_a_kill_between_append_and_commit_leaves_no_gap(trail: AuditLog, url: str, processes: Processes):
    await trail.record(record("First."))
    writer = processes.python("-c", WRITER, url, "1", "killed", "stay")
    writer.wait_printed("appended")
    writer.kill()
    await trail.record(record("Second."))
    assert [entry.sentence for entry in entries_of(url)] == ["First.", "Second."]
    assert verdict_on(url).count == 2


def past_the_triggers(url: str, *statements: str) -> None:
    """What somebody does who owns the database."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit SET sentence = 'Nothing.' WHERE seq = 2", "entry 2 was changed after it was written"),
        ("UPDATE audit SET details = 'x' WHERE seq = 2", "entry 2 was changed after it was written"),
        ("UPDATE audit SET details = x'ff' WHERE seq = 2", "entry 2 was changed after it was written"),
        ("UPDATE audit SET actor_name = 7 WHERE seq = 3", "entry 3 was changed after it was written"),
        ("UPDATE audit SET actor_name = x'ff' WHERE seq = 3", "entry 3 was changed after it was written"),
        ("DELETE FROM audit WHERE seq = 2", "entry 2 is missing: 3 stands in its place"),
        ("DELETE FROM audit WHERE seq = 3", "entry 3 is missing: the log is cut, there were at least 3 entries"),
        ("DELETE FROM audit", "entry 1 is missing: the log is cut, there were at least 3 entries"),
        ("UPDATE audit_head SET hash = '00'", "entry 3 is not the one that its anchor speaks of"),
    ],
)
async def test_an_edit_past_the_triggers_is_found(trail: AuditLog, url: str, statement: str, fault: str):
    for sentence in ("First.", "Second.", "Third."):
        await trail.record(record(sentence))
    past_the_triggers(url, statement)
    assert verdict_on(url).fault == fault


def test_the_columns_are_the_fields_of_an_entry():
    names = {"case" if column.name == "case_id" else column.name for column in audit.columns}
    assert names == set(AuditEntry.__dataclass_fields__)
