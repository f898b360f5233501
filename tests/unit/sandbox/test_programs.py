"""Running several programs as one, tried with small HTTP servers in the place of sandbox and bot."""

import signal
import socket
import sys
from pathlib import Path

import pytest
from support.processes import Process, Processes, answers, free_port, is_free, wait_until

from sandbox.programs import Program, RunError, check_ports

SERVE = """
import http.server, os, sys

class Handler(http.server.SimpleHTTPRequestHandler):
    def do_POST(self):
        os.kill(os.getpid(), 9)

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

RUN = """
import asyncio, os, sys
from pathlib import Path
from sandbox.programs import Program, main, run_together

folder, first_port, second_port, first_code, second_code = sys.argv[1:]

def program(name, port, code):
    argv = (sys.executable, "-c", code, port)
    return Program(name, argv, os.environ, Path(folder), int(port), "--port", f"http://127.0.0.1:{port}/")

programs = [program("first", first_port, first_code), program("second", second_port, second_code)]
main(lambda: asyncio.run(run_together(programs, Path(folder), lambda: print("all ready", flush=True))))
"""


def run_two(processes: Processes, folder: Path, ports: list[int], second: str = SERVE) -> Process:
    return processes.python("-c", RUN, str(folder), *map(str, ports), SERVE, second)


def some_program(port: int) -> Program:
    return Program("sandbox", (sys.executable,), {}, Path(), port, "SANDBOX_PORT=…", "")


def test_a_taken_port_is_named_in_one_line() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(RunError) as refusal:
            check_ports([some_program(port)])
    assert f"Port {port} for the sandbox is taken" in str(refusal.value)
    assert "SANDBOX_PORT=…" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_free_port_is_fine() -> None:
    check_ports([some_program(free_port())])


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_all_start_and_a_signal_stops_all_and_frees_the_ports(
    processes: Processes, tmp_path: Path, signum: signal.Signals
) -> None:
    ports = [free_port(), free_port()]
    running = run_two(processes, tmp_path, ports)
    running.wait_printed("all ready")
    assert all(answers(f"http://127.0.0.1:{port}/") for port in ports)
    assert running.stop(signum) == 0
    assert all(is_free(port) for port in ports)


def test_one_that_dies_takes_the_other_along_and_is_named_with_its_last_words(
    processes: Processes, tmp_path: Path
) -> None:
    ports = [free_port(), free_port()]
    running = run_two(processes, tmp_path, ports, "raise SystemExit('no such setting')")
    assert running.popen.wait(30) == 1
    assert "The second ended by itself (exit code 1)" in running.printed
    assert "no such setting" in running.printed
    assert "Traceback" not in running.printed
    assert is_free(ports[0])


def test_one_that_is_killed_later_is_noticed(processes: Processes, tmp_path: Path) -> None:
    ports = [free_port(), free_port()]
    running = run_two(processes, tmp_path, ports)
    running.wait_printed("all ready")
    with socket.create_connection(("127.0.0.1", ports[1])) as fatal:
        fatal.sendall(b"POST / HTTP/1.0\r\n\r\n")
        assert running.popen.wait(30) == 1
    assert "The second ended by itself (SIGKILL)" in running.printed
    wait_until(lambda: is_free(ports[0]), "the first has stopped")
