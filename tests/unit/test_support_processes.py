"""The process helper itself: it starts, waits, and leaves nothing behind."""

import os
import socket
from pathlib import Path

import pytest
from support.processes import Processes, answers, clean_env, free_port, is_free, wait_until

SERVE = """
import http.server, sys
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
PARENT = """
import subprocess, sys, time
own_group = "own group" in sys.argv
print(subprocess.Popen(["sleep", "60"], start_new_session=own_group).pid, ".", flush=True)
time.sleep(60)
"""


def is_gone(pid: int) -> bool:
    """A zombie counts as gone: only its parent's table still knows it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except OSError:
        return True


def test_a_started_server_is_gone_after_the_block(tmp_path: Path) -> None:
    port = free_port()
    with Processes(tmp_path) as processes:
        server = processes.python("-c", SERVE, str(port), cwd=tmp_path)
        server.wait_ready(f"http://127.0.0.1:{port}/")
        assert not is_free(port)
    assert is_free(port)
    assert not server.is_alive


@pytest.mark.parametrize("group", ["own group", "the program's group"])
def test_a_child_of_a_started_program_is_gone_too(tmp_path: Path, group: str) -> None:
    with Processes(tmp_path) as processes:
        started = processes.python("-c", PARENT, group)
        started.wait_printed(" .")
        child = int(started.printed.split()[0])
        assert Path(f"/proc/{child}").exists()
    wait_until(lambda: is_gone(child), "the child is gone")


def test_a_program_that_dies_early_is_reported_with_its_log(processes: Processes) -> None:
    dead = processes.python("-c", "raise SystemExit('no such setting')")
    with pytest.raises(AssertionError, match="no such setting"):
        dead.wait_ready(f"http://127.0.0.1:{free_port()}/")


def test_a_clean_environment_has_no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILROOM_PORT", "1")
    env = clean_env(MAILROOM_HOST="127.0.0.1")
    assert "MAILROOM_PORT" not in env
    assert env["MAILROOM_HOST"] == "127.0.0.1"
    assert env["PATH"] == os.environ["PATH"]


def test_a_port_that_is_listened_on_is_not_free() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert not is_free(listener.getsockname()[1])
        assert not answers(f"http://127.0.0.1:{free_port()}/")
