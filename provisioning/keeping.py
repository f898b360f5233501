"""For how long what is known of people is kept, and what is written down when it is deleted. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from provisioning.acting import MAILROOM
from provisioning.audit import Anchor, AuditRecord, Kind
from provisioning.case import Person
from provisioning.words import say


@dataclass(frozen=True)
class Keep:
    """Days after the end of a case, a fix, a list; and of entries of the audit trail. 0: without end."""

    days: int = 0
    audit_days: int = 0

    @property
    def is_for_ever(self) -> bool:
        return not (self.days or self.audit_days)

    def ended_before(self, today: date) -> datetime | None:
        """What ended before this moment is deleted on that day; None: nothing."""
        return _before(today, self.days)

    def written_before(self, today: date) -> datetime | None:
        """The same of entries of the audit trail."""
        return _before(today, self.audit_days)


def swept(today: date, before: datetime, counts: Mapping[str, int]) -> AuditRecord:
    """What was too old is deleted."""
    sentence = say("Deleted what had ended before {day}: {counts}.", day=f"{before:%Y-%m-%d}", counts=said(counts))
    return AuditRecord(Kind.RETENTION, MAILROOM, sentence, case=case_of(today), details={"deleted": dict(counts)})


def trail_cut(newest: Anchor, before: datetime) -> AuditRecord:
    """The oldest entries of the trail itself are removed, `newest` and all before it. It proves what follows."""
    sentence = say(
        "Removed the entries of this trail up to {seq}, which were written before {day}.",
        seq=newest.seq,
        day=f"{before:%Y-%m-%d}",
    )
    return AuditRecord(Kind.RETENTION, MAILROOM, sentence, details={"cut": {"seq": newest.seq, "hash": newest.hash}})


def forgotten(upn: str, by: Person, counts: Mapping[str, int]) -> AuditRecord:
    """Everything but this trail forgot a person, because somebody asked for it."""
    sentence = say("Deleted what was kept about {upn}, as asked for: {counts}.", upn=upn, counts=said(counts))
    return AuditRecord(Kind.RETENTION, by, sentence, subject=upn, details={"deleted": dict(counts)})


def case_of(today: date) -> str:
    """By which the entry of a day is found again."""
    return f"retention:{today.isoformat()}"


def said(counts: Mapping[str, int]) -> str:
    """As words: 3 cases, 1 fixes."""
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"


def _before(today: date, days: int) -> datetime | None:
    return datetime.combine(today, time(), UTC) - timedelta(days=days) if days else None
