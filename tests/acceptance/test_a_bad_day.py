"""Bad days, with a real bot and a real sandbox: a full disk, an account that hides, and a tenth of all going wrong."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.processes import ROOT, Processes, answers, clean_env, wait_until
from support.site import PATIENCE, Site, buttons_of, newcomer

LIMIT = 64 * 1024  # bytes; the database is larger from the start


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("bad-days")
    with Processes(folder) as processes:
        yield Site(processes, folder)


@contextmanager
def full_disk(site: Site) -> Iterator[None]:
    """No file of the bot's may be written beyond LIMIT, as by a quota: no special rights are needed for that."""
    pid = site.bot.popen.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (LIMIT, most))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))


def test_a_full_disk_is_said_and_what_needs_none_is_answered(site: Site) -> None:
    ready, upn, chat = f"http://127.0.0.1:{site.bot_port}/readyz", newcomer(), site.chat()
    order = f'provision {upn} name="Jane Doe" license=E3 location=US'
    with full_disk(site):
        wait_until(lambda: answers(ready, 503), "it is not ready any more", PATIENCE)
        chat.say(order)
        chat.see("nothing was saved")
        chat.say("help")
        chat.see("What Mailroom can do")
        assert site.effects(upn) == {}
    wait_until(lambda: answers(ready), "it is ready again", PATIENCE)
    chat.say(order)
    wait_until(lambda: bool(site.effects(upn).get("licenses_assigned")), "the order is carried out", PATIENCE)
    site.mailbox_answers(upn)
    chat.see("mailbox ready", "Address")


def test_an_account_that_hides_after_its_answer_was_lost_is_waited_for_and_is_ours(site: Site) -> None:
    """Entra took it, the connection broke, the name is taken, and reads do not show it for seconds."""
    upn, chat = newcomer(), site.chat()
    lost = {"reset": True, "after": True, "hidden_seconds": 3000}  # five of our seconds
    site.fault(method="POST", path="^/users$", times=1, **lost)
    chat.say(f'provision {upn} name="Jane Doe" license=E3 location=US')
    wait_until(lambda: bool(site.effects(upn).get("licenses_assigned")), "the order is carried out", PATIENCE)
    site.mailbox_answers(upn)
    ready = chat.see("mailbox ready", "Address")
    assert any("sign-in details" in button for button in buttons_of(ready)), buttons_of(ready)
    assert site.effects(upn) == {"created": 1, "licenses_assigned": 1}


@pytest.mark.timeout(300)
def test_a_tenth_of_everything_goes_wrong_and_every_promise_is_kept() -> None:
    run = subprocess.run(
        [sys.executable, "bench/chaos.py", "--quick", "--cases", "6", "--seed", "3"],
        cwd=ROOT,
        env=clean_env(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout, run.stderr
    ledger = json.loads(run.stdout.splitlines()[-1])
    assert all(ledger["promises"].values()), ledger
    assert run.returncode == 0
    assert ledger["ready"] + ledger["explained"] == 6
    assert {"graph", "connector"} <= ledger["faults"].keys()
