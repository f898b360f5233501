"""Who is protected, to every Directory: nothing about them is changed, and everything can be read."""

import pytest
from support.tenants import TENANTS

from provisioning.case import Order
from provisioning.directory import AssignedLicense
from provisioning.errors import GraphNotFound, ProtectedAccount

PASSWORD = "Orange-Kettle-42-Harbour"
NO_ID = "99999999-0000-4000-8000-000000000000"
ANOTHER_ID = "99999999-0000-4000-8000-000000000001"


@pytest.fixture(params=list(TENANTS))
async def tenant(request):
    async with TENANTS[request.param]() as opened:
        yield opened


async def create(tenant):
    account = await tenant.directory.create_account(Order(tenant.new_upn(), "Jane Doe", "US"), PASSWORD)
    await tenant.settle()
    return account


def changes(directory, account_id, other_id):
    """Every write to an existing account."""
    return {
        "update": lambda: directory.update_account(account_id, {"department": "Sales"}),
        "manager": lambda: directory.set_manager(account_id, other_id),
        "assign": lambda: directory.assign_license(account_id, NO_ID),
        "licenses": lambda: directory.change_licenses(account_id, [AssignedLicense(NO_ID)]),
        "reprocess": lambda: directory.reprocess_licenses(account_id),
        "retry": lambda: directory.retry_provisioning(account_id),
        "pass": lambda: directory.create_access_pass(account_id, 60),
        "revoke": lambda: directory.revoke_access_pass(account_id, NO_ID),
        "password": lambda: directory.set_password(account_id, PASSWORD),
        "check": lambda: directory.check_changeable(account_id),
    }


async def test_nothing_about_a_role_holder_is_changed(tenant):
    if not tenant.admin:
        pytest.skip("no administrator is named for this tenant")
    before = await tenant.directory.get_account(tenant.admin)
    for change in changes(tenant.directory, tenant.admin, NO_ID).values():
        with pytest.raises(ProtectedAccount, match=r"holds .*directory role.*Diagnosis stays possible"):
            await change()
    assert await tenant.directory.get_account(tenant.admin) == before
    assert (await tenant.directory.take_snapshot(tenant.admin)).account == before


async def test_nothing_about_whom_the_settings_name_is_changed(tenant):
    account = await create(tenant)
    directory = tenant.protecting(account.id)
    before = await directory.get_account(account.id)
    for change in changes(directory, account.id, NO_ID).values():
        with pytest.raises(ProtectedAccount, match="Jane Doe is protected by Mailroom's settings"):
            await change()
    assert await directory.get_account(account.id) == before


async def test_nothing_about_members_of_a_protected_group_is_changed(tenant):
    if not tenant.group:
        pytest.skip("no group is named for this tenant")
    person = await tenant.directory.get_account(tenant.person)
    assert person is not None
    directory = tenant.protecting(NO_ID, tenant.group)
    for change in changes(directory, person.id, NO_ID).values():
        with pytest.raises(ProtectedAccount, match="is in a group that Mailroom's settings protect"):
            await change()


async def test_a_protected_group_is_not_licensed(tenant):
    group = await tenant.licensing_group()
    with pytest.raises(ProtectedAccount):
        await tenant.protecting(group).change_group_licenses(group, [])


async def test_a_protected_deleted_account_is_neither_restored_nor_purged(tenant):
    account = await create(tenant)
    await tenant.delete(account.id)
    directory = tenant.protecting(account.id)
    for change in (directory.restore_account, directory.purge_deleted):
        with pytest.raises(ProtectedAccount):
            await change(account.id)
    assert (await directory.look_up(account.upn)).deleted is not None


async def test_everybody_else_can_be_changed(tenant):
    account = await create(tenant)
    directory = tenant.protecting(ANOTHER_ID, tenant.group or ANOTHER_ID)
    await directory.check_changeable(account.id)
    await directory.check_changeable(NO_ID)
    await directory.update_account(account.id, {"department": "Sales"})
    with pytest.raises(GraphNotFound):
        await directory.update_account(NO_ID, {"department": "Sales"})


async def test_an_access_pass_is_revoked_by_its_id(tenant):
    account = await create(tenant)
    credential = await tenant.directory.create_access_pass(account.id, 60)
    assert credential.id
    for _ in range(2):
        await tenant.directory.revoke_access_pass(account.id, credential.id)
