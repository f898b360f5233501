"""What is missing for an order is asked for, never guessed; what is known is shown."""

from collections.abc import Mapping

from cards import parts
from cards.countries import country_names
from cards.elements import Choice, ChoiceInput, Element, TextInput
from cards.parts import Card, plain
from provisioning.directory import Sku
from provisioning.orders import NAME_LIMIT, Incomplete


def form_card(incomplete: Incomplete, countries: Mapping[str, str] | None = None) -> Card:
    names = country_names() if countries is None else countries
    request = incomplete.request
    title = f"A few details for {plain(request.upn)}"
    body: list[Element] = [parts.header(title), parts.facts(_known(incomplete, names)), *_inputs(incomplete, names)]
    body.append(parts.buttons([parts.button("Provision", "order", _data(incomplete), sends_inputs=True)]))
    return parts.card(body, title)


def _known(incomplete: Incomplete, names: Mapping[str, str]) -> list[tuple[str, str]]:
    request = incomplete.request
    return [
        ("Account", plain(request.upn)),
        ("Display name", plain(request.display_name)),
        ("Usage location", plain(names.get(request.usage_location, request.usage_location))),
        ("License", plain(request.license)),
        ("Manager", plain(request.manager)),
        ("Department", plain(request.department)),
    ]


def _inputs(incomplete: Incomplete, names: Mapping[str, str]) -> list[Element]:
    makers = {
        "display_name": _name_input,
        "usage_location": lambda: _location_input(names),
        "license": lambda: _license_input(incomplete.skus),
    }
    return [makers[field]() for field in incomplete.missing]


def _name_input() -> Element:
    return TextInput(
        id="display_name",
        label="Display name",
        placeholder="Jane Doe",
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


def _license_input(skus: tuple[Sku, ...]) -> Element:
    return ChoiceInput(
        id="license",
        label="License",
        placeholder="Choose a license",
        style="compact",
        choices=[Choice(title=f"{plain(s.name)} — {s.free} of {s.enabled} free", value=s.id) for s in skus if s.free],
        is_required=True,
        error_message="Please choose a license.",
    )


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
