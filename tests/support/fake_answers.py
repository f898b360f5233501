"""What Graph says about mailboxes that are there or not, and about objects that are missing or protected."""

from collections.abc import Collection, Mapping

from provisioning.directory import Account, Probe, ProbeResult
from provisioning.errors import GraphNotFound, GraphTrace, ObjectConflict

NOT_READY = Probe(
    ProbeResult.NOT_READY,
    GraphTrace(
        status=404,
        code="MailboxNotEnabledForRESTAPI",
        message="The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        request_id="00000000-0000-4000-8000-00000000404a",
        date="2026-11-23T09:00:00",
    ),
)
READY = Probe(ProbeResult.READY)


def not_found(name: str) -> GraphNotFound:
    message = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    trace = GraphTrace(status=404, code="Request_ResourceNotFound", message=message)
    return GraphNotFound(f"{name} was not found in the directory.", trace)


def taken(upn: str) -> ObjectConflict:
    message = "Another object with the same value for property userPrincipalName already exists."
    trace = GraphTrace(status=400, code="Request_BadRequest", message=message)
    return ObjectConflict(f"{upn} is already taken.", trace, "userPrincipalName")


def protected_by(
    account: Account, roles: Mapping[str, tuple[str, ...]], ids: Collection[str], groups: Mapping[str, Collection[str]]
) -> str:
    """Why the account is not to be changed; "" where it may be."""
    held = sorted(roles.get(account.id, ()))
    inside = any(account.id in groups.get(group, ()) for group in ids)
    if account.id in ids:
        why = f"{account.display_name} is protected by Mailroom's settings"
    elif held:
        why = f"{account.display_name} holds the directory role {' and '.join(held)}"
    elif inside:
        why = f"{account.display_name} is in a group that Mailroom's settings protect"
    else:
        return ""
    return f"{why}, so Mailroom changes nothing about this account. Diagnosis stays possible."
