"""The first answer must not import the SDK's models: they are some 1,200 modules, 2 seconds and 35 MB."""

import asyncio
import json
import sys

from support.graph_app import Reply, ScriptedGraph
from support.processes import ROOT, clean_env

SCRIPT = """
import asyncio, json, sys
from graph.client import open_client
from graph.credentials import StaticCredential
from graph.directory import GraphDirectory
from provisioning.case import Order

async def main(base_url):
    async with open_client(base_url, StaticCredential()) as client:
        directory = GraphDirectory(client)
        await directory.look_up("jane@contoso.com", "mona@contoso.com")
        looked_up = len(sys.modules)
        await directory.create_account(Order("jane@contoso.com", "Jane", "US"), "password")
        await directory.assign_license("1", "sku")
        await directory.take_snapshot("1")
        await directory.create_access_pass("1", 60)
    models = [name for name in sys.modules if name.startswith("msgraph.generated.models.")]
    print(json.dumps({"looked_up": looked_up, "all": len(sys.modules), "models": models}))

asyncio.run(main(sys.argv[1]))
"""


async def test_no_models_are_imported():
    async with ScriptedGraph() as graph:
        graph.on("GET", "/organization", Reply(200, {"value": [{"id": "t"}]}))
        graph.on("GET", "/subscribedSkus", Reply(200, {"value": []}))
        graph.on("GET", "/directory/deletedItems/graph.user", Reply(200, {"value": []}))
        graph.on("POST", "/users", Reply(201, {"id": "1"}))
        graph.on("POST", "/users/1/assignLicense", Reply(200, {"id": "1"}))
        graph.on(
            "POST", "/users/1/authentication/temporaryAccessPassMethods", Reply(201, {"temporaryAccessPass": "secret"})
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SCRIPT, graph.base_url, cwd=ROOT, env=clean_env(), stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
    counted = json.loads(printed)
    assert counted["models"] == []
    assert counted["looked_up"] < 900
    assert counted["all"] < 950
