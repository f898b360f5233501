"""`python -m bot` as a process: its one line, its exits, and stopping."""

import signal
import socket

import pytest
from support.activities import TENANT_ID
from support.processes import Processes


def settings(folder, **changes: str) -> dict[str, str]:
    return {
        "MAILROOM_PORT": "0",
        "MAILROOM_APP_TYPE": "Anonymous",
        "MAILROOM_TENANT_ID": TENANT_ID,
        "MAILROOM_GRAPH_BASE_URL": "http://127.0.0.1:9/v1.0",
        "MAILROOM_DATABASE_URL": f"sqlite:///{folder / 'mailroom.db'}",
        **changes,
    }


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_it_names_its_address_once_and_stops_when_told(processes: Processes, tmp_path, signum):
    bot = processes.python("-m", "bot", **settings(tmp_path))
    bot.wait_printed("Mailroom listening on http://127.0.0.1:")
    assert bot.stop(signum) == 0
    assert "Traceback" not in bot.printed


def test_a_taken_port_is_one_line(processes: Processes, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        bot = processes.python("-m", "bot", **settings(tmp_path, MAILROOM_PORT=port))
        assert bot.popen.wait(60) == 1
    assert bot.printed == f"mailroom: MAILROOM_PORT {port} is taken by another program: choose another\n"


def test_a_wrong_setting_is_one_line(processes: Processes, tmp_path):
    bot = processes.python("-m", "bot", **settings(tmp_path, MAILROOM_HOST="0.0.0.0"))
    assert bot.popen.wait(60) == 2
    assert bot.printed.startswith("mailroom: MAILROOM_APP_TYPE Anonymous checks no tokens, so MAILROOM_HOST")
    assert bot.printed.count("\n") == 1


@pytest.mark.parametrize(
    ("changes", "is_warned"),
    [({}, True), ({"MAILROOM_APPROVERS": TENANT_ID}, False), ({"MAILROOM_APPROVAL_RISK": "never"}, False)],
)
def test_it_says_when_nobody_approves_risky_fixes(processes: Processes, tmp_path, changes, is_warned):
    bot = processes.python("-m", "bot", **settings(tmp_path, **changes))
    bot.wait_printed("Mailroom listening on http://127.0.0.1:")
    if is_warned:
        bot.wait_printed("No second person approves risky fixes")
    assert bot.stop() == 0
    assert ("No second person" in bot.printed) is is_warned
