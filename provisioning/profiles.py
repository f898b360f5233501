"""Profiles: named sets of what an order says, for people of one kind. Pure; bot/profile_file.py reads them.

What was typed wins over the profile. How the license is given (by a group, without some plans) belongs to the
profile's license: whoever names another one gets that one, directly and whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from string import Formatter

from provisioning.case import Order
from provisioning.directory import MAILBOX_PLANS, Sku
from provisioning.errors import BadOrder
from provisioning.follow_ups import FollowUp, FollowUpKind, Group
from provisioning.orders import OrderRequest, find_sku
from provisioning.words import say

PLACEHOLDERS = ("name", "address", "sign_in_name", "license", "department", "manager")
MOST_SHOWN = 8


@dataclass(frozen=True)
class Message:
    """Of a mail, with placeholders such as {name}."""

    subject: str
    text: str


@dataclass(frozen=True)
class Profile:
    """Empty where it says nothing. `license_group`: the id of the group that gives the license."""

    name: str
    license: str = ""
    disabled_plans: tuple[str, ...] = ()  # by name or id
    license_group: str = ""
    usage_location: str = ""
    department: str = ""
    manager: str = ""
    groups: tuple[str, ...] = ()
    shared_mailboxes: tuple[str, ...] = ()
    time_zone: str = ""
    language: str = ""
    welcome: Message | None = None
    manager_message: Message | None = None

    @property
    def sends_mail(self) -> bool:
        return self.welcome is not None or self.manager_message is not None

    @property
    def all_groups(self) -> tuple[str, ...]:
        return (*self.groups, *([self.license_group] if self.license_group else []))


def find_profile(name: str, profiles: Sequence[Profile]) -> Profile | None:
    """None for no name. Raises BadOrder for an unknown one."""
    if not name:
        return None
    known = {profile.name.lower(): profile for profile in profiles}
    if name.lower() in known:
        return known[name.lower()]
    shown = name if len(name) <= 40 else f"{name[:39]}…"
    if not known:
        raise BadOrder(
            say("There is no profile “{name}”: none are set up. MAILROOM_PROFILES names the file of them.", name=shown)
        )
    near = get_close_matches(name.lower(), known, 1)
    names = ", ".join(sorted(profile.name for profile in profiles)[:MOST_SHOWN])
    if near:
        raise BadOrder(
            say(
                "There is no profile “{name}”. Did you mean {near}? The profiles are {names}; type profiles to see "
                "them.",
                name=shown,
                near=known[near[0]].name,
                names=names,
            )
        )
    raise BadOrder(
        say(
            "There is no profile “{name}”. The profiles are {names}; type profiles to see them.",
            name=shown,
            names=names,
        )
    )


def with_profile(request: OrderRequest, profile: Profile | None) -> OrderRequest:
    """What nobody typed comes from the profile."""
    if profile is None:
        return request
    return replace(
        request,
        profile=profile.name,
        license=request.license or profile.license,
        usage_location=request.usage_location or profile.usage_location,
        department=request.department or profile.department,
        manager=request.manager or profile.manager,
    )


def with_terms(order: Order, profile: Profile | None, skus: Sequence[Sku]) -> Order:
    """The order with the profile's follow-ups, and its license given as the profile says. Raises BadOrder."""
    if profile is None:
        return order
    order = replace(order, profile=profile.name, follow_ups=follow_ups_of(profile))
    sku = next((sku for sku in skus if sku.id == order.license), None)
    if sku is None or not _is_its_license(profile, sku.id, skus):
        return order
    return replace(order, license_group=profile.license_group, disabled_plans=plans_off(profile, sku))


def _is_its_license(profile: Profile, sku_id: str, skus: Sequence[Sku]) -> bool:
    if not profile.license:
        return False
    try:
        return find_sku(profile.license, tuple(skus)).id == sku_id
    except BadOrder:
        return False


def plans_off(profile: Profile, sku: Sku) -> tuple[str, ...]:
    """The ids of the plans that are switched off. Raises BadOrder for one that the license does not have."""
    fault = _plan_fault(profile, sku)
    if fault:
        raise BadOrder(say("Profile {profile}: {fault}", profile=profile.name, fault=fault))
    by_name = _plans_by_name(sku)
    return tuple(by_name[name.lower()] for name in profile.disabled_plans)


def _plans_by_name(sku: Sku) -> dict[str, str]:
    """Ids, by name and by id in lower case."""
    return {key: plan.id for plan in sku.plans for key in (plan.name.lower(), plan.id.lower())}


def _plan_fault(profile: Profile, sku: Sku) -> str:
    """Of the first plan that cannot be switched off in the license."""
    by_name = _plans_by_name(sku)
    for name in profile.disabled_plans:
        if name.lower() not in by_name:
            return say("{license} has no service plan {plan}.", license=sku.name, plan=name)
        if by_name[name.lower()] in MAILBOX_PLANS:
            return say("{plan} carries the mailbox, so it cannot be switched off.", plan=name)
    return ""


def follow_ups_of(profile: Profile) -> tuple[FollowUp, ...]:
    """In the order in which they are done."""
    found = [FollowUp(FollowUpKind.GROUP, group) for group in profile.groups]
    if profile.time_zone or profile.language:
        settings = FollowUp(FollowUpKind.SETTINGS, time_zone=profile.time_zone, language=profile.language)
        found.append(settings)
    found += [FollowUp(FollowUpKind.SHARED_MAILBOX, address) for address in profile.shared_mailboxes]
    mails = ((FollowUpKind.WELCOME, profile.welcome), (FollowUpKind.MANAGER, profile.manager_message))
    found += [FollowUp(kind, subject=mail.subject, text=mail.text) for kind, mail in mails if mail]
    return tuple(found)


def faults_of(profile: Profile, skus: Sequence[Sku], groups: Mapping[str, Group | None]) -> tuple[str, ...]:
    """What of the profile does not fit the tenant, as sentences. `groups` by lower-case id; None: there is none."""
    faults: list[str] = []
    try:
        sku = find_sku(profile.license, tuple(skus)) if profile.license else None
        if sku and not sku.mailbox_plans:
            faults.append(say("{license} has no Exchange Online mailbox plan.", license=sku.name))
    except BadOrder as error:
        sku = None
        faults.append(error.sentence)
    plan_fault = _plan_fault(profile, sku) if sku else ""
    faults += filter(None, [plan_fault])
    missing = [group for group in profile.all_groups if not groups.get(group)]
    faults += [say("There is no group {group} in this tenant.", group=group) for group in missing]
    giver = groups.get(profile.license_group)
    if giver and sku and not plan_fault:
        faults += filter(None, [cannot_give(giver, sku.id, sku.name)])
    return tuple(faults)


def cannot_give(group: Group, sku_id: str, sku_name: str) -> str:
    """Why nobody gets the license by being put into the group; "" where it works."""
    if sku_id not in group.licenses:
        return say("The group {group} does not assign {license}.", group=group.name, license=sku_name)
    return cannot_join(group)


def cannot_join(group: Group) -> str:
    """Why Graph cannot put anybody into the group; "" where it can."""
    if group.is_for_roles:
        return say("The group {group} can hold directory roles, so Mailroom puts nobody into it.", group=group.name)
    if group.is_dynamic:
        return say("The members of {group} come from a rule, so nobody is put into it by hand.", group=group.name)
    if group.is_synced:
        return say(
            "The group {group} is kept in Active Directory and cannot be changed in the cloud.", group=group.name
        )
    if group.is_mail_enabled and not group.is_unified:
        return say(
            "Microsoft Graph cannot change {group}: it is a distribution list or mail-enabled security group.",
            group=group.name,
        )
    return ""


def unknown_placeholders(text: str) -> tuple[str, ...]:
    """What stands in braces and is no plain placeholder. Raises ValueError for braces that do not match."""
    bad = []
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None and (name not in PLACEHOLDERS or spec or conversion):
            bad.append("{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}")
    return tuple(bad)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the placeholders' values; only names are looked up, so that nothing else can be reached."""
    parts = []
    for literal, name, _, _ in Formatter().parse(text):
        parts.append(literal)
        if name is not None:
            parts.append(values.get(name, ""))
    return "".join(parts)
