"""What follow-ups need of every Directory: groups, the settings of a mailbox, mail."""

import uuid

import pytest
from support.tenants import TENANTS

from provisioning.case import Order
from provisioning.errors import GraphNotFound, GraphRejected, ProtectedAccount
from provisioning.follow_ups import Mail, MailboxSettings

NO_ID = "99999999-0000-4000-8000-000000000000"


@pytest.fixture(params=list(TENANTS))
async def tenant(request):
    async with TENANTS[request.param]() as opened:
        yield opened


async def newcomer(tenant):
    account = await tenant.directory.create_account(
        Order(tenant.new_upn(), "Jane Doe", "US"), "Orange-Kettle-42-Harbour"
    )
    await tenant.settle()
    return account


async def test_groups_are_read_by_id_and_an_unknown_one_is_none(tenant):
    found = await tenant.directory.get_groups([tenant.group, NO_ID])
    assert found[NO_ID] is None
    assert found[tenant.group] is not None
    assert found[tenant.group].id == tenant.group


async def test_somebody_is_put_into_a_group_once(tenant):
    account = await newcomer(tenant)
    assert tenant.group not in await tenant.directory.groups_of(account.id)
    await tenant.directory.add_to_group(account.id, tenant.group)
    await tenant.settle()
    assert tenant.group in await tenant.directory.groups_of(account.id)
    with pytest.raises(GraphRejected):
        await tenant.directory.add_to_group(account.id, tenant.group)


async def test_an_unknown_group_takes_nobody(tenant):
    account = await newcomer(tenant)
    with pytest.raises(GraphNotFound):
        await tenant.directory.add_to_group(account.id, NO_ID)


async def test_nobody_is_put_into_a_protected_group(tenant):
    account = await newcomer(tenant)
    with pytest.raises(ProtectedAccount):
        await tenant.protecting(tenant.group).add_to_group(account.id, tenant.group)
    assert tenant.group not in await tenant.directory.groups_of(account.id)


async def test_a_distribution_list_says_what_it_is_and_takes_nobody(tenant):
    group, account = await tenant.distribution_list(), await newcomer(tenant)
    found = (await tenant.directory.get_groups([group]))[group]
    assert found is not None
    assert (found.is_mail_enabled, found.is_unified) == (True, False)
    with pytest.raises(GraphRejected):
        await tenant.directory.add_to_group(account.id, group)


async def test_the_settings_of_a_mailbox_are_changed_one_by_one(tenant):
    account = await newcomer(tenant)
    with pytest.raises(GraphNotFound):
        await tenant.directory.mailbox_settings(account.id)
    await tenant.make_ready(account.id)
    before = await tenant.directory.mailbox_settings(account.id)
    await tenant.directory.change_mailbox_settings(account.id, MailboxSettings(time_zone="Europe/Berlin"))
    after = await tenant.directory.mailbox_settings(account.id)
    assert after == MailboxSettings("Europe/Berlin", before.language)
    await tenant.directory.change_mailbox_settings(account.id, MailboxSettings(language="de-DE"))
    assert await tenant.directory.mailbox_settings(account.id) == MailboxSettings("Europe/Berlin", "de-DE")


async def test_a_mail_is_found_by_its_token_once_it_was_sent(tenant):
    account = await newcomer(tenant)
    await tenant.make_ready(account.id)
    token = f"mailroom:it's {uuid.uuid4()}"
    assert not await tenant.directory.has_sent(account.id, token)
    await tenant.directory.send_mail(account.id, Mail(account.upn, "Welcome", "Hello.", token))
    await tenant.settle()
    assert await tenant.directory.has_sent(account.id, token)
    assert not await tenant.directory.has_sent(account.id, f"{token}0")
