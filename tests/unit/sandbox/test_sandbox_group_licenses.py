"""Group-based licensing, retries that really look again, and the people in the default tenant."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.sandbox_app import E1, E3, EXCHANGE_S_STANDARD, running_sandbox

from sandbox.causes import CAUSES

ROOT = Path(__file__).parents[3]
STATES = "$select=assignedLicenses,licenseAssignmentStates"


async def states(sandbox, upn: str) -> dict[str, tuple[str, str]]:
    user = (await sandbox.get(f"/users/{upn}?{STATES}")).body
    return {one["skuId"]: (one["state"], one["error"]) for one in user["licenseAssignmentStates"]}


async def group_of(sandbox, upn: str) -> str:
    user = (await sandbox.get(f"/users/{upn}?{STATES}")).body
    return str(user["licenseAssignmentStates"][0]["assignedByGroup"])


async def test_switching_a_plan_on_in_the_group_switches_it_on_for_its_members():
    async with running_sandbox("exchange-plan-off-in-group") as sandbox:
        upn = "omar.farouk@contoso.com"
        group = await group_of(sandbox, upn)
        shown = (await sandbox.get(f"/groups/{group}?$select=assignedLicenses")).body["assignedLicenses"]
        assert shown == [{"skuId": E1, "disabledPlans": [EXCHANGE_S_STANDARD]}]
        body = {"addLicenses": [{"skuId": E1, "disabledPlans": []}], "removeLicenses": []}
        assert (await sandbox.post(f"/groups/{group}/assignLicense", body)).status == 202
        user = (await sandbox.get(f"/users/{upn}?{STATES}")).body
        assert user["assignedLicenses"] == [{"skuId": E1, "disabledPlans": []}]
        sandbox.clock.advance(3600)
        assert (await sandbox.get(f"/users/{upn}/mailboxSettings")).status == 200


async def test_members_come_and_go_with_their_license():
    async with running_sandbox("exchange-plan-off-in-group") as sandbox:
        group = await group_of(sandbox, "omar.farouk@contoso.com")
        await sandbox.create()
        jane = (await sandbox.get("/users/jane@contoso.com")).body["id"]
        link = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{jane}"}
        assert (await sandbox.post(f"/groups/{group}/members/$ref", link)).status == 204
        assert await states(sandbox, jane) == {E1: ("Active", "None")}
        assert (await sandbox.graph("DELETE", f"/groups/{group}/members/{jane}/$ref")).status == 204
        assert await states(sandbox, jane) == {}


async def test_one_error_is_enough_for_none_of_the_products():
    async with running_sandbox("sibling-license-failed") as sandbox:
        upn = "victor.lange@contoso.com"
        errors = dict((await states(sandbox, upn)).values())
        assert errors["Error"]
        assert {error for _, error in (await states(sandbox, upn)).values()} == {"Other", "CountViolation"}
        await sandbox.post(f"/users/{upn}/reprocessLicenseAssignment")
        assert "Other" in str(await states(sandbox, upn))
        await sandbox.control("POST", "subscriptions/POWER_BI_PRO", {"enabled": 9})
        assert "Other" in str(await states(sandbox, upn))
        await sandbox.post(f"/users/{upn}/reprocessLicenseAssignment")
        assert set((await states(sandbox, upn)).values()) == {("Active", "None")}


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("license-prohibited-in-location", "ProhibitedInUsageLocationViolation"),
        ("no-seat-in-group", "CountViolation"),
        ("conflicting-licenses", "MutuallyExclusiveViolation"),
        ("dependent-plan-off", "DependencyViolation"),
        ("license-address-not-unique", "UniquenessViolation"),
        ("sibling-license-failed", "Other"),
    ],
)
async def test_every_license_error(scenario: str, error: str):
    async with running_sandbox(scenario) as sandbox:
        found = await states(sandbox, CAUSES[scenario].user)
        assert ("Error", error) in found.values()


async def test_an_address_conflict_is_reported_and_survives_everything_but_its_cure():
    async with running_sandbox("address-held-by-contact") as sandbox:
        upn = "/users/rosa.jimenez@contoso.com"
        path = f"{upn}?$select=serviceProvisioningErrors"
        error = (await sandbox.get(path)).body["serviceProvisioningErrors"][0]
        assert error["@odata.type"] == "#microsoft.graph.serviceProvisioningXmlError"
        assert error["serviceInstance"].startswith("exchange/")
        assert "rosa.jimenez@contoso.com" in error["errorDetail"]
        await sandbox.license("rosa.jimenez@contoso.com", remove=(E3,))
        await sandbox.license("rosa.jimenez@contoso.com", E3)
        await sandbox.post(f"{upn}/retryServiceProvisioning")
        sandbox.clock.advance(48 * 3600)
        assert (await sandbox.get(f"{upn}/mailboxSettings")).status == 404
        await sandbox.control("POST", "fixes", {"fix": "release-address", "user": "rosa.jimenez@contoso.com"})
        sandbox.clock.advance(3600)
        assert (await sandbox.get(f"{upn}/mailboxSettings")).status == 404
        await sandbox.post(f"{upn}/retryServiceProvisioning")
        sandbox.clock.advance(3600)
        assert (await sandbox.get(f"{upn}/mailboxSettings")).status == 200
        assert [one["isResolved"] for one in (await sandbox.get(path)).body["serviceProvisioningErrors"]] == [True]


async def test_holders_are_found_by_their_proxy_addresses():
    async with running_sandbox() as sandbox:
        asked = "$filter=proxyAddresses/any(p:p eq 'smtp:{}') or mail eq '{}'&$count=true"
        holders = (("/contacts", "rosa.jimenez"), ("/groups", "stefan.huber"), ("/users", "lila.moreau"))
        for where, who in holders:
            upn = f"{who}@contoso.com"
            found = (await sandbox.get(f"{where}?{asked.format(upn, upn)}", ConsistencyLevel="eventual")).body
            assert found["@odata.count"] == 1, where


async def test_searching_words_of_a_name():
    async with running_sandbox() as sandbox:
        path = '/users?$search="displayName:huber"&$count=true'
        assert (await sandbox.get(path)).status == 400
        found = (await sandbox.get(path, ConsistencyLevel="eventual")).body["value"]
        assert [user["displayName"] for user in found] == ["Stefan Huber"]


async def test_the_default_tenant_is_good_for_the_main_job():
    async with running_sandbox() as sandbox:
        assert (await sandbox.get("/users/jane@contoso.com")).status == 404
        for name in ("helga", "mona", "adam"):
            assert (await sandbox.get(f"/users/{name}@contoso.com/mailboxSettings")).status == 200
        await sandbox.create()
        assert (await sandbox.license("jane@contoso.com", E3)).status == 200
        user = (await sandbox.get("/users/jane@contoso.com?$select=onPremisesSyncEnabled")).body
        assert user["onPremisesSyncEnabled"] is None
        state = await sandbox.control("GET", "state")
        assert [one["displayName"] for one in state["users"]] == [
            "Jane Doe",
            "Adam Admin",
            "Mona Manager",
            "Helga Desk",
        ]


async def test_all_live_people_are_there_and_no_others():
    async with running_sandbox() as sandbox:
        for cause in CAUSES.values():
            # A # starts a fragment in a URL.
            found = (await sandbox.get(f"/users/{cause.user.replace('#', '%23')}")).status == 200
            assert found is (cause.is_live and cause.exists), cause.name


async def test_troubles_can_be_combined_in_one_person():
    async with running_sandbox() as sandbox:
        body = {"user": "pat.pair@contoso.com", "scenarios": ["no-license", "exchange-plan-off"]}
        async with sandbox.client.post("/sandbox/causes", json=body) as response:
            assert response.status == 400
        body = {"user": "pat.pair@contoso.com", "name": "Pat Pair", "scenarios": ["no-usage-location", "plan-error"]}
        made = await sandbox.control("POST", "causes", body)
        assert made["causes"] == ["C10", "C09"]
        await sandbox.post("/users/pat.pair@contoso.com/retryServiceProvisioning")
        sandbox.clock.advance(3600)
        assert (await sandbox.get("/users/pat.pair@contoso.com/mailboxSettings")).status == 404
        await sandbox.patch("/users/pat.pair@contoso.com", {"usageLocation": "US"})
        sandbox.clock.advance(3600)
        assert (await sandbox.get("/users/pat.pair@contoso.com/mailboxSettings")).status == 200


async def test_a_fleet_is_healthy_and_the_same_for_the_same_seed():
    seen = []
    for _ in range(2):
        async with running_sandbox() as sandbox:
            fleet = (await sandbox.control("POST", "fleet", {"count": 300, "seed": 7}))["users"]
            seen.append([user["userPrincipalName"] for user in fleet])
            for user in fleet:
                assert (await sandbox.get(f"/users/{user['id']}/mailboxSettings")).status == 200
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 300


def test_the_list_as_json():
    printed = subprocess.run(
        [sys.executable, "-m", "sandbox", "--list", "--json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows = json.loads(printed.stdout)
    assert {row["scenario"] for row in rows} == set(CAUSES)
    for row in rows:
        assert row["user"]
        assert row["causes"]
        assert row["cured_by"]
        assert isinstance(row["live"], bool)
    ids = {f"C{number:02d}" for number in range(1, 44) if number != 18} | {"C24b", "C28b", "C29b"}
    assert {cause_id for row in rows for cause_id in row["causes"]} == ids


def test_a_tenant_file_with_mistakes_stops_the_start(tmp_path: Path):
    file = tmp_path / "tenant.json"
    file.write_text('{"users": []}')
    arguments = [sys.executable, "-m", "sandbox", "--port", "0", "--tenant", str(file)]
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == ["organization is missing.", "domains is missing."]
