"""What can be ordered for a person, by the words that are typed for it; of one order, and of each line of a list."""

from collections.abc import Mapping

from handlers.grammar import Command, address_of, check_address, clip, options_of
from provisioning.errors import BadOrder
from provisioning.orders import OrderRequest
from provisioning.words import say

OPTIONS = {
    "name": "name",
    "display_name": "name",
    "displayname": "name",
    "display-name": "name",
    "license": "license",
    "licence": "license",
    "sku": "license",
    "location": "location",
    "usage_location": "location",
    "usagelocation": "location",
    "usage-location": "location",
    "country": "location",
    "manager": "manager",
    "department": "department",
    "dept": "department",
    "profile": "profile",
}


def order_request(typed: Command, profile: str = "") -> OrderRequest:
    """What was typed, as one line of a list as well; `profile` is the one behind “as”. Raises BadOrder."""
    upn = address_of(typed)
    options = options_of(typed, OPTIONS)
    return OrderRequest(
        upn=upn,
        display_name=options.get("name", typed.label),
        usage_location=options.get("location", ""),
        license=options.get("license", ""),
        manager=check_address(options["manager"]) if "manager" in options else "",
        department=options.get("department", ""),
        profile=one_profile(profile, options),
    )


def one_profile(behind_as: str, options: Mapping[str, str]) -> str:
    """Raises BadOrder where the two ways of naming a profile name two."""
    named = options.get("profile", "")
    if behind_as and named and behind_as.lower() != named.lower():
        raise BadOrder(
            say(
                "You named two profiles, {typed} and {also_typed}. Keep one of them.",
                typed=clip(behind_as),
                also_typed=clip(named),
            )
        )
    return behind_as or named
