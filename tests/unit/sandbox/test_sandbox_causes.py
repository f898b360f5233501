"""Everybody in trouble: cured by the documented fix, and by no other."""

import pytest
from support.cures import CAUSES, FIX_IDS, do, is_well, person, tenant_with

# Nothing is broken, so nothing can be cured; or Graph shows the same before and after.
INCURABLE = {"sign-in-name-taken", "known-by-alias", "guest-account", "second-mailbox"}
CURABLE = [name for name in CAUSES if name not in INCURABLE]
# Over after a while whatever is done.
TIMELY = {"normal-latency", "replication-lag", "follow-up-too-early"}
# What brings a mailbox by another way than mending: an own license, the same plan among others, a sync by the way.
OWN_LICENSE = {"assign-license"}
ANY_SYNC = {
    "check-deletion-threshold",
    "correct-in-directory",
    "correct-mail-nickname-on-premises",
    "enable-remote-mailbox",
    "set-archive-guid",
    "set-usage-location-on-premises",
}
OTHER_WAYS = {
    "dependent-plan-off": OWN_LICENSE,
    "exchange-plan-off": OWN_LICENSE | {"enable-all-plans"},
    "exchange-plan-off-in-group": OWN_LICENSE,
    "no-usage-location": OWN_LICENSE,
    "plan-pending-activation": OWN_LICENSE,
    "directory-sync-stopped": ANY_SYNC,
}


@pytest.mark.parametrize("name", CURABLE)
def test_the_documented_fix_cures(name: str):
    cause = CAUSES[name]
    tenant = tenant_with(name)
    assert not is_well(tenant, person(tenant, cause))
    for fix_id in cause.cured_by:
        assert not is_well(tenant, person(tenant, cause)), fix_id
        do(tenant, fix_id, cause)
    assert is_well(tenant, person(tenant, cause))


@pytest.mark.parametrize(("name", "way"), [(name, way) for name in CURABLE for way in CAUSES[name].alternatives])
def test_so_do_the_alternatives(name: str, way: tuple[str, ...]):
    tenant = tenant_with(name)
    for fix_id in way:
        do(tenant, fix_id, CAUSES[name])
    assert is_well(tenant, person(tenant, CAUSES[name]))


@pytest.mark.parametrize("name", [name for name in CURABLE if name not in TIMELY])
def test_no_other_fix_does(name: str):
    cause = CAUSES[name]
    right = {cause.cured_by[0], *(way[0] for way in cause.alternatives), *OTHER_WAYS.get(name, ())}
    cured = []
    for fix_id in FIX_IDS:
        tenant = tenant_with(name)
        do(tenant, fix_id, cause)
        if fix_id not in right and is_well(tenant, person(tenant, cause)):
            cured.append(fix_id)
    assert cured == []


@pytest.mark.parametrize("name", list(CAUSES))
def test_being_brought_about_twice_changes_nothing(name: str):
    once, twice = tenant_with(name), tenant_with(name, name)
    assert [user.upn for user in once.users] == [user.upn for user in twice.users]
    assert all(one.free <= twice.subscriptions[sku].free for sku, one in once.subscriptions.items())
    assert twice.effects.as_json()["users"] == {}


def test_everybody_has_a_name_of_their_own():
    assert len({cause.user for cause in CAUSES.values()}) == len(CAUSES)
    assert len({cause.display_name for cause in CAUSES.values()}) == len(CAUSES)
