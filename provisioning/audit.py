"""The audit trail: what an entry is, and the chain by which a cut, edited or reordered log is found.

Each entry holds the hash of the one before, and its own is over everything else in it. An entry never holds a
secret: it is made of named fields, and passwords and passes are not among them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from provisioning.case import Person

GENESIS = "0" * 64  # what the first entry holds as the hash before it


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
    FAILURE = "failure"  # a write that Graph refused or did not answer


@dataclass(frozen=True)
class AuditRecord:
    """What is to be written down. `sentence` is for people; `details` are plain JSON values."""

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


def entry_of(record: AuditRecord, seq: int, at: datetime, previous: str) -> AuditEntry:
    """The entry that follows the one with the hash `previous`."""
    unsealed = AuditEntry(
        seq=seq,
        at=at.isoformat(timespec="milliseconds"),
        kind=record.kind.value,
        actor_id=record.actor.id,
        actor_name=record.actor.name,
        sentence=record.sentence,
        subject=record.subject.lower(),
        case=record.case,
        details=dict(record.details),
        request_id=record.request_id,
        previous=previous,
        hash="",
    )
    return AuditEntry(**{**asdict(unsealed), "hash": digest(unsealed)})


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the entry as canonical JSON (sorted keys, no spaces, UTF-8), without its own hash."""
    content = {name: value for name, value in asdict(entry).items() if name != "hash"}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def fault_in(entries: Iterable[AuditEntry], first: int = 1, previous: str = GENESIS) -> str:
    """Why the entries are not the unbroken log that follows `previous`; "" when they are."""
    expected = first
    for entry in entries:
        if entry.seq != expected:
            return f"entry {expected} is missing: {entry.seq} stands in its place"
        if entry.previous != previous:
            return f"entry {entry.seq} does not follow the one before it"
        if digest(entry) != entry.hash:
            return f"entry {entry.seq} was changed after it was written"
        expected, previous = expected + 1, entry.hash
    return ""
