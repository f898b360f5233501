"""Starting, measuring and stopping the programs of a benchmark. Linux only: figures come from /proc."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCH_VENV = ROOT / "var" / "bench-venv"
TENANT_ID = "6f0e1d2c-0000-4000-8000-000000000001"
APP_ID = "6f0e1d2c-1111-4000-8000-0000000000b0"
HELGA = "6f0e1d2c-0000-4000-8000-0000000000a1"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A started program that listens on `port`."""

    name: str
    popen: subprocess.Popen
    port: int
    log: Path
    started: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """User and system time of all its threads so far."""
        fields = Path(f"/proc/{self.popen.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def rss_mb(self) -> float:
        status = Path(f"/proc/{self.popen.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def wait_ready(self, path: str, seconds: float = 60) -> float:
        """Seconds from its start until `path` answered 200."""
        while time.perf_counter() - self.started < seconds:
            if self.popen.poll() is not None:
                break
            if answers(self.url + path):
                return time.perf_counter() - self.started
            time.sleep(0.005)
        raise SystemExit(f"{self.name} was not ready:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        if self.popen.poll() is None:
            self.popen.terminate()
        try:
            self.popen.wait(15)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


class Servers:
    """All programs of one run, in a folder of their own. Leaving the block stops what still runs."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="mailroom-bench-")
        self.folder = Path(self._temporary.name)
        self._started: list[Server] = []

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_: object) -> None:
        for server in reversed(self._started):
            server.stop()
        self._temporary.cleanup()

    def start(self, name: str, *argv: str, port: int, python: str = sys.executable, **settings: str) -> Server:
        """Run a Python program in the run's folder, where it finds no .env, with a clean environment."""
        own = {key: value for key, value in os.environ.items() if not key.startswith(("MAILROOM_", "PYTHON"))}
        env = {**own, "PYTHONPATH": str(ROOT), **settings}
        log = self.folder / f"{name}.log"
        with log.open("ab") as out:
            started = time.perf_counter()
            popen = subprocess.Popen([python, *argv], env=env, cwd=self.folder, stdout=out, stderr=out)
        server = Server(name, popen, port, log, started)
        self._started.append(server)
        return server

    def sandbox(self, bot_port: int, scenario: str = "default", *more: str) -> Server:
        port = free_port()
        bot_url = f"http://127.0.0.1:{bot_port}/api/messages"
        flags = ("--port", str(port), "--speed", "60", "--bot", bot_url, "--scenario", scenario, *more)
        server = self.start("sandbox", "-m", "sandbox", *flags, port=port)
        server.wait_ready("/")
        return server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return False
    except OSError:
        return False


def bench_python() -> str:
    """The Python of the peers' own virtual environment, made on the first call."""
    subprocess.run([ROOT / "scripts/setup", "bench/requirements-bench.txt", "var/bench-venv"], check=True, cwd=ROOT)
    return str(BENCH_VENV / "bin" / "python")


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ": unknown")
    return {
        "cpu": model.split(":")[1].strip(),
        "cores": os.cpu_count(),
        "python": sys.version.split()[0],
        "load": os.getloadavg()[0],
    }
