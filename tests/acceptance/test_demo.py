"""`make demo` as a newcomer meets it: real sandbox, real bot, one address, and everything gone afterwards."""

import signal
import socket
from pathlib import Path

from support.processes import Process, Processes, answers, free_port, is_free


def start(processes: Processes, port: int, bot_port: int, keep: Path, *more: str) -> Process:
    ports = ("--port", str(port), "--bot-port", str(bot_port))
    return processes.python("-m", "sandbox.demo", *ports, "--keep", str(keep), *more)


def test_it_starts_says_where_to_go_and_stops_with_its_ports_free(processes: Processes, tmp_path: Path) -> None:
    port, bot_port = free_port(), free_port()
    demo = start(processes, port, bot_port, tmp_path)
    demo.wait_printed("Ctrl-C stops everything", 60)
    assert f"http://127.0.0.1:{port}/" in demo.printed
    assert "provision jane@contoso.com" in demo.printed
    assert answers(f"http://127.0.0.1:{port}/")
    assert answers(f"http://127.0.0.1:{bot_port}/readyz")

    second = start(processes, port, bot_port, tmp_path / "second")
    assert second.popen.wait(30) == 1
    assert second.printed.strip().splitlines()[-1].startswith(f"Port {port} for the sandbox is taken")

    assert demo.stop(signal.SIGINT) == 0
    assert demo.printed.rstrip().endswith("Stopped.")
    assert is_free(port)
    assert is_free(bot_port)


def test_a_taken_bot_port_is_named_before_anything_starts(processes: Processes, tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        demo = start(processes, port, taken, tmp_path)
        assert demo.popen.wait(30) == 1
    assert f"Port {taken} for the bot is taken" in demo.printed
    assert "MAILROOM_PORT" in demo.printed
    assert not (tmp_path / "sandbox.log").exists()


def test_an_unknown_scenario_is_told_in_the_sandbox_s_own_words(processes: Processes, tmp_path: Path) -> None:
    demo = start(processes, free_port(), free_port(), tmp_path, "--scenario", "no-such-scenario")
    assert demo.popen.wait(30) == 1
    assert "There is no scenario no-such-scenario" in demo.printed
