"""A list before it starts: what will be made, which lines cannot start and why, and whether the seats are enough."""

from collections.abc import Mapping, Sequence

from cards import parts
from cards.countries import country_names
from cards.elements import Action, Choice, ChoiceInput, Container, Element, Input
from cards.language import counted, marked, number, say, told
from cards.parts import Card, plain
from provisioning.bulk import Bulk, BulkLine, Origin, Seats
from provisioning.bulk_checking import Checked
from provisioning.case import Order
from provisioning.directory import Sku

SHOWN = 10
SHOWN_PEOPLE = 5
_ORIGINS = {
    Origin.CREATE: marked("Accounts to create"),
    Origin.RESTORE: marked("Accounts to restore"),
    Origin.ADOPT: marked("Accounts that exist"),
    Origin.LICENSED: marked("Exist, with a mailbox license"),
}
_HAD_NONE = {
    "license": marked("License for those that had none (optional)"),
    "usage_location": marked("Usage location for those that had none (optional)"),
    "display_name": marked("Name for those that had none (optional)"),
}


def preview_card(bulk: Bulk, checked: Checked, skus: Sequence[Sku]) -> Card:
    """`skus`: those that may be chosen where lines name no license."""
    title = _title(bulk)
    bad = [line for line in checked.lines if not line.is_startable]
    body: list[Element] = [
        parts.header(title, plain(told(bulk.title), 120), "warning" if bad else "emphasis"),
        parts.text(say("Nothing has been changed yet.")),
        parts.facts(
            [(told(words), number(checked.origins[one])) for one, words in _ORIGINS.items() if checked.origins[one]]
        ),
        *_people(checked),
        *_seats(checked.seats),
        *_bad(bad),
        *_unused(bulk),
        *_questions(bulk, checked, skus),
        _buttons(bulk, checked),
    ]
    return parts.card(body, f"{title}.", wide=True)


def started_words(bulk: Bulk) -> str:
    of = number(bulk.size + bulk.refused)
    return say("Started {count} of {of}. The card below shows how they go.", count=number(bulk.size), of=of)


def _title(bulk: Bulk) -> str:
    total = bulk.size + bulk.refused
    if not bulk.size:
        return say("None of {count} can start", count=number(total))
    if not bulk.refused:
        return counted("1 person can start", "{n} people can start", bulk.size)
    refused = number(bulk.refused)
    return counted(
        "1 person can start, {refused} cannot", "{n} people can start, {refused} cannot", bulk.size, refused=refused
    )


def _people(checked: Checked) -> list[Element]:
    """The first of those that start, so that a column that slipped is seen."""
    fitting = [line.order for line in checked.lines if line.is_startable and line.order]
    shown = [parts.small(_order(order), spacing="Small") for order in fitting[:SHOWN_PEOPLE]]
    more = len(fitting) - len(shown)
    rest = [parts.small(say("and {count} more", count=number(more)), spacing="Small")] if more > 0 else []
    lines: list[Element] = [*shown, *rest]
    return [Container(items=lines, spacing="Small")] if lines else []


def _order(order: Order) -> str:
    known = (order.upn, order.display_name, order.license_name or say("keeps its license"), order.usage_location)
    return " · ".join(plain(words, 80) for words in known if words)


def _seats(seats: Sequence[Seats]) -> list[Element]:
    if not seats:
        return []
    lines: list[Element] = [parts.text(say("Seats"), weight="Bolder")]
    for one in seats:
        name, needed, free = plain(one.name, 80), number(one.needed), number(one.free)
        words = say("{license}: {needed} needed, {free} free", license=name, needed=needed, free=free)
        color = {} if one.are_enough else {"color": "Attention"}
        shown = words if one.are_enough else " — ".join((words, say("not enough")))
        lines.append(parts.text(shown, spacing="Small", **color))
    return [Container(items=lines, separator=True, spacing="Medium")]


def _bad(bad: Sequence[BulkLine]) -> list[Element]:
    if not bad:
        return []
    lines: list[Element] = [parts.text(say("Lines that cannot start"), weight="Bolder")]
    for line in bad[:SHOWN]:
        who = f" {plain(line.who, 80)}" if line.who else ""
        where = say("**Line {number}**", number=line.number)
        lines.append(parts.text(f"{where}{who}: {plain(told(line.problem), 200)}", spacing="Small"))
    if len(bad) > SHOWN:
        more = say("and {count} more: all of them are in the CSV.", count=number(len(bad) - SHOWN))
        lines.append(parts.small(more, spacing="Small"))
    return [Container(items=lines, separator=True, spacing="Medium")]


def _unused(bulk: Bulk) -> list[Element]:
    if not bulk.unused:
        return []
    unused = plain(", ".join(bulk.unused), 200)
    return [parts.small(say("Columns that I make nothing of: {columns}.", columns=unused), spacing="Medium")]


def _questions(bulk: Bulk, checked: Checked, skus: Sequence[Sku]) -> list[Element]:
    """What is missing, asked once for all lines that lack it; what was answered can be changed."""
    answers, missing = bulk.answers, checked.missing
    asked: list[Input] = []
    if missing.get("license") or answers.license:
        choices = [Choice(title=_with_free(sku), value=sku.id) for sku in skus]
        asked.append(_choice("license", _for(missing, "license"), choices, answers.license))
    if missing.get("usage_location") or answers.usage_location:
        choices = [Choice(title=f"{name} ({code})", value=code) for code, name in country_names().items()]
        label = _for(missing, "usage_location")
        asked.append(_choice("usage_location", label, choices, answers.usage_location, style="filtered"))
    if missing.get("display_name") or answers.names_from_addresses:
        choices = [Choice(title=say("From the address: jane.doe@… is Jane Doe"), value="address")]
        chosen = "address" if answers.names_from_addresses else ""
        asked.append(_choice("names", _for(missing, "display_name"), choices, chosen))
    return [Container(items=list(asked), separator=True, spacing="Medium")] if asked else []


def _with_free(sku: Sku) -> str:
    return say("{license} ({count} free)", license=plain(sku.name, 60), count=number(sku.free))


def _for(missing: Mapping[str, int], what: str) -> str:
    if not missing.get(what):
        return told(_HAD_NONE[what])
    count = number(missing[what])
    return {
        "license": say("License for the {count} that have none (optional)", count=count),
        "usage_location": say("Usage location for the {count} that have none (optional)", count=count),
        "display_name": say("Name for the {count} that have none (optional)", count=count),
    }[what]


def _choice(id: str, label: str, choices: list[Choice], value: str, style: str = "compact") -> Input:  # noqa: A002
    known = value if any(choice.value == value for choice in choices) else None
    placeholder = say("Type to find a country") if style == "filtered" else say("Choose one")
    return ChoiceInput(id=id, label=label, choices=choices, style=style, value=known, placeholder=placeholder)


def _buttons(bulk: Bulk, checked: Checked) -> Element:
    of_bulk = {"bulk": bulk.id}
    actions: list[Action] = []
    can_answer = bool(checked.missing) or bool(bulk.refused)
    if bulk.size:
        words = say("Start {count}", count=number(bulk.size))
        actions.append(parts.button(words, "bulk-start", of_bulk, style="positive"))
    if can_answer:
        actions.append(parts.button(say("Check again"), "bulk-check", of_bulk, sends_inputs=True))
    if bulk.refused > SHOWN:
        actions.append(parts.button(say("All lines as CSV"), "bulk-results", of_bulk))
    actions.append(parts.button(say("Discard"), "bulk-discard", of_bulk))
    return parts.buttons(actions)
