"""`python -m bot.backup` over real files: whole while somebody writes, and never over what is there or in use."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.backup import main
from jobs.migrations import migrate
from jobs.tables import open_engine, preferences, writing

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "mailroom.db"
    monkeypatch.setenv("MAILROOM_DATABASE_URL", f"sqlite:///{file}")
    return file


@pytest.fixture
def engine(file: Path) -> Iterator[sa.Engine]:
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: object) -> tuple[int, str]:
        code = main([str(one) for one in arguments])
        said = capfd.readouterr()
        return code, said.out + said.err

    return run


def put(engine: sa.Engine, value: int) -> None:
    """Two rows that always say the same."""
    with writing(engine) as connection:
        connection.execute(preferences.delete())
        connection.execute(preferences.insert(), [{"name": name, "value": str(value)} for name in ("one", "other")])


def values(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {value for (value,) in connection.execute("SELECT value FROM preferences")}


def test_a_copy_is_whole_while_somebody_writes_and_for_its_owner_alone(command, engine, tmp_path):
    put(engine, 0)
    stop = threading.Event()

    def write() -> None:
        count = 0
        while not stop.is_set():
            put(engine, count := count + 1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            copy = tmp_path / f"copy{number}"
            assert command("save", copy)[0] == 0
            assert len(values(copy)) == 1
            assert copy.stat().st_mode & 0o777 == 0o600
    finally:
        stop.set()
        writer.join()
    assert sorted(path.name for path in tmp_path.glob("copy*")) == [f"copy{number}" for number in range(5)]


def test_a_restore_sets_the_old_one_aside_and_nothing_of_it_is_left_in_between(command, engine, file, tmp_path):
    put(engine, 1)
    copy = tmp_path / "copy"
    command("save", copy)
    put(engine, 2)
    code, said = command("restore", copy)
    assert (code, "is in use" in said) == (1, True)
    assert values(file) == {"2"}
    engine.dispose()
    code, said = command("restore", copy)
    (aside,) = tmp_path.glob("mailroom.db.2*")
    assert (code, str(aside) in said) == (0, True)
    assert (values(file), values(aside)) == ({"1"}, {"2"})
    assert file.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "mailroom.db-wal").exists()
    assert copy.exists()


def test_a_damaged_database_is_replaced_and_an_empty_place_filled(command, engine, file, tmp_path):
    put(engine, 1)
    copy = tmp_path / "copy"
    command("save", copy)
    engine.dispose()
    file.write_bytes(b"no database at all " * 1000)
    assert command("restore", copy)[0] == 0
    file.unlink()
    assert command("restore", copy)[0] == 0
    assert values(file) == {"1"}


def test_what_is_no_backup_of_ours_is_refused(command, engine, file, tmp_path):
    put(engine, 1)
    copy = tmp_path / "copy"
    command("save", copy)
    assert "There is" in command("save", copy)[1]
    engine.dispose()
    other = tmp_path / "other"
    other.write_bytes(b"no database at all " * 1000)
    assert "is no database of Mailroom's" in command("restore", other)[1]
    sqlite3.connect(tmp_path / "empty").close()
    (tmp_path / "empty").touch()
    assert "is no database of Mailroom's" in command("restore", tmp_path / "empty")[1]
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "is of a newer version" in command("restore", copy)[1]
    assert "There is no file" in command("restore", tmp_path / "nowhere")[1]
    assert values(file) == {"1"}


def test_postgresql_and_a_missing_database_are_told(command, file, tmp_path, monkeypatch):
    assert command("save", tmp_path / "copy") == (1, f"mailroom: There is no database at {file}.\n")
    monkeypatch.setenv("MAILROOM_DATABASE_URL", "postgresql://127.0.0.1/x")
    code, said = command("save", tmp_path / "copy")
    assert (code, "pg_dump" in said) == (2, True)
    monkeypatch.setenv("MAILROOM_DATABASE_URL", "mysql://x")
    assert command("save", tmp_path / "copy")[0] == 2
