"""The sentences of the checks of addresses that have several forms."""

from provisioning.directory import DeletedAccount
from provisioning.holding import Held
from provisioning.recipients import HolderKind
from provisioning.words import say


def who_has(address: str, held: tuple[Held, ...]) -> str:
    """Of several, the first is named in the sentence's own words."""
    if not held:
        return say(
            "Another recipient, perhaps one that only Exchange shows, such as a public folder, has the address "
            "{address}. Take it away there, then retry.",
            address=address,
        )
    kind = held[0].holder.kind
    names = ", ".join(dict.fromkeys(f"the {one.holder.kind} {one.holder.name}" for one in held))
    name = names.removeprefix(f"the {kind} ")
    match kind:
        case HolderKind.USER:
            return say(
                "The user {name} has the address {address}. Take it away there, then retry.", name=name, address=address
            )
        case HolderKind.GROUP:
            return say(
                "The group {name} has the address {address}. Take it away there, then retry.",
                name=name,
                address=address,
            )
        case HolderKind.CONTACT:
            return say(
                "The contact {name} has the address {address}. Take it away there, then retry.",
                name=name,
                address=address,
            )


def was_deleted(one: DeletedAccount) -> str:
    if one.deleted_at is None:
        return say("{upn} was deleted and is in the recycle bin. Restore it: the mailbox comes back.", upn=one.upn)
    return say(
        "{upn} was deleted on {day} and is in the recycle bin. Restore it: the mailbox comes back.",
        upn=one.upn,
        day=f"{one.deleted_at:%Y-%m-%d}",
    )


def bad_characters(who: str, properties: list[str]) -> str:
    """`properties`: those that hold them, none where Graph did not say which."""
    match properties:
        case [one]:
            return say(
                "{property} of {who} has characters that Exchange does not take. Correct it.", property=one, who=who
            )
        case [one, two]:
            return say(
                "{property} and {other} of {who} has characters that Exchange does not take. Correct it.",
                property=one,
                other=two,
                who=who,
            )
        case [one, two, three]:
            return say(
                "{property} and {other} and {third} of {who} has characters that Exchange does not take. Correct it.",
                property=one,
                other=two,
                third=three,
                who=who,
            )
    if who:
        return say("a name or address of {who} has characters that Exchange does not take. Correct it.", who=who)
    return say("a name or address of the account has characters that Exchange does not take. Correct it.")
