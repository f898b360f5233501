"""What the controls show. No password or pass is kept anywhere, so none can appear here."""

from typing import Any

from sandbox.clock import Clock, timestamp
from sandbox.tenant.mailboxes import state_of
from sandbox.tenant.state import Tenant
from sandbox.tenant.users import User

Json = dict[str, Any]


def clock_view(clock: Clock) -> Json:
    return {"now": timestamp(clock.now()), "speed": clock.speed}


def user_view(tenant: Tenant, user: User) -> Json:
    """One line about a user; a mailbox that is being prepared shows when it will be ready."""
    mailbox = user.mailbox
    products = [tenant.subscriptions[sku_id].product for sku_id in user.in_force()]
    return {
        "id": user.id,
        "userPrincipalName": user.upn,
        "displayName": user.name,
        "mail": user.props.get("mail"),
        "licenses": [product.name for product in products],
        "synced": user.is_synced,
        "mailbox": {
            "state": state_of(mailbox, tenant.now()).value,
            "readyAt": timestamp(mailbox.ready_at)
            if mailbox.ready_at and not mailbox.never and not mailbox.blockers
            else None,
            "never": mailbox.never,
            "blockers": list(mailbox.blockers),
            "probes": mailbox.probes,
        },
        "effects": tenant.effects.of(user.upn),
        "background": user.background,
    }


def seats_view(tenant: Tenant) -> list[Json]:
    return [
        {
            "skuId": subscription.product.sku_id,
            "skuPartNumber": subscription.product.part_number,
            "name": subscription.product.name,
            "enabled": subscription.enabled,
            "consumed": subscription.consumed,
            "free": subscription.free,
            "capabilityStatus": subscription.capability_status,
        }
        for subscription in tenant.subscriptions.values()
    ]


def mails_view(tenant: Tenant) -> list[Json]:
    """Every mail that was sent, the newest first."""
    return [
        {
            "sender": sender.upn if (sender := tenant.users.get(mail.sender)) else mail.sender,
            "to": list(mail.to),
            "subject": mail.subject,
            "text": mail.text,
            "takenAt": timestamp(mail.taken_at),
        }
        for mail in reversed(tenant.mails)
    ]


def users_view(tenant: Tenant, everyone: bool) -> list[Json]:
    """The newest first; colleagues who only fill seats on demand."""
    users = [user for user in tenant.users if everyone or not user.background]
    return [user_view(tenant, user) for user in reversed(users)]
