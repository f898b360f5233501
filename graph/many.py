"""What a list of orders needs to know before it starts, in as few `$batch` as it takes: 20 requests in each.

Everybody is found by filters, five people to a request: that is the index, which may lag behind the directory by
seconds. Each order looks itself before it makes anything.
"""

from collections.abc import Iterable, Iterator, Sequence

from graph import parts, queries, reading, requests, surroundings
from graph.answers import Answer
from graph.client import GraphClient
from graph.errors import body_of
from graph.protection import Protection, refusals
from graph.values import objects
from provisioning.addresses import smtp_addresses
from provisioning.directory import Account, DeletedAccount, Lookups


async def look_up_many(
    client: GraphClient, protection: Protection, upns: Sequence[str], managers: Sequence[str]
) -> Lookups:
    api = client.api
    asked = [
        [requests.organization(api)],
        [requests.skus(api)],
        queries.users_called(api, upns, requests.ACCOUNT_PROPERTIES),
        queries.deleted_named(api, upns),
        queries.users_named(api, managers, requests.ACCOUNT_PROPERTIES),
    ]
    answers = iter(await client.batch([request for group in asked for request in group]))
    tenant, skus, users, deleted, bosses = [[next(answers) for _ in group] for group in asked]
    accounts = dict(_by_address(upns, list(_accounts(users))))
    return Lookups(
        organization=reading.organization(body_of(tenant[0])),
        skus=reading.skus(body_of(skus[0])),
        accounts=accounts,
        deleted=_by_former_name(upns, deleted),
        managers={account.upn.lower(): account for account in _accounts(bosses)},
        refusals=await refusals(client, protection, {one.id: one.display_name or one.upn for one in accounts.values()}),
    )


def _accounts(answers: Iterable[Answer]) -> Iterator[Account]:
    return (reading.account(item) for answer in answers for item in objects(body_of(answer).get("value")))


def _by_address(upns: Sequence[str], found: Sequence[Account]) -> Iterator[tuple[str, Account]]:
    """Whose sign-in name it is; else the only one who has the address."""
    by_upn = {account.upn.lower(): account for account in found}
    by_address: dict[str, dict[str, Account]] = {}
    for account in found:
        for address in (account.mail.lower(), *smtp_addresses(account.proxy_addresses)):
            by_address.setdefault(address, {})[account.id] = account
    for upn in map(str.lower, upns):
        account_or_none = by_upn.get(upn) or parts.only_user(upn, list(by_address.get(upn, {}).values()))
        if account_or_none:
            yield upn, account_or_none


def _by_former_name(upns: Sequence[str], answers: Iterable[Answer]) -> dict[str, DeletedAccount]:
    """The newest of each name."""
    wanted = {upn.lower() for upn in upns}
    bodies = (body_of(answer) for answer in answers)
    found = surroundings.newest_first(
        surroundings.deleted_account(item) for body in bodies for item in objects(body.get("value"))
    )
    return {one.upn.lower(): one for one in reversed(found) if one.upn.lower() in wanted}
