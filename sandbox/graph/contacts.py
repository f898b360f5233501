"""/contacts: mail contacts of the organization (orgContact), read only."""

from sandbox.failures import not_found
from sandbox.graph.calls import Answer, Call, Json, route
from sandbox.graph.odata import context, filtered, page, selected
from sandbox.tenant.organization import Contact

PROPERTIES = (
    "id",
    "companyName",
    "department",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mailNickname",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSyncEnabled",
    "proxyAddresses",
    "serviceProvisioningErrors",
    "surname",
)
_CANONICAL = {name.lower(): name for name in PROPERTIES}


@route("GET", "contacts")
def list_contacts(call: Call) -> Answer:
    names = selected(call, _CANONICAL, PROPERTIES, "orgContact")
    condition = filtered(call, _CANONICAL, "orgContact")
    contacts = [
        one for one in call.tenant.contacts.values() if condition is None or condition.test(contact_view(one).get)
    ]
    return Answer(body=page(call, contacts, lambda one: _chosen(one, names), "contacts"))


@route("GET", "contacts/{contact}")
def getcontact_view(call: Call) -> Answer:
    names = selected(call, _CANONICAL, PROPERTIES, "orgContact")
    found = call.tenant.contacts.get(call.params["contact"].lower())
    if found is None:
        raise not_found(call.params["contact"])
    return Answer(body={"@odata.context": context(call, "contacts"), **_chosen(found, names)})


def _chosen(contact: Contact, names: tuple[str, ...]) -> Json:
    values = contact_view(contact)
    return {name: values[name] for name in names}


def contact_view(contact: Contact) -> Json:
    given, _, surname = contact.name.partition(" ")
    values: Json = dict.fromkeys(PROPERTIES)
    return {
        **values,
        "id": contact.id,
        "displayName": contact.name,
        "givenName": given or None,
        "surname": surname or None,
        "mail": contact.mail or None,
        "mailNickname": contact.mail.partition("@")[0] or None,
        "onPremisesProvisioningErrors": [],
        "onPremisesSyncEnabled": contact.synced or None,
        "proxyAddresses": list(contact.proxy_addresses),
        "serviceProvisioningErrors": [],
    }
