"""Several people at once: whether a message is such a list, and each line of it as an order.

provision jane@contoso.com, bob@contoso.com license=E3 location=US
bulk as sales license=E3               what stands on the first line without an address is said for everybody
jane@contoso.com name="Jane Doe"       one person a line, with the options of the single command; or a table
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from handlers.clauses import profile_of
from handlers.grammar import Command, check_address, first_word, options_of, parse
from handlers.ordering import OPTIONS, one_profile, order_request
from handlers.requests import Request
from handlers.text import lines_of
from provisioning.bulk import BulkLine
from provisioning.bulk_reading import ADDRESS, Line, Sheet, decode, is_table, read, squashed
from provisioning.errors import BadOrder
from provisioning.words import say

LIST_LIMIT = 100_000  # characters of a message; a longer list comes as a file
BULK, PROVISION = "bulk", "provision"
RESTORE = {"yes": True, "true": True, "no": False, "false": False}

# The columns of a table by their names without spaces and marks: the options of the single command, and more words.
COLUMNS = {squashed(key): name for key, name in OPTIONS.items()} | {
    "fullname": "name",
    "licenses": "license",
    "licences": "license",
    "product": "license",
    "countrycode": "location",
    "manageremail": "manager",
    "managerupn": "manager",
    "restore": "restore",
}
_OPTION = re.compile(r"(?<!\S)[^\W\d][\w-]*\s*=\s*(?:\"[^\"]*\"|'[^']*'|\S+)")
_ADDRESS = re.compile(r"[^\s,;<>\"'=]+@[^\s,;<>\"']+")


@dataclass(frozen=True)
class TypedList:
    """`options` as typed on the first line, for every line that says nothing else."""

    sheet: Sheet
    options: Mapping[str, str] = field(default_factory=dict)


def is_list(request: Request) -> bool:
    """A file, `bulk`, or `provision` with more than one person."""
    if request.files:
        return True
    if "@" not in request.text and BULK not in request.text.lower():
        return False
    lines = [line for line in lines_of(request.text) if line.strip()]
    name, rest = first_word(lines[0]) if lines else ("", "")
    if name == BULK:
        return True
    if name != PROVISION:
        return False
    if any(is_table(line, COLUMNS) for line in (rest, *lines[1:2])):
        return True
    named = {found.lower() for line in lines for found in _ADDRESS.findall(_OPTION.sub(" ", line))}
    return len(named) > 1


def typed_list(text: str) -> TypedList:
    """Raises BadOrder."""
    if len(text) > LIST_LIMIT:
        raise BadOrder(
            say(
                "The message has {count} characters; I read up to {limit}. Send a file instead.",
                count=f"{len(text):,}",
                limit=f"{LIST_LIMIT:,}",
            )
        )
    lines = [line for line in lines_of(text) if line.strip()]
    options, rest = _first_line(first_word(lines[0])[1] if lines else "")
    return TypedList(read("\n".join([*filter(None, [rest]), *lines[1:]]), COLUMNS), options)


def file_list(text: str, content: bytes) -> TypedList:
    """`text`: what was written beside the file; its options are for every line. Raises BadOrder."""
    lines = [line for line in lines_of(text) if line.strip()]
    name, rest = first_word(lines[0]) if lines else ("", "")
    options, _ = _first_line(rest, is_command=name in (BULK, PROVISION))
    return TypedList(read(decode(content), COLUMNS), options)


def orders_of(typed: TypedList) -> tuple[BulkLine, ...]:
    """Each line as a single order would be understood; what is wrong with it stands on the line."""
    return tuple(_understood(line, typed.options) for line in typed.sheet.lines)


def _first_line(rest: str, *, is_command: bool = True) -> tuple[Mapping[str, str], str]:
    """Options for everybody; or the line itself, where it names somebody or is the header of a table.

    Of a sentence beside a file, which is no command, only options count.
    """
    if is_table(rest, COLUMNS) or _ADDRESS.search(_OPTION.sub(" ", rest)):
        return {}, rest
    typed = parse(f"{BULK} {rest}")
    _, profile = profile_of(typed) if is_command else (typed, "")
    return _options(typed, profile), ""


def _understood(line: Line, shared: Mapping[str, str]) -> BulkLine:
    who = line.text[:200]
    try:
        if line.problem:
            raise BadOrder(line.problem)
        typed = _command(line, shared)
        options = dict(typed.options)
        restore = _restore(options.pop("restore", ""))
        wanted = order_request(replace(typed, options=tuple(options.items())))
        return BulkLine(line.number, wanted.upn, replace(wanted, restore=restore))
    except BadOrder as error:
        return BulkLine(line.number, who, problem=error.sentence)


def _command(line: Line, shared: Mapping[str, str]) -> Command:
    """As `provision` would have it, with what is said for everybody behind."""
    if line.fields is None:
        typed, profile = profile_of(parse(f"{PROVISION} {line.text}"))
        return replace(typed, options=_merged(_options(typed, profile), shared))
    own = {name: " ".join(value.split()) for name, value in line.fields.items() if name != ADDRESS}
    return Command(PROVISION, (check_address(line.fields[ADDRESS]),), _merged(own, shared))


def _options(typed: Command, profile: str) -> dict[str, str]:
    """Under their real names; “as sales” is one of them."""
    options = options_of(typed, {**OPTIONS, "restore": "restore"})
    named = one_profile(profile, options)
    return {**options, "profile": named} if named else options


def _merged(own: Mapping[str, str], shared: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple({**shared, **own}.items())


def _restore(said: str) -> bool | None:
    if said and said.lower() not in RESTORE:
        raise BadOrder(say("restore is yes or no, not “{typed}”.", typed=said[:40]))
    return RESTORE[said.lower()] if said else None


def upns_of(lines: Sequence[BulkLine]) -> tuple[list[str], list[str]]:
    """Those whom the list is about, and their managers; each once."""
    wanted = [line.request for line in lines if line.request]
    upns = dict.fromkeys(request.upn for request in wanted)
    managers = dict.fromkeys(request.manager for request in wanted if request.manager)
    return list(upns), list(managers)
