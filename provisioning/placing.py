"""From what was asked for to an order that can be carried out, with what the tenant says now.

Asked when somebody orders, and once more when a scheduled order begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from provisioning.case import Order
from provisioning.directory import Sku
from provisioning.errors import BadOrder
from provisioning.follow_ups import FollowUp, Group
from provisioning.orders import Complete, OrderRequest, Plan, plan
from provisioning.ports import Directory
from provisioning.profiles import Profile, cannot_give, find_profile, with_profile, with_terms
from provisioning.words import say


@dataclass(frozen=True)
class Terms:
    """What the settings say of every order."""

    profiles: tuple[Profile, ...] = ()
    default_location: str = ""


async def planned(wanted: OrderRequest, directory: Directory, terms: Terms) -> Plan:
    """Raises BadOrder, ProtectedAccount and GraphError; changes nothing."""
    profile = find_profile(wanted.profile, terms.profiles)
    request = with_profile(wanted, profile)
    lookup = await directory.look_up(request.upn, request.manager)
    if lookup.account:
        await directory.check_changeable(lookup.account.id)  # told now, not after the form
    made = plan(request, lookup, terms.default_location)
    if not isinstance(made, Complete) or profile is None:
        return made
    groups = await directory.get_groups(profile.all_groups) if profile.all_groups else {}
    return Complete(on_terms(made.order, profile, lookup.skus, groups))


def on_terms(order: Order, profile: Profile, skus: Sequence[Sku], groups: Mapping[str, Group | None]) -> Order:
    """The order as the profile has it; `groups` by lower-case id. Raises BadOrder."""
    order = with_terms(order, profile, skus)
    order = replace(order, follow_ups=tuple(_named(one, groups) for one in order.follow_ups))
    if not order.license_group:
        return order
    group = groups.get(order.license_group)
    if group is None:
        raise BadOrder(
            say(
                "Profile {profile}: there is no group {group} in this tenant.",
                profile=profile.name,
                group=order.license_group,
            )
        )
    fault = cannot_give(group, order.license, order.license_name)
    if fault:
        raise BadOrder(
            say(
                "Profile {profile}: {fault} Correct the profile, or name another license.",
                profile=profile.name,
                fault=fault,
            )
        )
    return order


def _named(one: FollowUp, groups: Mapping[str, Group | None]) -> FollowUp:
    """With the name of its group, for the card."""
    group = groups.get(one.target)
    return replace(one, name=group.name) if group else one
