"""What is missing for an order is asked for, never guessed; what is known is shown."""

from collections.abc import Callable, Mapping, Sequence

from cards import parts
from cards.countries import country_names
from cards.elements import Choice, ChoiceInput, Element, TextInput
from cards.language import say, told
from cards.parts import Card, plain
from provisioning.directory import Sku
from provisioning.orders import NAME_LIMIT, Incomplete, OrderRequest
from provisioning.scheduled import said


def form_card(incomplete: Incomplete, countries: Mapping[str, str] | None = None, profiles: Sequence[str] = ()) -> Card:
    """Only what is missing can be filled in. `countries` maps codes to names, those of the reader's by default.

    One of `profiles` may be chosen instead of what it says, unless one is named already.
    """
    names = country_names() if countries is None else countries
    title = say("A few details for {who}", who=plain(incomplete.request.upn))
    known = _known(incomplete, names)
    body: list[Element] = [parts.header(title)]
    if known:
        body.append(parts.facts(known))
    offers = () if incomplete.request.profile else profiles
    send = parts.button(say("Provision"), "order", _data(incomplete, offers), sends_inputs=True, style="positive")
    body += [*_profile_inputs(offers), *_inputs(incomplete, names, must=not offers), parts.buttons([send])]
    return parts.card(body, title)


def _known(incomplete: Incomplete, names: Mapping[str, str]) -> list[tuple[str, str]]:
    request = incomplete.request
    starts = said(request.starts_at, request.zone) if request.starts_at else ""
    rows = [
        (say("Profile"), plain(request.profile)),
        (say("Begins"), plain(told(starts))),
        (say("Display name"), plain(request.display_name)),
        (say("Usage location"), plain(names.get(request.usage_location, request.usage_location))),
        (say("License"), plain(_license_name(incomplete))),
        (say("Manager"), plain(request.manager)),
        (say("Department"), plain(request.department)),
    ]
    return [(title, value) for title, value in rows if value]


def _license_name(incomplete: Incomplete) -> str:
    named = incomplete.request.license
    return next((sku.name for sku in incomplete.skus if sku.id == named), named)


def _profile_inputs(profiles: Sequence[str]) -> list[Element]:
    if not profiles:
        return []
    field = ChoiceInput(
        id="profile",
        label=say("Profile (optional)"),
        placeholder=say("None"),
        style="compact",
        choices=[Choice(title=plain(name), value=name) for name in profiles],
    )
    return [field, parts.small(say("A profile says what you leave open below."), spacing="Small")]


def _inputs(incomplete: Incomplete, names: Mapping[str, str], *, must: bool) -> list[Element]:
    """With `must`, what a profile could say has to be filled in."""
    makers: dict[str, Callable[[], list[Element]]] = {
        "display_name": lambda: [_name_input()],
        "usage_location": lambda: [_location_input(names, must=must)],
        "license": lambda: _license_inputs(incomplete.skus, must=must),
    }
    return [element for field in incomplete.missing for element in makers[field]()]


def _name_input() -> Element:
    return TextInput(
        id="display_name",
        label=say("Display name"),
        placeholder=say("First and last name"),
        max_length=NAME_LIMIT,
        is_required=True,
        error_message=say("Please enter the person's name."),
    )


def _location_input(names: Mapping[str, str], *, must: bool) -> Element:
    return ChoiceInput(
        id="usage_location",
        label=say("Usage location") if must else say("Usage location (optional with a profile)"),
        placeholder=say("Type to find a country"),
        style="filtered",
        choices=[Choice(title=f"{name} ({code})", value=code) for code, name in names.items()],
        is_required=must,
        error_message=say("Please choose the country where the person works."),
    )


def _license_inputs(skus: tuple[Sku, ...], *, must: bool) -> list[Element]:
    """Those with free seats can be chosen, `plan` sees to it that there is one; the full ones are named below."""
    free = [sku for sku in skus if sku.free]
    full = [
        say("{license} (all {count} used)", license=plain(sku.name), count=sku.enabled) for sku in skus if not sku.free
    ]
    field = ChoiceInput(
        id="license",
        label=say("License") if must else say("License (optional with a profile)"),
        placeholder=say("Choose a license"),
        style="compact",
        choices=[Choice(title=with_seats(sku), value=sku.id) for sku in free],
        is_required=must,
        error_message=say("Please choose a license."),
    )
    if not full:
        return [field]
    return [field, parts.small(say("No seats free: {licenses}.", licenses=", ".join(full)), spacing="Small")]


def with_seats(sku: Sku) -> str:
    return say("{license} — {free} of {all} free", license=plain(sku.name), free=sku.free, all=sku.enabled)


def _data(incomplete: Incomplete, offers: Sequence[str]) -> dict[str, str]:
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
        **clauses(request),
    }
    asked_for = {*incomplete.missing, *(["profile"] if offers else [])}
    return {key: value for key, value in data.items() if key not in asked_for}


def clauses(request: OrderRequest) -> dict[str, str]:
    """What else was ordered, hidden on a card; nothing where nothing was."""
    moment = request.starts_at.isoformat() if request.starts_at else ""
    known = {"profile": request.profile, "starts_at": moment, "zone": request.zone}
    return {key: value for key, value in known.items() if value}
