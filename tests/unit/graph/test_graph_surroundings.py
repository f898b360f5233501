"""Domains, holders of addresses, the recycle bin and the audit log become dataclasses, however odd they are."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from support.contoso import E3, FLOW_FREE

from graph import surroundings
from provisioning.recipients import Domain, HolderKind

ADDRESS = ["jane@contoso.com"]


def test_domains():
    body = {
        "value": [
            {"id": "Contoso.com", "isVerified": True, "isInitial": False, "supportedServices": ["Email", 3]},
            {"id": "new.example", "isVerified": False, "supportedServices": []},
            {"id": "x.onmicrosoft.com", "isInitial": True, "supportedServices": None},
        ]
    }
    assert surroundings.domains(body) == (
        Domain("contoso.com", services=("Email",)),
        Domain("new.example", is_verified=False, services=()),
        Domain("x.onmicrosoft.com", is_initial=True),
    )


def test_a_contact_that_holds_an_address():
    contact = {
        "id": "C1",
        "displayName": "Jane at Fabrikam",
        "mail": "jane@fabrikam.com",
        "proxyAddresses": ["SMTP:jane@fabrikam.com", "smtp:Jane@Contoso.com"],
        "onPremisesSyncEnabled": True,
    }
    (holder,) = surroundings.holders({"value": [contact]}, HolderKind.CONTACT, ADDRESS)
    assert (holder.id, holder.kind, holder.name, holder.synced) == ("c1", HolderKind.CONTACT, "Jane at Fabrikam", True)


def test_who_does_not_hold_it_is_left_out_whatever_graph_says():
    body = {
        "value": [{"id": "1", "mail": "maryjane@contoso.com"}, {"id": "2", "proxyAddresses": ["sip:jane@contoso.com"]}]
    }
    assert surroundings.holders(body, HolderKind.USER, ADDRESS) == ()


def test_the_recycle_bin_by_any_of_the_addresses():
    body = {
        "value": [
            {"id": "1", "userPrincipalName": "a" * 32 + "jane@contoso.com", "deletedDateTime": "2026-11-01T00:00:00Z"},
            {"id": "2", "userPrincipalName": "b" * 32 + "j@contoso.com", "mail": "JANE@contoso.com"},
            {
                "id": "3",
                "userPrincipalName": "c" * 32 + "jj@contoso.com",
                "proxyAddresses": ["smtp:jane@contoso.com"],
                "deletedDateTime": "2026-11-20T00:00:00Z",
                "onPremisesImmutableId": "abc==",
            },
            {"id": "4", "userPrincipalName": "d" * 32 + "maryjane@contoso.com"},
        ]
    }
    found = surroundings.deleted(body, ADDRESS)
    assert [(one.id, one.upn) for one in found] == [
        ("3", "jj@contoso.com"),
        ("1", "jane@contoso.com"),
        ("2", "j@contoso.com"),
    ]
    assert found[0].immutable_id == "abc=="


def change(when, old, new):
    values = (
        [f"[SkuName={sku.part_number}, AccountId=x, SkuId={sku.id}, DisabledPlans=[]]" for sku in skus]
        for skus in (old, new)
    )
    before, after = (str(each).replace("'", '"') for each in values)
    changed = {"displayName": "AssignedLicense", "oldValue": before, "newValue": after}
    return {"activityDateTime": when, "targetResources": [{"id": "1", "modifiedProperties": [changed]}]}


def removed_at(*entries):
    return surroundings.license_removed_at({"value": list(entries)}, (E3, FLOW_FREE))


def test_the_last_removal_of_a_mailbox_license():
    early, late = "2026-09-01T08:00:00Z", "2026-10-01T08:00:00.1234567Z"
    entries = (
        change(early, [E3], []),
        change(late, [E3, FLOW_FREE], [FLOW_FREE]),
        change("2026-10-02T08:00:00Z", [], [E3]),
        change("2026-10-03T08:00:00Z", [FLOW_FREE, E3], [E3]),
    )
    assert removed_at(*entries) == datetime(2026, 10, 1, 8, 0, 0, 123456, tzinfo=UTC)
    assert removed_at(change(late, [FLOW_FREE], [])) is None
    assert removed_at() is None


def test_a_license_that_the_tenant_no_longer_has_counts():
    gone = change("2026-09-01T08:00:00Z", [E3], [])
    assert surroundings.license_removed_at({"value": [gone]}, ()) is not None


def test_ids_as_json_count_too():
    entry = change("2026-09-01T08:00:00Z", [], [])
    entry["targetResources"][0]["modifiedProperties"][0]["oldValue"] = '[{"SkuId":"' + E3.id.upper() + '"}]'
    assert removed_at(entry) is not None


NAMES = ["value", "id", "mail", "proxyAddresses", "targetResources", "modifiedProperties", "oldValue", "displayName"]
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("AssignedLicense"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(NAMES), ODD))
def test_no_shape_of_json_breaks_it(body):
    surroundings.domains(body)
    surroundings.holders(body, HolderKind.USER, ADDRESS)
    surroundings.deleted(body, ADDRESS)
    surroundings.license_removed_at(body, (E3,))
