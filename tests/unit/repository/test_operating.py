"""Alarms and runbooks belong together, and what the pages for operators tell people to type is there."""

import importlib
import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
RUNBOOKS = ROOT / "docs/runbooks"
INDEX = (RUNBOOKS / "README.md").read_text()
RULES = [
    rule
    for group in yaml.safe_load((ROOT / "infra/prometheus/alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
PARTS = ["What it means", "Check", "Do", "When to escalate"]
PAGES = [ROOT / "docs/operate.md", *sorted(RUNBOOKS.glob("*.md"))]
COMMAND = re.compile(r"python -m (bot\.\w+)([^`\"\n|>]*)")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alarm_has_a_runbook_that_says_what_to_do(rule: dict) -> None:
    page = ROOT / rule["annotations"]["runbook_url"]
    text = page.read_text()
    assert f"\nAlarm: `{rule['alert']}`\n" in text
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == PARTS
    assert all(part.strip() for part in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:])
    assert f"| `{rule['alert']}` | {rule['labels']['severity']} | [" in INDEX
    assert f"]({page.name}) |" in INDEX


def test_there_are_ten_and_no_runbook_is_of_no_alarm() -> None:
    named = [Path(rule["annotations"]["runbook_url"]).name for rule in RULES]
    assert len(named) == 10
    assert sorted(named) == sorted(page.name for page in RUNBOOKS.glob("*.md") if page.name != "README.md")


def commands() -> list[tuple[str, str]]:
    found = [match for page in PAGES for match in COMMAND.findall(page.read_text())]
    return sorted({(module, arguments.strip(" .,")) for module, arguments in found})


@pytest.mark.parametrize(("module", "arguments"), commands())
def test_a_command_that_is_written_down_is_understood(module: str, arguments: str) -> None:
    importlib.import_module(module)._parser().parse_args(shlex.split(arguments))
