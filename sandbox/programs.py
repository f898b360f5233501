"""Run a few programs as one: start them in order, wait until each answers, stop all together."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

READY_SECONDS = 60.0
STOP_SECONDS = 10.0
LAST_LINES = 15


class RunError(Exception):
    """Why nothing runs (any more), in words for whoever typed the command."""


@dataclass(frozen=True)
class Program:
    """One program to run. `ready_url` answers 200 once it works; `flag` is how to choose another port."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    folder: Path
    port: int
    flag: str
    ready_url: str


@dataclass(frozen=True)
class _Running:
    program: Program
    process: asyncio.subprocess.Process
    log: Path


def check_ports(programs: Sequence[Program]) -> None:
    """Name the first port that is taken, before anything is started."""
    for program in programs:
        if not _is_free(program.port):
            taken = f"Port {program.port} for the {program.name} is taken"
            raise RunError(f"{taken}: stop what uses it or choose another with {program.flag}.")


async def run_together(programs: Sequence[Program], logs: Path, announce: Callable[[], None]) -> None:
    """Start `programs` in order, `announce` when all are ready, and return once SIGINT, SIGTERM or SIGHUP came.

    Each program's output goes to a file in the folder `logs`.
    """
    check_ports(programs)
    stop = _stop_on_signals()
    running: list[_Running] = []
    try:
        for program in programs:
            running.append(await _start(program, logs))
            if not await _wait_ready(running, stop):
                return
        announce()
        await _wait_for_end(running, stop)
    finally:
        for each in reversed(running):
            await _end(each.process)


def main(work: Callable[[], None]) -> None:
    """Run `work`; what cannot run is one line (and perhaps a log's last lines) on stderr and exit code 1."""
    try:
        work()
    except RunError as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise SystemExit(1) from None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise RunError(f"Port {port} needs more rights than you have: choose one above 1023.") from None
        except OSError:
            return False
        return True


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, stop.set)
    return stop


async def _start(program: Program, logs: Path) -> _Running:
    log = logs / f"{program.name.replace(' ', '-')}.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *program.argv,
            cwd=program.folder,
            env=dict(program.env),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            # Its own group: Ctrl-C in the terminal reaches us alone, and we stop the programs in order.
            start_new_session=True,
        )
    return _Running(program, process, log)


async def _wait_ready(running: Sequence[_Running], stop: asyncio.Event) -> bool:
    """Whether the program started last came to answer; False when we were told to stop meanwhile."""
    newest = running[-1]
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        while not stop.is_set():
            _raise_if_one_ended(running)
            if await _answers(session, newest.program.ready_url):
                return True
            if asyncio.get_running_loop().time() > deadline:
                raise RunError(f"The {newest.program.name} was not ready after {READY_SECONDS:g} s. {_tail(newest)}")
            await asyncio.sleep(0.05)
    return False


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _wait_for_end(running: Sequence[_Running], stop: asyncio.Event) -> None:
    waits = [asyncio.create_task(stop.wait()), *(asyncio.create_task(each.process.wait()) for each in running)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    if not stop.is_set():
        _raise_if_one_ended(running)


def _raise_if_one_ended(running: Sequence[_Running]) -> None:
    for each in running:
        code = each.process.returncode
        if code is not None:
            how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
            raise RunError(f"The {each.program.name} ended by itself ({how}). {_tail(each)}")


def _tail(each: _Running) -> str:
    lines = each.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
    return "\n".join([f"The last lines of {each.log}:", *(f"  {line}" for line in lines or ["(it printed nothing)"])])


async def _end(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, then SIGKILL for one that does not listen."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
