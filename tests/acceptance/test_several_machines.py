"""Bots over one PostgreSQL: one is killed under load, one is replaced by a newer version, the database goes away."""

import io
import re
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from support.fleet import Fleet
from support.postgres import Cluster
from support.processes import ROOT, Processes, answers, wait_until

PREVIOUS = "12afd28"  # the commit that version 0.1.0 was
ONCE = {"created": 1, "licenses_assigned": 1}
PATIENCE = 100.0  # only so that a broken test ends


@pytest.fixture
def fleet(processes: Processes, postgres: Cluster, tmp_path: Path) -> Fleet:
    return Fleet(processes, postgres.new_database(), tmp_path)


def ready_all(fleet: Fleet, upns: list[str]) -> None:
    """The mailboxes come, and the requester is told of each."""
    for upn in upns:
        fleet.mailbox_answers(upn)
    wait_until(lambda: all(fleet.notifications(upn) for upn in upns), "everybody is told", PATIENCE)
    assert {upn: fleet.notifications(upn) for upn in upns} == dict.fromkeys(upns, 1)


def are_licensed(fleet: Fleet, upns: list[str]) -> bool:
    effects = fleet.effects()
    return all(effects.get(upn, {}).get("licenses_assigned") for upn in upns)


@pytest.mark.timeout(240)
def test_what_a_killed_machine_was_at_work_on_is_done_by_the_other_and_nothing_twice(fleet: Fleet) -> None:
    survivor, victim = fleet.start(), fleet.start()  # at once: both make the tables
    for bot in (survivor, victim):
        bot.process.wait_ready(f"{bot.url}/readyz", 60)
    fleet.fault(method="POST", path="assignLicense", delay_seconds=5)  # so that there is a middle
    upns = [f"person{number}@contoso.com" for number in range(30)]
    for number, upn in enumerate(upns):
        (survivor, victim)[number % 2].order(upn)
    wait_until(lambda: any(are_licensed(fleet, [upn]) for upn in upns), "the first license is assigned", PATIENCE)

    victim.process.kill()
    killed_at = time.monotonic()
    fleet.heal()
    wait_until(lambda: "this one takes over" in survivor.process.printed, "the takeover", PATIENCE)
    seconds = time.monotonic() - killed_at
    taken_over = re.search(r"this one takes over ([1-9]\d*) workflows", survivor.process.printed)
    assert taken_over, survivor.process.printed
    print(f"{taken_over[1]} workflows were taken over after {seconds:.0f} s")

    wait_until(lambda: are_licensed(fleet, upns), "every license is assigned", PATIENCE)
    ready_all(fleet, upns)
    assert fleet.effects() == dict.fromkeys(upns, ONCE)


def previous_version(folder: Path) -> Path:
    """Its code, out of this repository's history."""
    archive = subprocess.run(["git", "archive", PREVIOUS], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"the history lacks {PREVIOUS}, the previous version: `git fetch --unshallow` brings it")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return folder


@pytest.mark.timeout(240)
def test_a_rolling_upgrade_loses_no_case(fleet: Fleet, tmp_path: Path) -> None:
    old = fleet.start_ready(previous_version(tmp_path / "previous"))
    old.order("before@contoso.com")
    wait_until(lambda: are_licensed(fleet, ["before@contoso.com"]), "the old version is at work", PATIENCE)

    new = fleet.start_ready()
    for number, bot in enumerate((old, new, old, new)):
        bot.order(f"beside{number}@contoso.com")
    beside = [f"beside{number}@contoso.com" for number in range(4)]
    wait_until(lambda: are_licensed(fleet, beside), "both are at work", PATIENCE)
    ready_all(fleet, beside[:2])

    assert old.process.stop() == 0
    ready_all(fleet, ["before@contoso.com", *beside[2:]])
    everybody = ["before@contoso.com", *beside]
    assert fleet.effects() == dict.fromkeys(everybody, ONCE)
    for bot in (old, new):
        assert "Traceback" not in bot.process.printed


def test_a_database_that_is_gone_is_said_and_waited_out(fleet: Fleet, postgres: Cluster) -> None:
    bot = fleet.start_ready()
    postgres.stop()
    try:
        wait_until(lambda: answers(f"{bot.url}/readyz", 503), "it is not ready any more", PATIENCE)
        assert answers(f"{bot.url}/healthz")
        bot.order("jane@contoso.com")
        wait_until(
            lambda: "database does not answer, so nothing was saved" in str(fleet.sent()), "it says so", PATIENCE
        )
    finally:
        postgres.start()
    bot.process.wait_ready(f"{bot.url}/readyz", PATIENCE)
    bot.order("jane@contoso.com")
    wait_until(lambda: are_licensed(fleet, ["jane@contoso.com"]), "the order is carried out", PATIENCE)


def test_a_busy_bot_stops_when_told_though_its_database_is_gone(fleet: Fleet, postgres: Cluster) -> None:
    bot = fleet.start_ready()
    fleet.fault(method="POST", path="assignLicense", delay_seconds=2)
    bot.order("jane@contoso.com")
    wait_until(lambda: "jane@contoso.com" in fleet.effects(), "the order is at work", PATIENCE)
    postgres.stop()
    try:
        wait_until(lambda: answers(f"{bot.url}/readyz", 503), "it is not ready any more", PATIENCE)
        assert bot.process.stop(seconds=PATIENCE) == 0
    finally:
        postgres.start()


def test_a_bot_that_finds_no_database_says_so_in_one_line(fleet: Fleet, postgres: Cluster) -> None:
    postgres.stop()
    try:
        bot = fleet.start()
        assert bot.process.popen.wait(60) == 1
    finally:
        postgres.start()
    assert bot.process.printed.startswith("mailroom: Mailroom's database does not answer")
    assert bot.process.printed.count("\n") == 1
