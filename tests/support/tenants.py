"""Tenants that the contract suite runs over: one in memory, the sandbox over HTTP, and a real one if it is named.

A real tenant is used when MAILROOM_TEST_GRAPH_TENANT is set, with MAILROOM_TEST_GRAPH_APP_ID and
MAILROOM_TEST_GRAPH_PASSWORD (an app with the permissions of graph/permissions.py), MAILROOM_TEST_GRAPH_PERSON (the
UPN of somebody with a mailbox), MAILROOM_TEST_GRAPH_ALIAS (another address of that person),
MAILROOM_TEST_GRAPH_GROUP (the id of a group with that person in it) and MAILROOM_TEST_GRAPH_ADMIN (the id of somebody
with a directory role, who is not changed). Accounts that the tests make there are deleted
again; they stay in its recycle bin for 30 days.
"""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from support.contoso import ADAM, BUSINESS_PREMIUM
from support.fake_directory import FakeDirectory

from graph.client import GraphClient, open_client
from graph.credentials import StaticCredential, credential_for
from graph.directory import GraphDirectory
from graph.protection import Protection
from provisioning.directory import Sku
from provisioning.follow_ups import Group
from provisioning.ports import Directory
from provisioning.recipients import AddressHolder, HolderKind

REAL = "MAILROOM_TEST_GRAPH_"
GRAPH = "https://graph.microsoft.com/v1.0"
REPLICATION_SECONDS = 300


class Tenant:
    """What the suite needs beside the Directory itself. `person` has a mailbox, `alias`, and is in `group`."""

    directory: Directory
    domain = "contoso.com"
    person = "helga@contoso.com"
    alias = "helga@contoso.onmicrosoft.com"
    group = ""
    admin = ""  # holds a directory role
    audits_are_prompt = True

    def new_upn(self, name: str = "jane") -> str:
        return f"{name}-{uuid.uuid4().hex[:8]}@{self.domain}"

    async def settle(self) -> None:
        """Until what was written is seen everywhere."""

    async def make_ready(self, account_id: str) -> None:
        """The mailbox of the account is there now."""
        pytest.skip("mailboxes take their time in a real tenant")

    async def delete(self, account_id: str) -> None:
        """Into the recycle bin."""
        raise NotImplementedError

    async def add_contact(self, name: str, address: str) -> None:
        """A mail contact that has the address."""
        pytest.skip("Graph cannot make contacts")

    def protecting(self, *ids: str) -> Directory:
        """The same directory, with settings that protect these people, groups or deleted users."""
        raise NotImplementedError

    async def licensing_group(self) -> str:
        """A group with `person` in it that may give licenses."""
        return self.group or pytest.skip("no group is named for this tenant")

    async def distribution_list(self) -> str:
        """The id of a group that only Exchange can write."""
        pytest.skip("no distribution list is named for this tenant")

    async def full_sku(self) -> Sku:
        """A license with a mailbox and without a free seat."""
        skus = (await self.directory.look_up(self.person)).skus
        full = next((sku for sku in skus if sku.mailbox_plans and not sku.free), None)
        return full or pytest.skip("every license of this tenant has free seats")


class FakeTenant(Tenant):
    group = "11111111-0000-4000-8000-000000000001"
    admin = ADAM.id

    def __init__(self) -> None:
        self.fake = FakeDirectory()
        self.directory = self.fake
        helga = next(account for account in self.fake.accounts.values() if account.upn == self.person)
        self.fake.groups[self.group] = {helga.id}
        full = replace(BUSINESS_PREMIUM, id="22222222-0000-4000-8000-000000000001", enabled=2, consumed=2)
        self.fake.skus[full.id] = full

    def protecting(self, *ids: str) -> Directory:
        self.fake.protected = set(ids)
        return self.fake

    async def make_ready(self, account_id: str) -> None:
        self.fake.make_ready(account_id)

    async def delete(self, account_id: str) -> None:
        self.fake.delete(account_id)

    async def distribution_list(self) -> str:
        self.fake.known_groups["news"] = Group("news", "News", "news@contoso.com", is_mail_enabled=True)
        return "news"

    async def add_contact(self, name: str, address: str) -> None:
        self.fake.holders.append(AddressHolder("c1", HolderKind.CONTACT, name, proxy_addresses=(f"SMTP:{address}",)))


class GraphTenant(Tenant):
    def __init__(self, client: GraphClient) -> None:
        self.client = client
        self.directory = GraphDirectory(client)

    def protecting(self, *ids: str) -> Directory:
        return GraphDirectory(self.client, Protection(ids))

    async def delete(self, account_id: str) -> None:
        await self.client.send(self.client.api.users.by_user_id(account_id).to_delete_request_information())
        await self.settle()


class SandboxTenant(GraphTenant):
    admin = "6f0e1d2c-0000-4000-8000-0000000000a7"

    def __init__(self, client: GraphClient, root: str, http: aiohttp.ClientSession, sandbox: Any) -> None:
        super().__init__(client)
        self.sandbox = sandbox
        self._root = root
        self._http = http

    async def settle(self) -> None:
        await self._control("clock", {"advance_seconds": REPLICATION_SECONDS})

    async def make_ready(self, account_id: str) -> None:
        await self._control(f"users/{account_id}/mailbox", {"ready": True})

    async def distribution_list(self) -> str:
        from sandbox.people import SALES_NEWS

        await self._control("scenarios", {"name": "groups"})
        return SALES_NEWS

    async def add_contact(self, name: str, address: str) -> None:
        from sandbox.tenant.organization import Contact

        self.sandbox.contacts["c1"] = Contact("c1", name, address, (f"SMTP:{address}",))

    async def fault(self, **rule: object) -> None:
        await self._control("faults", rule)

    async def withhold(self, *permissions: str) -> None:
        """From now on the app lacks these and no others."""
        await self._control("permissions", {"withheld": permissions}, "PUT")

    async def _control(self, path: str, body: dict[str, object], method: str = "POST") -> None:
        async with self._http.request(method, f"{self._root}/sandbox/{path}", json=body) as response:
            assert response.status == 200, await response.text()


class RealTenant(GraphTenant):
    """Notes the accounts that appear, to delete them in the end."""

    audits_are_prompt = False

    def __init__(self, client: GraphClient) -> None:
        super().__init__(client)
        self.person = os.environ[REAL + "PERSON"]
        self.alias = os.environ.get(REAL + "ALIAS", "")
        self.group = os.environ.get(REAL + "GROUP", "")
        self.admin = os.environ.get(REAL + "ADMIN", "")
        self.domain = self.person.partition("@")[2]
        self._made: list[str] = []

    def new_upn(self, name: str = "jane") -> str:
        self._made.append(super().new_upn(f"mailroom-test-{name}"))
        return self._made[-1]

    async def settle(self) -> None:
        await asyncio.sleep(20)

    async def licensing_group(self) -> str:
        pytest.skip("the licenses of a real group are nothing to play with")

    async def tidy(self) -> None:
        for upn in self._made:
            account = await self.directory.get_account(upn)
            if account is not None:
                await self.client.send(self.client.api.users.by_user_id(account.id).to_delete_request_information())


@asynccontextmanager
async def sandbox_tenant() -> AsyncIterator[SandboxTenant]:
    # Imported here: whoever uses the fake alone needs no sandbox.
    from sandbox.app import make_app
    from sandbox.keys import TENANT
    from sandbox.options import Options

    app = make_app(Options(speed=1))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    root = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as http, open_client(f"{root}/v1.0", StaticCredential()) as client:
        tenant = SandboxTenant(client, root, http, app[TENANT])
        async with http.get(f"{client.base_url}/groups", headers={"Authorization": "Bearer test"}) as response:
            groups = (await response.json())["value"]
        tenant.group = next(group["id"] for group in groups if group["displayName"] == "Mailroom Operators")
        yield tenant
    await runner.cleanup()


@asynccontextmanager
async def real_tenant() -> AsyncIterator[RealTenant]:
    tenant_id = os.environ.get(REAL + "TENANT", "")
    if not tenant_id:
        pytest.skip(f"no real tenant: set {REAL}TENANT (and the settings in tests/support/tenants.py) to use one")
    app_id, password = os.environ[REAL + "APP_ID"], os.environ[REAL + "PASSWORD"]
    async with open_client(GRAPH, credential_for("SingleTenant", tenant_id, app_id, password, GRAPH)) as client:
        tenant = RealTenant(client)
        try:
            yield tenant
        finally:
            await tenant.tidy()


@asynccontextmanager
async def fake_tenant() -> AsyncIterator[FakeTenant]:
    yield FakeTenant()


TENANTS = {"fake": fake_tenant, "sandbox": sandbox_tenant, "real": real_tenant}
