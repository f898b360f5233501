"""`python -m bot.retention` over a real file."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from support.activities import TENANT_ID

from bot.retention import main
from jobs.audit import audit, open_audit
from jobs.store import CaseStore
from jobs.tables import cases, reading
from provisioning.case import Case, Conversation, Order, Person, cancel

HELGA = Person("helga", "Helga Desk")
CHAT = Conversation("a:helga", "personal", "http://127.0.0.1:1/")
JANE, LEE = "jane@contoso.com", "lee@contoso.com"

Command = Callable[..., tuple[int, str, str]]


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def log(tmp_path: Path):
    """Jane's order has ended a hundred days ago, Lee's is being worked on."""
    log = open_audit(f"sqlite:///{tmp_path}/mailroom.db", Clock())
    log.prepare()
    then = datetime.now(UTC) - timedelta(days=100)
    store = CaseStore(log.engine, "test")
    for number, upn in enumerate((JANE, LEE)):
        store.open(Case(f"c{number}", Order(upn, "Somebody", "US"), HELGA, then), CHAT)
    store.change("c0", lambda case: cancel(case, "Helga", then))
    yield log
    log.close()


@pytest.fixture
def command(log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    settings = {"DATABASE_URL": str(log.engine.url), "TENANT_ID": TENANT_ID, "APP_TYPE": "Anonymous"}
    settings |= {"GRAPH_BASE_URL": "http://127.0.0.1:1/v1.0", "RETENTION_DAYS": "30"}
    for name, value in settings.items():
        monkeypatch.setenv(f"MAILROOM_{name}", value)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def kept(log) -> set[str]:
    with reading(log.engine) as connection:
        return set(connection.execute(sa.select(cases.c.id)).scalars())


def test_it_deletes_what_is_too_old_and_says_what(command: Command, log):
    assert command("run") == (0, "Deleted: 1 cases.\n", "")
    assert kept(log) == {"c1"}
    assert command("run") == (0, "Deleted: nothing.\n", "")
    with reading(log.engine) as connection:
        assert connection.execute(sa.select(audit.c.seq).where(audit.c.kind == "retention")).all() == [(4,)]


def test_with_a_retention_of_its_own_the_trail_is_cut(command: Command, log, monkeypatch):
    monkeypatch.setenv("MAILROOM_AUDIT_RETENTION_DAYS", "90")
    code, said, _ = command("run", "--json")
    assert (code, json.loads(said)["deleted"]) == (0, {"cases": 1, "entries of the audit trail": 3})


def test_nothing_is_too_old_where_the_settings_say_so(command: Command, log, monkeypatch):
    monkeypatch.setenv("MAILROOM_RETENTION_DAYS", "0")
    code, said, complaint = command("run")
    assert (code, said, "MAILROOM_RETENTION_DAYS is 0" in complaint) == (0, "", True)
    assert kept(log) == {"c0", "c1"}


def test_a_person_is_forgotten_only_when_it_is_confirmed_and_nothing_is_at_work(command: Command, log):
    code, _, complaint = command("forget", JANE)
    assert (code, "Nothing was deleted. Say --yes" in complaint) == (1, True)
    code, said, _ = command("forget", JANE, "--yes")
    assert (code, said) == (0, f"Deleted about {JANE}: 1 cases. The audit trail keeps its entries.\n")
    assert kept(log) == {"c1"}
    code, _, complaint = command("forget", LEE, "--yes")
    assert (code, "has not ended (c1)" in complaint) == (1, True)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("DATABASE_URL", "sqlite:////nowhere/mailroom.db", "There is no database at /nowhere/mailroom.db."),
        ("DATABASE_URL", "sqlite:///empty.db", "of an older version, or there are none. Start the bot once."),
        ("RETENTION_DAYS", "3", "MAILROOM_RETENTION_DAYS must be 0 (never) or at least 7 days"),
        ("AUDIT_RETENTION_DAYS", "10", "MAILROOM_AUDIT_RETENTION_DAYS must be 0 or no less than"),
    ],
)
def test_wrong_settings_are_2(command: Command, tmp_path: Path, monkeypatch, name, value, complaint):
    (tmp_path / "empty.db").touch()
    monkeypatch.setenv(f"MAILROOM_{name}", value)
    code, said, told = command("run")
    assert (code, said, complaint in told) == (2, "", True), told
