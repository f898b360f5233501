"""What is too old is deleted, whole and once; a person is forgotten when they ask; the rest stays and is proved."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import DBOS
from support.fake_jobs import FixedClock
from support.office import CHAT, GROUP, HELGA, JANE, Office, eventually

from jobs import queueing
from jobs.audit import append, audit, audit_start, open_audit
from jobs.audit_cutting import cut_trail
from jobs.audit_reading import open_trail
from jobs.bulk_store import dump_line
from jobs.forgetting import StillAtWork, forget
from jobs.migrations import migrate
from jobs.sweeping import AT_ONCE, sweep
from jobs.tables import bulk_lines, case_lines, cases, conversations, messages, metadata, mutes, open_engine, writing
from jobs.workflows import break_off
from provisioning.audit import Anchor, AuditRecord, Kind, Verdict, check
from provisioning.bulk import Bulk, BulkLine
from provisioning.case import Case, CaseState, Stage, StageState
from provisioning.keeping import Keep
from provisioning.orders import OrderRequest

LEE = replace(JANE, upn="lee@contoso.com", display_name="Lee Gu")
LATER = timedelta(days=40)
AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


# Whoever adds a table decides what becomes of it.
SWEPT = {"cases", "case_lines", "repairs", "bulks", "bulk_lines", "messages", "incidents", "conversations", "takeovers"}
SWEPT |= {"greetings", "quiet_hours", "mutes", "audit"}  # with their chat; where the settings say so
NOBODYS = {"preferences", "secrets", "processes", "audit_head", "audit_start"}
WHILE_IN_FORCE = {"places", "schedules"}  # until an admin names another; until they begin or are dropped


def test_of_every_table_it_is_decided_how_long_it_keeps_people() -> None:
    assert set(metadata.tables) == SWEPT | NOBODYS | WHILE_IN_FORCE


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = open_engine(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@contextmanager
def database(office: Office) -> Iterator[sa.Connection]:
    engine = open_engine(office.url)
    with writing(engine) as connection:
        yield connection
    engine.dispose()


def speaking_of(office: Office, word: str) -> set[str]:
    """The tables that hold the word anywhere, the engine's among them."""
    found = set()
    with database(office) as connection:
        schemas = [None] if connection.dialect.name == "sqlite" else [None, "dbos"]
        for schema in schemas:
            known = sa.MetaData()
            known.reflect(connection, schema=schema)
            for table in known.sorted_tables:
                rows = str(connection.execute(sa.select(table)).all()).lower()
                found |= {table.name} if word in rows else set()
    return found


async def made_ready(office: Office, order: Any) -> Case:
    case = await office.jobs.start(order, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    office.directory.make_ready(waiting.account_id)
    return await office.until(case, lambda one: one.stage(Stage.NOTIFICATION).state is StageState.DONE)


async def reopened(office: Office, shift: timedelta, keep: Keep) -> None:
    await office.jobs.close()
    office.clock.shift, office.keep = shift, keep
    await office.open()


async def entries(office: Office) -> list[Any]:
    with database(office) as connection:
        return list(connection.execute(sa.select(audit).where(audit.c.kind == Kind.RETENTION)).all())


async def test_what_ended_long_ago_is_gone_everywhere_but_in_the_trail_and_what_is_at_work_stays(
    office: Office,
) -> None:
    case = await made_ready(office, JANE)
    lee = await office.jobs.start(LEE, HELGA, GROUP)
    await office.until_state(lee, CaseState.WAITING)
    await office.jobs.manners.mute(CHAT, JANE.upn)
    assert speaking_of(office, case.id) >= {"cases", "case_lines", "messages", "workflow_status"}

    await reopened(office, LATER, Keep(days=30))

    async def is_written() -> bool:
        return len(await entries(office)) == 1

    await eventually(is_written)
    assert speaking_of(office, JANE.upn) == speaking_of(office, case.id) == {"audit"}
    assert await office.jobs.get(case.id) is None
    assert await office.jobs.get(lee.id) is not None
    (entry,) = await entries(office)
    assert "1 cases" in entry.sentence
    with open_trail(office.url) as trail:
        assert check(trail.entries(), [trail.head]).fault == ""


async def test_nothing_is_deleted_unless_the_settings_say_so(office: Office) -> None:
    case = await made_ready(office, JANE)
    await reopened(office, timedelta(days=4000), Keep())
    assert await office.jobs.get(case.id) is not None
    assert "retention" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_a_day_is_begun_once_whoever_asks_and_written_down_once(office: Office) -> None:
    await made_ready(office, JANE)
    await reopened(office, LATER, Keep(days=30))
    day = (office.clock.now()).date().isoformat()
    await queueing.begin_retention(day)
    await queueing.begin_retention(day)

    async def has_ended() -> bool:
        found = await DBOS.list_workflows_async(workflow_id_prefix="retention:")
        return [one.status for one in found] == ["SUCCESS"]

    await eventually(has_ended)
    assert len(await entries(office)) == 1


async def test_a_retention_that_breaks_off_ends_nobodys_case(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await break_off("retention:2026-11-26")
    await office.until_state(case, CaseState.WAITING)


def fill(engine: sa.Engine, count: int, ended_at: datetime, marker: str = "x") -> None:
    rows = [{"id": f"c{number}", "upn": f"{marker}{number}@contoso.com", "state": "ready"} for number in range(count)]
    moment = ended_at.timestamp()
    line = {"name": "", "stage": "", "asker_id": "", "asker_name": "", "license": "", "license_name": "", "cause": ""}
    with writing(engine) as connection:
        connection.execute(cases.insert(), [{**row, "created_at": moment, "document": "{}"} for row in rows])
        ends = {**line, "created_at": moment, "ended_at": moment, "is_watch": False}
        connection.execute(case_lines.insert(), [{**row, **ends} for row in rows])


def test_thousands_go_a_hundred_at_a_time(engine: sa.Engine) -> None:
    fill(engine, 2 * AT_ONCE + 50, AT)
    counts = []
    while found := sweep(engine, AT.timestamp() + 1):
        counts.append(found)
    assert counts == [{"cases": AT_ONCE}, {"cases": AT_ONCE}, {"cases": 50}]
    assert sweep(engine, AT.timestamp() + 1) == {}


def test_what_ended_later_stays(engine: sa.Engine) -> None:
    fill(engine, 3, AT)
    assert sweep(engine, AT.timestamp() - 1) == {}


def test_messages_without_a_subject_and_chats_that_are_gone_go_too(engine: sa.Engine) -> None:
    old, new = AT.timestamp() - 1, AT.timestamp() + 1
    message = {"kind": "live", "conversation": "{}", "is_due": False}
    with writing(engine) as connection:
        for number, since in enumerate((old, new)):
            row = {**message, "subject_id": f"nobody{number}", "conversation_id": f"c{number}", "due_since": since}
            connection.execute(messages.insert().values(**row))
        for name, since in (("old", old), ("new", new), ("c1", old), ("alive", None)):
            connection.execute(conversations.insert().values(id=name, gone_since=since))
        connection.execute(mutes.insert().values(conversation_id="old", user=""))
    assert sweep(engine, AT.timestamp()) == {"messages": 1, "conversations": 1}
    with writing(engine) as connection:
        assert set(connection.execute(sa.select(conversations.c.id)).scalars()) == {"new", "c1", "alive"}
        assert connection.execute(sa.select(mutes)).all() == []


def test_nothing_of_it_is_left_in_a_sqlite_file(tmp_path: Path) -> None:
    path = tmp_path / "mailroom.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    fill(engine, 300, AT, "veryspecialname")

    def bytes_of() -> bytes:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()

    assert b"veryspecialname" in bytes_of()
    while sweep(engine, AT.timestamp() + 1):
        pass
    assert b"veryspecialname" not in bytes_of()
    engine.dispose()


def write_trail(url: str, days: int) -> None:
    """An entry on each day."""
    log = open_audit(url, FixedClock())
    log.prepare()
    for day in range(days):
        with writing(log.engine) as connection:
            append(connection, AuditRecord(Kind.ORDER, HELGA, f"Day {day}."), AT + timedelta(days=day))
    log.close()


def verified(url: str, *anchors: Anchor) -> Verdict:
    with open_trail(url) as trail:
        return check(trail.entries(), [*anchors, trail.head], trail.cuts)


def test_the_oldest_entries_go_and_the_trail_still_proves_the_rest(database_url: str, engine: sa.Engine) -> None:
    write_trail(database_url, 10)
    with open_trail(database_url) as trail:
        third, fourth, fifth = list(trail.entries())[2:5]
    assert cut_trail(engine, AT + timedelta(days=4), AT + timedelta(days=10)) == 4
    verdict = verified(database_url, Anchor(5, fifth.hash), Anchor(4, fourth.hash), Anchor(3, third.hash))
    assert (verdict.fault, verdict.removed, verdict.count) == ("", 4, 11)
    assert "does not follow the one that was removed" in verified(database_url, Anchor(4, "0" * 64)).fault
    assert "is not the one that its anchor" in verified(database_url, Anchor(5, "0" * 64)).fault
    assert cut_trail(engine, AT + timedelta(days=4), AT + timedelta(days=10)) == 0  # again: nothing

    assert cut_trail(engine, AT + timedelta(days=900), AT + timedelta(days=900)) == 7  # all of it but its own entry
    assert verified(database_url).removed == 11
    write_trail(database_url, 2)
    assert (verified(database_url).fault, verified(database_url).count) == ("", 14)


def test_the_database_still_refuses_to_delete_what_is_not_cut(database_url: str, engine: sa.Engine) -> None:
    write_trail(database_url, 6)
    cut_trail(engine, AT + timedelta(days=2), AT + timedelta(days=6))
    forbidden = (
        audit.delete().where(audit.c.seq == 4),
        audit.delete(),
        audit.update().values(sentence="x"),
        audit_start.update().values(seq=1),
        audit_start.update().values(seq=5, hash="0" * 64),
    )
    for statement in forbidden:
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(statement)
    assert verified(database_url).fault == ""


def test_a_cut_that_was_killed_in_the_middle_is_finished_and_verifies_meanwhile(
    database_url: str, engine: sa.Engine
) -> None:
    write_trail(database_url, 6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobs.audit_cutting._remove_some", lambda _engine: 0)
        cut_trail(engine, AT + timedelta(days=4), AT + timedelta(days=6))
    with engine.begin() as connection:
        connection.execute(audit.delete().where(audit.c.seq <= 2))
    assert (verified(database_url).fault, verified(database_url).removed) == ("", 2)
    assert cut_trail(engine, AT + timedelta(days=4), AT + timedelta(days=6)) == 2
    assert (verified(database_url).fault, verified(database_url).removed) == ("", 4)


async def test_a_person_is_forgotten_but_for_the_trail(office: Office) -> None:
    jane = await made_ready(office, JANE)
    lee = await made_ready(office, LEE)
    await office.jobs.manners.mute(GROUP, JANE.upn)
    line = BulkLine(1, JANE.upn, OrderRequest(JANE.upn), problem="There is such an order already.")
    other = BulkLine(2, LEE.upn, OrderRequest(LEE.upn), LEE)
    await office.jobs.bulks.draft(Bulk("bulk", "people.csv", HELGA, office.clock.now(), 1, 1), [line, other])
    engine = open_engine(office.url)
    counts = await asyncio.to_thread(forget, engine, "Jane@contoso.com", HELGA, office.clock.now())
    engine.dispose()
    assert counts == {"cases": 1, "fixes": 0, "lines of lists": 1, "mutes": 1}
    assert speaking_of(office, JANE.upn) == speaking_of(office, jane.id) == {"audit"}
    assert await office.jobs.get(lee.id) is not None
    assert len(await office.jobs.bulks.lines("bulk")) == 1
    (entry,) = await entries(office)
    assert (entry.subject, entry.actor_id) == (JANE.upn, HELGA.id)


async def test_nobody_is_forgotten_while_something_is_at_work(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    engine = open_engine(office.url)
    with pytest.raises(StillAtWork, match=f"an order for {JANE.upn} that has not ended"):
        await asyncio.to_thread(forget, engine, JANE.upn, HELGA, office.clock.now())
    await office.jobs.cancel(case.id, HELGA)
    await asyncio.to_thread(forget, engine, JANE.upn, HELGA, office.clock.now())
    assert await office.jobs.get(case.id) is None
    with writing(engine) as connection:
        state = {"state": "to_do", "bulk_id": "b", "position": 0}
        running = BulkLine(1, JANE.upn, OrderRequest(JANE.upn), JANE)
        connection.execute(bulk_lines.insert().values(document=dump_line(running), **state))
    with pytest.raises(StillAtWork, match="in a list that has not ended"):
        await asyncio.to_thread(forget, engine, JANE.upn, HELGA, office.clock.now())
    engine.dispose()
