"""The server key: made once, kept, and one for all processes on a database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from support.activities import TENANT_ID
from support.tokens import APP_ID

from bot.seal_key import main
from jobs.keys import KEY_BYTES, server_key
from jobs.migrations import migrate
from jobs.tables import metadata, open_engine, secrets


def read_server_key(url: str) -> bytes:
    """As a start does, on a database that may be empty."""
    engine = open_engine(url)
    try:
        metadata.create_all(engine)
        return server_key(engine)
    finally:
        engine.dispose()


def test_it_survives_a_restart(tmp_path):
    url = f"sqlite:///{tmp_path}/mailroom.db"
    key = read_server_key(url)
    assert len(key) == KEY_BYTES
    assert read_server_key(url) == key
    assert read_server_key(f"sqlite:///{tmp_path}/another.db") != key


def test_those_who_make_it_at_once_agree(tmp_path):
    together = Barrier(6)

    def first_start(number: int) -> bytes:
        engine = open_engine(f"sqlite:///{tmp_path}/mailroom.db")
        together.wait(20)
        try:
            return server_key(engine)
        finally:
            engine.dispose()

    engine = open_engine(f"sqlite:///{tmp_path}/mailroom.db")
    metadata.create_all(engine)
    engine.dispose()
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(first_start, range(6)))) == 1


def test_a_deleted_row_is_a_new_key(tmp_path):
    url = f"sqlite:///{tmp_path}/mailroom.db"
    key = read_server_key(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(secrets.delete())
    engine.dispose()
    assert read_server_key(url) != key


def test_the_command_replaces_it(tmp_path, monkeypatch, capfd):
    url = f"sqlite:///{tmp_path}/mailroom.db"
    for name, value in {"DATABASE_URL": url, "TENANT_ID": TENANT_ID, "APP_ID": APP_ID, "APP_PASSWORD": "x"}.items():
        monkeypatch.setenv(f"MAILROOM_{name}", value)
    monkeypatch.chdir(tmp_path)
    assert main([]) == 1
    assert "There is no database at" in capfd.readouterr().err
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    before = read_server_key(url)
    assert main([]) == 0
    after = read_server_key(url)
    assert (len(after), after == before) == (KEY_BYTES, False)
    assert "every older button is out of date" in capfd.readouterr().out
    monkeypatch.setenv("MAILROOM_TENANT_ID", "x")
    assert main([]) == 2
