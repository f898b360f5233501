"""The bot with the settings that infra/ gives it in Azure: a managed identity for all, and no secret anywhere."""

import re
from pathlib import Path

import pytest
from support.identity import IdentityEndpoint
from support.postgres import Cluster
from support.processes import ROOT, Processes
from support.tokens import APP_ID
from support.trust_site import HELGA, running_trust_site

TO_TEAMS, TO_DATABASE = "https://api.botframework.com", "https://ossrdbms-aad.database.windows.net"
NAMES = set(re.findall(r"name: '(MAILROOM_\w+)', value", (ROOT / "infra/modules/app.bicep").read_text()))


def test_it_signs_in_to_its_database_and_to_teams_with_tokens_of_the_identity(
    tmp_path: Path, postgres: Cluster, monkeypatch: pytest.MonkeyPatch, processes: Processes
) -> None:
    postgres.new_database()
    with IdentityEndpoint() as identity:
        identity.tokens = {TO_TEAMS: "for-teams", TO_DATABASE: "for-the-database"}
        for name, value in identity.environment.items():
            monkeypatch.setenv(name, value)
        settings = {
            "HOST": "0.0.0.0",
            "APP_TYPE": "UserAssignedMSI",
            "APP_PASSWORD": "",
            "DATABASE_URL": postgres.sign_in_with("for-the-database"),
            "DATABASE_LOGIN": "entra",
        }
        with running_trust_site(tmp_path, **settings) as site:
            assert {*site.settings, "MAILROOM_PORT"} >= NAMES
            site.say(HELGA, "provision new.hire@contoso.com name='New Hire' license=E3 location=US")
            site.sees("New Hire")
            assert {call.authorization for call in site.connector.calls} == {"Bearer for-teams"}
            trail = processes.python("-m", "bot.audit", "verify", **site.settings)
            assert trail.popen.wait(30) == 0, trail.printed
            assert "for-teams" not in site.bot.printed
            assert "for-the-database" not in site.bot.printed
        assert {asked["client_id"] for asked in identity.asked} == {APP_ID}
        assert {asked["resource"] for asked in identity.asked} == {TO_TEAMS, TO_DATABASE}
