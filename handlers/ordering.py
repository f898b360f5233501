"""What can be ordered for a person, by the words that are typed for it; of one order, and of each line of a list."""

from handlers.grammar import Command, address_of, check_address, options_of
from provisioning.orders import OrderRequest

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
}


def order_request(typed: Command) -> OrderRequest:
    """What was typed, as one line of a list as well. Raises BadOrder."""
    upn = address_of(typed)
    options = options_of(typed, OPTIONS)
    return OrderRequest(
        upn=upn,
        display_name=options.get("name", typed.label),
        usage_location=options.get("location", ""),
        license=options.get("license", ""),
        manager=check_address(options["manager"]) if "manager" in options else "",
        department=options.get("department", ""),
    )
