"""The profiles that there are, with what each of them does and what of it is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards import parts
from cards.elements import Container, Element
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
    count = "1 profile" if len(rows) == 1 else f"{len(rows)} profiles"
    title = f"{count}, {wrong} to correct" if wrong else count
    shown: list[Element] = []
    for row in rows:
        shown.append(_row(row))
        if parts.size(shown) > SIZE:
            shown.pop()
            break
    example = plain(rows[0].profile.name)
    body: list[Element] = [parts.header(title, f"provision jane@contoso.com as {example}"), *shown]
    if len(shown) < len(rows):
        body.append(parts.small(f"And {len(rows) - len(shown)} more: type profiles and a name.", spacing="Medium"))
    return parts.card(body, title, wide=True)


def _row(row: ProfileRow) -> Element:
    one = row.profile
    items: list[Element] = [parts.text(plain(one.name), weight="Bolder"), parts.facts(_facts(row))]
    items += [parts.text(plain(fault, 300), color="Attention", spacing="Small") for fault in row.faults]
    return Container(items=items, separator=True, spacing="Medium")


def _facts(row: ProfileRow) -> list[tuple[str, str]]:
    one = row.profile
    by_group = f", by the group {row.groups[one.license_group]}" if one.license_group else ""
    off = f", without {', '.join(one.disabled_plans)}" if one.disabled_plans else ""
    messages = {"the new user": one.welcome, "the manager": one.manager_message}
    return [
        ("License", plain(f"{one.license}{by_group}{off}")),
        ("Usage location", plain(one.usage_location)),
        ("Department", plain(one.department)),
        ("Manager", plain(one.manager)),
        ("Groups", plain(", ".join(row.groups[group] for group in one.groups), 400)),
        ("Shared mailboxes", plain(", ".join(one.shared_mailboxes), 400)),
        ("Time zone", plain(one.time_zone)),
        ("Language", plain(one.language)),
        ("Messages to", " and ".join(who for who, message in messages.items() if message)),
    ]
