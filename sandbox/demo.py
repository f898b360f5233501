"""`make demo`: the sandbox and the bot together, on this machine alone, without a Microsoft tenant."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sandbox.people import ADAM, BOT_APP_ID, HELGA, MONA, TENANT_ID, WELCOME_MAILBOX
from sandbox.programs import Program, main, run_together

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "var" / "demo"
FIRST_ORDER = "provision jane@contoso.com"
PROFILES = {
    "MAILROOM_PROFILES": str(ROOT / "docs" / "profiles.example.toml"),
    "MAILROOM_MAIL_SENDER": WELCOME_MAILBOX,
}
ROLES = {
    "MAILROOM_OPERATORS": HELGA.object_id,
    "MAILROOM_ADMINS": ADAM.object_id,
    "MAILROOM_APPROVERS": f"{ADAM.object_id},{MONA.object_id}",
}


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """What the demo and the playground are both started with."""
    options = argparse.ArgumentParser(prog=program, description=description)
    options.add_argument("--port", type=port, default=4000, help="the sandbox's port (%(default)s)")
    options.add_argument("--bot-port", type=port, default=3978, help="the bot's port (%(default)s)")
    options.add_argument("--speed", type=float, default=60.0, help="simulated seconds a second (%(default)g)")
    options.add_argument("--scenario", default="", help="start the tenant with it; several with commas")
    options.add_argument(
        "--roles",
        action="store_true",
        help="Helga is operator, Adam admin, Mona may approve; nobody else may act",
    )
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the bot's database and the logs there")
    return options


def programs(options: argparse.Namespace, state: Path) -> tuple[Program, Program]:
    """The sandbox, then the bot that speaks to it; `state` holds the bot's database."""
    roles = ROLES if options.roles else {}
    bot_url = f"http://127.0.0.1:{options.bot_port}"
    sandbox = Program(
        name="sandbox",
        argv=(
            *(sys.executable, "-m", "sandbox", "--port", str(options.port), "--speed", f"{options.speed:g}"),
            *("--bot", f"{bot_url}/api/messages", "--scenario", options.scenario),
        ),
        env=_environment({}),
        folder=state,
        port=options.port,
        flag="SANDBOX_PORT=… (make) or --port …",
        ready_url=f"http://127.0.0.1:{options.port}/",
    )
    bot = Program(
        name="bot",
        argv=(sys.executable, "-m", "bot"),
        env=_environment(bot_settings(options.port, options.bot_port, state) | PROFILES | roles),
        folder=state,
        port=options.bot_port,
        flag="MAILROOM_PORT=… (make) or --bot-port …",
        ready_url=f"{bot_url}/readyz",
    )
    return sandbox, bot


def bot_settings(sandbox_port: int, bot_port: int, state: Path) -> dict[str, str]:
    """The bot's settings for a sandbox on this machine."""
    return {
        "MAILROOM_HOST": "127.0.0.1",
        "MAILROOM_PORT": str(bot_port),
        "MAILROOM_APP_TYPE": "Anonymous",
        "MAILROOM_APP_ID": BOT_APP_ID,
        "MAILROOM_TENANT_ID": TENANT_ID,
        "MAILROOM_GRAPH_BASE_URL": f"http://127.0.0.1:{sandbox_port}/v1.0",
        "MAILROOM_DATABASE_URL": f"sqlite:///{state / 'mailroom.db'}",
        "MAILROOM_POLL_SECONDS": "2",
        "MAILROOM_RESYNC_WEBHOOK_URL": f"http://127.0.0.1:{sandbox_port}/sandbox/onprem/sync-webhook?token=demo",
    }


def folders(options: argparse.Namespace, stack: ExitStack) -> tuple[Path, Path]:
    """Where the state and the logs go: a folder that `stack` removes again, unless one is to be kept."""
    if options.keep:
        keep: Path = options.keep.resolve()
        keep.mkdir(parents=True, exist_ok=True)
        return keep, keep
    LOGS.mkdir(parents=True, exist_ok=True)
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailroom-"))), LOGS


def run(arguments: Sequence[str]) -> None:
    """Everything from the command line to the last program's end."""
    options = parser("python -m sandbox.demo", "Start the sandbox and the bot together.").parse_args(arguments)
    with ExitStack() as stack:
        state, logs = folders(options, stack)

        def announce() -> None:
            print(f"\n  Open  http://127.0.0.1:{options.port}/")
            print(f"  type  {FIRST_ORDER}")
            print(
                f"\n  One second here is {options.speed:g} in the tenant. Logs: {logs}. Ctrl-C stops everything.\n",
                flush=True,
            )

        print("Starting the sandbox and the bot ...", flush=True)
        asyncio.run(run_together(programs(options, state), logs, announce))
    print("Stopped.")


def _environment(settings: dict[str, str]) -> dict[str, str]:
    """The programs run in `state`, where no .env of a real installation is read; they find the code here."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}


def port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (1 to 65535)")
    return int(text)


if __name__ == "__main__":
    main(lambda: run(sys.argv[1:]))
