"""The terminal against the real sandbox: diagnose, fix, and clear refusals."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.processes import ROOT, Processes, clean_env

from jobs.audit_reading import open_trail

TENANT = "6f0e1d2c-0000-4000-8000-000000000001"


class Cli:
    def __init__(self, url: str, folder: Path) -> None:
        self.database = f"sqlite:///{folder / 'mailroom.db'}"
        self._env = clean_env(
            MAILROOM_APP_TYPE="Anonymous",
            MAILROOM_TENANT_ID=TENANT,
            MAILROOM_GRAPH_BASE_URL=f"{url}/v1.0",
            MAILROOM_DATABASE_URL=self.database,
        )

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot.cli", *arguments]
        return subprocess.run(
            command, env=self._env, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=100
        )

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json").stdout)


@pytest.fixture(name="cli")
def cli_fixture(processes: Processes, free_port: Callable[[], int], tmp_path: Path) -> Cli:
    port = free_port()
    sandbox = processes.python("-m", "sandbox", "--port", str(port), "--speed", "600", "--scenario", "existing-user")
    sandbox.wait_ready(f"http://127.0.0.1:{port}/sandbox/state")
    return Cli(f"http://127.0.0.1:{port}", tmp_path)


def test_a_missing_license_is_found_and_fixed(cli: Cli) -> None:
    found = cli.json("diagnose", "lee@contoso.com")
    assert (found["healthy"], found["graph"]["round_trips"] <= 2) == (False, True)
    top = found["findings"][0]
    assert (top["cause"], top["slug"], top["likely"]) == ("C05", "no-license", False)
    assert {"property": "assignedLicenses", "value": "[]"} in top["evidence"]
    assert {"id": "assign-license", "risk": 1, "kind": "graph"}.items() <= top["fixes"][0].items()

    refused = cli("fix", "lee@contoso.com", "assign-license")
    assert (refused.returncode, "needs an answer" in refused.stderr) == (2, True)
    done = cli.json("fix", "lee@contoso.com", "assign-license", "--yes", "--choose", "usage_location=US")
    assert (done["outcome"], done["cause"]) == ("cured", "C05")
    assert [step["state"] for step in done["steps"]] == ["done"]
    with open_trail(cli.database) as trail:
        asked, *_, end = [entry for entry in trail.entries("lee@contoso.com") if entry.kind in ("repair", "ended")]
    assert (asked.details["fix"], end.details["state"]) == ("assign-license", "cured")
    assert asked.actor_id.startswith("terminal:")
    assert " at the terminal of " in asked.actor_name
    assert "C05" not in [finding["cause"] for finding in cli.json("diagnose", "lee@contoso.com")["findings"]]


def test_a_healthy_person_and_wrong_words(cli: Cli) -> None:
    healthy = cli("diagnose", "mona@contoso.com")
    assert (healthy.returncode, "Nothing is wrong" in healthy.stdout) == (0, True)
    nothing = cli("fix", "mona@contoso.com", "no-such-fix", "--yes")
    assert (nothing.returncode, nothing.stdout, "no fix called" in nothing.stderr) == (2, "", True)
    by_hand = cli("fix", "mona@contoso.com", "migrate-mailbox", "--yes")
    assert (by_hand.returncode, "a person has to do it" in by_hand.stderr) == (2, True)


def test_a_graph_that_does_not_answer_is_one_line(free_port: Callable[[], int], tmp_path: Path) -> None:
    down = Cli(f"http://127.0.0.1:{free_port()}", tmp_path)("diagnose", "mona@contoso.com")
    assert down.returncode == 3
    assert down.stderr.startswith("mailroom: ")
    assert down.stderr.count("\n") == 1
