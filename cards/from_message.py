"""The dialog "Provision from this message": the people whom the message names, to be put right and ordered."""

from collections.abc import Sequence
from dataclasses import dataclass

from cards import parts
from cards.countries import country_names
from cards.elements import Choice, ChoiceInput, Element, Submit, TextInput
from cards.form import with_seats
from cards.language import counted, say, told
from cards.parts import Card, plain
from provisioning.directory import Sku
from provisioning.orders import NAME_LIMIT

VERB = "order-from-message"
KEEP = "keep"  # the license that the account has: an empty choice could not be told from none


@dataclass(frozen=True)
class Row:
    """One person of the form; `note` says what is known or wrong."""

    address: str
    name: str = ""
    note: str = ""
    is_wrong: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one order."""

    address: str
    sentence: str
    is_ordered: bool


def from_message_card(
    rows: Sequence[Row],
    skus: Sequence[Sku],
    location: str,
    license_id: str,
    left_out: int = 0,
    *,
    all_new: bool = False,
) -> Card:
    """`rows` in order; `location` and `license_id` are what is chosen for all of them; `left_out` found no place.

    With `all_new` none of them has an account, so none has a license to keep.
    """
    title = say("Provision from this message")
    check = say("Check who it is.")
    if len(rows) != 1:
        check = say("Check who they are. An empty address leaves somebody out.")
    body: list[Element] = [parts.text(check)]
    for index, row in enumerate(rows):
        body += _person(index, row, is_only=len(rows) == 1, is_new=all_new)
    if left_out:
        more = say("{count} more addresses are in the message. Order those in a second go.", count=left_out)
        body.append(parts.small(more))
    # A dialog of a message extension knows Action.Submit only, so there is no Action.Execute around it.
    send = Submit(title=_button(len(rows)), data={"verb": VERB}, style="positive")
    body += [
        _location(location, is_required=all_new),
        _license(skus, license_id, all_new=all_new),
        parts.buttons([send]),
    ]
    return parts.card(body, title)


def outcomes_card(outcomes: Sequence[Outcome]) -> Card:
    ordered = sum(one.is_ordered for one in outcomes)
    title = counted("1 order placed", "{n} orders placed", ordered)
    body: list[Element] = [parts.text(title, weight="Bolder", style="heading")]
    for one in outcomes:
        mark = ("CheckmarkCircle", "✓", "Good") if one.is_ordered else ("Info", "i", "Accent")
        words = [parts.text(plain(one.address, 120), weight="Bolder"), parts.small(plain(told(one.sentence), 300))]
        body.append(parts.row(parts.icon(*mark), words, spacing="Medium"))
    if ordered:
        where = say("The cards that show how it goes are in your chat with Mailroom.")
        body.append(parts.text(where, spacing="Medium"))
    return parts.card(body, title)


def _person(index: int, row: Row, *, is_only: bool, is_new: bool) -> list[Element]:
    """Of several people each may be left out, so nothing of them is required."""
    address = TextInput(
        id=f"address{index}",
        label=say("Address") if is_only else say("Address {number} (optional)", number=index + 1),
        value=row.address,
        max_length=254,
        placeholder="jane@contoso.com",
        is_required=is_only,
        error_message=say("Please enter the person's address."),
        separator=index > 0,
        spacing="Medium",
    )
    name = TextInput(
        id=f"name{index}",
        label=_name_label(index, is_only=is_only, is_new=is_new),
        value=row.name,
        max_length=NAME_LIMIT,
        placeholder=say("First and last name"),
        is_required=is_only and is_new,
        error_message=say("Please enter the person's name."),
    )
    if not row.note:
        return [address, name]
    return [address, name, parts.text(f"{'✕ ' if row.is_wrong else ''}{plain(told(row.note), 300)}", **_look(row))]


def _name_label(index: int, *, is_only: bool, is_new: bool) -> str:
    if not is_only:
        return say("Display name {number} (optional)", number=index + 1)
    return say("Display name") if is_new else say("Display name (optional)")


def _look(row: Row) -> dict[str, str]:
    return {"color": "Attention", "spacing": "Small"} if row.is_wrong else {"size": "Small", "spacing": "Small"}


def _location(chosen: str, *, is_required: bool) -> Element:
    names = country_names()
    return ChoiceInput(
        id="location",
        label=say("Usage location") if is_required else say("Usage location of new accounts (optional)"),
        placeholder=say("Type to find a country"),
        style="filtered",
        choices=[Choice(title=f"{name} ({code})", value=code) for code, name in names.items()],
        is_required=is_required,
        error_message=say("Please choose the country where they work."),
        separator=True,
        spacing="Large",
        **({"value": chosen} if chosen else {}),
    )


def _license(skus: Sequence[Sku], chosen: str, *, all_new: bool) -> Element:
    choices = [Choice(title=with_seats(sku), value=sku.id) for sku in skus if sku.free]
    if not all_new:
        choices.append(Choice(title=say("The license that the account has"), value=KEEP))
    known = {choice.value for choice in choices}
    value = chosen if chosen in known else "" if all_new else KEEP
    return ChoiceInput(
        id="license",
        label=say("License"),
        placeholder=say("Choose a license"),
        style="compact",
        choices=choices,
        is_required=True,
        error_message=say("Please choose a license."),
        **({"value": value} if value else {}),
    )


def _button(rows: int) -> str:
    return say("Provision") if rows == 1 else say("Provision these {count}", count=rows)
