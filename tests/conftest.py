"""What every test may use: tests/ on the path (for `support`), ports, processes, a browser."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from support import browser, postgres, processes


def pytest_configure() -> None:
    """The developer's own settings must not change what the tests see; MAILROOM_TEST_… is meant for the tests."""
    for name in [name for name in os.environ if name.startswith(processes.OWN_PREFIXES)]:
        if not name.startswith("MAILROOM_TEST_"):
            del os.environ[name]
    # How fast examples come says more about the machine than about the code.
    # CI judges a change by the same examples every time; new ones are looked for on developers' machines.
    is_ci = os.environ.get("CI") == "true"
    settings.register_profile(
        "mailroom", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=is_ci
    )
    settings.load_profile("mailroom")


@pytest.fixture(name="free_port")
def free_port_fixture() -> Callable[[], int]:
    """`free_port()` is a port that nobody listens on."""
    return processes.free_port


@pytest.fixture(name="processes")
def processes_fixture(tmp_path: Path) -> Iterator[processes.Processes]:
    """Start programs with `processes.python("-m", "sandbox", …)`; none outlives the test."""
    with processes.Processes(tmp_path) as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium. In CI its absence is a failure, elsewhere a skip that says what to install."""
    path = browser.find_chromium()
    if path:
        return path
    message = "no Chromium on PATH: `apt-get install chromium` (or set CHROMIUM) runs the browser tests"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(name="postgres", scope="session")
def postgres_fixture() -> Iterator[postgres.Cluster]:
    """A real PostgreSQL of its own, one a test process. In CI its absence is a failure, elsewhere a skip."""
    programs = postgres.find_programs()
    if programs:
        with postgres.Cluster(programs) as cluster:
            yield cluster
        return
    message = "no PostgreSQL: `apt-get install postgresql` (any version from 13 on) runs the tests of several machines"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
