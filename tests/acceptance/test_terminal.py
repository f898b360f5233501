"""`python -m bot.cli` beside a real bot: it orders, looks and lets go, and the bot does the work."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from support.processes import ROOT, clean_env, wait_until
from support.site import PATIENCE, Site, newcomer

from jobs.audit_reading import open_trail

E3 = ("--license", "E3", "--location", "DE", "--names-from-addresses")

OWN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


@pytest.fixture
def cli(desk: Site) -> Any:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "bot.cli", *arguments]
        env = clean_env(**desk.settings)
        quiet = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
        return subprocess.run(argv, env=env, cwd=ROOT, timeout=PATIENCE, **quiet)

    return run


@contextmanager
def following(site: Site, *upns: str) -> Iterator[subprocess.Popen[str]]:
    """An order from a terminal that waits, once its mailboxes are waited for."""
    argv = [sys.executable, "-m", "bot.cli", "provision", *upns, *E3, "--yes", "--json"]
    piped = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(argv, env=clean_env(**site.settings), cwd=ROOT, **piped) as started:
        try:
            waited = {f"{upn}: waiting for the mailbox\n" for upn in upns}
            while waited:
                line = started.stderr.readline()
                assert line, f"ended before {waited}"
                waited.discard(line)
            yield started
        finally:
            started.kill()


def on_a_screen(site: Site, *arguments: str, answers: tuple[tuple[str, str], ...]) -> tuple[int, str]:
    """In a pseudo-terminal, where each question gets its answer. The exit code, and all that was written."""
    master, end = pty.openpty()
    argv = [sys.executable, "-m", "bot.cli", *arguments]
    env = {**clean_env(**site.settings), "TERM": "xterm", "NO_COLOR": "1"}
    # A session of its own, whose terminal this is: Ctrl-C reaches it.
    started = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL, *argv], env=env, cwd=ROOT, stdin=end, stdout=end, stderr=end,
        start_new_session=True,
    )  # fmt: skip
    os.close(end)
    written, left = "", list(answers)

    def goes_on() -> bool:
        nonlocal written
        if select.select([master], [], [], 0.1)[0]:
            try:
                written += os.read(master, 65536).decode(errors="replace")
            except OSError:  # it has ended, and nothing is left to read
                return True
        if left and left[0][0] in written:
            os.write(master, left.pop(0)[1].encode())
        return False

    try:
        wait_until(goes_on, f"{arguments} ends", PATIENCE, lambda: written)
        return started.wait(PATIENCE), written
    finally:
        started.kill()
        os.close(master)


def test_ordered_at_the_terminal_done_by_the_bot_and_signed_in_once(desk: Site, cli: Any) -> None:
    jane, bob = newcomer(), newcomer()
    with following(desk, jane, bob) as order:
        assert "already" in cli("provision", jane, *E3, "--dry-run").stdout  # whoever orders them now is told
        listed = json.loads(cli("cases", "--by", "me", "--json").stdout)["cases"]
        assert {one["upn"] for one in listed} == {jane, bob}
        for upn in (jane, bob):
            desk.mailbox_answers(upn)
        shown, error = order.communicate(timeout=PATIENCE)
    document = json.loads(shown)
    assert (order.returncode, document["counts"]) == (0, {"ready": 2}), error
    assert [(one["upn"], one["account"]) for one in document["people"]] == [(jane, "created"), (bob, "created")]
    assert desk.effects(jane)["created"] == 1
    assert "ready" in cli("cases", "ready").stdout

    assert cli("sign-in", jane).returncode == 2
    assert desk.effects()["access_passes"] == 0
    answers = (("Type yes: ", "yes\n"), ("Enter closes this", "\n"))
    code, written = on_a_screen(desk, "sign-in", jane, answers=answers)
    assert code == 0, written
    [secret] = re.findall(r"Temporary Access Pass: (\S+)", written)
    before, _, after = written.partition("\x1b[?1049h")  # the alternate screen, which a terminal does not keep
    assert secret not in before
    assert secret not in after.partition("\x1b[?1049l")[2]
    code, written = on_a_screen(desk, "sign-in", jane, answers=answers)
    assert (code, "already" in written) == (2, True)
    kept = b"".join(path.read_bytes() for path in desk.folder.glob("mailroom.db*")) + desk.bot.printed.encode()
    assert secret.encode() not in kept
    with open_trail(desk.settings["MAILROOM_DATABASE_URL"]) as trail:
        deeds = [entry for entry in trail.entries(jane) if entry.kind in ("order", "credential", "write")]
    assert all(entry.actor_id.startswith("terminal:") for entry in deeds)
    assert deeds[-1].sentence.endswith(f"was shown a Temporary Access Pass of {jane}.")


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_the_work_goes_on_when_the_terminal_does_not(desk: Site, cli: Any, signum: int, code: int) -> None:
    upn = newcomer()
    with following(desk, upn) as order:
        order.send_signal(signum)
        shown, error = order.communicate(timeout=PATIENCE)
    assert (order.returncode, shown) == (code, "")
    assert ("goes on" in error) == (signum == signal.SIGINT)
    desk.mailbox_answers(upn)
    wait_until(lambda: upn in cli("cases", "ready").stdout, f"{upn} is ready", PATIENCE)
    assert desk.effects(upn)["created"] == 1


def test_waiting_has_an_end_where_one_is_named(desk: Site, cli: Any) -> None:
    upn = newcomer()
    done = cli("provision", upn, *E3, "--yes", "--timeout", "0.05")
    assert done.returncode == 1
    assert "0 of 1 ready" in done.stdout
    assert "goes on" in done.stderr


def test_the_preview_asks_on_a_screen_and_no_is_no(desk: Site) -> None:
    upn = newcomer()
    code, written = on_a_screen(desk, "provision", upn, *E3, answers=(("Type yes: ", "no\n"),))
    assert (code, "Nothing was ordered" in written) == (2, True)
    code, written = on_a_screen(desk, "provision", upn, *E3, answers=(("Type yes: ", "\x03"),))
    assert code in (130, -signal.SIGINT), written
    assert desk.user(upn) is None
