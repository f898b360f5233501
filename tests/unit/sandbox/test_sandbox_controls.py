"""The controls under /sandbox/, the scenarios, the clock, and starting it as a process."""

import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from support.sandbox_app import E3, running_sandbox

from sandbox.clock import Clock, timestamp
from sandbox.scenarios import SCENARIOS


async def test_the_state_says_what_is_going_on():
    async with running_sandbox("existing-user") as sandbox:
        await sandbox.create()
        await sandbox.license("jane@contoso.com", E3)
        state = await sandbox.control("GET", "state")
        assert state["scenarios"] == ["existing-user"]
        assert [user["displayName"] for user in state["users"]] == [
            "Jane Doe",
            "Lee Gu",
            "Adam Admin",
            "Mona Manager",
            "Helga Desk",
        ]
        mailbox = state["users"][0]["mailbox"]
        assert mailbox["state"] == "preparing"
        assert mailbox["readyAt"] > state["clock"]["now"]
        seats = {item["name"]: (item["consumed"], item["free"]) for item in state["seats"]}
        assert seats["Office 365 E3"] == (19, 6)
        assert seats["Exchange Online (Plan 1)"] == (25, 0)


async def test_drive_a_mailbox_by_hand():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        path = "/users/jane@contoso.com/mailboxSettings"
        await sandbox.license("jane@contoso.com", E3)
        await sandbox.control("POST", "users/jane@contoso.com/mailbox", {"ready": True, "after_seconds": 90})
        assert (await sandbox.get(path)).status == 404
        await sandbox.control("POST", "clock", {"advance_seconds": 91})
        assert (await sandbox.get(path)).status == 200
        await sandbox.control("POST", "users/jane@contoso.com/mailbox", {"ready": "never"})
        await sandbox.control("POST", "clock", {"advance_seconds": 1e6})
        assert (await sandbox.get(path)).status == 404


async def test_scenarios_add_up_and_reset_takes_them_away():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        await sandbox.control("POST", "scenarios", {"name": "recycle-bin"})
        assert (await sandbox.get("/users/jane@contoso.com")).status == 404
        state = await sandbox.control("POST", "scenarios", {"name": "synced-tenant"})
        assert state["applied"] == ["recycle-bin", "synced-tenant"]
        organization = (await sandbox.get("/organization")).body["value"][0]
        assert organization["onPremisesSyncEnabled"] is True
        state = await sandbox.control("POST", "reset", {"scenario": "existing-mailbox"})
        assert state["scenarios"] == ["existing-mailbox"]
        assert (await sandbox.get("/users/sam@contoso.com")).status == 404
        assert (await sandbox.get("/users/kim@contoso.com/mailboxSettings")).status == 200
        assert (await sandbox.control("GET", "effects"))["users"] == {}


async def test_no_id_is_given_twice_whatever_is_reset():
    async with running_sandbox() as sandbox:
        first = await sandbox.create()
        await sandbox.control("POST", "reset")
        assert await sandbox.create() != first


@pytest.mark.parametrize("name", list(SCENARIOS))
async def test_every_scenario_can_be_applied_twice_and_leaves_no_side_effect_counted(name: str):
    async with running_sandbox(name, name) as sandbox:
        listed = (await sandbox.control("GET", "scenarios"))["scenarios"]
        assert next(item for item in listed if item["name"] == name)["description"]
        assert (await sandbox.control("GET", "effects"))["users"] == {}


async def test_an_incident_shows_in_the_service_health():
    async with running_sandbox("exchange-incident") as sandbox:
        path = "/admin/serviceAnnouncement/healthOverviews/Exchange%20Online?$expand=issues"
        overview = (await sandbox.get(path)).body
        assert overview["status"] == "serviceDegradation"
        issue = overview["issues"][0]
        assert (issue["isResolved"], issue["featureGroup"]) == (False, "Management and Provisioning")
        assert (await sandbox.get(f"/admin/serviceAnnouncement/issues/{issue['id']}")).body["id"] == issue["id"]
        others = (await sandbox.get("/admin/serviceAnnouncement/healthOverviews")).body["value"]
        assert {item["status"] for item in others} == {"serviceOperational", "serviceDegradation"}


async def test_an_incident_that_is_over_is_resolved_and_the_service_operational():
    async with running_sandbox("exchange-incident", "incident-over") as sandbox:
        path = "/admin/serviceAnnouncement/healthOverviews/Exchange%20Online?$expand=issues"
        overview = (await sandbox.get(path)).body
        assert overview["status"] == "serviceOperational"
        assert [issue["isResolved"] for issue in overview["issues"]] == [True]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("scenarios", {"name": "nonsense"}, 404),
        ("reset", {"scenario": "nonsense"}, 404),
        ("clock", {"speed": -1}, 400),
        ("clock", {"advance_seconds": "x"}, 400),
        ("clock", [], 400),
        ("users/nobody@contoso.com/mailbox", {}, 404),
        ("users/helga@contoso.com/mailbox", {"ready": "soon"}, 400),
    ],
)
async def test_mistakes_are_answered_in_one_sentence(path: str, body: object, status: int):
    async with running_sandbox() as sandbox, sandbox.client.post(f"/sandbox/{path}", json=body) as response:
        assert response.status == status
        assert (await response.json())["error"]


async def test_two_runs_with_one_seed_look_the_same():
    seen = []
    for _ in range(2):
        async with running_sandbox(seed=5) as sandbox:
            seen.append(await sandbox.create())
    assert seen[0] == seen[1]


def test_the_clock_runs_at_its_speed_and_only_forward():
    real = [100.0]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = Clock(60, start, monotonic=lambda: real[0])
    real[0] += 10
    assert timestamp(clock.now()) == "2026-01-01T00:10:00Z"
    clock.set_speed(1)
    real[0] += 10
    assert timestamp(clock.now()) == "2026-01-01T00:10:10Z"
    clock.advance(3600)
    assert timestamp(clock.now()) == "2026-01-01T01:10:10Z"
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)


async def test_ten_thousand_users_are_no_burden():
    async with running_sandbox() as sandbox:
        store = sandbox.tenant.users
        template = store.by_upn("helga@contoso.com")
        assert template is not None
        for number in range(10_000):
            upn = f"user{number}@contoso.com"
            props = {
                **template.props,
                "id": f"id-{number}",
                "userPrincipalName": upn,
                "mail": upn,
                "proxyAddresses": [],
            }
            store.add(type(template)(f"id-{number}", props, template.visible_by_id_at, template.visible_by_name_at))
        started = sandbox.clock._monotonic()
        assert (await sandbox.get("/users/user9999@contoso.com")).status == 200
        found = await sandbox.get("/users?$filter=mail eq 'user5000@contoso.com'")
        assert len(found.body["value"]) == 1
        assert (await sandbox.get("/users?$filter=startswith(displayName,'Helga')&$top=999")).status == 200
        assert sandbox.clock._monotonic() - started < 5


def test_the_process_prints_its_address_and_stops_on_a_signal():
    for sign in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen([sys.executable, "-m", "sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Sandbox listening on http://127.0.0.1:")
        process.send_signal(sign)
        assert process.communicate(timeout=20)[0] == ""
        assert process.returncode == 0


def test_a_taken_port_is_named_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _run("--port", str(port))
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        f"The sandbox cannot listen on 127.0.0.1:{port}: Address already in use."
    ]


def test_a_wrong_scenario_is_named_and_the_list_is_printed():
    wrong = _run("--scenario", "nonsense")
    assert (wrong.returncode, "nonsense" in wrong.stderr) == (1, True)
    listed = _run("--list")
    assert listed.returncode == 0
    assert "6f0e1d2c-0000-4000-8000-000000000001" in listed.stdout
    assert "otto@fabrikam.com" in listed.stdout
    assert all(name in listed.stdout for name in SCENARIOS)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "sandbox", *arguments], capture_output=True, text=True, timeout=30)
