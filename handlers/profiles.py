"""`profiles`: what there is to order as, and what of it does not fit the tenant."""

import logging
from collections.abc import Sequence

from cards.notice import notice_card
from cards.profiles import ProfileRow, profiles_card
from handlers.access import Role
from handlers.grammar import Command, options_of
from handlers.registry import command
from handlers.requests import Reply, Request, Services
from provisioning.directory import Sku
from provisioning.errors import GraphError
from provisioning.follow_ups import Group
from provisioning.ports import Directory
from provisioning.profiles import Profile, faults_of, find_profile
from provisioning.words import say

NONE = say("No profiles are set up. MAILROOM_PROFILES names the file of them (docs/profiles.md).")

log = logging.getLogger(__name__)


@command(
    "profiles [name]",
    summary=say("Show the profiles: named sets of license, groups and messages, for provision … as <profile>."),
    example="profiles",
    role=Role.VIEWER,
)
async def profiles(request: Request, services: Services, typed: Command) -> Reply | None:  # noqa: ARG001
    options_of(typed, {})
    chosen = find_profile(" ".join(typed.args), services.profiles)
    shown = (chosen,) if chosen else services.profiles
    if not shown:
        return Reply(card=notice_card(NONE))
    skus, groups = await _tenant(shown, services.directory)
    rows = [ProfileRow(one, _names(one, groups), faults_of(one, skus, groups)) for one in shown]
    return Reply(card=profiles_card(rows))


async def warn_of_faults(known: Sequence[Profile], directory: Directory) -> None:
    """In the log, once the bot runs: a profile that does not fit the tenant stops nothing but its own orders."""
    if not known:
        return
    try:
        skus, groups = await _tenant(known, directory)
    except GraphError as error:
        log.warning("The profiles could not be checked: %s", error.sentence)
        return
    for one in known:
        for fault in faults_of(one, skus, groups):
            log.warning("Profile %s: %s", one.name, fault)


async def _tenant(known: Sequence[Profile], directory: Directory) -> tuple[tuple[Sku, ...], dict[str, Group | None]]:
    ids = [group for one in known for group in one.all_groups]
    return await directory.list_skus(), await directory.get_groups(ids) if ids else {}


def _names(one: Profile, groups: dict[str, Group | None]) -> dict[str, str]:
    """Of its groups, by id."""
    return {group_id: group.name if (group := groups.get(group_id)) else group_id for group_id in one.all_groups}
