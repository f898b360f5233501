"""Graph's JSON becomes dataclasses, however odd it is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import reading
from graph.products import PRODUCT_NAMES
from provisioning.directory import Account, AssignedLicense, AssignedPlan, LicenseState, ProvisionedPlan

MAILBOX_PLAN = "efb87545-963c-4e0d-99df-69c6916d9eb0"
E3 = "05e9a617-0261-4cee-bb44-138d3ef5d965"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T09:00:00Z", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ("2026-11-23T09:00:00.1234567Z", datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)),
        ("2020-01-31T17:45:18.00", datetime(2020, 1, 31, 17, 45, 18, tzinfo=UTC)),
        ("2026-11-23T10:00:00+01:00", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        ("2026-11-23T10:00:00.5+01:00", datetime(2026, 11, 23, 9, 0, 0, 500000, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("<timestamp>", None),
        ("", None),
        (None, None),
        (1234, None),
    ],
)
def test_moments(text, expected):
    assert reading.moment(text) == expected


@given(st.datetimes(min_value=datetime(2, 1, 3), max_value=datetime(9998, 1, 1)), st.integers(0, 9))
def test_moments_come_back(moment, decimals):
    fraction = f".{moment.microsecond:06d}000"[: decimals + 1] if decimals else ""
    text = f"{moment:%H:%M:%S}"
    read = reading.moment(f"{moment.year:04d}-{moment:%m-%d}T{text}{fraction}Z")
    assert read is not None
    assert read.replace(microsecond=0) == moment.replace(microsecond=0, tzinfo=UTC)


@given(st.text())
def test_no_text_breaks_moments(text):
    reading.moment(text)


FULL = {
    "id": "6F0E1D2C-0000-4000-8000-0000000000A9",
    "userPrincipalName": "Jane@contoso.com",
    "displayName": "Jane Doe",
    "mail": "jane@contoso.com",
    "mailNickname": "jane",
    "proxyAddresses": ["SMTP:jane@contoso.com", "smtp:j@contoso.com"],
    "usageLocation": "US",
    "userType": "Member",
    "accountEnabled": True,
    "department": "Sales",
    "createdDateTime": "2026-11-23T09:00:00Z",
    "onPremisesSyncEnabled": True,
    "onPremisesLastSyncDateTime": "2026-11-23T08:30:00Z",
    "onPremisesSamAccountName": "jane",
    "onPremisesImmutableId": "abc==",
    "provisionedPlans": [{"service": "exchange", "capabilityStatus": "Enabled", "provisioningStatus": "PendingInput"}],
    "assignedLicenses": [{"skuId": E3.upper(), "disabledPlans": [MAILBOX_PLAN.upper()]}],
    "assignedPlans": [
        {
            "assignedDateTime": "2026-11-23T09:00:01.1234567Z",
            "capabilityStatus": "Enabled",
            "service": "exchange",
            "servicePlanId": MAILBOX_PLAN.upper(),
        }
    ],
    "licenseAssignmentStates": [
        {
            "skuId": E3,
            "disabledPlans": [],
            "assignedByGroup": None,
            "state": "Active",
            "error": "None",
            "lastUpdatedDateTime": "2026-11-23T09:00:01Z",
        },
        {"skuId": E3, "state": "Error", "error": "CountViolation", "assignedByGroup": "AAAA-BBBB"},
    ],
    "serviceProvisioningErrors": [
        {
            "@odata.type": "#microsoft.graph.serviceProvisioningXmlError",
            "createdDateTime": "2020-01-31T17:45:18.00",
            "errorDetail": "<a/>",
            "isResolved": False,
            "serviceInstance": "exchange/NAMPRD09-001-01",
        }
    ],
    "onPremisesProvisioningErrors": [
        {
            "category": "PropertyConflict",
            "occurredDateTime": "2026-11-22T09:00:00Z",
            "propertyCausingError": "ProxyAddress",
            "value": "SMTP:jane@contoso.com",
        }
    ],
}


def test_a_full_account():
    account = reading.account(FULL)
    assert account.id == "6f0e1d2c-0000-4000-8000-0000000000a9"
    assert account.upn == "Jane@contoso.com"
    assert account.proxy_addresses == ("SMTP:jane@contoso.com", "smtp:j@contoso.com")
    assert account.synced
    assert account.last_sync == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert account.licenses == (AssignedLicense(E3, (MAILBOX_PLAN,)),)
    assigned_at = datetime(2026, 11, 23, 9, 0, 1, 123456, tzinfo=UTC)
    assert account.plans == (AssignedPlan(MAILBOX_PLAN, "exchange", "Enabled", assigned_at),)
    assert account.mailbox_plan is not None
    first, second = account.license_states
    assert first == LicenseState(E3, "Active", updated_at=datetime(2026, 11, 23, 9, 0, 1, tzinfo=UTC))
    assert (second.error, second.assigned_by_group) == ("CountViolation", "aaaa-bbbb")
    assert account.service_errors[0].service == "exchange/NAMPRD09-001-01"
    assert account.service_errors[0].detail == "<a/>"
    (error,) = account.sync_errors
    assert error.detail == "PropertyConflict: ProxyAddress: SMTP:jane@contoso.com"
    assert (error.category, error.property, error.value) == (
        "PropertyConflict",
        "ProxyAddress",
        "SMTP:jane@contoso.com",
    )
    assert (account.sam_account_name, account.immutable_id) == ("jane", "abc==")
    assert account.provisioned_plans == (ProvisionedPlan("exchange", "Enabled", "PendingInput"),)


def test_an_account_of_nulls():
    account = reading.account(dict.fromkeys(FULL))
    assert account == Account(id="", upn="", display_name="")


def test_a_disabled_guest():
    account = reading.account({"id": "1", "userType": "Guest", "accountEnabled": False})
    assert account.is_guest
    assert not account.enabled


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FULL, "skuId", "value"]), inner),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from([*FULL, "value", "issues", "status", "prepaidUnits"]), ODD))
def test_no_shape_of_json_breaks_the_reading(body):
    reading.account(body)
    reading.organization(body)
    reading.skus(body)
    reading.service_health(body)
    reading.license_details(body)


def test_the_tenant():
    organization = reading.organization(
        {
            "value": [
                {
                    "id": "6F0E1D2C-0000-4000-8000-000000000001",
                    "displayName": "Contoso",
                    "verifiedDomains": [
                        {"name": "Contoso.com", "isDefault": True},
                        {"name": "Contoso.OnMicrosoft.com", "isInitial": True},
                        {"name": None},
                        {},
                    ],
                    "onPremisesSyncEnabled": None,
                }
            ]
        }
    )
    assert organization.domains == ("contoso.com", "contoso.onmicrosoft.com")
    assert organization.initial_domain == "contoso.onmicrosoft.com"
    assert not organization.synced
    assert organization.id == "6f0e1d2c-0000-4000-8000-000000000001"


def sku(part_number, **more):
    return {
        "skuId": E3.upper(),
        "skuPartNumber": part_number,
        "capabilityStatus": "Enabled",
        "consumedUnits": 3,
        "prepaidUnits": {"enabled": 10, "suspended": 5, "warning": 0},
        "servicePlans": [
            {
                "servicePlanId": MAILBOX_PLAN.upper(),
                "servicePlanName": "EXCHANGE_S_ENTERPRISE",
                "provisioningStatus": "PendingInput",
                "appliesTo": "User",
            }
        ],
        "appliesTo": "User",
        **more,
    }


def test_skus():
    known, unknown = reading.skus({"value": [sku("SPE_E3"), sku("BRAND_NEW"), sku("TENANT", appliesTo="Company")]})
    assert (known.name, known.part_number, known.id) == ("Microsoft 365 E3", "SPE_E3", E3)
    assert (known.enabled, known.consumed, known.free) == (10, 3, 7)
    assert known.mailbox_plans[0].provisioning_status == "PendingInput"
    assert unknown.name == "BRAND_NEW"


def test_license_details_of_all_licenses():
    plans = [
        {
            "servicePlanId": MAILBOX_PLAN.upper(),
            "servicePlanName": "EXCHANGE_S_ENTERPRISE",
            "provisioningStatus": "Error",
        }
    ]
    details = reading.license_details(
        {"value": [{"servicePlans": plans}, {"servicePlans": None}, {"servicePlans": plans}]}
    )
    assert [(plan.id, plan.provisioning_status) for plan in details] == [(MAILBOX_PLAN, "Error")] * 2


def test_seats_in_the_grace_period_still_count():
    units = {"enabled": 0, "suspended": 0, "warning": 10}
    (grace,) = reading.skus({"value": [sku("SPE_E3", capabilityStatus="Warning", prepaidUnits=units)]})
    assert (grace.capability_status, grace.free) == ("Warning", 7)


def test_mixed_case_part_numbers_have_names_too():
    (found,) = reading.skus({"value": [sku("Microsoft_365_E3_(no_Teams)")]})
    assert found.name == "Microsoft 365 E3 (no Teams)"


def test_product_names_are_by_capitals():
    assert all(name == name.upper() for name in PRODUCT_NAMES)
    assert len(PRODUCT_NAMES) >= 40


def test_health_leaves_out_what_is_over():
    health = reading.service_health(
        {
            "service": "Exchange Online",
            "status": "serviceDegradation",
            "issues": [
                {
                    "id": "EX226574",
                    "title": "Mailboxes are late",
                    "classification": "incident",
                    "feature": "Tenant Administration (Provisioning, Remote PowerShell)",
                    "featureGroup": "Management and Provisioning",
                    "startDateTime": "2026-11-23T07:00:00Z",
                    "isResolved": False,
                },
                {"id": "EX1", "title": "Old", "classification": "advisory", "isResolved": True},
            ],
        }
    )
    assert health.status == "serviceDegradation"
    assert [(issue.id, issue.feature_group) for issue in health.issues] == [("EX226574", "Management and Provisioning")]
