"""A bad day: 500 orders while a tenth of everything goes wrong, the bot is killed now and then, and its clock jumps.

A real bot and the real sandbox. People order in three 1:1 chats, a group and a channel; the plan of faults
(docs/faults.md) strikes Graph, the Bot Connector and what Teams brings. When all has ended, the ledger is taken from
what the sandbox saw, never from what the bot says. Usage: python bench/chaos.py [--quick] [--seed 7] [--cases 500]
[--share 0.1] [--log FOLDER]. The last line printed is one JSON object; exit code 1: a promise was broken.
"""

import argparse
import asyncio
import json
import random
import shutil
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import aiohttp
from chaos_ledger import Case, Watch, ledger
from harness import APP_ID, TENANT_ID, Server, Servers, answers, free_port, machine

OPERATORS = ("helga", "adam")  # the ledger reads English
PLACES = [(who, "personal") for who in OPERATORS] + [("helga", "group"), ("adam", "channel"), ("adam", "group")]
PERSON_ID = "6f0e1d2c-0000-4000-8000-0000000000{}"
E3 = "ENTERPRISEPACK"
TYPING_AT_ONCE = 12
PATIENCE_SECONDS = 45.0  # a person who sees no card by then types the order again
TRIES = 8
SKEWED_BOT = Path(__file__).parent / "skewed_bot.py"


@dataclass(frozen=True)
class Size:
    """`speed` is the tenant's clock; `kills` and `jumps` come between orders.

    Nothing said for `quiet_seconds` after all ended: nothing more comes. `patience` ends a run that hangs.
    """

    cases: int
    speed: int
    stall_seconds: float
    kills: int
    jumps: int
    quiet_seconds: float
    patience: float


FULL, QUICK = Size(500, 60, 30.0, 4, 2, 45.0, 3600.0), Size(6, 240, 1.0, 1, 1, 7.0, 240.0)


class Bot:
    """One bot on one port and database, which can be killed, started again, and put out of step with the time."""

    def __init__(self, servers: Servers, sandbox_port: int, port: int) -> None:
        self._servers = servers
        self.port = port
        self.kills: list[float] = []
        self.jumps = 0
        self._settings = {
            "MAILROOM_PORT": str(port),
            "MAILROOM_APP_TYPE": "Anonymous",
            "MAILROOM_APP_ID": APP_ID,
            "MAILROOM_TENANT_ID": TENANT_ID,
            "MAILROOM_GRAPH_BASE_URL": f"http://127.0.0.1:{sandbox_port}/v1.0",
            "MAILROOM_DATABASE_URL": f"sqlite:///{servers.folder / 'mailroom.db'}",
            "MAILROOM_POLL_SECONDS": "1",
            "MAILROOM_RATE_LIMIT": "1000",
            "MAILROOM_OPERATORS": ",".join(PERSON_ID.format(suffix) for suffix in ("a1", "a2", "a7")),
        }
        self.server = self._start()

    def _start(self) -> Server:
        return self._servers.start("bot", str(SKEWED_BOT), port=self.port, **self._settings)

    async def kill(self) -> None:
        self.server.popen.kill()
        self.server.popen.wait()
        self.kills.append(time.time())
        await asyncio.sleep(0.5)
        self.server = self._start()

    async def jump(self) -> None:
        """Its clock alone: two hours ahead, and the next time back."""
        if answers(f"{self.server.url}/healthz"):
            self.server.popen.send_signal(signal.SIGUSR2 if self.jumps % 2 else signal.SIGUSR1)
            self.jumps += 1


class Sandbox:
    """Its controls and its people."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self._http = http

    async def __call__(self, method: str, path: str, body: dict | None = None) -> dict:
        headers = {"Authorization": "Bearer bench"}
        async with self._http.request(method, f"{self.url}/{path}", json=body, headers=headers) as response:
            response.raise_for_status()
            return await response.json()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="6 cases, under 45 s")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cases", type=int)
    parser.add_argument("--share", type=float, default=0.1, help="of requests that go wrong")
    parser.add_argument("--log", type=Path, help="a folder for the programs' logs")
    chosen = parser.parse_args()
    size = QUICK if chosen.quick else FULL
    size = replace(size, cases=chosen.cases or size.cases)
    with Servers() as servers:
        try:
            result = asyncio.run(run(servers, size, chosen.seed, chosen.share))
        finally:
            if chosen.log:
                chosen.log.mkdir(parents=True, exist_ok=True)
                for log in servers.folder.glob("*.log"):
                    shutil.copy(log, chosen.log)
    print(json.dumps(result))
    return 0 if all(result["promises"].values()) else 1


async def run(servers: Servers, size: Size, seed: int, share: float) -> dict:
    port, bot_port = free_port(), free_port()
    flags = ("--port", str(port), "--speed", str(size.speed), "--seed", str(seed))
    where = f"http://127.0.0.1:{bot_port}/api/messages"
    server = servers.start("sandbox", "-m", "sandbox", *flags, "--bot", where, port=port)
    server.wait_ready("/")
    bot = Bot(servers, port, bot_port)
    bot.server.wait_ready("/readyz")
    async with aiohttp.ClientSession() as http:
        sandbox = Sandbox(server.url, http)
        cases = await prepared(sandbox, size.cases)
        await sandbox(
            "POST", "sandbox/faults/plan", {"seed": seed, "share": share, "stall_seconds": size.stall_seconds}
        )
        started = time.monotonic()
        watch = Watch(sandbox, cases)
        watching = asyncio.create_task(watch.run())
        try:
            async with asyncio.timeout(size.patience):
                typed = await order_all(sandbox, watch, bot, cases, size, seed)
                await end_all(sandbox, watch)
                await watch.quiet(size.quiet_seconds)
        except TimeoutError:
            typed = sum(case.typed for case in cases)
        finally:
            watching.cancel()
            watch.kills = bot.kills
        taken = await ledger(sandbox, watch, cases)
    return {
        "bench": "chaos",
        "machine": machine(),
        "seed": seed,
        "share": share,
        "seconds": round(time.monotonic() - started, 1),
        "typed": typed,
        "kills": len(bot.kills),
        "clock_jumps": bot.jumps,
        **taken,
    }


async def prepared(sandbox: Sandbox, count: int) -> list[Case]:
    """Seats for all; every fifth person has an account already."""
    await sandbox("POST", f"sandbox/subscriptions/{E3}", {"enabled": count + 100})
    cases = [Case(number, *PLACES[number % len(PLACES)]) for number in range(count)]
    for case in cases[::5]:
        account = {
            "accountEnabled": True,
            "displayName": case.name,
            "mailNickname": case.upn.partition("@")[0],
            "userPrincipalName": case.upn,
            "passwordProfile": {"password": "Sunny-Day-42"},
        }
        await sandbox("POST", "v1.0/users", account)
    await sandbox("POST", "sandbox/clock", {"advance_seconds": 120})
    return cases


async def order_all(sandbox: Sandbox, watch: Watch, bot: Bot, cases: list[Case], size: Size, seed: int) -> int:
    """All orders, a few people typing at once; kills and jumps of the clock come in between."""
    chance = random.Random(seed)
    events = [bot.kill] * size.kills + [bot.jump, bot.jump] * size.jumps
    moments = sorted(chance.sample(range(1, size.cases), len(events)))
    chance.shuffle(events)
    due = dict(zip(moments, events, strict=True))
    gate = asyncio.Semaphore(TYPING_AT_ONCE)

    async def order(number: int) -> None:
        async with gate:
            if number in due:
                await due[number]()
            await order_one(sandbox, watch, cases[number])

    await asyncio.gather(*(order(number) for number in range(len(cases))))
    return sum(case.typed for case in cases)


async def end_all(sandbox: Sandbox, watch: Watch) -> None:
    """The tenant's time passes faster: some mailboxes take hours."""
    while not await watch.have_all_ended(5.0):
        await sandbox("POST", "sandbox/clock", {"advance_seconds": 1800})


async def order_one(sandbox: Sandbox, watch: Watch, case: Case) -> None:
    """Typed again by somebody who is not answered with a card."""
    text = f'provision {case.upn} name="{case.name}" license=E3 location=US'
    text += " manager=mona@contoso.com" if case.number % 2 else ""
    mention = "" if case.conversation == "personal" else "@Mailroom "
    while case.typed < TRIES:
        body = {"as": case.who, "conversation": case.conversation, "text": mention + text}
        said = await sandbox("POST", "chat/messages", body)
        was_brought = said["delivery"] == "sent"  # else there is no bot just now
        case.typed += was_brought
        if await watch.has_card(case, PATIENCE_SECONDS if was_brought else 1.0):
            return


if __name__ == "__main__":
    raise SystemExit(main())
