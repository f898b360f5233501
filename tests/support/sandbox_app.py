"""The sandbox in the test's own process, over real HTTP, with a clock that only moves when it is told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sandbox.app import make_app
from sandbox.keys import CLOCK, TENANT
from sandbox.options import Options

E1 = "18181a46-0d4e-45cd-891e-60aabd171b4e"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
EXCHANGE_1 = "4b9405b0-7788-4568-add1-99614e613b69"
FLOW_FREE = "f30db892-07e9-47e9-837c-80727f46fd3d"
EXCHANGE_S_ENTERPRISE = "efb87545-963c-4e0d-99df-69c6916d9eb0"
EXCHANGE_S_STANDARD = "9aaf7827-d63c-4b61-89c3-182f06f82e5c"
HELGA = "6f0e1d2c-0000-4000-8000-0000000000a1"
MONA = "6f0e1d2c-0000-4000-8000-0000000000a2"

JANE = {
    "accountEnabled": True,
    "displayName": "Jane Doe",
    "mailNickname": "jane",
    "userPrincipalName": "jane@contoso.com",
    "usageLocation": "US",
    "passwordProfile": {"password": "Sunny-Day-42", "forceChangePasswordNextSignIn": True},
}


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])

    @property
    def targets(self) -> list[str]:
        return [detail["target"] for detail in self.body["error"].get("details", ())]


class Sandbox:
    """Short words for what the tests say to it."""

    def __init__(self, client: TestClient[web.Request, web.Application], app: web.Application) -> None:
        self.client = client
        self.tenant = app[TENANT]
        self.clock = app[CLOCK]

    async def graph(self, method: str, path: str, json: Any = None, **headers: str) -> Reply:
        sent = {"Authorization": "Bearer test", **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with self.client.request(method, f"/v1.0{path}", json=json, headers=sent) as response:
            is_json = "json" in response.headers.get("Content-Type", "")
            body = await response.json(content_type=None) if is_json else await response.text()
            return Reply(response.status, body, response.headers)

    async def get(self, path: str, **headers: str) -> Reply:
        return await self.graph("GET", path, **headers)

    async def post(self, path: str, json: Any = None, **headers: str) -> Reply:
        return await self.graph("POST", path, json, **headers)

    async def patch(self, path: str, json: Any) -> Reply:
        return await self.graph("PATCH", path, json)

    async def batch(self, *members: dict[str, Any]) -> dict[str, Any]:
        """The responses by id."""
        reply = await self.post("/$batch", {"requests": list(members)})
        assert reply.status == 200, reply.body
        return {response["id"]: response for response in reply.body["responses"]}

    async def control(self, method: str, path: str, json: Any = None) -> Any:
        async with self.client.request(method, f"/sandbox/{path}", json=json) as response:
            body = await response.json()
            assert response.status == 200, body
            return body

    async def create(self, **changes: Any) -> str:
        """Create Jane (or somebody else), let her replicate; answers her object id."""
        reply = await self.post("/users", {**JANE, **changes})
        assert reply.status == 201, reply.body
        self.clock.advance(60)
        return str(reply.body["id"])

    async def license(
        self, name: str, *add: str, remove: tuple[str, ...] = (), disabled: tuple[str, ...] = ()
    ) -> Reply:
        added = [{"skuId": sku_id, "disabledPlans": list(disabled)} for sku_id in add]
        return await self.post(f"/users/{name}/assignLicense", {"addLicenses": added, "removeLicenses": list(remove)})


@asynccontextmanager
async def running_sandbox(
    *scenarios: str, speed: float = 0.0, seed: int = 1, limits: bool = True
) -> AsyncIterator[Sandbox]:
    app = make_app(Options(speed=speed, scenarios=scenarios, seed=seed, limits=limits))
    async with TestClient(TestServer(app)) as client:
        yield Sandbox(client, app)
