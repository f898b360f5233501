"""A list before it starts: what will be made, which lines cannot start and why, and whether the seats are enough."""

from collections.abc import Mapping, Sequence

from cards import parts
from cards.countries import country_names
from cards.elements import Action, Choice, ChoiceInput, Container, Element, Input
from cards.parts import Card, plain
from provisioning.bulk import Bulk, BulkLine, Origin, Seats
from provisioning.bulk_checking import Checked
from provisioning.case import Order
from provisioning.directory import Sku

SHOWN = 10
SHOWN_PEOPLE = 5
_ORIGINS = {
    Origin.CREATE: "Accounts to create",
    Origin.RESTORE: "Accounts to restore",
    Origin.ADOPT: "Accounts that exist",
    Origin.LICENSED: "Exist, with a mailbox license",
}


def preview_card(bulk: Bulk, checked: Checked, skus: Sequence[Sku]) -> Card:
    """`skus`: those that may be chosen where lines name no license."""
    title = _title(bulk)
    bad = [line for line in checked.lines if not line.is_startable]
    body: list[Element] = [
        parts.header(title, plain(bulk.title, 120), "warning" if bad else "emphasis"),
        parts.text("Nothing has been changed yet."),
        parts.facts([(words, f"{checked.origins[one]:,}") for one, words in _ORIGINS.items() if checked.origins[one]]),
        *_people(checked),
        *_seats(checked.seats),
        *_bad(bad),
        *_unused(bulk),
        *_questions(bulk, checked, skus),
        _buttons(bulk, checked),
    ]
    return parts.card(body, f"{title}.", wide=True)


def started_words(bulk: Bulk) -> str:
    return f"Started {bulk.size:,} of {bulk.size + bulk.refused:,}. The card below shows how they go."


def _title(bulk: Bulk) -> str:
    total = bulk.size + bulk.refused
    if not bulk.size:
        return f"None of {total:,} can start"
    people = "1 person" if bulk.size == 1 else f"{bulk.size:,} people"
    return f"{people} can start" + (f", {bulk.refused:,} cannot" if bulk.refused else "")


def _people(checked: Checked) -> list[Element]:
    """The first of those that start, so that a column that slipped is seen."""
    fitting = [line.order for line in checked.lines if line.is_startable and line.order]
    shown = [parts.small(_order(order), spacing="Small") for order in fitting[:SHOWN_PEOPLE]]
    more = len(fitting) - len(shown)
    lines: list[Element] = [*shown, *([parts.small(f"and {more:,} more", spacing="Small")] if more > 0 else [])]
    return [Container(items=lines, spacing="Small")] if lines else []


def _order(order: Order) -> str:
    told = (order.upn, order.display_name, order.license_name or "keeps its license", order.usage_location)
    return " · ".join(plain(words, 80) for words in told if words)


def _seats(seats: Sequence[Seats]) -> list[Element]:
    if not seats:
        return []
    lines: list[Element] = [parts.text("Seats", weight="Bolder")]
    for one in seats:
        words = f"{plain(one.name, 80)}: {one.needed:,} needed, {one.free:,} free"
        color = {} if one.are_enough else {"color": "Attention"}
        lines.append(parts.text(words if one.are_enough else f"{words} — not enough", spacing="Small", **color))
    return [Container(items=lines, separator=True, spacing="Medium")]


def _bad(bad: Sequence[BulkLine]) -> list[Element]:
    if not bad:
        return []
    lines: list[Element] = [parts.text("Lines that cannot start", weight="Bolder")]
    for line in bad[:SHOWN]:
        who = f" {plain(line.who, 80)}" if line.who else ""
        lines.append(parts.text(f"**Line {line.number}**{who}: {plain(line.problem, 200)}", spacing="Small"))
    if len(bad) > SHOWN:
        lines.append(parts.small(f"and {len(bad) - SHOWN:,} more: all of them are in the CSV.", spacing="Small"))
    return [Container(items=lines, separator=True, spacing="Medium")]


def _unused(bulk: Bulk) -> list[Element]:
    if not bulk.unused:
        return []
    return [parts.small(f"Columns that I make nothing of: {plain(', '.join(bulk.unused), 200)}.", spacing="Medium")]


def _questions(bulk: Bulk, checked: Checked, skus: Sequence[Sku]) -> list[Element]:
    """What is missing, asked once for all lines that lack it; what was answered can be changed."""
    answers, missing = bulk.answers, checked.missing
    asked: list[Input] = []
    if missing.get("license") or answers.license:
        choices = [Choice(title=f"{plain(sku.name, 60)} ({sku.free:,} free)", value=sku.id) for sku in skus]
        asked.append(_choice("license", _for(missing, "license", "License"), choices, answers.license))
    if missing.get("usage_location") or answers.usage_location:
        choices = [Choice(title=f"{name} ({code})", value=code) for code, name in country_names().items()]
        label = _for(missing, "usage_location", "Usage location")
        asked.append(_choice("usage_location", label, choices, answers.usage_location, style="filtered"))
    if missing.get("display_name") or answers.names_from_addresses:
        choices = [Choice(title="From the address: jane.doe@… is Jane Doe", value="address")]
        chosen = "address" if answers.names_from_addresses else ""
        asked.append(_choice("names", _for(missing, "display_name", "Name"), choices, chosen))
    return [Container(items=list(asked), separator=True, spacing="Medium")] if asked else []


def _for(missing: Mapping[str, int], what: str, label: str) -> str:
    count = missing.get(what, 0)
    who = f"the {count:,} that have none" if count else "those that had none"
    return f"{label} for {who} (optional)"


def _choice(id: str, label: str, choices: list[Choice], value: str, style: str = "compact") -> Input:  # noqa: A002
    known = value if any(choice.value == value for choice in choices) else None
    placeholder = "Type to find a country" if style == "filtered" else "Choose one"
    return ChoiceInput(id=id, label=label, choices=choices, style=style, value=known, placeholder=placeholder)


def _buttons(bulk: Bulk, checked: Checked) -> Element:
    of_bulk = {"bulk": bulk.id}
    actions: list[Action] = []
    can_answer = bool(checked.missing) or bool(bulk.refused)
    if bulk.size:
        words = f"Start {bulk.size:,}"
        actions.append(parts.button(words, "bulk-start", of_bulk, style="positive"))
    if can_answer:
        actions.append(parts.button("Check again", "bulk-check", of_bulk, sends_inputs=True))
    if bulk.refused > SHOWN:
        actions.append(parts.button("All lines as CSV", "bulk-results", of_bulk))
    actions.append(parts.button("Discard", "bulk-discard", of_bulk))
    return parts.buttons(actions)
