"""What is written down about bulks, as sentences for people. Pure. Each of their orders has entries of its own."""

from collections.abc import Mapping

from provisioning.acting import MAILROOM
from provisioning.audit import AuditRecord, Kind
from provisioning.bulk import Bulk, BulkKind
from provisioning.case import Person


def list_started(bulk: Bulk) -> AuditRecord:
    if bulk.kind is BulkKind.REPAIRS:
        sentence = f"{bulk.requester.name} asked for “{bulk.title}” for {bulk.size} people."
        return _of(bulk, Kind.REPAIR, bulk.requester, sentence)
    mailboxes = "1 mailbox" if bulk.size == 1 else f"{bulk.size} mailboxes"
    return _of(bulk, Kind.ORDER, bulk.requester, f"{bulk.requester.name} ordered {mailboxes} with one list.")


def list_again(bulk: Bulk, by: Person, count: int) -> AuditRecord:
    return _of(bulk, Kind.ORDER, by, f"{by.name} ordered {count} mailboxes of a list again, which had failed.")


def list_stopped(bulk: Bulk, by: Person, count: int) -> AuditRecord:
    return _of(bulk, Kind.CANCEL, by, f"{by.name} stopped {count} orders of a list before they began.")


def list_ended(bulk: Bulk, counts: Mapping[str, int]) -> AuditRecord:
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    record = _of(bulk, Kind.ENDED, MAILROOM, f"The list of {bulk.size} ended: {told}.")
    return AuditRecord(record.kind, record.actor, record.sentence, case=bulk.id, details={"counts": dict(counts)})


def _of(bulk: Bulk, kind: Kind, by: Person, sentence: str) -> AuditRecord:
    details = {"size": bulk.size, "refused": bulk.refused, "title": bulk.title}
    return AuditRecord(kind, by, sentence, case=bulk.id, details=details)
