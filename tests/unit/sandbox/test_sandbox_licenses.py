"""Licenses and what follows: seats, plans, addresses, the mailbox and its time."""

import random
import statistics

import pytest
from support.sandbox_app import (
    E1,
    E3,
    EXCHANGE_1,
    EXCHANGE_S_ENTERPRISE,
    EXCHANGE_S_STANDARD,
    FLOW_FREE,
    running_sandbox,
)

from sandbox.tenant.mailboxes import Preparation, draw_preparation

PLANS = "$select=mail,proxyAddresses,assignedPlans,provisionedPlans,licenseAssignmentStates"
JANE = "jane@contoso.com"


async def test_the_skus_have_real_ids_and_e3_means_one_product():
    async with running_sandbox("plain") as sandbox:
        skus = {sku["skuPartNumber"]: sku for sku in (await sandbox.get("/subscribedSkus")).body["value"]}
        assert {name: sku["skuId"] for name, sku in skus.items()} == {
            "ENTERPRISEPACK": E3,
            "STANDARDPACK": E1,
            "EXCHANGESTANDARD": EXCHANGE_1,
            "FLOW_FREE": FLOW_FREE,
        }
        assert skus["EXCHANGESTANDARD"]["consumedUnits"] == skus["EXCHANGESTANDARD"]["prepaidUnits"]["enabled"] == 25
        plans = {plan["servicePlanName"]: plan["servicePlanId"] for plan in skus["ENTERPRISEPACK"]["servicePlans"]}
        assert plans["EXCHANGE_S_ENTERPRISE"] == EXCHANGE_S_ENTERPRISE
        assert "EXCHANGE_S_FOUNDATION" in {plan["servicePlanName"] for plan in skus["FLOW_FREE"]["servicePlans"]}


async def test_a_license_fills_addresses_plans_and_seats():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        before = sandbox.tenant.subscriptions[E3].consumed
        assert (await sandbox.license(JANE, E3)).status == 200
        user = (await sandbox.get(f"/users/{JANE}?{PLANS}")).body
        assert user["mail"] == JANE
        assert user["proxyAddresses"] == [f"SMTP:{JANE}", "smtp:jane@contoso.onmicrosoft.com"]
        exchange = next(plan for plan in user["assignedPlans"] if plan["servicePlanId"] == EXCHANGE_S_ENTERPRISE)
        assert (exchange["service"], exchange["capabilityStatus"]) == ("exchange", "Enabled")
        assert {"capabilityStatus": "Enabled", "provisioningStatus": "PendingInput", "service": "exchange"} in user[
            "provisionedPlans"
        ]
        state = user["licenseAssignmentStates"][0]
        assert (state["skuId"], state["state"], state["error"], state["assignedByGroup"]) == (
            E3,
            "Active",
            "None",
            None,
        )
        assert sandbox.tenant.subscriptions[E3].consumed == before + 1


@pytest.mark.parametrize(
    ("changes", "add", "words"),
    [
        ({"usageLocation": None}, E3, "invalid usage location"),
        ({}, EXCHANGE_1, f"Subscription with SKU {EXCHANGE_1} does not have any available licenses."),
        ({}, "05e9a617-0261-4cee-bb44-138d3ef5d965", "does not correspond to a valid company License"),
        ({}, "E3", "Edm.Guid"),
    ],
)
async def test_assign_license_refuses(changes: dict[str, object], add: str, words: str):
    async with running_sandbox() as sandbox:
        await sandbox.create(**changes)
        reply = await sandbox.license(JANE, add)
        assert reply.status == 400
        assert words in reply.message
        assert "licenses_assigned" not in (await sandbox.control("GET", "effects"))["users"][JANE]


async def test_both_lists_must_be_there():
    async with running_sandbox() as sandbox:
        reply = await sandbox.post("/users/helga@contoso.com/assignLicense", {"addLicenses": []})
        assert (reply.status, reply.code) == (400, "Request_BadRequest")
        assert reply.message.endswith("The missing parameters are: removeLicenses.")


async def test_exclusive_plans_unless_one_of_them_is_off_or_leaves_in_the_same_call():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        await sandbox.license(JANE, E3)
        clash = await sandbox.license(JANE, E1)
        assert clash.message == (
            f"License assignment failed because service plans {EXCHANGE_S_STANDARD}, {EXCHANGE_S_ENTERPRISE} "
            "are mutually exclusive."
        )
        assert (await sandbox.license(JANE, E1, disabled=(EXCHANGE_S_STANDARD,))).status == 200
        assert (await sandbox.license(JANE, E1, remove=(E3,))).status == 200


async def test_the_same_assignment_twice_counts_once():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        for _ in range(2):
            assert (await sandbox.license(JANE, E3)).status == 200
        assert (await sandbox.control("GET", "effects"))["users"][JANE]["licenses_assigned"] == 1


async def test_the_mailbox_answers_in_turn_and_then_200():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        await sandbox.license(JANE, E3)
        codes = [(await sandbox.get(f"/users/{JANE}/mailboxSettings")).code for _ in range(4)]
        assert codes == ["MailboxNotEnabledForRESTAPI", "ResourceNotFound"] * 2
        jane = sandbox.tenant.users.by_upn(JANE)
        assert jane is not None
        assert jane.mailbox.ready_at is not None
        sandbox.clock.advance((jane.mailbox.ready_at - sandbox.clock.now()).total_seconds() - 1)
        assert (await sandbox.get(f"/users/{JANE}/mailboxSettings")).status == 404
        assert (await sandbox.post(f"/users/{JANE}/sendMail", _mail())).status == 404
        sandbox.clock.advance(2)
        settings = await sandbox.get(f"/users/{JANE}/mailboxSettings")
        assert (settings.status, settings.body["userPurpose"]) == (200, "user")
        assert (await sandbox.get(f"/users/{JANE}/mailboxSettings/userPurpose")).body["value"] == "user"
        assert (await sandbox.get(f"/users/{JANE}/mailFolders/inbox")).body["displayName"] == "Inbox"
        assert (await sandbox.post(f"/users/{JANE}/sendMail", _mail())).status == 202
        assert (await sandbox.control("GET", "effects"))["users"][JANE]["mails_sent"] == 1
        details = (await sandbox.get(f"/users/{JANE}/licenseDetails")).body["value"][0]["servicePlans"]
        assert {plan["provisioningStatus"] for plan in details} == {"Success"}


async def test_a_license_without_mailbox_plan_gives_no_mailbox():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        await sandbox.license(JANE, FLOW_FREE)
        await sandbox.license(JANE, E3, disabled=(EXCHANGE_S_ENTERPRISE,))
        sandbox.clock.advance(48 * 3600)
        assert (await sandbox.get(f"/users/{JANE}/mailboxSettings")).status == 404
        plans = (await sandbox.get(f"/users/{JANE}?$select=assignedPlans,mail")).body
        exchange = next(plan for plan in plans["assignedPlans"] if plan["servicePlanId"] == EXCHANGE_S_ENTERPRISE)
        assert (exchange["capabilityStatus"], plans["mail"]) == ("Deleted", None)
        details = (await sandbox.get(f"/users/{JANE}/licenseDetails")).body["value"][1]["servicePlans"]
        assert details[0] == {
            "servicePlanId": EXCHANGE_S_ENTERPRISE,
            "servicePlanName": "EXCHANGE_S_ENTERPRISE",
            "provisioningStatus": "Disabled",
            "appliesTo": "User",
        }


async def test_without_its_license_a_mailbox_goes_and_comes_back():
    async with running_sandbox() as sandbox:
        path = "/users/helga@contoso.com/mailboxSettings"
        await sandbox.license("helga@contoso.com", remove=(E3,))
        assert (await sandbox.get(path)).status == 200
        sandbox.clock.advance(20 * 60)
        assert (await sandbox.get(path)).status == 404
        await sandbox.license("helga@contoso.com", E3)
        sandbox.clock.advance(6 * 60)
        assert (await sandbox.get(path)).status == 200


@pytest.mark.parametrize(
    ("scenario", "hours", "status"),
    [("mailbox-never-ready", 100, 404), ("mailbox-slow", 1.5, 404), ("mailbox-slow", 25, 200)],
)
async def test_mailboxes_that_take_long(scenario: str, hours: float, status: int):
    async with running_sandbox(scenario) as sandbox:
        await sandbox.create()
        await sandbox.license(JANE, E3)
        sandbox.clock.advance(hours * 3600)
        assert (await sandbox.get(f"/users/{JANE}/mailboxSettings")).status == status


def test_preparation_takes_eight_minutes_in_the_median_and_sometimes_hours():
    rng = random.Random(7)
    minutes = [draw_preparation(rng, Preparation.NORMAL).total_seconds() / 60 for _ in range(5000)]
    assert 7.5 < statistics.median(minutes) < 8.7
    assert 0.02 < sum(value >= 120 for value in minutes) / len(minutes) < 0.045
    assert max(minutes) <= 24.5 * 60


async def test_no_seats_and_a_suspended_subscription():
    async with running_sandbox("no-seats") as sandbox:
        await sandbox.create()
        assert "available licenses" in (await sandbox.license(JANE, E3)).message
    async with running_sandbox("subscription-suspended") as sandbox:
        sku = next(s for s in (await sandbox.get("/subscribedSkus")).body["value"] if s["skuId"] == E3)
        assert (sku["capabilityStatus"], sku["prepaidUnits"]["suspended"]) == ("Suspended", 25)


async def test_retry_and_reprocess_are_counted():
    async with running_sandbox() as sandbox:
        assert (await sandbox.post("/users/helga@contoso.com/retryServiceProvisioning")).status == 204
        assert (await sandbox.post("/users/helga@contoso.com/reprocessLicenseAssignment")).status == 200
        effects = (await sandbox.control("GET", "effects"))["users"]["helga@contoso.com"]
        assert effects == {"provisioning_retried": 1, "licenses_reprocessed": 1}


async def test_access_passes_are_shown_once():
    async with running_sandbox() as sandbox:
        path = "/users/helga@contoso.com/authentication/temporaryAccessPassMethods"
        created = await sandbox.post(path, {"isUsableOnce": True, "lifetimeInMinutes": 60})
        assert created.status == 201
        assert created.body["temporaryAccessPass"]
        again = await sandbox.post(path, {"lifetimeInMinutes": 60})
        listed = (await sandbox.get(path)).body["value"]
        assert [(item["id"], item["temporaryAccessPass"]) for item in listed] == [(again.body["id"], None)]
        assert listed[0]["isUsable"] is True
        sandbox.clock.advance(3601)
        expired = (await sandbox.get(f"{path}/{again.body['id']}")).body
        assert (expired["isUsable"], expired["methodUsabilityReason"]) == (False, "Expired")
        assert (await sandbox.post(path, {"lifetimeInMinutes": 5})).status == 400
        assert (await sandbox.graph("DELETE", f"{path}/{again.body['id']}")).status == 204
        assert (await sandbox.control("GET", "effects"))["users"]["helga@contoso.com"] == {"access_passes": 2}


async def test_access_passes_can_be_forbidden():
    async with running_sandbox("tap-policy-off") as sandbox:
        reply = await sandbox.post("/users/helga@contoso.com/authentication/temporaryAccessPassMethods", {})
        assert (reply.status, reply.code) == (403, "accessDenied")


async def test_passwords_are_counted_and_never_shown():
    async with running_sandbox() as sandbox:
        await sandbox.create()
        profile = {"passwordProfile": {"password": "Another-Day-43"}}
        assert (await sandbox.patch(f"/users/{JANE}", profile)).status == 204
        assert (await sandbox.control("GET", "effects"))["users"][JANE] == {"created": 1, "passwords_set": 1}
        shown = [await sandbox.control("GET", what) for what in ("state", "users?all=1", "requests", "effects")]
        shown.append((await sandbox.get(f"/users/{JANE}?$select=passwordProfile")).body)
        shown.append([vars(user) for user in sandbox.tenant.users])
        assert "Day-4" not in repr(shown)


def _mail() -> dict[str, object]:
    to = [{"EmailAddress": {"Address": "helga@contoso.com"}}]
    return {"Message": {"Subject": "Welcome", "ToRecipients": to}, "SaveToSentItems": True}
