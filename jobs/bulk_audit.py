"""What is written down about bulks, as sentences for people. Pure. Each of their orders has entries of its own."""

from collections.abc import Mapping

from provisioning.acting import MAILROOM
from provisioning.audit import AuditRecord, Kind
from provisioning.bulk import Bulk, BulkKind
from provisioning.case import Person
from provisioning.words import counted, say


def list_started(bulk: Bulk) -> AuditRecord:
    if bulk.kind is BulkKind.REPAIRS:
        asked = say(
            "{by} asked for “{title}” for {count} people.", by=bulk.requester.name, title=bulk.title, count=bulk.size
        )
        return _of(bulk, Kind.REPAIR, bulk.requester, asked)
    ordered = counted(
        "{by} ordered {n} mailbox with one list.",
        "{by} ordered {n} mailboxes with one list.",
        bulk.size,
        by=bulk.requester.name,
    )
    return _of(bulk, Kind.ORDER, bulk.requester, ordered)


def list_again(bulk: Bulk, by: Person, count: int) -> AuditRecord:
    again = counted(
        "{by} ordered {n} mailbox of a list again, which had failed.",
        "{by} ordered {n} mailboxes of a list again, which had failed.",
        count,
        by=by.name,
    )
    return _of(bulk, Kind.ORDER, by, again)


def list_stopped(bulk: Bulk, by: Person, count: int) -> AuditRecord:
    stopped = counted(
        "{by} stopped {n} order of a list before it began.",
        "{by} stopped {n} orders of a list before they began.",
        count,
        by=by.name,
    )
    return _of(bulk, Kind.CANCEL, by, stopped)


def list_ended(bulk: Bulk, counts: Mapping[str, int]) -> AuditRecord:
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    record = _of(bulk, Kind.ENDED, MAILROOM, say("The list of {count} ended: {told}.", count=bulk.size, told=told))
    return AuditRecord(record.kind, record.actor, record.sentence, case=bulk.id, details={"counts": dict(counts)})


def _of(bulk: Bulk, kind: Kind, by: Person, sentence: str) -> AuditRecord:
    details = {"size": bulk.size, "refused": bulk.refused, "title": bulk.title}
    return AuditRecord(kind, by, sentence, case=bulk.id, details=details)
