"""What a check is: a pure function over the snapshot, the parts it needs, and what it looks at in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioning.directory import Snapshot
from provisioning.findings import Evidence, Finding
from provisioning.words import say

Outcome = Finding | Iterable[Finding] | None


@dataclass(frozen=True)
class Check:
    """`words` completes "checked that …"; it is said only when every part in `needs` was read."""

    run: Callable[[Snapshot], Outcome]
    words: str
    needs: tuple[str, ...] = ("account",)


def evidence(*pairs: tuple[str, object]) -> tuple[Evidence, ...]:
    """Pairs of a property and its value; "none" where there is nothing."""
    return tuple(Evidence(name, _text(value)) for name, value in pairs)


def _text(value: object) -> str:
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(str(one) for one in value) or say("none")
    return say("none") if value in (None, "") else str(value)
