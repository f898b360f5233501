"""The audit trail: what an entry is, and the chain by which a cut, edited or reordered log is found.

Each entry holds the hash of the one before, and its own is over everything else in it. An entry never holds a
secret: it is made of named fields, and passwords and passes are not among them.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from provisioning.case import Person
from provisioning.words import say

HIDDEN = say("(hidden)")  # in place of the value of a secret
GENESIS = "0" * 64  # what the first entry holds as the hash before it

Hashes = Mapping[int, set[str]]  # that entries are known to have, by number


class Kind(StrEnum):
    ORDER = "order"  # somebody ordered a mailbox
    CANCEL = "cancel"
    ENDED = "ended"  # a case or repair ended; how is in the details
    CHANGE = "change"  # a write to the tenant, with before and after
    REPAIR = "repair"  # somebody asked for a fix
    APPROVAL = "approval"  # a second person was asked
    DECISION = "decision"  # and answered, or did not in time
    CREDENTIAL = "credential"  # first sign-in details were shown, handed over or revoked
    REFUSAL = "refusal"  # somebody wanted what they may not
    SETTING = "setting"  # somebody changed how Mailroom works, in the chat
    FAILURE = "failure"  # a write that Graph refused or did not answer
    RETENTION = "retention"  # what was too old, or was asked for, is deleted


@dataclass(frozen=True)
class AuditRecord:
    """What is to be written down. `sentence` is for people; `details` are plain JSON values.

    A change has `before` and `after` in its details: objects of the properties that the write changes.
    """

    kind: Kind
    actor: Person
    sentence: str
    subject: str = ""  # the UPN that it is about, in lower case; an object id where no name is known
    case: str = ""  # of a case or repair
    details: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""  # Graph's, of the write


@dataclass(frozen=True)
class AuditEntry:
    """An entry as it stands in the log. `at` is ISO 8601 in UTC, so that a hash never depends on a clock's format."""

    seq: int
    at: str
    kind: str
    actor_id: str
    actor_name: str
    sentence: str
    subject: str
    case: str
    details: Mapping[str, Any]
    request_id: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Anchor:
    """The hash that the entry `seq` is known to have, from a log line or an earlier check."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """Of a check: the number and the hash of the last unbroken entry, and the first fault or "".

    `removed`: how many of the entries up to `count` are there no more because retention removed the oldest.
    """

    count: int
    newest: str
    fault: str = ""
    removed: int = 0


class NotAnEntry(ValueError):
    """What stands where an entry should is none; says why."""


def entry_of(record: AuditRecord, seq: int, at: datetime, previous: str) -> AuditEntry:
    """The entry that follows the one with the hash `previous`. Raises TypeError for details that are no JSON."""
    unsealed = AuditEntry(
        seq=seq,
        at=written(at),
        kind=record.kind.value,
        actor_id=_storable(record.actor.id),
        actor_name=_storable(record.actor.name),
        sentence=_storable(record.sentence),
        subject=_storable(record.subject.lower()),
        case=_storable(record.case),
        details=_plain(record.details),
        request_id=_storable(record.request_id),
        previous=previous,
        hash="",
    )
    return replace(unsealed, hash=digest(unsealed))


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the entry as canonical JSON (sorted keys, no spaces, UTF-8), without its own hash."""
    content = {name: value for name, value in asdict(entry).items() if name != "hash"}
    return hashlib.sha256(_json(content).encode("utf-8", "surrogatepass")).hexdigest()


def check(entries: Iterable[AuditEntry], anchors: Collection[Anchor] = (), cuts: Collection[Anchor] = ()) -> Verdict:
    """Whether the entries are a whole log from its first entry on, with every anchor's entry in it.

    `anchors` are known from elsewhere: without one, a cut tail cannot be seen. `cuts` are what the entries themselves
    say (`cut_of`) of where retention removed the oldest: up to there a log may begin later.
    """
    known = _by_number((*anchors, *cuts))
    count, newest, removed = 0, GENESIS, 0
    try:
        for entry in entries:
            if count == 0 and any(1 < entry.seq <= cut.seq + 1 for cut in cuts):
                count = removed = entry.seq - 1
                newest = entry.previous
                if _contradicts(Anchor(count, newest), known):
                    return Verdict(0, GENESIS, f"entry {entry.seq} does not follow the one that was removed before it")
            fault = _fault(entry, count + 1, newest, known)
            if fault:
                return Verdict(count, newest, fault, removed)
            count, newest = count + 1, entry.hash
    except NotAnEntry as error:
        return Verdict(count, newest, str(error), removed)
    least = max((anchor.seq for anchor in anchors), default=0)
    cut = f"entry {count + 1} is missing: the log is cut, there were at least {least} entries" if least > count else ""
    return Verdict(count, newest, cut, removed)


def cut_of(entry: AuditEntry) -> Anchor | None:
    """The newest entry that was removed as too old, where this entry is the one that says so."""
    cut = entry.details.get("cut") if entry.kind == Kind.RETENTION else None
    if not isinstance(cut, dict) or type(cut.get("seq")) is not int or not isinstance(cut.get("hash"), str):
        return None
    return Anchor(cut["seq"], cut["hash"]) if cut["seq"] < entry.seq else None


def _fault(entry: AuditEntry, expected: int, previous: str, known: Hashes) -> str:
    if entry.seq != expected:
        return f"entry {expected} is missing: {entry.seq} stands in its place"
    if entry.previous != previous:
        return f"entry {entry.seq} does not follow the one before it"
    if digest(entry) != entry.hash:
        return f"entry {entry.seq} was changed after it was written"
    if _contradicts(Anchor(entry.seq, entry.hash), known):
        return f"entry {entry.seq} is not the one that its anchor speaks of"
    return ""


def _by_number(anchors: Iterable[Anchor]) -> Hashes:
    found: dict[int, set[str]] = {}
    for anchor in anchors:
        found.setdefault(anchor.seq, set()).add(anchor.hash)
    return found


def _contradicts(found: Anchor, known: Hashes) -> bool:
    return bool(known.get(found.seq, {found.hash}) - {found.hash})


def line_of(entry: AuditEntry) -> str:
    """The entry as a line of JSON, fields in the order of the class."""
    return json.dumps(asdict(entry), ensure_ascii=False)


def entry_in(line: str) -> AuditEntry:
    """The entry in a line of an exported log. Raises NotAnEntry."""
    try:
        return entry_with(read_json(line))
    except (ValueError, RecursionError) as error:
        raise NotAnEntry(str(error) if isinstance(error, NotAnEntry) else "it is not JSON") from None


def entry_with(values: Any) -> AuditEntry:
    """The entry with these fields. Raises NotAnEntry when they are not exactly those of one."""
    if not isinstance(values, dict) or set(values) != {one.name for one in fields(AuditEntry)}:
        raise NotAnEntry("it does not have the fields of an entry")
    texts = [value for name, value in values.items() if name not in ("seq", "details")]
    is_typed = type(values["seq"]) is int and isinstance(values["details"], dict)
    if not is_typed or not all(isinstance(text, str) for text in texts):
        raise NotAnEntry("a field has the wrong type")
    return AuditEntry(**values)


def read_json(text: str) -> Any:
    """JSON in which no name stands twice: a reader could see the one and a check the other. Raises ValueError."""
    return json.loads(text, object_pairs_hook=_once)


def written(moment: datetime) -> str:
    """As `at` holds it: in UTC, with milliseconds, so that the order of texts is the order of times."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    """As they will be read back. Halves of surrogate pairs become question marks."""
    written_down: dict[str, Any] = json.loads(json.dumps(dict(details), ensure_ascii=False).encode("utf-8", "replace"))
    return written_down


def _storable(text: str) -> str:
    """Without what no database takes: halves of surrogate pairs, and NUL (PostgreSQL)."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
