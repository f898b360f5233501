"""What cases and repairs leave in the audit trail: real DBOS, real databases, a directory in memory."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from support.fake_bulks import FakeFiles
from support.fake_directory import E3
from support.office import CHAT, GROUP, HELGA, JANE, Office, eventually

from handlers.registry import dispatch
from handlers.requests import Request, Services
from jobs import audit
from jobs.audit_reading import open_trail
from jobs.preferences import PreferenceTable
from jobs.records import CaseRecords
from jobs.tables import open_engine
from provisioning.audit import AuditEntry, check
from provisioning.case import Case, CaseState, Person
from provisioning.errors import DatabaseUnavailable, GraphRejected, GraphTrace
from provisioning.fixes.steps import AssignLicenses
from provisioning.repair import Repair, RepairStep

MONA = Person("mona", "Mona Manager")
REFUSED = GraphRejected("No seats are free.", GraphTrace(400, "Request_BadRequest", "no licenses", "req-1"))


def trail(office: Office) -> list[AuditEntry]:
    with open_trail(office.url) as opened:
        entries = list(opened.entries())
        assert check(entries, [opened.head]).fault == ""
    return entries


def told(office: Office) -> list[tuple[str, str, str]]:
    return [(entry.kind, entry.actor_name, entry.sentence) for entry in trail(office)]


async def made_ready(office: Office, case: Case) -> Case:
    waiting = await office.until_state(case, CaseState.WAITING)
    office.directory.make_ready(waiting.account_id)
    return await office.until_state(case, CaseState.READY)


async def test_an_order_a_colleague_who_joins_and_the_mailbox(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.jobs.start(replace(JANE, upn="Jane@Contoso.com", department="Sales"), MONA, GROUP)
    await made_ready(office, case)
    assert told(office) == [
        ("order", "Helga Desk", "Helga Desk ordered a mailbox for jane@contoso.com."),
        (
            "order",
            "Mona Manager",
            "Mona Manager ordered a mailbox for jane@contoso.com, which was being prepared already.",
        ),
        ("ended", "Mailroom", "The mailbox of jane@contoso.com is ready."),
    ]
    first, second, end = trail(office)
    assert {entry.case for entry in (first, second, end)} == {case.id}
    assert first.details["license"] == E3.id
    assert second.details["joined"] is True
    assert end.details == {"state": "ready", "mail": "jane@contoso.com"}
    assert (await office.jobs.audit.history("jane@contoso.com", 1)) == (end,)


async def test_who_stopped_it(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    await office.jobs.cancel(case.id, MONA)
    await office.jobs.cancel(case.id, HELGA)  # it has ended: nothing to write down
    assert told(office)[1:] == [("cancel", "Mona Manager", "Mona Manager stopped the order for jane@contoso.com.")]
    assert trail(office)[1].actor_id == MONA.id


async def test_a_refused_case_with_graphs_code_and_request_id(office: Office) -> None:
    office.directory.fail("assign_license", REFUSED)
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.FAILED)
    end = trail(office)[1]
    assert (end.kind, end.actor_name, end.request_id) == ("ended", "Mailroom", "req-1")
    assert end.sentence == "The order for jane@contoso.com failed: No seats are free."
    assert (end.details["state"], end.details["code"]) == ("failed", "Request_BadRequest")


async def test_a_case_that_was_given_up(office: Office) -> None:
    case = await office.jobs.start(JANE, HELGA, CHAT)
    await office.until_state(case, CaseState.WAITING)
    office.clock.shift = timedelta(hours=73)
    await office.until_state(case, CaseState.GIVEN_UP)
    end = trail(office)[1]
    assert end.sentence.startswith("Mailroom gave up on the mailbox of jane@contoso.com: The mailbox did not appear")
    assert end.details["state"] == "given_up"


async def repaired(office: Office, account_id: str, remove: tuple[str, ...] = ()) -> Repair:
    steps = [AssignLicenses(account_id, (), remove, "Assign Office 365 E3.")]
    told = (RepairStep("Assign Office 365 E3."),)
    now = office.clock.now()
    repair = Repair("r1", "jane@contoso.com", "assign-license", "Assign a license", "C05", MONA, now, told)
    await office.jobs.start_repair(repair, steps, CHAT)
    await office.jobs.start_repair(repair, steps, CHAT)  # a double click

    async def look() -> Repair | None:
        current = await office.jobs.get_repair("r1")
        return current if current and not current.is_open else None

    return await eventually(look)


async def test_a_repair_that_helps(office: Office) -> None:
    case = await made_ready(office, await office.jobs.start(JANE, HELGA, CHAT))
    await repaired(office, case.account_id)
    asked, end = trail(office)[2:]
    assert (asked.kind, asked.actor_name, asked.case) == ("repair", "Mona Manager", "r1")
    assert asked.sentence == "Mona Manager asked for the fix “Assign a license” for jane@contoso.com."
    assert asked.details == {"fix": "assign-license", "cause": "C05", "steps": ["Assign Office 365 E3."]}
    assert (end.kind, end.details["state"]) == ("ended", "cured")
    assert end.sentence.startswith("The fix “Assign a license” for jane@contoso.com helped: The cause is gone")


async def test_a_repair_that_is_refused(office: Office) -> None:
    case = await made_ready(office, await office.jobs.start(JANE, HELGA, CHAT))
    office.directory.fail("change_licenses", REFUSED)
    await repaired(office, case.account_id, (E3.id,))
    end = trail(office)[-1]
    assert end.sentence == "The fix “Assign a license” for jane@contoso.com stopped: No seats are free."
    assert (end.details["state"], end.request_id) == ("failed", "req-1")


async def test_what_cannot_be_written_down_is_not_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, OSError("disk full"))

    monkeypatch.setattr(audit, "entry_of", no_space)
    with pytest.raises(DatabaseUnavailable):
        await office.jobs.start(JANE, HELGA, CHAT)
    assert await office.jobs.find(JANE.upn) is None


@pytest.mark.parametrize("passes_allowed", [True, False])
async def test_no_secret_reaches_the_trail_or_the_database(
    office: Office, passes_allowed: bool, tmp_path: Path
) -> None:
    secrets: list[str] = []
    _overhear(office, secrets)
    case = await made_ready(office, await office.jobs.start(JANE, HELGA, CHAT))
    if not passes_allowed:
        office.directory.fail("create_access_pass", REFUSED)
    engine = office.jobs.audit.engine
    kept = (CaseRecords(engine, office.clock), PreferenceTable(engine))
    ports = (office.directory, office.jobs, office.messenger, office.clock, office.jobs.audit)
    services = Services(*ports, *kept, office.jobs.bulks, FakeFiles(), office.jobs.schedules, office.jobs.manners)
    click = Request(HELGA, CHAT, verb="reveal", data={"case": case.id}, is_answered_privately=True)
    reply = await dispatch(click, services)
    assert reply is not None
    assert secrets[-1] in repr(reply.card)
    await dispatch(replace(click, person=MONA), services)  # is refused, and that is written down
    assert trail(office)[-1].kind == "refusal"
    await office.jobs.close()
    stored = _stored(office.url, tmp_path)
    assert stored
    assert [secret for secret in secrets if secret.encode() in stored] == []
    assert [secret for secret in secrets if secret in repr(trail(office))] == []


def _stored(url: str, folder: Path) -> bytes:
    """Everything in the database: the bytes of SQLite's files, every row of PostgreSQL's tables."""
    if url.startswith("sqlite"):
        return b"".join(path.read_bytes() for path in folder.glob("mailroom.db*"))
    engine = open_engine(url)
    with engine.connect() as connection:
        own = "table_schema NOT IN ('pg_catalog', 'information_schema')"
        query = f"SELECT table_schema, table_name FROM information_schema.tables WHERE {own}"
        tables = connection.execute(sa.text(query))
        rows = [
            connection.execute(sa.text(f'SELECT t::text FROM "{schema}"."{name}" t')).scalars().all()
            for schema, name in tables.all()
        ]
    engine.dispose()
    return "\n".join(str(row) for table in rows for row in table).encode()


def _overhear(office: Office, secrets: list[str]) -> None:
    """Every password and pass that goes to the directory or comes from it."""
    directory = office.directory
    create, issue, set_password = directory.create_account, directory.create_access_pass, directory.set_password

    async def create_account(order: Any, password: str) -> Any:
        secrets.append(password)
        return await create(order, password)

    async def create_access_pass(account_id: str, minutes: int) -> Any:
        credential = await issue(account_id, minutes)
        secrets.append(credential.secret)
        return credential

    async def overheard_password(account_id: str, password: str) -> None:
        secrets.append(password)
        await set_password(account_id, password)

    directory.create_account = create_account  # type: ignore[method-assign]
    directory.create_access_pass = create_access_pass  # type: ignore[method-assign]
    directory.set_password = overheard_password  # type: ignore[method-assign]
