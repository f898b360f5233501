"""What is missing for an order is asked for, never guessed; what is known is shown."""

from collections.abc import Callable, Mapping

from cards import parts
from cards.countries import country_names
from cards.elements import Choice, ChoiceInput, Element, TextInput
from cards.parts import Card, plain
from provisioning.directory import Sku
from provisioning.orders import NAME_LIMIT, Incomplete


def form_card(incomplete: Incomplete, countries: Mapping[str, str] | None = None) -> Card:
    """Only what is missing can be filled in. `countries` maps codes to names, English ones by default."""
    names = country_names() if countries is None else countries
    title = f"A few details for {plain(incomplete.request.upn)}"
    known = _known(incomplete, names)
    body: list[Element] = [parts.header(title)]
    if known:
        body.append(parts.facts(known))
    send = parts.button("Provision", "order", _data(incomplete), sends_inputs=True, style="positive")
    body += [*_inputs(incomplete, names), parts.buttons([send])]
    return parts.card(body, title)


def _known(incomplete: Incomplete, names: Mapping[str, str]) -> list[tuple[str, str]]:
    request = incomplete.request
    rows = [
        ("Display name", plain(request.display_name)),
        ("Usage location", plain(names.get(request.usage_location, request.usage_location))),
        ("License", plain(_license_name(incomplete))),
        ("Manager", plain(request.manager)),
        ("Department", plain(request.department)),
    ]
    return [(title, value) for title, value in rows if value]


def _license_name(incomplete: Incomplete) -> str:
    named = incomplete.request.license
    return next((sku.name for sku in incomplete.skus if sku.id == named), named)


def _inputs(incomplete: Incomplete, names: Mapping[str, str]) -> list[Element]:
    makers: dict[str, Callable[[], list[Element]]] = {
        "display_name": lambda: [_name_input()],
        "usage_location": lambda: [_location_input(names)],
        "license": lambda: _license_inputs(incomplete.skus),
    }
    return [element for field in incomplete.missing for element in makers[field]()]


def _name_input() -> Element:
    return TextInput(
        id="display_name",
        label="Display name",
        placeholder="First and last name",
        max_length=NAME_LIMIT,
        is_required=True,
        error_message="Please enter the person's name.",
    )


def _location_input(names: Mapping[str, str]) -> Element:
    return ChoiceInput(
        id="usage_location",
        label="Usage location",
        placeholder="Type to find a country",
        style="filtered",
        choices=[Choice(title=f"{name} ({code})", value=code) for code, name in names.items()],
        is_required=True,
        error_message="Please choose the country where the person works.",
    )


def _license_inputs(skus: tuple[Sku, ...]) -> list[Element]:
    """Those with free seats can be chosen, `plan` sees to it that there is one; the full ones are named below."""
    free = [sku for sku in skus if sku.free]
    full = [f"{plain(sku.name)} (all {sku.enabled} used)" for sku in skus if not sku.free]
    field = ChoiceInput(
        id="license",
        label="License",
        placeholder="Choose a license",
        style="compact",
        choices=[Choice(title=f"{plain(sku.name)} — {sku.free} of {sku.enabled} free", value=sku.id) for sku in free],
        is_required=True,
        error_message="Please choose a license.",
    )
    return [field, parts.small(f"No seats free: {', '.join(full)}.", spacing="Small")] if full else [field]


def _data(incomplete: Incomplete) -> dict[str, str]:
    """What is known travels hidden; a missing field comes from its input, under the same name."""
    request = incomplete.request
    asked = {None: "", True: "yes", False: "no"}
    data = {
        "upn": request.upn,
        "manager": request.manager,
        "department": request.department,
        "restore": asked[request.restore],
        "display_name": request.display_name,
        "usage_location": request.usage_location,
        "license": request.license,
    }
    return {key: value for key, value in data.items() if key not in incomplete.missing}
