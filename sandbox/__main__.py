"""`python -m sandbox`: a whole Microsoft 365 tenant in a box, with a chat page, over real HTTP."""

import argparse
import asyncio
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from sandbox import people
from sandbox.app import make_app
from sandbox.causes import by_id
from sandbox.keys import ADDRESS
from sandbox.options import Options
from sandbox.scenarios import SCENARIOS
from sandbox.situations import known, unknown
from sandbox.tenantfile.checking import TenantFileError, read_file


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    parsed = _parser().parse_args(arguments)
    if parsed.list:
        print(json.dumps([cause.as_json() for cause in by_id()], indent=1) if parsed.json else _listing())
        return 0
    scenarios = tuple(name.strip() for name in parsed.scenario.split(",") if name.strip())
    strangers = unknown(scenarios)
    if strangers:
        print(f"There is no scenario {strangers[0]}. Known: {', '.join(known())}.", file=sys.stderr)
        return 1
    try:
        tenant = read_file(parsed.tenant) if parsed.tenant else None
    except TenantFileError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
        return 1
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    options = Options(parsed.speed, scenarios, parsed.seed, parsed.bot, tenant)
    return asyncio.run(_serve(options, parsed.host, parsed.port))


async def _serve(options: Options, host: str, port: int) -> int:
    try:
        listener = _bind(host, port)
    except (OSError, OverflowError) as error:
        print(f"The sandbox cannot listen on {host}:{port}: {_reason(error)}.", file=sys.stderr)
        return 1
    app = make_app(options)
    app[ADDRESS].url = f"http://{host}:{listener.getsockname()[1]}"
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    stopped = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    print(f"Sandbox listening on {app[ADDRESS].url} (Graph under /v1.0, controls under /sandbox/)", flush=True)
    await stopped.wait()
    await runner.cleanup()
    return 0


def _reason(error: Exception) -> str:
    """The system's own words: create_server adds to them, a wrong host name or port has others."""
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    return str(getattr(error, "strerror", None) or error).rstrip(".")


def _bind(host: str, port: int) -> socket.socket:
    """Bound before anything is set up, so that a taken port is found at once."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    return socket.create_server((host, port), family=family, backlog=128)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=4000, help="0 takes a free one and prints it")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--speed", type=_speed, default=60.0, help="simulated seconds per second")
    parser.add_argument("--scenario", default="", help="one or more names, separated by commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bot", default=Options.bot_url, help="where the bot takes messages")
    parser.add_argument("--list", action="store_true", help="print tenant, people and scenarios, and exit")
    parser.add_argument("--json", action="store_true", help="with --list: the people in trouble as JSON")
    parser.add_argument("--tenant", type=Path, metavar="FILE", help="a tenant of your own (docs/sandbox-tenants.md)")
    return parser


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 <= speed <= 1e6:
        raise argparse.ArgumentTypeError("must be 0 to 1000000")
    return speed


def _listing() -> str:
    lines = [f"Tenant {people.TENANT_NAME} {people.TENANT_ID} ({people.DEFAULT_DOMAIN}, {people.INITIAL_DOMAIN})", ""]
    lines += [f"{p.name:<14} {p.upn:<20} {p.object_id}  {p.role}" for p in people.PEOPLE]
    lines += ["", "Scenarios:"]
    lines += [f"  {item.name:<24} {item.description}" for item in SCENARIOS.values()]
    lines += ["", "People in trouble (a star: live in the default tenant):"]
    for one in by_id():
        star = "*" if one.is_live else " "
        lines.append(f"{star} {one.name:<32} {'+'.join(one.causes):<8} {one.user:<40} {', '.join(one.cured_by)}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
