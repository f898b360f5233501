"""`python -m bot.audit` over real files: verify and export, with what somebody did to them in between."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.fake_jobs import NOW, FixedClock
from support.processes import ROOT, clean_env

from bot.audit import main
from jobs.audit import append, open_audit
from jobs.audit_cutting import cut_trail
from jobs.tables import open_engine, writing
from provisioning.audit import AuditRecord, Kind
from provisioning.case import Person

HELGA = Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga Desk")
JANE, LEE = "jane@contoso.com", "lee@contoso.com"


class Log:
    """A database with a trail, and the command over it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.path = folder / "mailroom.db"
        self.url = f"sqlite:///{self.path}"
        self._capfd = capfd
        monkeypatch.setenv("MAILROOM_DATABASE_URL", self.url)

    def write(self, *sentences: str, subject: str = JANE) -> None:
        with closing(open_audit(self.url, FixedClock())) as log:
            log.prepare()
            for sentence in sentences:
                with writing(log.engine) as connection:
                    at = NOW + timedelta(minutes=int(sentence))
                    append(connection, AuditRecord(Kind.ORDER, HELGA, sentence, subject), at)

    def tamper(self, *statements: str) -> None:
        """Past the triggers, as whoever owns the database can."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """The exit code, what was said, and the complaint."""
        try:
            code = main(arguments)
        except SystemExit as error:  # argparse
            code = int(error.code or 0)
        said = self._capfd.readouterr()
        return code, said.out, said.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self("verify", "--json", *arguments)[1])

    def export(self, *arguments: str) -> Path:
        path = self.folder / "export.jsonl"
        assert self("export", "--output", str(path), *arguments) == (0, "", "")
        return path


@pytest.fixture(name="log")
def log_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Log:
    log = Log(tmp_path, monkeypatch, capfd)
    log.write("1", "2", "3")
    return log


def test_an_unbroken_log_says_its_anchor_and_the_anchor_stays_good(log: Log):
    code, said, _ = log("verify")
    assert code == 0
    assert said.startswith("Unbroken, entries: 3. To keep as an anchor: 3:")
    anchor = said.split()[-1]
    log.write("4")
    assert log("verify", "--anchor", anchor)[0] == 0
    assert log("verify", "--file", str(log.export()), "--anchor", anchor)[0] == 0
    told = log.json("--anchor", anchor)
    assert (told["unbroken"], told["entries"], told["fault"]) == (True, 4, "")


def test_an_edit_is_named_in_one_sentence(log: Log):
    log.tamper("UPDATE audit SET sentence = 'Nothing happened.' WHERE seq = 2")
    assert log("verify") == (1, "Broken: entry 2 was changed after it was written. Unbroken before it: 1.\n", "")
    told = log.json()
    assert (told["unbroken"], told["entries"], told["fault"]) == (False, 1, "entry 2 was changed after it was written")


def test_a_cut_tail_is_found_by_the_head_and_by_an_anchor(log: Log):
    anchor = log("verify")[1].split()[-1]
    log.tamper("DELETE FROM audit WHERE seq = 3")
    assert "the log is cut, there were at least 3 entries" in log("verify")[1]
    newest = log.json()["newest"]
    log.tamper(f"UPDATE audit_head SET seq = 2, hash = '{newest}'")  # by somebody who knows of the head
    assert log("verify")[0] == 0
    assert "the log is cut, there were at least 3 entries" in log("verify", "--anchor", anchor)[1]
    log.write("4")
    assert "entry 3 is not the one that its anchor speaks of" in log("verify", "--anchor", anchor)[1]


def test_a_head_that_is_gone_or_behind_is_found(log: Log):
    log.tamper("UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2)")
    assert "there are entries after 2, the newest that Mailroom wrote" in log("verify")[1]
    log.tamper("DELETE FROM audit_head")
    assert log("verify")[0] == 1


def test_an_export_is_whole_and_any_edit_of_it_is_found(log: Log):
    path = log.export()
    lines = path.read_text().splitlines()
    assert [json.loads(line)["sentence"] for line in lines] == ["1", "2", "3"]
    assert log("verify", "--file", str(path))[0] == 0
    edits = {
        "entry 2 was changed": [lines[0], lines[1].replace("Helga Desk", "Mona Manager"), lines[2]],
        "entry 2 is missing": [lines[0], lines[2]],
        "line 2 is no entry: it is not JSON": [lines[0], lines[1][:-9], lines[2]],
        "line 4 is no entry": [*lines, '{"seq": 4}'],
        "entry 1 is missing": [lines[1], lines[0], lines[2]],
    }
    for fault, edited in edits.items():
        path.write_text("\n".join(edited))
        code, said, _ = log("verify", "--file", str(path))
        assert (code, fault in said) == (1, True), said
    path.write_bytes("\n".join(lines).encode().replace(b"Helga", b"Helg\xff"))
    assert "entry 1 was changed" in log("verify", "--file", str(path))[1]


def test_a_part_of_the_log_cannot_be_verified_and_says_so(log: Log):
    log.write("4", subject=LEE)
    log.write("5")
    path = log.export("--subject", "Lee@Contoso.com")
    assert [json.loads(line)["seq"] for line in path.read_text().splitlines()] == [4]
    code, said, _ = log("verify", "--file", str(path))
    assert (code, "leaves entries out and cannot be verified by itself" in said) == (1, True)
    later = log.export("--since", "2026-11-23T10:04:00+01:00").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in later] == [4, 5]
    assert log("export", "--since", "2027-01-01") == (0, "", "")


def test_export_to_the_terminal_stops_at_what_is_no_entry(log: Log):
    log.tamper("UPDATE audit SET details = 'x' WHERE seq = 2")
    code, said, complaint = log("export")
    assert (code, len(said.splitlines())) == (1, 1)
    assert complaint == (
        "mailroom: entry 2 was changed after it was written: it and what follows is not written. See verify.\n"
    )


def test_words_of_any_language_and_half_characters_survive(log: Log):
    log.tamper("""UPDATE audit SET actor_name = 'Jörg 王', details = '{"x": "\\ud83d"}' WHERE seq = 2""")
    path = log.export()
    assert "Jörg 王" in path.read_text()
    assert log("verify", "--file", str(path))[1] == log("verify")[1]


def test_after_retention_the_rest_is_verified_in_the_database_and_in_an_export(log: Log):
    first = json.loads(log.export().read_text().splitlines()[0])
    engine = open_engine(log.url)
    cut_trail(engine, NOW + timedelta(minutes=2), NOW + timedelta(minutes=4))  # entry 1 goes, entry 4 says so
    engine.dispose()
    path = log.export()
    for arguments in ((), ("--file", str(path))):
        code, said, _ = log("verify", *arguments, "--anchor", f"1:{first['hash']}")
        assert (code, said.splitlines()[0]) == (
            0,
            "Entries 1 to 1 were removed by retention, as the trail itself says.",
        )
        assert "Unbroken, entries: 3. To keep as an anchor: 4:" in said
    assert log("verify", "--anchor", f"1:{'0' * 64}")[0] == 1
    told = log.json()
    assert (told["unbroken"], told["entries"], told["removed"]) == (True, 3, 1)
    log.write("5")
    log.tamper("DELETE FROM audit WHERE seq = 2")
    assert "entry 1 is missing: 3 stands in its place" in log("verify")[1]
    lines = path.read_text().splitlines()
    path.write_text("\n".join(["x", *lines[1:]]))
    assert "line 1 is no entry" in log("verify", "--file", str(path))[1]


@pytest.mark.parametrize(
    ("arguments", "url", "complaint"),
    [
        (["verify"], "sqlite:////nowhere/mailroom.db", "There is no database at /nowhere/mailroom.db."),
        (["verify"], "sqlite://", "There is no database at"),
        (["verify"], "mysql://x", "MAILROOM_DATABASE_URL must begin with"),
        (["export"], "postgresql://127.0.0.1:9/x", "The database cannot be read (OperationalError)."),
        (["verify", "--file", "/nowhere.jsonl"], "", "/nowhere.jsonl: No such file or directory"),
        (["export", "--output", "/nowhere/x"], "", "/nowhere/x: No such file or directory"),
        (["verify", "--anchor", "3:abc"], "", "an anchor is a number, a colon and 64 hexadecimal digits"),
        (["export", "--since", "yesterday"], "", "a time looks like 2026-11-23"),
        ([], "", "the following arguments are required: command"),
    ],
)
def test_wrong_settings_and_arguments_are_2(log: Log, monkeypatch, arguments, url, complaint):
    if url:
        monkeypatch.setenv("MAILROOM_DATABASE_URL", url)
    code, said, told = log(*arguments)
    assert (code, said, complaint in told) == (2, "", True), told


def test_a_database_without_a_trail_or_that_is_none(log: Log, tmp_path: Path, monkeypatch):
    other = tmp_path / "other.db"
    monkeypatch.setenv("MAILROOM_DATABASE_URL", f"sqlite:///{other}")
    sqlite3.connect(other).close()
    other.touch()
    assert "This database holds no audit trail." in log("verify")[2]
    other.write_bytes(b"no database at all " * 100)
    code, _, complaint = log("verify")
    assert (code, complaint) == (
        2,
        "mailroom: The database cannot be read (DatabaseError). Correct MAILROOM_DATABASE_URL.\n",
    )


def test_it_runs_beside_a_writer_and_without_any_other_setting(log: Log, tmp_path: Path):
    with closing(open_audit(log.url, FixedClock())) as other, writing(other.engine) as connection:
        append(connection, AuditRecord(Kind.ORDER, HELGA, "Not committed yet."), NOW)
        found = subprocess.run(
            [sys.executable, "-m", "bot.audit", "verify", "--json"],
            env=clean_env(MAILROOM_DATABASE_URL=log.url, PYTHONPATH=str(ROOT)),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
        )
    assert (found.returncode, json.loads(found.stdout)["entries"], found.stderr) == (0, 3, "")
