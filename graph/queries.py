"""The questions with a $filter or $search: who holds an address, who could be meant, what the audit log says.

All are advanced queries (learn.microsoft.com/graph/aad-advanced-queries): $count and ConsistencyLevel go with them.
Whatever a person typed is quoted here and nowhere else.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient

from graph.requests import DELETED_PROPERTIES
from provisioning.recipients import HolderKind

MOST_CLAUSES = 15  # "Too many child clauses specified in search filter expression containing 'OR' operators"
MOST_FOUND = 25
AUDIT_ENTRIES = 50

PERSON_PROPERTIES = [
    "id",
    "displayName",
    "givenName",
    "surname",
    "userPrincipalName",
    "mail",
    "mailNickname",
    "proxyAddresses",
]
HOLDER_PROPERTIES = ["id", "displayName", "mail", "proxyAddresses", "onPremisesSyncEnabled"]
USER_HOLDER_PROPERTIES = [*HOLDER_PROPERTIES, "userPrincipalName", "mailNickname"]


def quoted(text: str) -> str:
    """An OData string: the quotation mark inside is doubled."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def holders(api: GraphServiceClient, kind: HolderKind, addresses: Sequence[str]) -> list[RequestInformation]:
    """Who has one of the addresses, in as few requests as the limit on clauses allows."""
    if kind is HolderKind.USER:
        return users_called(api, addresses, USER_HOLDER_PROPERTIES)
    collection = api.groups if kind is HolderKind.GROUP else api.contacts
    filters = _filters([_holds(one) for one in addresses])
    return [_advanced(collection, filter=each, select=HOLDER_PROPERTIES) for each in filters]


def users_with(api: GraphServiceClient, address: str, properties: Sequence[str]) -> RequestInformation:
    """Users who have the address as mail or proxy address."""
    return _advanced(api.users, filter=" or ".join(_holds(address)), select=properties)


def users_called(
    api: GraphServiceClient, addresses: Sequence[str], properties: Sequence[str]
) -> list[RequestInformation]:
    """Users who have one of the addresses as sign-in name, mail or proxy address."""
    filters = _filters([[*_holds(one), f"userPrincipalName eq {quoted(one)}"] for one in addresses])
    return [_advanced(api.users, filter=each, select=properties) for each in filters]


def users_named(api: GraphServiceClient, upns: Sequence[str], properties: Sequence[str]) -> list[RequestInformation]:
    filters = _filters([[f"userPrincipalName eq {quoted(one)}"] for one in upns])
    return [_advanced(api.users, filter=each, select=properties) for each in filters]


def deleted_named(api: GraphServiceClient, upns: Sequence[str]) -> list[RequestInformation]:
    """Deleted users whose sign-in name was one of these, or ends in it."""
    filters = _filters([[f"endsWith(userPrincipalName,{quoted(one)})"] for one in upns])
    users = api.directory.deleted_items.graph_user
    return [_advanced(users, filter=each, select=DELETED_PROPERTIES) for each in filters]


def deleted_with(api: GraphServiceClient, addresses: Sequence[str]) -> list[RequestInformation]:
    """Deleted users who had one of the addresses: Entra puts the object id in front of their sign-in names."""
    filters = _filters([[*_holds(one), f"endsWith(userPrincipalName,{quoted(one)})"] for one in addresses])
    users = api.directory.deleted_items.graph_user
    return [_advanced(users, filter=each, select=DELETED_PROPERTIES) for each in filters]


def deleted_by_id(api: GraphServiceClient, deleted_id: str) -> RequestInformation:
    users = api.directory.deleted_items.graph_user
    return _advanced(users, filter=f"id eq {quoted(deleted_id)}", select=DELETED_PROPERTIES)


def people_by_alias(api: GraphServiceClient, alias: str) -> RequestInformation:
    return _advanced(api.users, filter=" or ".join(_alias(alias)), select=PERSON_PROPERTIES, top=MOST_FOUND)


def people_by_name(api: GraphServiceClient, words: Sequence[str]) -> RequestInformation:
    return _advanced(api.users, filter=_named(words), select=PERSON_PROPERTIES, top=MOST_FOUND)


def people_by_words(api: GraphServiceClient, words: Sequence[str]) -> RequestInformation:
    """Words anywhere in the display name: $search compares words, startswith only beginnings.

    learn.microsoft.com/graph/search-query-parameter: a clause stands in double quotes, and these are escaped in it.
    """
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    search = " AND ".join(f'"displayName:{word}"' for word in escaped)
    return _advanced(api.users, search=search, select=PERSON_PROPERTIES, top=MOST_FOUND)


def deleted_people(api: GraphServiceClient, words: Sequence[str]) -> RequestInformation:
    alias = " or ".join([f"mailNickname eq {quoted(words[0])}", f"startswith(mail,{quoted(words[0] + '@')})"])
    either = f"{alias} or ({_named(words)})" if len(words) == 1 else _named(words)
    users = api.directory.deleted_items.graph_user
    return _advanced(users, filter=either, select=[*DELETED_PROPERTIES, *PERSON_PROPERTIES[2:4], "mailNickname"])


def group_members(api: GraphServiceClient, group_id: str, most: int) -> RequestInformation:
    """Users in a group, transitively: an OData cast, which is an advanced query as well.

    learn.microsoft.com/graph/api/group-list-transitivemembers
    """
    users = api.groups.by_group_id(group_id).transitive_members.graph_user
    return _advanced(users, select=["id", "displayName"], top=most)


def license_changes(api: GraphServiceClient, account_id: str) -> RequestInformation:
    """What the audit log kept (7 or 30 days) about the licenses of a user."""
    audits = api.audit_logs.directory_audits
    parameters = type(audits).DirectoryAuditsRequestBuilderGetQueryParameters(
        filter=f"activityDisplayName eq 'Change user license' and targetResources/any(t:t/id eq {quoted(account_id)})",
        top=AUDIT_ENTRIES,
    )
    return audits.to_get_request_information(RequestConfiguration(query_parameters=parameters))


def _holds(address: str) -> list[str]:
    return [f"proxyAddresses/any(p:p eq {quoted('smtp:' + address)})", f"mail eq {quoted(address)}"]


def _alias(alias: str) -> list[str]:
    start = quoted(f"{alias}@")
    return [
        f"mailNickname eq {quoted(alias)}",
        f"startswith(userPrincipalName,{start})",
        f"startswith(mail,{start})",
        f"proxyAddresses/any(p:startswith(p,{quoted(f'smtp:{alias}@')}))",
    ]


def _named(words: Sequence[str]) -> str:
    """Every word begins one of the names, or all together the display name."""
    names = ("displayName", "givenName", "surname")
    each = (" or ".join(f"startswith({name},{quoted(word)})" for name in names) for word in words)
    every = " and ".join(f"({clauses})" for clauses in each)
    return f"{every} or startswith(displayName,{quoted(' '.join(words))})" if len(words) > 1 else every


def _filters(clauses: Sequence[Sequence[str]]) -> Iterator[str]:
    """Joined with `or`, never more than Graph takes in one."""
    flat = list(itertools.chain.from_iterable(clauses))
    return (" or ".join(flat[start : start + MOST_CLAUSES]) for start in range(0, len(flat), MOST_CLAUSES))


def _advanced(collection: Any, **options: Any) -> RequestInformation:
    """The query parameters of a collection are a class inside its builder, called after it."""
    builder = type(collection)
    parameters = getattr(builder, f"{builder.__name__}GetQueryParameters")(count=True, **options)
    headers = HeadersCollection()
    headers.add("ConsistencyLevel", "eventual")
    return collection.to_get_request_information(RequestConfiguration(query_parameters=parameters, headers=headers))
