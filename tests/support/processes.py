"""Real processes for tests: started with a clean environment and a log, and sure to be gone when the test ends."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
OWN_PREFIXES = ("MAILROOM_", "SANDBOX_")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def clean_env(**settings: str) -> dict[str, str]:
    """This environment without the developer's own Mailroom settings, plus `settings`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(OWN_PREFIXES)}
    own.pop("PYTHONDONTWRITEBYTECODE", None)  # a bot without bytecode takes seconds longer to start
    return {**own, "PYTHONUNBUFFERED": "1", **settings}


def answers(url: str, status: int = 200) -> bool:
    """Whether a GET of `url` is answered with `status` right now."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == status
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code == status
    except OSError:
        return False


def wait_until(
    happened: Callable[[], bool], what: str, seconds: float = 30, instead: Callable[[], str] = lambda: ""
) -> None:
    """Look until `happened()` is true; the limit is only there so that a broken test ends, with what was `instead`."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:g} s\n{instead()}".rstrip())
        time.sleep(0.02)


def descendants(pid: int) -> list[int]:
    """Children, their children and so on, from Linux's /proc; none where there is no such thing."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            # "pid (name, perhaps with blanks) state parent …"
            parents[int(stat.parent.name)] = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
    found = [pid]
    for one in found:
        found.extend(child for child, parent in parents.items() if parent == one)
    return found[1:]


class Process:
    """One started program in its own process group; what it printed is in `log`."""

    def __init__(self, argv: list[str], env: dict[str, str], log: Path, cwd: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.popen = subprocess.Popen(
                argv, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )

    @property
    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def is_alive(self) -> bool:
        return self.popen.poll() is None

    def wait_ready(self, url: str, seconds: float = 30) -> None:
        """Until `url` answers 200; fails at once, with its log, when the program ends before."""

        def ready_or_dead() -> bool:
            return not self.is_alive or answers(url)

        wait_until(ready_or_dead, f"{url} answers 200\n{self.printed[-3000:]}", seconds)
        assert self.is_alive, f"ended with {self.popen.returncode} before {url} answered:\n{self.printed[-3000:]}"

    async def ready(self, url: str, seconds: float = 30) -> None:
        """`wait_ready` for tests whose own event loop must go on meanwhile."""
        await asyncio.to_thread(self.wait_ready, url, seconds)

    def wait_printed(self, text: str, seconds: float = 30) -> None:
        wait_until(lambda: text in self.printed or not self.is_alive, f"{text!r} printed", seconds)
        assert text in self.printed, f"ended with {self.popen.returncode}, never printed {text!r}:\n{self.printed}"

    def stop(self, signum: int = signal.SIGTERM, seconds: float = 20) -> int:
        """Ask it to stop and return its exit code."""
        if self.is_alive:
            self.popen.send_signal(signum)
        return self.popen.wait(seconds)

    def kill(self) -> None:
        """SIGKILL to the whole group and to children with groups of their own: no chance to tidy up, nobody left."""
        children = descendants(self.popen.pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


class Processes:
    """Every program that a test started. Leaving the block kills what is left of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Process] = []

    def start(self, *argv: str, cwd: Path = ROOT, **settings: str) -> Process:
        """Start any program; `settings` are added to a clean environment."""
        log = self._folder / f"process-{len(self._started)}.log"
        process = Process(list(argv), clean_env(**settings), log, cwd)
        self._started.append(process)
        return process

    def python(self, *argv: str, cwd: Path = ROOT, **settings: str) -> Process:
        """Start this very Python: `processes.python("-m", "sandbox", "--port", "4000")`."""
        return self.start(sys.executable, *argv, cwd=cwd, **settings)

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for process in reversed(self._started):
            process.kill()
