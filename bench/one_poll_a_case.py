"""The plain way to wait: a task for each case, which sleeps, asks Graph for its mailbox alone, and sleeps again.

What bench/load.py measures Mailroom's watcher against. It asks through the same client at the same spacing, and it
is spared everything else: it keeps no row, shows no card and explains nothing.
Usage: python bench/one_poll_a_case.py GRAPH_URL AGES CASES POLL_SECONDS PORT. `/` answers once all tasks run.
"""

import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from aiohttp import web
from waiting_cases import MIXED, OLD, YOUNG, account_id

from graph import requests
from graph.client import GraphClient, open_client
from graph.credentials import StaticCredential
from provisioning.errors import GraphError
from provisioning.waiting import spacing


async def main(graph_url: str, ages: str, count: str, poll_seconds: str, port: str) -> None:
    chosen = next(one for one in (OLD, MIXED, YOUNG) if one.name == ages)
    async with open_client(graph_url, StaticCredential()) as client:
        waits = [
            asyncio.create_task(wait_for(client, account_id(number), spacing(age, float(poll_seconds), str(number))))
            for number, age in enumerate(chosen.of(int(count)))
        ]
        app = web.Application()
        app.router.add_get("/", lambda _: web.Response(text="ok"))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(port)).start()
        await asyncio.gather(*waits)
        await asyncio.Event().wait()


async def wait_for(client: GraphClient, user: str, every: timedelta) -> None:
    await asyncio.sleep(every.total_seconds() * random.random())
    while True:
        try:
            await client.ask(requests.mailbox(client.api, user))
            return
        except GraphError:
            await asyncio.sleep(every.total_seconds())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
