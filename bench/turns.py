"""Activities a second and CPU milliseconds an activity: Mailroom on both SDKs, beside other ways to answer its card.

Usage: python bench/turns.py [--quick]. The last line printed is one JSON object. bench/README.md explains it.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generator import activity
from harness import APP_ID, HELGA, ROOT, TENANT_ID, Server, Servers, bench_python, free_port, machine

CONCURRENCY = 16
ORDERS = 6  # the seats that are free in the simulated tenant


@dataclass(frozen=True)
class Case:
    """One way to answer, and how many activities a round of it has."""

    name: str
    server: Server
    text: str
    count: int
    new_chats: bool = True  # Teams limits what is sent to one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller rounds, under 45 s")
    quick = parser.parse_args().quick
    agents_python = bench_python()
    with Servers() as servers:
        services = start_services(servers)
        bot, sandbox = start_mailroom(servers, services, "botbuilder", sys.executable)
        on_agents, _ = start_mailroom(servers, services, "agents", agents_python)
        load = Load(services)
        card = keep_help_card(load, services, bot, servers.folder)
        peers = start_peers(servers, services, card, agents_python)
        for server in (bot, on_agents, *peers.values()):
            load.be_refused(server)
        orders = measure_orders(load, bot)
        measure_orders(load, on_agents)
        cases = [*mailroom_cases(bot, quick), *agents_cases(on_agents, quick), *peer_cases(peers, quick)]
        rounds = measure(load, cases, 2 if quick else 7)
        print(json.dumps(figures(rounds, orders, bot, on_agents, card, sandbox)))


def start_services(servers: Servers) -> Server:
    port = free_port()
    services = servers.start("services", str(ROOT / "bench/services.py"), str(port), port=port)
    services.wait_ready("/counters")
    return services


def start_mailroom(servers: Servers, services: Server, stack: str, python: str) -> tuple[Server, Server]:
    """The real bot with its token check on, the simulated Graph behind it. Each SDK has a Python of its own."""
    port = free_port()
    sandbox = servers.sandbox(port, "mailbox-never-ready")  # what is open stays open
    bot = servers.start(
        f"bot-{stack}",
        "-m",
        "bot",
        port=port,
        python=python,
        MAILROOM_STACK=stack,
        MAILROOM_PORT=str(port),
        MAILROOM_APP_TYPE="SingleTenant",
        MAILROOM_APP_ID=APP_ID,
        MAILROOM_APP_PASSWORD="bench",
        MAILROOM_TENANT_ID=TENANT_ID,
        MAILROOM_OPERATORS=HELGA,
        MAILROOM_OPENID_METADATA_URL=f"{services.url}/openid",
        MAILROOM_LOGIN_URL=services.url,
        MAILROOM_GRAPH_BASE_URL=f"{sandbox.url}/v1.0",
        MAILROOM_DATABASE_URL=f"sqlite:///{servers.folder / f'{stack}.db'}",
        MAILROOM_POLL_SECONDS="3600",  # no checks of mailboxes between the turns
        MAILROOM_RATE_LIMIT="1000000",  # one person sends them all
        MAILROOM_TEAMS_RATE="1000000",  # how fast the bot could be, not how fast Teams lets it
    )
    bot.wait_ready("/readyz")
    return bot, sandbox


def start_peers(servers: Servers, services: Server, card: Path, agents_python: str) -> dict[str, Server]:
    pythons = {"stock": sys.executable, "agents": agents_python, "floor": sys.executable}
    peers = {}
    for name, python in pythons.items():
        port = free_port()
        script = str(ROOT / "bench" / "peers" / f"{name}.py")
        argv = (script, str(port), services.url, APP_ID, str(card))
        peers[name] = servers.start(name, *argv, port=port, python=python)
    for peer in peers.values():
        peer.wait_ready("/readyz")
    return peers


class Load:
    """Runs the load generator against one server at a time."""

    def __init__(self, services: Server) -> None:
        self._services = services
        self._token = fetch(f"{services.url}/inbound-token?app_id={APP_ID}")["token"]

    def be_refused(self, server: Server) -> None:
        """Everybody must really check the token: one with a broken signature is not let in."""
        broken = self._token[:-8] + ("A" * 8 if not self._token.endswith("A" * 8) else "B" * 8)
        body = json.dumps(activity("help", "a:bench", APP_ID, f"{self._services.url}/connector")).encode()
        headers = {"Authorization": f"Bearer {broken}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{server.url}/api/messages", body, headers)
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return
        raise SystemExit(f"{server.name} accepted a forged token")

    def run(self, server: Server, texts: list[str], new_chats: bool = True) -> dict[str, float]:
        """The generator's figures and the CPU that the server spent meanwhile."""
        job = {
            "url": f"{server.url}/api/messages",
            "counters_url": f"{self._services.url}/counters",
            "service_url": f"{self._services.url}/connector",
            "app_id": APP_ID,
            "token": self._token,
            "texts": texts,
            "concurrency": CONCURRENCY,
            "new_chats": new_chats,
        }
        before = server.cpu_seconds()
        done = subprocess.run(
            [sys.executable, str(ROOT / "bench/generator.py")], input=json.dumps(job), capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"{server.name}: {done.stderr}\n{server.log.read_text()[-3000:]}")
        result = json.loads(done.stdout)
        cpu = server.cpu_seconds() - before
        return {
            "per_second": result["count"] / result["seconds"],
            "cpu_ms": cpu * 1000 / result["count"],
            "p50_ms": result["p50_ms"],
            "p99_ms": result["p99_ms"],
        }


def keep_help_card(load: Load, services: Server, bot: Server, folder: Path) -> Path:
    """Mailroom's own help card, which every peer is then given to answer."""
    load.run(bot, ["help"])
    path = folder / "card.json"
    path.write_text(json.dumps(fetch(f"{services.url}/last-card")))
    return path


def mailroom_cases(bot: Server, quick: bool) -> list[Case]:
    """`status <upn>` puts the live card into a chat through the outbox, so each goes to a chat of its own."""
    count = 200 if quick else 600
    return [
        Case("mailroom_help", bot, "help", count),
        Case("mailroom_status", bot, "status", count),
        Case("mailroom_status_of_one", bot, f"status {upn(0)}", count // 3, new_chats=True),
        Case("mailroom_provision_form", bot, "provision not.yet@contoso.com", count // 3),
    ]


def agents_cases(bot: Server, quick: bool) -> list[Case]:
    """The same bot on the other SDK. What reaches Graph or the outbox costs most there, so the first says most."""
    count = 120 if quick else 600
    return [
        Case("mailroom_on_agents_help", bot, "help", count),
        Case("mailroom_on_agents_status", bot, "status", count),
    ]


def peer_cases(peers: dict[str, Server], quick: bool) -> list[Case]:
    share = 1 if quick else 3
    return [
        Case("stock", peers["stock"], "help", 60 * share),
        Case("agents", peers["agents"], "help", 150 * share),
        Case("floor", peers["floor"], "help", 600 * share),
    ]


def upn(number: int) -> str:
    return f"bench-{number}@contoso.com"


def measure_orders(load: Load, bot: Server) -> dict[str, float]:
    """Complete orders, until each has its first card and then until all cases wait for their mailboxes."""
    texts = [f'provision {upn(number)} name="Bench {number}" license=E3 location=US' for number in range(ORDERS)]
    before = bot.cpu_seconds()
    turns = load.run(bot, texts, new_chats=True)
    deadline = time.monotonic() + 60
    while waiting(bot) < ORDERS:
        if time.monotonic() > deadline:
            raise SystemExit(f"not every order came to wait:\n{bot.log.read_text()[-3000:]}")
        time.sleep(0.2)
    return {**turns, "cpu_ms_until_waiting": (bot.cpu_seconds() - before) * 1000 / ORDERS}


def measure(load: Load, cases: list[Case], rounds: int) -> dict[str, list[dict[str, float]]]:
    """Interleaved rounds, so that whatever else the machine does hits every case alike."""
    for case in cases:
        load.run(case.server, [case.text] * 20, case.new_chats)
    results: dict[str, list[dict[str, float]]] = {case.name: [] for case in cases}
    for number in range(rounds):
        for case in cases:
            results[case.name].append(load.run(case.server, [case.text] * case.count, case.new_chats))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return results


def figures(
    rounds: dict[str, list[dict[str, float]]],
    orders: dict[str, float],
    bot: Server,
    on_agents: Server,
    card: Path,
    sandbox: Server,
) -> dict:
    medians = {
        name: {key: round(statistics.median(each[key] for each in results), 3) for key in results[0]}
        for name, results in rounds.items()
    }
    help_cpu = medians["mailroom_help"]["cpu_ms"]
    return {
        "bench": "turns",
        "machine": machine(),
        "card_bytes": card.stat().st_size,
        "concurrency": CONCURRENCY,
        "rounds": len(next(iter(rounds.values()))),
        "cases": {**medians, "mailroom_provision_order": {key: round(value, 3) for key, value in orders.items()}},
        "help_cpu_share": {peer: round(help_cpu / medians[peer]["cpu_ms"], 3) for peer in ("stock", "agents", "floor")},
        "on_agents_cpu_share": {
            text: round(medians[f"mailroom_on_agents_{text}"]["cpu_ms"] / medians[f"mailroom_{text}"]["cpu_ms"], 3)
            for text in ("help", "status")
        },
        "goals": {
            "help at most a quarter of stock": help_cpu <= medians["stock"]["cpu_ms"] / 4,
            "help less than agents": help_cpu < medians["agents"]["cpu_ms"],
        },
        "bot_rss_mb": round(bot.rss_mb(), 1),
        "on_agents_rss_mb": round(on_agents.rss_mb(), 1),
        "sandbox_rss_mb": round(sandbox.rss_mb(), 1),
    }


def waiting(bot: Server) -> float:
    """How many cases wait for their mailboxes."""
    lines = fetch_text(f"{bot.url}/metrics").splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(r'mailroom_cases{.*state="waiting"', line))


def fetch(url: str) -> dict:
    return json.loads(fetch_text(url))


def fetch_text(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read().decode()


if __name__ == "__main__":
    main()
