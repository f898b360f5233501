"""The audit trail's port: the fake and the database keep the same promises."""

from contextlib import closing

import pytest
from support.fake_audit import FakeAudit
from support.fake_jobs import NOW, FixedClock

from jobs.audit import open_audit
from provisioning.audit import AuditRecord, Kind, check
from provisioning.case import Person
from provisioning.ports import Audit

HELGA = Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga Desk")


@pytest.fixture(name="audit", params=["fake", "database"])
def audit_fixture(request, tmp_path):
    if request.param == "fake":
        yield FakeAudit()
        return
    with closing(open_audit(f"sqlite:///{tmp_path / 'mailroom.db'}", FixedClock())) as log:
        log.prepare()
        yield log


async def test_a_history_is_the_newest_of_one_person_in_any_spelling(audit: Audit):
    for number in range(5):
        upn = "Jane@Contoso.com" if number % 2 == 0 else "lee@contoso.com"
        details = {"before": {}, "after": {"steps": ("a", number)}}
        await audit.record(
            AuditRecord(Kind.CHANGE, HELGA, f"Change {number}.", upn, "case-1", details, f"req-{number}")
        )
    found = await audit.history("JANE@contoso.com", 2)
    assert [(entry.seq, entry.sentence) for entry in found] == [(5, "Change 4."), (3, "Change 2.")]
    assert await audit.count("JANE@contoso.com") == 3
    assert (await audit.history("nobody@contoso.com"), await audit.count("nobody@contoso.com")) == ((), 0)
    newest = found[0]
    assert (newest.kind, newest.actor_id, newest.actor_name) == ("change", HELGA.id, "Helga Desk")
    assert (newest.subject, newest.case, newest.request_id) == ("jane@contoso.com", "case-1", "req-4")
    assert newest.details == {"before": {}, "after": {"steps": ["a", 4]}}
    assert newest.at == NOW.isoformat(timespec="milliseconds")


async def test_the_entries_are_one_chain(audit: Audit):
    for number in range(4):
        await audit.record(AuditRecord(Kind.ORDER, HELGA, f"Order {number}.", "jane@contoso.com"))
    entries = (await audit.history("jane@contoso.com"))[::-1]
    assert check(entries).fault == ""
    assert len({entry.hash for entry in entries}) == 4


async def test_what_is_no_json_is_refused(audit: Audit):
    with pytest.raises(TypeError):
        await audit.record(AuditRecord(Kind.ORDER, HELGA, "Order.", details={"when": NOW}))
    assert await audit.count("") == 0
