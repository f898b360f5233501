"""How long `python -m bot` takes until it is ready, and the memory it then holds.

Cold is the first start ever: no bytecode, no database. Warm is every later one. After the start one order is sent
that needs a look at Graph and a card, and the memory is read once more.
Usage: python bench/start.py [--quick] [--stack agents]. The last line printed is one JSON object; see bench/README.md.
"""

import argparse
import json
import shutil
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from generator import activity
from harness import APP_ID, ROOT, TENANT_ID, Server, Servers, bench_python, free_port, machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer starts, under 45 s")
    parser.add_argument("--stack", choices=("botbuilder", "agents"), default="botbuilder", help="MAILROOM_STACK")
    arguments = parser.parse_args()
    quick, stack = arguments.quick, arguments.stack
    python = bench_python() if stack == "agents" else sys.executable
    with Servers() as servers:
        port = free_port()
        services = servers.start("services", str(ROOT / "bench/services.py"), str(free := free_port()), port=free)
        services.wait_ready("/counters")
        sandbox = servers.sandbox(port)

        def start() -> dict[str, float]:
            return one_start(servers, port, sandbox, services, stack, python)

        cold = repeat(1 if quick else 5, start, lambda: forget(servers.folder))
        warm = repeat(3 if quick else 11, start, lambda: None)
        print(json.dumps({"stack": stack, **figures(cold, warm)}))


def one_start(
    servers: Servers, port: int, sandbox: Server, services: Server, stack: str, python: str
) -> dict[str, float]:
    bot = servers.start(
        "bot",
        "-m",
        "bot",
        port=port,
        python=python,
        MAILROOM_STACK=stack,
        PYTHONPYCACHEPREFIX=str(servers.folder / "bytecode"),
        MAILROOM_PORT=str(port),
        MAILROOM_APP_TYPE="Anonymous",
        MAILROOM_APP_ID=APP_ID,
        MAILROOM_TENANT_ID=TENANT_ID,
        MAILROOM_GRAPH_BASE_URL=f"{sandbox.url}/v1.0",
        MAILROOM_DATABASE_URL=f"sqlite:///{servers.folder / 'mailroom.db'}",
    )
    ready = bot.wait_ready("/readyz")
    rss_ready = bot.rss_mb()
    first = first_answer(bot, services)
    result = {
        "ready_s": ready,
        "cpu_s": bot.cpu_seconds(),
        "rss_ready_mb": rss_ready,
        "first_answer_ms": first * 1000,
        "rss_after_answer_mb": bot.rss_mb(),
    }
    bot.stop()
    return result


def first_answer(bot: Server, services: Server) -> float:
    """Seconds until an order that must be looked up in Graph has its card."""
    wanted = posts(services) + 1
    message = activity("provision new.joiner@contoso.com", "a:bench", APP_ID, f"{services.url}/connector")
    body = json.dumps(message).encode()
    request = urllib.request.Request(f"{bot.url}/api/messages", body, {"Content-Type": "application/json"})
    started = time.perf_counter()
    urllib.request.urlopen(request, timeout=60).close()
    while posts(services) < wanted:
        if time.perf_counter() - started > 30:
            raise SystemExit(f"no answer came:\n{bot.log.read_text()[-3000:]}")
        time.sleep(0.005)
    return time.perf_counter() - started


def posts(services: Server) -> int:
    with urllib.request.urlopen(f"{services.url}/counters", timeout=10) as response:
        return json.load(response)["posts"]


def forget(folder: Path) -> None:
    """As if it had never been started."""
    shutil.rmtree(folder / "bytecode", ignore_errors=True)
    for file in folder.glob("mailroom.db*"):
        file.unlink()


def repeat(times: int, start: Callable[[], dict[str, float]], prepare: Callable[[], None]) -> list[dict[str, float]]:
    results = []
    for _ in range(times):
        prepare()
        results.append(start())
        print(results[-1], file=sys.stderr)
    return results


def figures(cold: list[dict[str, float]], warm: list[dict[str, float]]) -> dict:
    medians = {
        name: {key: round(statistics.median(each[key] for each in results), 2) for key in results[0]}
        for name, results in (("cold", cold), ("warm", warm))
    }
    return {
        "bench": "start",
        "machine": machine(),
        "starts": {"cold": len(cold), "warm": len(warm)},
        **medians,
        "goals": {
            "warm under 3 s": medians["warm"]["ready_s"] < 3,
            "under 180 MB": medians["warm"]["rss_after_answer_mb"] < 180,
        },
    }


if __name__ == "__main__":
    main()
