"""The doctor beside a running bot: everything that can be asked here is asked, and no secret is told."""

import json
import subprocess
import sys
from pathlib import Path

from support.processes import ROOT, clean_env
from support.tokens import APP_PASSWORD
from support.trust_site import HELGA, running_trust_site

SKIPPED = {"permissions", "endpoint.tls", "endpoint.package"}


def test_a_bot_at_work_is_found_well(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with running_trust_site(tmp_path, ADMINS=HELGA.id) as site:
        site.say(HELGA, "provision new.hire@contoso.com name='New Hire' license=E3 location=US")
        site.sees("New Hire")
        settings = {**site.settings, "MAILROOM_PORT": site.url.rpartition(":")[2]}
        argv = [sys.executable, "-m", "bot.doctor", "--json"]
        asked = subprocess.run(argv, env=clean_env(**settings), cwd=ROOT, capture_output=True, text=True, timeout=60)
        told = json.loads(asked.stdout)
    states = {one["name"]: one["state"] for one in told["checks"]}
    assert {name: state for name, state in states.items() if state != "ok"} == dict.fromkeys(SKIPPED, "skipped")
    assert (asked.returncode, told["code"]) == (0, 0)
    assert APP_PASSWORD not in asked.stdout + asked.stderr
    assert "outbound-" not in asked.stdout + asked.stderr
