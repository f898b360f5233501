"""What every Directory does: the fake in memory, Graph through the sandbox, and a real tenant if one is named."""

import pytest
from support.tenants import TENANTS

from provisioning.case import Order
from provisioning.directory import ENTRA, EXCHANGE, Account, ProbeResult, Sku, Standing
from provisioning.errors import GraphError, GraphNotFound, GraphRejected, ObjectConflict
from provisioning.orders import mailbox_skus

PASSWORD = "Orange-Kettle-42-Harbour"
NOBODY = "nobody-at-all@contoso.com"
NO_ID = "99999999-0000-4000-8000-000000000000"


@pytest.fixture(params=list(TENANTS))
async def tenant(request):
    async with TENANTS[request.param]() as opened:
        yield opened


async def create(tenant, location="US", **details) -> Account:
    order = Order(upn=tenant.new_upn(), display_name="Jane Doe", usage_location=location, **details)
    account = await tenant.directory.create_account(order, PASSWORD)
    await tenant.settle()
    return account


async def free_sku(tenant) -> Sku:
    return mailbox_skus((await tenant.directory.look_up(tenant.person)).skus)[0]


async def seats(tenant, sku_id: str) -> int:
    return next(sku.consumed for sku in (await tenant.directory.look_up(tenant.person)).skus if sku.id == sku_id)


async def test_looking_up_nobody(tenant):
    upn = tenant.new_upn("nobody")
    lookup = await tenant.directory.look_up(upn)
    assert (lookup.upn, lookup.account, lookup.deleted, lookup.manager) == (upn, None, None, None)
    assert tenant.domain in lookup.organization.domains
    assert lookup.organization.name
    assert any(sku.mailbox_plans and sku.free for sku in lookup.skus)


async def test_looking_up_somebody(tenant):
    account = (await tenant.directory.look_up(tenant.person.upper(), tenant.person)).account
    assert account is not None
    assert account.upn.lower() == tenant.person.lower()
    assert account.mail
    assert account.mailbox_plan is not None
    assert account.enabled
    assert not account.is_guest
    assert account.id == account.id.lower()
    assert account.created_at is not None
    assert account.created_at.tzinfo is not None


async def test_the_manager_is_looked_up_too(tenant):
    lookup = await tenant.directory.look_up(tenant.new_upn(), tenant.person)
    assert lookup.manager is not None
    assert lookup.manager.upn.lower() == tenant.person.lower()
    assert (await tenant.directory.look_up(tenant.new_upn(), NOBODY)).manager is None


async def test_looking_up_a_list_answers_as_looking_up_each(tenant):
    upns = [tenant.person, f"o'brien@{tenant.domain}", *(tenant.new_upn(f"nobody{n}") for n in range(6))]
    found = await tenant.directory.look_up_many(upns, [tenant.person, NOBODY])
    alone = await tenant.directory.look_up(tenant.person, tenant.person)
    together = found.of(tenant.person.upper(), tenant.person)
    assert together.account == alone.account
    assert together.manager == alone.manager
    assert (found.organization, len(found.skus)) == (alone.organization, len(alone.skus))
    assert [found.of(upn).account for upn in upns[1:]] == [None] * 7
    assert found.of(tenant.person, NOBODY).manager is None
    assert found.deleted == {}


async def test_a_name_with_a_quote(tenant):
    assert (await tenant.directory.look_up(f"o'brien@{tenant.domain}")).account is None


async def test_an_account_by_id_and_by_name(tenant):
    by_name = await tenant.directory.get_account(tenant.person)
    assert by_name is not None
    assert await tenant.directory.get_account(by_name.id) == by_name
    assert await tenant.directory.get_account(NOBODY) is None
    assert await tenant.directory.get_account(NO_ID) is None


async def test_creating(tenant):
    created = await create(tenant, department="Sales")
    found = await tenant.directory.get_account(created.id)
    assert found is not None
    for account in (created, found):
        assert (account.display_name, account.usage_location, account.department) == ("Jane Doe", "US", "Sales")
        assert account.mail_nickname == account.upn.partition("@")[0]
        assert account.enabled
        assert account.licenses == ()
        assert account.mailbox_plan is None
    assert found.upn == created.upn
    assert (await tenant.directory.look_up(created.upn)).account == found


async def test_a_name_that_is_taken(tenant):
    created = await create(tenant)
    with pytest.raises(ObjectConflict) as caught:
        await tenant.directory.create_account(Order(created.upn, "Jane Again", "US"), PASSWORD)
    assert caught.value.target == "userPrincipalName"


async def test_a_license_needs_a_usage_location(tenant):
    account = await create(tenant, location="")
    sku = await free_sku(tenant)
    with pytest.raises(GraphRejected, match="usage location"):
        await tenant.directory.assign_license(account.id, sku.id)
    await tenant.directory.update_account(account.id, {"usageLocation": "DE"})
    await tenant.settle()
    await tenant.directory.assign_license(account.id, sku.id)


async def test_a_license_takes_one_seat_however_often_it_is_assigned(tenant):
    account = await create(tenant)
    sku = await free_sku(tenant)
    before = await seats(tenant, sku.id)
    for _ in range(2):
        await tenant.directory.assign_license(account.id, sku.id)
        await tenant.settle()
    assert await seats(tenant, sku.id) == before + 1
    licensed = await tenant.directory.get_account(account.id)
    assert licensed is not None
    assert [held.sku_id for held in licensed.licenses] == [sku.id]
    assert [(state.sku_id, state.state, state.error) for state in licensed.license_states] == [(sku.id, "Active", "")]
    assert licensed.mailbox_plan is not None


async def test_a_plan_can_be_left_out(tenant):
    account = await create(tenant)
    sku = await free_sku(tenant)
    plan = sku.mailbox_plans[0].id
    await tenant.directory.assign_license(account.id, sku.id, disabled_plans=[plan])
    await tenant.settle()
    licensed = await tenant.directory.get_account(account.id)
    assert licensed is not None
    assert licensed.licenses[0].disabled_plans == (plan,)
    assert licensed.mailbox_plan is None


async def test_one_license_for_another(tenant):
    account = await create(tenant)
    first, second = [sku for sku in mailbox_skus((await tenant.directory.look_up(account.upn)).skus) if sku.free][:2]
    await tenant.directory.assign_license(account.id, first.id)
    before = await seats(tenant, first.id), await seats(tenant, second.id)
    await tenant.directory.assign_license(account.id, second.id, remove=[first.id])
    await tenant.settle()
    assert (await seats(tenant, first.id), await seats(tenant, second.id)) == (before[0] - 1, before[1] + 1)
    changed = await tenant.directory.get_account(account.id)
    assert changed is not None
    assert [held.sku_id for held in changed.licenses] == [second.id]


async def test_no_seat_is_free(tenant):
    account = await create(tenant)
    full = await tenant.full_sku()
    with pytest.raises(GraphRejected, match="available licenses"):
        await tenant.directory.assign_license(account.id, full.id)


async def test_a_license_that_is_not_there(tenant):
    account = await create(tenant)
    with pytest.raises(GraphRejected):
        await tenant.directory.assign_license(account.id, NO_ID)


async def test_nobody_can_be_changed(tenant):
    sku = await free_sku(tenant)
    directory = tenant.directory
    for change in (
        directory.update_account(NO_ID, {"department": "Sales"}),
        directory.assign_license(NO_ID, sku.id),
        directory.set_password(NO_ID, PASSWORD),
        directory.restore_account(NO_ID),
        directory.create_access_pass(NO_ID, 60),
    ):
        with pytest.raises(GraphNotFound):
            await change


async def test_details_can_be_changed_and_cleared(tenant):
    account = await create(tenant)
    await tenant.directory.update_account(account.id, {"department": "Sales", "displayName": "Jane Roe"})
    await tenant.settle()
    changed = await tenant.directory.get_account(account.id)
    assert changed is not None
    assert (changed.department, changed.display_name) == ("Sales", "Jane Roe")
    await tenant.directory.update_account(account.id, {"department": ""})
    await tenant.settle()
    cleared = await tenant.directory.get_account(account.id)
    assert cleared is not None
    assert cleared.department == ""


async def test_a_property_that_is_not_there(tenant):
    account = await create(tenant)
    with pytest.raises(GraphRejected):
        await tenant.directory.update_account(account.id, {"shoeSize": "44"})


async def test_the_manager_is_set(tenant):
    account = await create(tenant)
    boss = await tenant.directory.get_account(tenant.person)
    assert boss is not None
    await tenant.directory.set_manager(account.id, boss.id)
    with pytest.raises(GraphError):
        await tenant.directory.set_manager(account.id, NO_ID)


async def test_a_mailbox_from_nothing_to_ready(tenant):
    account = await create(tenant)
    sku = await free_sku(tenant)
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    await tenant.directory.assign_license(account.id, sku.id)
    probes = await tenant.directory.probe_mailboxes([account.id, person.id, NO_ID])
    assert list(probes) == [account.id, person.id, NO_ID]
    assert probes[account.id].result is ProbeResult.NOT_READY
    assert probes[account.id].trace.status == 404
    assert probes[person.id].result is ProbeResult.READY
    assert probes[NO_ID].result is ProbeResult.UNKNOWN
    await tenant.make_ready(account.id)
    assert (await tenant.directory.probe_mailboxes([account.id]))[account.id].result is ProbeResult.READY
    ready = await tenant.directory.get_account(account.id)
    assert ready is not None
    assert ready.mail == account.upn


async def test_many_mailboxes_at_once(tenant):
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    ids = [person.id, *(f"99999999-0000-4000-8000-{n:012d}" for n in range(44))]
    probes = await tenant.directory.probe_mailboxes(ids)
    assert list(probes) == ids
    assert probes[person.id].result is ProbeResult.READY


async def test_a_snapshot_is_complete(tenant):
    snapshot = await tenant.directory.take_snapshot(tenant.person)
    assert snapshot.unread == ()
    assert snapshot.taken_at.tzinfo is not None
    assert snapshot.account is not None
    assert snapshot.account.upn.lower() == tenant.person.lower()
    assert snapshot.organization is not None
    assert snapshot.skus
    assert snapshot.health is not None
    assert snapshot.health.status
    assert snapshot.mailbox is not None
    assert snapshot.mailbox.result is ProbeResult.READY


async def test_the_seats_and_the_health_of_the_services(tenant):
    skus = await tenant.directory.list_skus()
    assert mailbox_skus(skus)
    assert all(sku.name and sku.consumed >= 0 for sku in skus)
    healths = await tenant.directory.service_health()
    assert {one.service for one in healths} == {EXCHANGE, ENTRA}
    assert all(one.status for one in healths)


async def test_a_snapshot_of_nobody(tenant):
    snapshot = await tenant.directory.take_snapshot(NOBODY)
    assert (snapshot.account, snapshot.mailbox, snapshot.unread) == (None, None, ())
    assert snapshot.organization is not None


async def test_the_recycle_bin_and_back(tenant):
    account = await create(tenant)
    await tenant.delete(account.id)
    gone = await tenant.directory.look_up(account.upn)
    assert gone.account is None
    assert gone.deleted is not None
    assert (gone.deleted.id, gone.deleted.upn, gone.deleted.display_name) == (account.id, account.upn, "Jane Doe")
    assert gone.deleted.deleted_at is not None
    restored = await tenant.directory.restore_account(gone.deleted.id)
    await tenant.settle()
    assert (restored.id, restored.upn) == (account.id, account.upn)
    back = await tenant.directory.look_up(account.upn)
    assert back.deleted is None
    assert back.account is not None
    assert back.account.id == account.id


async def test_only_the_very_name_is_found_in_the_recycle_bin(tenant):
    account = await create(tenant)
    await tenant.delete(account.id)
    assert (await tenant.directory.look_up(account.upn[1:])).deleted is None


async def test_an_access_pass(tenant):
    account = await create(tenant)
    credential = await tenant.directory.create_access_pass(account.id, 60)
    assert credential.kind == "Temporary Access Pass"
    assert credential.secret
    assert credential.valid_minutes == 60
    assert credential.secret not in repr(credential)


async def test_a_password(tenant):
    account = await create(tenant)
    await tenant.directory.set_password(account.id, PASSWORD + "-2")


async def test_membership(tenant):
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    if not tenant.group:
        pytest.skip("no group is named for this tenant")
    found = await tenant.directory.standing(person.id, [NO_ID, tenant.group])
    assert found == Standing(person.id, groups=frozenset({tenant.group}))
    assert (await tenant.directory.standing(person.id, [NO_ID])).groups == frozenset()
    assert (await tenant.directory.standing(person.id, [])).groups == frozenset()
    assert await tenant.directory.standing(NO_ID, [tenant.group]) == Standing(NO_ID, exists=False)


async def test_members_of_a_group(tenant):
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    if not tenant.group:
        pytest.skip("no group is named for this tenant")
    members = {member.id: member.name for member in await tenant.directory.members_of(tenant.group)}
    assert members[person.id] == person.display_name
    assert len(await tenant.directory.members_of(tenant.group, 1)) == 1
    with pytest.raises(GraphNotFound):
        await tenant.directory.members_of(NO_ID)


async def test_ping(tenant):
    await tenant.directory.ping()
