"""$search: "displayName:word" with OR and AND between the quoted parts.

learn.microsoft.com/graph/search-query-parameter
"""

import re
from collections.abc import Callable
from typing import Any

from sandbox.failures import GraphFailure
from sandbox.graph.calls import Call
from sandbox.graph.filters import Read

_CLAUSE = re.compile(r'"(?P<name>\w+):(?P<text>(?:[^"\\]|\\.)*)"')
SEARCHABLE = {
    name.lower(): name for name in ("displayName", "mail", "mailNickname", "userPrincipalName", "proxyAddresses")
}
Meant = Callable[[Read], bool]


def searched(call: Call) -> Meant:
    """The condition of $search; true of everything without one. It is an advanced query."""
    option = call.option("search").strip()
    if not option:
        return lambda _: True
    if not call.is_advanced:
        message = "Request with $search query parameter only works through MSGraph with a special request header: "
        raise GraphFailure(400, "Request_UnsupportedQuery", f"{message}'ConsistencyLevel: eventual'")
    clauses = [(_property(match["name"]), match["text"]) for match in _CLAUSE.finditer(option)]
    words = _CLAUSE.sub("", option).split()
    if not clauses or any(word.upper() not in ("OR", "AND") for word in words):
        raise GraphFailure(400, "BadRequest", "Invalid $search clause.")
    every = "AND" in (word.upper() for word in words)
    return lambda read: (all if every else any)(_is_hit(read(name), text) for name, text in clauses)


def _property(name: str) -> str:
    if name.lower() not in SEARCHABLE:
        raise GraphFailure(400, "Request_UnsupportedQuery", f"Property '{name}' is not supported in $search.")
    return SEARCHABLE[name.lower()]


def _is_hit(value: Any, text: str) -> bool:
    """Each word of the text starts a word of the value; words are split at spaces and punctuation."""
    values = value if isinstance(value, list) else [value]
    wanted = _words(text)
    return any(
        bool(wanted) and all(any(own.startswith(word) for own in _words(str(one or ""))) for word in wanted)
        for one in values
    )


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^\w]+", text.lower()) if word]
