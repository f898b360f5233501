"""`python -m bot.doctor`: what is well with this installation and what is not, and what to do. Changes nothing.

    python -m bot.doctor [--url https://your.host] [--package FILE.zip] [--json]

One line for each check: ok, warning, failed or skipped. Run it where the bot runs, with the bot's settings. `--url` is
the address under which Teams reaches the bot; without it the bot is looked for on this machine. `--package` is the app
package that was given to Teams. Exit codes: 0 nothing to do, 1 warnings, 2 something failed.
"""

import argparse
import asyncio
import json
import logging
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bot.checkup import Found, State, failed, whole
from bot.settings import Settings, SettingsError, read

WELL, WARNED, FAILED = range(3)
REMEDY = "Correct it in the environment or in .env; bot/settings.py says what each setting means."


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.CRITICAL)
    try:
        settings = read()
    except SettingsError as error:
        found = [failed("settings", f"{error}.", REMEDY)]
    else:
        found = asyncio.run(examine(settings, options.url, options.package))
    _print(found, is_json=options.json)
    return code_of(found)


async def examine(settings: Settings, url: str = "", package: Path | None = None) -> list[Found]:
    """All the checks, side by side; in this order."""
    # The SDKs take a second to import: wrong settings and arguments are told before.
    from bot.checkup.database import check_database
    from bot.checkup.settings import check_settings
    from bot.checkup.teams import check_teams, place_of
    from bot.checkup.tenant import check_tenant

    groups = await asyncio.gather(
        whole("database", check_database(settings)),
        whole("tenant", check_tenant(settings)),
        whole("teams", check_teams(settings, place_of(settings, url), package)),
    )
    return [*check_settings(settings), *(one for group in groups for one in group)]


def code_of(found: Sequence[Found]) -> int:
    states = {one.state for one in found}
    return FAILED if State.FAILED in states else WARNED if State.WARNING in states else WELL


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.doctor", description="Check this installation.")
    parser.add_argument(
        "--url", default="", metavar="URL", help="where Teams reaches the bot, such as https://your.host"
    )
    parser.add_argument("--package", type=Path, metavar="FILE", help="the app package that was given to Teams")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _print(found: Sequence[Found], *, is_json: bool) -> None:
    counts = Counter(one.state.value for one in found)
    if is_json:
        told = {"checks": [asdict(one) for one in found], "counts": counts, "code": code_of(found)}
        sys.stdout.write(f"{json.dumps(told)}\n")
        return
    width = max(len(one.name) for one in found)
    for one in found:
        sys.stdout.write(f"{one.state.value:<8} {one.name:<{width}}  {one.sentence} {one.remedy}".rstrip() + "\n")
    sys.stdout.write(", ".join(f"{counts[state.value]} {state.value}" for state in State) + "\n")


if __name__ == "__main__":
    sys.exit(main())
