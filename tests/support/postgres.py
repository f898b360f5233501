"""A real PostgreSQL for tests: the system's programs, a cluster of its own in a temporary folder, gone afterwards.

    with Cluster(find_programs()) as cluster:
        url = cluster.new_database()       # postgresql://…
        cluster.stop(); cluster.start()    # a database that is gone and comes back

PostgreSQL refuses to run as root, so root's tests run it as the user `postgres`, whom Debian's package makes.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg
from support.processes import free_port, wait_until

GUARDED = "identity"  # the one user who needs a password
USERS = ("postgres", "nobody")  # for root, the first that exists
# Nothing of a test has to survive a power cut; what was committed has to survive a crash of PostgreSQL.
FAST = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=150")


def find_programs() -> Path | None:
    """The folder with initdb and postgres: PATH's, or the newest that Debian installed; None without any."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if on_path:
        return Path(on_path).resolve().parent
    return found[-1].parent if found else None


class Cluster:
    """One server with one database. Leaving the block stops it and removes its folder. `programs` is where they are."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self._user = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="mailroom-postgres-"))
        self.port = free_port()
        self.url = f"postgresql://mailroom@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> "Cluster":
        if self._user:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", "data", "-U", "mailroom", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        settings = [word for setting in FAST for word in ("-c", setting)]
        argv = [str(self.programs / "postgres"), "-D", "data", "-p", str(self.port), "-h", "127.0.0.1", "-k", "."]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*argv, *settings], cwd=self._folder, user=self._user, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        wait_until(self._answers, "PostgreSQL answers", 60, self._printed)

    def stop(self) -> None:
        """At once, as a crash would."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(30)

    def new_database(self) -> str:
        """The URL of an empty database, which takes the place of the one that was handed out before."""
        with self._connect() as connection:
            others = "FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
            connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
            # Far less to write than a database of its own for each test.
            connection.execute("DROP SCHEMA IF EXISTS dbos CASCADE")
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return self.url

    def sign_in_with(self, password: str) -> str:
        """The URL, without a password, of a user who needs this one from now on; who has signed in is thrown out."""
        url = self.url.replace("mailroom@", f"{GUARDED}@")
        with self._connect() as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [GUARDED]).fetchone():
                connection.execute(f"CREATE ROLE {GUARDED} LOGIN IN ROLE mailroom")
                self._guard()
            connection.execute(f"ALTER ROLE {GUARDED} PASSWORD '{password}'")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [GUARDED])
        wait_until(lambda: not _lets_in(url), "passwords are asked for", 30, self._printed)
        return url

    def _guard(self) -> None:
        rules = self._folder / "data/pg_hba.conf"
        rules.write_text(f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n{rules.read_text()}")

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)

    def _answers(self) -> bool:
        if self._server.poll() is not None:
            raise AssertionError(f"PostgreSQL ended: {self._printed()}")
        return _lets_in(self.url)

    def _printed(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-2000:]

    def _run(self, program: str, *args: str) -> None:
        argv = [str(self.programs / program), *args]
        done = subprocess.run(argv, cwd=self._folder, user=self._user, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{program}: {done.stderr[-2000:]}"


def _lets_in(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _other_user() -> str | None:
    """Whom to run it as: None is oneself."""
    if os.geteuid() != 0:
        return None
    return next(name for name in USERS if _exists(name))


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
