"""The profiles that there are, with what each of them does and what of it is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards import parts
from cards.elements import Container, Element
from cards.language import counted, say, told
from cards.parts import Card, plain
from provisioning.profiles import Profile

SIZE = 20_000  # bytes of rows; Teams takes 28 KB a message


@dataclass(frozen=True)
class ProfileRow:
    """A profile, the names of its groups by id, and what does not fit the tenant."""

    profile: Profile
    groups: Mapping[str, str]
    faults: Sequence[str]


def profiles_card(rows: Sequence[ProfileRow]) -> Card:
    wrong = sum(bool(row.faults) for row in rows)
    title = counted("1 profile", "{n} profiles", len(rows))
    if wrong:
        title = say("{profiles}, {count} to correct", profiles=title, count=wrong)
    shown: list[Element] = []
    for row in rows:
        shown.append(_row(row))
        if parts.size(shown) > SIZE:
            shown.pop()
            break
    example = plain(rows[0].profile.name)
    body: list[Element] = [parts.header(title, f"provision jane@contoso.com as {example}"), *shown]
    if len(shown) < len(rows):
        more = say("And {count} more: type profiles and a name.", count=len(rows) - len(shown))
        body.append(parts.small(more, spacing="Medium"))
    return parts.card(body, title, wide=True)


def _row(row: ProfileRow) -> Element:
    one = row.profile
    items: list[Element] = [parts.text(plain(one.name), weight="Bolder"), parts.facts(_facts(row))]
    items += [parts.text(plain(told(fault), 300), color="Attention", spacing="Small") for fault in row.faults]
    return Container(items=items, separator=True, spacing="Medium")


def _facts(row: ProfileRow) -> list[tuple[str, str]]:
    one = row.profile
    return [
        (say("License"), plain(_license(row))),
        (say("Usage location"), plain(one.usage_location)),
        (say("Department"), plain(one.department)),
        (say("Manager"), plain(one.manager)),
        (say("Groups"), plain(", ".join(row.groups[group] for group in one.groups), 400)),
        (say("Shared mailboxes"), plain(", ".join(one.shared_mailboxes), 400)),
        (say("Time zone"), plain(one.time_zone)),
        (say("Language"), plain(one.language)),
        (say("Messages to"), _messages(one)),
    ]


def _license(row: ProfileRow) -> str:
    one = row.profile
    words = one.license
    if one.license_group:
        words = say("{license}, by the group {group}", license=words, group=row.groups[one.license_group])
    if one.disabled_plans:
        words = say("{license}, without {plans}", license=words, plans=", ".join(one.disabled_plans))
    return words


def _messages(one: Profile) -> str:
    if one.welcome and one.manager_message:
        return say("the new user and the manager")
    if one.welcome:
        return say("the new user")
    return say("the manager") if one.manager_message else ""
