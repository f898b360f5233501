"""Who is never changed: holders of a directory role, and whoever the settings protect. Asked before every write.

What cannot be checked counts as protected: the write is not made, and the error says what was missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph import memberships
from graph.answers import Answer, Json
from graph.client import GraphClient
from graph.errors import body_of, error_of
from graph.values import idents, objects, text
from provisioning.errors import GraphError, ProtectedAccount
from provisioning.words import say

UNCHECKED = say("Whether this account is protected could not be checked, so nothing was changed.")


@dataclass(frozen=True)
class Protection:
    """`ids`: object ids of users and groups, lower case; `app_id`: the bot's own, "" where it has none."""

    ids: tuple[str, ...] = ()
    app_id: str = ""

    def covers(self, object_id: str) -> bool:
        return object_id.lower() in (*self.ids, *([self.app_id] if self.app_id else ()))


def check_object(protection: Protection, object_id: str) -> None:
    """For groups and deleted users. Raises ProtectedAccount where the settings name the very id.

    Roles and groups of a deleted user cannot be read: Graph answers 404 below /users for it. So a deleted
    administrator is protected only if its own id is in the settings.
    """
    if protection.covers(object_id):
        raise ProtectedAccount(say("Mailroom's settings protect this object, so Mailroom changes nothing about it."))


async def check_account(client: GraphClient, protection: Protection, account_id: str, *, manager: bool = False) -> Json:
    """One `$batch`. Answers the account as it is (with its manager's id where asked), {} where there is none.

    Raises ProtectedAccount, or the GraphError that kept the check from being made. An account that Graph does not
    know (yet) has nothing to protect. The roles are the active assignments of built-in roles for the whole tenant;
    those that are only eligible, custom, or limited to an administrative unit are not among them.
    """
    api = client.api
    asked = [memberships.as_it_is(api, account_id, manager=manager), memberships.directory_roles(api, account_id)]
    asked += memberships.groups(api, account_id, protection.ids)
    try:
        account, roles, *groups = await client.batch(asked)
        if account.status == 404:
            check_object(protection, account_id)
            return {}
        found = body_of(account)
        name = text(found.get("displayName")) or text(found.get("userPrincipalName")) or say("This account")
        why = _why(protection, name, (account_id, text(found.get("id"))), roles, groups)
    except GraphError as error:
        _say_unchecked(error)
        raise
    if why:
        raise ProtectedAccount(why)
    return found


async def refusals(client: GraphClient, protection: Protection, names: Mapping[str, str]) -> dict[str, str]:
    """Why each of the accounts is not changed, by its id; those that may be changed are not in it.

    `names`: what to call each, by id. All in as few `$batch` as it takes. Raises GraphError where one cannot be read.
    """
    api = client.api
    asked = {
        account_id: [memberships.directory_roles(api, account_id), *memberships.groups(api, account_id, protection.ids)]
        for account_id in names
    }
    answers = iter(await client.batch([request for requests in asked.values() for request in requests]))
    found: dict[str, str] = {}
    for account_id, requests in asked.items():
        roles, *groups = [next(answers) for _ in requests]
        found[account_id] = _why(protection, names[account_id], (account_id,), roles, groups)
    return {account_id: why for account_id, why in found.items() if why}


def _why(protection: Protection, name: str, ids: Sequence[str], roles: Answer, groups: Sequence[Answer]) -> str:
    """Why the account is protected, "" where it is not. Raises GraphError."""
    held, inside = _roles(roles), [group for answer in groups for group in idents(_value(answer))]
    if any(map(protection.covers, filter(None, ids))):
        return say(
            "{name} is protected by Mailroom's settings, so Mailroom changes nothing about this account. "
            "Diagnosis stays possible.",
            name=name,
        )
    if held:
        return say(
            "{name} holds {roles}, so Mailroom changes nothing about this account. Diagnosis stays possible.",
            name=name,
            roles=_said(held),
        )
    if inside:
        return say(
            "{name} is in a group that Mailroom's settings protect, so Mailroom changes nothing about this account. "
            "Diagnosis stays possible.",
            name=name,
        )
    return ""


def _roles(answer: Answer) -> list[str]:
    """The names, "" where Graph does not say them."""
    return [text(role.get("displayName")) for role in objects(_value(answer))]


def _said(roles: Sequence[str]) -> str:
    named = sorted(filter(None, roles))
    if not named:
        return say("a directory role")
    *others, last = named
    if not others:
        return say("the directory role {role}", role=last)
    return say("the directory roles {others} and {last}", others=" and ".join(others), last=last)


def _value(answer: Answer) -> list[object]:
    """The list in the answer. An answer without one says nothing, least of all that nobody is protected."""
    value = body_of(answer).get("value")
    if not isinstance(value, list):
        raise error_of(answer)
    return value


def _say_unchecked(error: GraphError) -> None:
    """The sentence begins with what the error means here."""
    error.sentence = f"{UNCHECKED} {error.sentence}"
    error.args = (error.sentence,)
