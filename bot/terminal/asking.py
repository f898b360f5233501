"""What `provision` is told, as the list of orders that the chat would make of it. Raises BadOrder."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from handlers.lists import COLUMNS, TypedList, orders_of
from provisioning.bulk import BulkLine
from provisioning.bulk_reading import MOST_BYTES, Sheet, decode, read
from provisioning.errors import BadOrder

STDIN = "-"

# The options of the command line by the chat's own names for them.
_OPTIONS = {
    "profile": "profile",
    "name": "name",
    "license": "license",
    "location": "location",
    "manager": "manager",
    "department": "department",
    "restore": "restore",
}
_LOCAL_TIME = Path("/etc/localtime")


def orders_in(options: argparse.Namespace) -> tuple[tuple[BulkLine, ...], Sheet]:
    """Each line with what is wrong with it; what is said by options is for every line that says nothing else."""
    sheet = read(_text(options), COLUMNS)
    if len(sheet.lines) > 1 and (options.name or options.at):
        one = "--name" if options.name else "--at"
        raise BadOrder(f"{one} is for one person, and this list has {len(sheet.lines):,}. Order that person alone.")
    return orders_of(TypedList(sheet, _shared(options))), sheet


def title_of(options: argparse.Namespace) -> str:
    """What the list is called in the chat."""
    if not options.csv:
        return "From the terminal"
    return "From the terminal's input" if options.csv == STDIN else Path(options.csv).name


def zone_of(options: argparse.Namespace) -> str:
    """As --zone says, else that of this machine, else UTC; by its IANA name."""
    if options.zone and not _is_zone(options.zone):
        raise BadOrder(f"There is no time zone “{options.zone[:40]}”. Write it like Europe/Berlin.")
    own = os.path.realpath(_LOCAL_TIME).partition("zoneinfo/")[2]
    return options.zone or (own if _is_zone(own) else "UTC")


def _text(options: argparse.Namespace) -> str:
    if options.csv is None:
        return "\n".join(" ".join(one.split()) for one in options.users)
    try:
        return decode(_bytes(options.csv))
    except OSError as error:
        raise BadOrder(f"{options.csv} cannot be read: {error.strerror or error}.") from None


def _bytes(file: str) -> bytes:
    """One more than is taken, so that what is too long is seen."""
    if file == STDIN:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(file).open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _shared(options: argparse.Namespace) -> Mapping[str, str]:
    return {name: value for option, name in _OPTIONS.items() if (value := getattr(options, option))}


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (KeyError, ValueError, OSError):
        return False
