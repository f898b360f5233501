"""Active Directory, its sync and webhook, PowerShell, and what synced users are in Graph."""

import pytest
from support.sandbox_app import running_sandbox

STOPPED, USER = "directory-sync-stopped", "owen.clark@contoso.com"
SYNC = "$select=onPremisesSyncEnabled,onPremisesLastSyncDateTime"


async def last_sync(sandbox) -> str:
    return str((await sandbox.get(f"/organization?{SYNC}")).body["value"][0]["onPremisesLastSyncDateTime"])


async def test_the_webhook_answers_at_once_and_the_sync_runs_some_seconds_later():
    async with running_sandbox(STOPPED) as sandbox:
        before = await last_sync(sandbox)
        async with sandbox.client.post("/sandbox/onprem/sync-webhook?token=secret") as answer:
            assert answer.status == 202
            assert len((await answer.json())["JobIds"]) == 1
        assert await last_sync(sandbox) == before
        sandbox.clock.advance(10)
        assert await last_sync(sandbox) > before
        sandbox.clock.advance(3600)
        assert (await sandbox.get(f"/users/{USER}/mailboxSettings")).status == 200


async def test_a_webhook_wants_its_token():
    async with running_sandbox(STOPPED) as sandbox, sandbox.client.post("/sandbox/onprem/sync-webhook") as answer:
        assert answer.status == 400


async def test_sync_runs_every_half_hour_unless_it_is_stopped():
    async with running_sandbox("mailbox-on-premises") as sandbox:
        before = await last_sync(sandbox)
        sandbox.clock.advance(31 * 60)
        moved = await last_sync(sandbox)
        assert moved > before
        await sandbox.control("POST", "onprem", {"stopped": True})
        sandbox.clock.advance(5 * 3600)
        assert await last_sync(sandbox) == moved


async def test_a_cloud_tenant_has_no_sync():
    async with running_sandbox("plain") as sandbox:
        organization = (await sandbox.get(f"/organization?{SYNC}")).body["value"][0]
        assert organization == {"onPremisesSyncEnabled": None, "onPremisesLastSyncDateTime": None}


async def test_active_directory_can_be_edited_and_a_sync_carries_it_over():
    async with running_sandbox("mailbox-on-premises") as sandbox:
        new = {"upn": "ella.new@contoso.com", "name": "Ella New", "usage_location": "DE"}
        await sandbox.control("PUT", "onprem/users/ella.new", new)
        assert (await sandbox.get("/users/ella.new@contoso.com")).status == 404
        sandbox.clock.advance(31 * 60)
        path = "/users/ella.new@contoso.com?$select=id,onPremisesSamAccountName,usageLocation,onPremisesSyncEnabled"
        user = (await sandbox.get(path)).body
        assert (user["onPremisesSamAccountName"], user["usageLocation"], user["onPremisesSyncEnabled"]) == (
            "ella.new",
            "DE",
            True,
        )
        await sandbox.control("PATCH", "onprem/users/ella.new", {"department": "Sales"})
        sandbox.clock.advance(31 * 60)
        assert (await sandbox.get(f"/users/{user['id']}?$select=department")).body["department"] == "Sales"
        await sandbox.control("PATCH", "onprem/users/ella.new", {"in_scope": False})
        sandbox.clock.advance(31 * 60)
        assert (await sandbox.get(f"/users/{user['id']}")).status == 404
        assert (await sandbox.get(f"/directory/deletedItems/{user['id']}")).status == 200


async def test_a_taken_address_goes_into_quarantine_and_comes_out():
    async with running_sandbox("address-quarantined") as sandbox:
        path = "/users/carl.brandt@contoso.com?$select=onPremisesProvisioningErrors,proxyAddresses"
        user = (await sandbox.get(path)).body
        error = user["onPremisesProvisioningErrors"][0]
        assert (error["category"], error["propertyCausingError"]) == ("PropertyConflict", "ProxyAddress")
        assert error["value"] not in user["proxyAddresses"]
        await sandbox.control("POST", "fixes", {"fix": "correct-in-directory", "user": "carl.brandt@contoso.com"})
        user = (await sandbox.get(path)).body
        assert user["onPremisesProvisioningErrors"] == []
        assert error["value"] in user["proxyAddresses"]


async def test_the_source_of_authority_can_be_moved():
    async with running_sandbox("wrong-nickname-on-premises") as sandbox:
        user, change = "/users/peter.vance@contoso.com", {"mailNickname": "peter.vance"}
        assert "on-premises mastered" in (await sandbox.patch(user, change)).message
        behavior = f"{user}/onPremisesSyncBehavior"
        assert (await sandbox.get(behavior)).body["isCloudManaged"] is False
        assert (await sandbox.patch(behavior, {"isCloudManaged": True})).status == 204
        assert (await sandbox.patch(user, change)).status == 204
        assert (await sandbox.get("/users/helga@contoso.com/onPremisesSyncBehavior")).status == 404


@pytest.mark.parametrize(
    ("scenario", "user", "cmdlet", "parameters", "shown"),
    [
        ("mailbox-on-premises", "gerd.schulz", "Get-MailUser", {"Identity": "gerd.schulz@contoso.com"}, "ExchangeGuid"),
        (
            "previous-mailbox",
            "dana",
            "Get-User",
            {"Identity": "dana.white@contoso.com"},
            "PreviousRecipientTypeDetails",
        ),
        (
            "address-held-by-public-folder",
            "hector",
            "Get-Recipient",
            {"Filter": "EmailAddresses -eq 'smtp:hector.cruz@contoso.com'"},
            "PublicFolder",
        ),
        (
            "soft-deleted-mailbox",
            "nina",
            "Get-Mailbox",
            {"SoftDeletedMailbox": True, "Filter": "EmailAddresses -eq 'smtp:nina.petrov@contoso.com'"},
            "Nina Petrov (2024)",
        ),
    ],
)
async def test_power_shell_shows_what_graph_does_not(scenario, user, cmdlet, parameters, shown):
    async with running_sandbox(scenario) as sandbox:
        answer = await sandbox.control("POST", "exchange/cmdlets", {"cmdlet": cmdlet, "parameters": parameters})
        assert shown in str(answer["output"])


async def test_a_chain_of_cmdlets_cures_only_when_it_is_complete():
    async with running_sandbox("marked-deprovisioned") as sandbox:
        path = "/users/otis.green@contoso.com/mailboxSettings"
        await sandbox.control("POST", "exchange/cmdlets", {"cmdlet": "Enable-RemoteMailbox", "Identity": "otis.green"})
        assert (await sandbox.get(path)).status == 404
        await sandbox.control("POST", "exchange/cmdlets", {"cmdlet": "Start-ADSyncSyncCycle", "PolicyType": "Delta"})
        sandbox.clock.advance(3600)
        assert (await sandbox.get(path)).status == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("exchange/cmdlets", {"cmdlet": "Remove-Everything"}),
        ("exchange/cmdlets", {"cmdlet": "Set-User"}),
        ("exchange/cmdlets", {"cmdlet": "Set-User", "Identity": "nobody@contoso.com"}),
        ("exchange/cmdlets", {}),
        ("fixes", {"fix": "assign-license", "user": "x"}),
        ("fixes", {"fix": "clear-previous-mailbox", "user": "nobody@contoso.com"}),
        ("onprem", {"speed": True}),
        ("onprem/users/nobody", {"name": "x"}),
        ("causes", {"scenarios": ["nonsense"], "user": "a@contoso.com"}),
        ("causes", {"scenarios": ["exchange-plan-off", "no-license"], "user": "a@contoso.com"}),
        ("causes", {"scenarios": ["no-license"], "user": "a@nowhere.example"}),
        ("fleet", {"count": 1e6}),
        ("subscriptions/NONSENSE", {}),
        ("subscriptions/ENTERPRISEPACK", {"capabilityStatus": "Fine"}),
    ],
)
async def test_mistakes_are_told_in_a_sentence(path: str, body: object):
    start = running_sandbox("mailbox-on-premises")
    async with start as sandbox, sandbox.client.post(f"/sandbox/{path}", json=body) as response:
        assert response.status in (400, 404, 409)
        assert (await response.json())["error"]
