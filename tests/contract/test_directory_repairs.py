"""What diagnosis and repair need of every Directory: the fuller snapshot, the search, the writes of the fixes."""

import pytest
from support.tenants import TENANTS

from provisioning.case import Order
from provisioning.directory import Account, AssignedLicense, ProbeResult
from provisioning.errors import GraphNotFound, GraphRejected
from provisioning.orders import mailbox_skus
from provisioning.recipients import HolderKind

PASSWORD = "Orange-Kettle-42-Harbour"
NO_ID = "99999999-0000-4000-8000-000000000000"


@pytest.fixture(params=list(TENANTS))
async def tenant(request):
    async with TENANTS[request.param]() as opened:
        yield opened


async def create(tenant, name="jane", display_name="Jane Doe") -> Account:
    account = await tenant.directory.create_account(Order(tenant.new_upn(name), display_name, "US"), PASSWORD)
    await tenant.settle()
    return account


async def account_of(tenant, name: str) -> Account:
    account = await tenant.directory.get_account(name)
    assert account is not None
    return account


async def two_skus(tenant):
    skus = mailbox_skus((await tenant.directory.look_up(tenant.person)).skus)
    return [sku for sku in skus if sku.free][:2]


async def person_with_alias(tenant) -> Account:
    if not tenant.alias:
        pytest.skip("no alias is named for this tenant")
    return await account_of(tenant, tenant.person)


async def test_a_full_snapshot(tenant):
    snapshot = await tenant.directory.take_snapshot(tenant.person)
    assert snapshot.unread == ()
    assert snapshot.name == tenant.person
    assert (snapshot.mailbox_purpose, snapshot.holders, snapshot.deleted) == ("user", (), ())
    assert snapshot.organization is not None
    assert snapshot.organization.initial_domain.endswith(".onmicrosoft.com")
    assert snapshot.domains is not None
    known = {domain.name: domain for domain in snapshot.domains}
    assert known[tenant.domain].is_verified
    assert known[snapshot.organization.initial_domain].is_initial


async def test_a_snapshot_by_id_asks_nobody_else(tenant):
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    snapshot = await tenant.directory.take_snapshot(person.id)
    assert snapshot.account == person
    assert (snapshot.holders, snapshot.deleted, snapshot.unread) == (None, None, ())


async def test_a_snapshot_of_somebody_without_a_mailbox(tenant):
    account = await create(tenant)
    snapshot = await tenant.directory.take_snapshot(account.id)
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.NOT_READY
    assert (snapshot.mailbox_purpose, snapshot.holders, snapshot.deleted, snapshot.unread) == ("", (), (), ())


async def test_whoever_was_deleted_with_the_name_is_in_the_snapshot(tenant):
    first = await create(tenant)
    await tenant.delete(first.id)
    nobody = await tenant.directory.take_snapshot(first.upn)
    assert nobody.account is None
    assert [(one.id, one.upn) for one in nobody.deleted or ()] == [(first.id, first.upn)]
    second = await tenant.directory.create_account(Order(first.upn, "Jane Roe", "US"), PASSWORD)
    await tenant.settle()
    snapshot = await tenant.directory.take_snapshot(second.id)
    assert [one.id for one in snapshot.deleted or ()] == [first.id]


async def test_whoever_holds_an_address_is_in_the_snapshot(tenant):
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    account = await create(tenant)
    await tenant.add_contact("Jane outside", account.upn)
    snapshot = await tenant.directory.take_snapshot(account.id)
    assert [(one.kind, one.name) for one in snapshot.holders or ()] == [(HolderKind.CONTACT, "Jane outside")]


async def test_an_alias_leads_to_the_account(tenant):
    account, alias = await person_with_alias(tenant), tenant.alias
    snapshot = await tenant.directory.take_snapshot(alias)
    assert snapshot.account == account
    assert snapshot.name == alias
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.READY
    assert (snapshot.holders, snapshot.unread) == ((), ())
    assert (await tenant.directory.look_up(alias)).account == account


async def test_searching_by_addresses(tenant):
    account = await person_with_alias(tenant)
    for typed, matched in ((account.upn.upper(), "sign-in name"), (account.id, "object id")):
        assert [(one.id, one.matched) for one in await tenant.directory.search(typed)] == [(account.id, matched)]
    (found,) = await tenant.directory.search(tenant.alias)
    assert (found.id, found.upn, found.is_deleted) == (account.id, account.upn, False)
    assert found.matched in ("mail address", "proxy address")


async def test_searching_by_alias_and_name(tenant):
    account = await create(tenant, "quillon", "Quillon Zaphodson")
    for typed in (account.upn.partition("@")[0], "Quillon Zaphodson", "quillon", "zaphodson quil", "Zapho"):
        assert account.id in [one.id for one in await tenant.directory.search(typed)], typed
    assert await tenant.directory.search("nobody-of-this-name") == ()
    assert await tenant.directory.search(tenant.new_upn("nobody")) == ()
    assert await tenant.directory.search("  ") == ()


async def test_searching_the_recycle_bin(tenant):
    account = await create(tenant, "quillon", "Quillon Zaphodson")
    await tenant.delete(account.id)
    prefixed = account.id.replace("-", "") + account.upn
    for typed in (account.upn, prefixed, "Quillon Zaphodson"):
        found = {one.id: one for one in await tenant.directory.search(typed)}
        assert (found[account.id].upn, found[account.id].is_deleted) == (account.upn, True), typed


@pytest.mark.parametrize(
    "typed", ["zq'zq", "zq' or 'a' eq 'a", 'zq"zq', "zq\\", "zq) or (zq", "%27zq", "zq&$top=1", "#zq", "zqé/?"]
)
async def test_odd_searches_find_nobody(tenant, typed):
    assert await tenant.directory.search(typed) == ()
    assert await tenant.directory.search(f"{typed}@contoso.com") == ()


async def test_licenses_are_swapped_in_one_call(tenant):
    account = await create(tenant)
    first, second = await two_skus(tenant)
    directory = tenant.directory
    await directory.change_licenses(account.id, [AssignedLicense(first.id)])
    await tenant.settle()
    await directory.change_licenses(account.id, [AssignedLicense(second.id)], [first.id])
    await tenant.settle()
    assert [one.sku_id for one in (await account_of(tenant, account.id)).licenses] == [second.id]
    off = AssignedLicense(second.id, (second.mailbox_plans[0].id,))
    await directory.change_licenses(account.id, [off])
    await tenant.settle()
    switched = await account_of(tenant, account.id)
    assert (switched.licenses, switched.mailbox_plan) == ((off,), None)
    await directory.change_licenses(account.id, [], [second.id])
    await tenant.settle()
    assert (await account_of(tenant, account.id)).licenses == ()


async def test_a_license_that_was_taken_away_is_remembered(tenant):
    if not tenant.audits_are_prompt:
        pytest.skip("the audit log of a real tenant is minutes late")
    account = await create(tenant)
    sku = (await two_skus(tenant))[0]
    await tenant.directory.change_licenses(account.id, [AssignedLicense(sku.id)])
    assert (await tenant.directory.take_snapshot(account.id)).license_removed_at is None
    await tenant.directory.change_licenses(account.id, [], [sku.id])
    snapshot = await tenant.directory.take_snapshot(account.id)
    assert snapshot.license_removed_at is not None


async def test_a_license_that_is_not_held_cannot_be_removed(tenant):
    account = await create(tenant)
    first, second = await two_skus(tenant)
    with pytest.raises(GraphRejected):
        await tenant.directory.change_licenses(account.id, [AssignedLicense(first.id)], [second.id])
    assert (await account_of(tenant, account.id)).licenses == ()


async def test_a_group_gives_licenses(tenant):
    group = await tenant.licensing_group()
    sku = next(sku for sku in await two_skus(tenant))
    await tenant.directory.change_group_licenses(group, [AssignedLicense(sku.id)])
    await tenant.settle()
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    assert group in [state.assigned_by_group for state in person.license_states if state.sku_id == sku.id]
    await tenant.directory.reprocess_licenses(person.id)


async def test_provisioning_is_tried_again(tenant):
    account = await create(tenant)
    await tenant.directory.retry_provisioning(account.id)


async def test_a_deleted_account_is_deleted_for_good(tenant):
    account = await create(tenant)
    await tenant.delete(account.id)
    await tenant.directory.purge_deleted(account.id)
    await tenant.settle()
    assert (await tenant.directory.look_up(account.upn)).deleted is None
    with pytest.raises(GraphNotFound):
        await tenant.directory.restore_account(account.id)


async def test_nobody_can_be_repaired(tenant):
    directory = tenant.directory
    for change in (
        directory.change_licenses(NO_ID, []),
        directory.change_group_licenses(NO_ID, []),
        directory.reprocess_licenses(NO_ID),
        directory.retry_provisioning(NO_ID),
        directory.purge_deleted(NO_ID),
    ):
        with pytest.raises(GraphNotFound):
            await change
