"""Every method of a Directory once: for tests of what goes over the line, whatever comes back."""

from provisioning.case import Order
from provisioning.errors import GraphError
from provisioning.follow_ups import Mail, MailboxSettings
from provisioning.ports import Directory


async def make_every_call(directory: Directory) -> None:
    """Whatever Graph answers: here only the questions count."""
    order = Order("jane@contoso.com", "Jane", "US", department="Sales")
    calls = [
        directory.look_up("jane@contoso.com", "mona@contoso.com"),
        directory.get_account("jane@contoso.com"),
        directory.create_account(order, "password"),
        directory.restore_account("1"),
        directory.update_account("1", {"department": "Sales"}),
        directory.set_manager("1", "2"),
        directory.assign_license("1", "sku"),
        directory.probe_mailboxes(["1"]),
        directory.take_snapshot("1"),
        directory.take_snapshot("alias@contoso.com"),
        directory.search("jane"),
        directory.list_skus(),
        directory.service_health(),
        directory.change_group_licenses("g", ()),
        directory.reprocess_licenses("1"),
        directory.retry_provisioning("1"),
        directory.purge_deleted("d"),
        directory.create_access_pass("1", 60),
        directory.set_password("1", "password"),
        directory.revoke_access_pass("1", "p"),
        directory.check_changeable("1"),
        directory.standing("1", ["g"]),
        directory.members_of("g"),
        directory.list_skus(),
        directory.get_groups(["g"]),
        directory.groups_of("1"),
        directory.add_to_group("1", "g"),
        directory.mailbox_settings("1"),
        directory.change_mailbox_settings("1", MailboxSettings("UTC", "de-DE")),
        directory.send_mail("1", Mail("jane@contoso.com", "Hello", "Welcome.", "token")),
        directory.has_sent("1", "token"),
        directory.ping(),
    ]
    for call in calls:
        try:
            await call
        except GraphError:
            continue
