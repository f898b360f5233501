"""Every cause of the sandbox: named on top and nothing false beside it, cured by its fix, and by no other's."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from support.cause_cures import ALL, CURABLE, STUBBORN, cure, foreign_fixes, leave_alone, mistreat
from support.cause_scores import MOST_ROUND_TRIPS, name_everybody, name_fleet, name_pairs, told
from support.cause_table import Clinic, answered, open_clinic, situation
from support.processes import ROOT, Processes, clean_env

from provisioning.fixes.steps import OrderAnew

TENANT = "6f0e1d2c-0000-4000-8000-000000000001"
FOREIGN = 2  # fixes of other causes that are tried on each
FLEET = 200
EVERY_NTH_PAIR = 3


@pytest.fixture(name="clinic")
async def clinic_fixture(tmp_path: Path) -> AsyncIterator[Clinic]:
    async with open_clinic(tmp_path) as clinic:
        yield clinic


async def test_everybody_is_told_the_cause_and_nothing_false(clinic: Clinic) -> None:
    everybody = await name_everybody(clinic)
    both = await name_pairs(clinic, EVERY_NTH_PAIR)
    fleet = await name_fleet(clinic, FLEET)
    print(f"\n{told(everybody, both, fleet)}")
    assert everybody.problems == []
    assert everybody.on_top + everybody.shared_on_top == everybody.people
    assert (everybody.people, both.people, fleet.people) >= (50, 40, FLEET)
    assert both.problems == []
    assert (fleet.problems, fleet.findings) == ([], 0)
    assert max(score.most_round_trips for score in (everybody, both, fleet)) <= MOST_ROUND_TRIPS


@pytest.mark.parametrize("name", CURABLE)
async def test_the_documented_fix_cures(clinic: Clinic, name: str) -> None:
    outcome = await cure(clinic, ALL[name])
    assert outcome.problems == []
    assert outcome.is_healthy, outcome.summary
    assert outcome.is_well


@pytest.mark.parametrize("name", STUBBORN)
async def test_neither_time_nor_the_fix_of_another_cause_does(clinic: Clinic, name: str) -> None:
    one = ALL[name]
    alone = await leave_alone(clinic, one)
    assert (alone.is_healthy, alone.is_well) == (False, False)
    for fix_id in (await foreign_fixes(clinic, one, FOREIGN))[0]:
        outcome = await mistreat(clinic, one, fix_id)
        assert not outcome.is_called_cured, (fix_id, outcome.repairs[0].outcome)
        assert (outcome.is_healthy, outcome.is_well) == (False, False), fix_id


@pytest.mark.parametrize(
    ("name", "fix_id"),
    [
        ("forward-sync-missed", "recreate-mailbox"),
        ("mailbox-on-premises", "reassign-license"),
        ("previous-mailbox", "reassign-license"),
        ("shared-mailbox", "recreate-mailbox"),
        ("returning-employee", "purge-deleted"),
        ("deleted-returning", "purge-deleted"),
    ],
)
async def test_what_hides_a_cause_is_not_called_a_cure(clinic: Clinic, name: str, fix_id: str) -> None:
    outcome = await mistreat(clinic, ALL[name], fix_id)
    assert not outcome.is_well
    assert not outcome.is_called_cured


async def test_a_free_name_is_free(clinic: Clinic) -> None:
    one = ALL["sign-in-name-taken"]
    await clinic.admit(*one.names)
    (step,) = answered("use-free-name", (await clinic.look_at(one)).snapshot).steps
    assert isinstance(step, OrderAnew)
    snapshot = (await clinic.look(step.upn)).snapshot
    assert (snapshot.account, snapshot.holders, snapshot.deleted) == (None, (), ())


def test_in_processes_of_their_own(processes: Processes, free_port: Callable[[], int]) -> None:
    """`python -m sandbox --list --json`, and the terminal for some of what it prints."""
    listed = subprocess.run(
        [sys.executable, "-m", "sandbox", "--list", "--json"],
        cwd=ROOT,
        env=clean_env(),
        capture_output=True,
        check=True,
    )
    printed = {one.scenario: one for one in map(situation, json.loads(listed.stdout))}
    assert printed == ALL
    url = f"http://127.0.0.1:{(port := free_port())}"
    processes.python("-m", "sandbox", "--port", str(port), "--speed", "60").wait_ready(f"{url}/sandbox/state")

    def terminal(*words: str) -> Any:
        env = clean_env(MAILROOM_APP_TYPE="Anonymous", MAILROOM_TENANT_ID=TENANT, MAILROOM_GRAPH_BASE_URL=f"{url}/v1.0")
        command = [sys.executable, "-m", "bot.cli", *words, "--json"]
        return json.loads(subprocess.run(command, env=env, cwd=ROOT, capture_output=True, timeout=60).stdout)

    for name in ("exchange-plan-off", "address-held-by-user", "still-marked-migrated", "known-by-alias"):
        found = terminal("diagnose", printed[name].user)
        assert found["findings"][0]["cause"] in printed[name].causes
        assert found["graph"]["round_trips"] <= MOST_ROUND_TRIPS
    for name in ("exchange-plan-off", "no-license"):
        done = terminal("fix", printed[name].user, printed[name].cured_by[0], "--yes")
        assert (done["outcome"], done["cause"]) == ("cured", printed[name].causes[0])
