"""Cards of diagnosis, fix, repair, choice and escalation in every state that matters, at one fixed moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from support import causes, snapshots
from support.approval_samples import approval_cards
from support.snapshots import NOW, changed, healthy, stuck, synced

from cards.choices import choices_card
from cards.diagnosis import diagnosis_card
from cards.escalation import escalation_card
from cards.fixing import confirm_card
from cards.repair import repair_card
from provisioning import fixes, repair
from provisioning.case import AccountOrigin, Case, CaseState, Order, Person, Problem, Stage, StageRecord, StageState
from provisioning.diagnosis import Diagnosis, Unread, diagnose
from provisioning.directory import AssignedLicense, DeletedAccount, Match, ProvisioningError, Snapshot
from provisioning.errors import GraphTrace
from provisioning.escalation import Bundle, bundle
from provisioning.findings import Evidence, Finding, Fix, FixKind, Risk, Source
from provisioning.fixes.steps import FixPlan, PurgeDeleted
from provisioning.repair import Repair, RepairState, RepairStep

JANE = "jane@contoso.com"
HELGA = Person("6f0e1d2c-0000-4000-8000-0000000000a1", "Helga Desk", channel_id="29:helga")
REQUEST_ID = "7d3a2c0e-51cf-4b7e-9f6e-1a2b3c4d5e6f"
DENIED = GraphTrace(
    403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", REQUEST_ID
)
REFUSED = GraphTrace(
    400,
    "Request_BadRequest",
    "License assignment failed because service plan efb87545-963c-4e0d-99df-69c6916d9eb0 is invalid.",
    REQUEST_ID,
    "Mon, 23 Nov 2026 11:52:09 GMT",
)
HOSTILE = "**Jane** [free](http://evil.example) <at>Mona</at> `x` {{DATE(2020-01-01T00:00:00Z)}}\r\n# Boss"
SPOILT = HOSTILE.replace("{{", "{ {")  # where the text is code to copy, which is shown as it is
LONG = "Anna-Magdalena Freifrau von und zu Hohenlohe-Waldenburg-Schillingsfürst-Rhabarberbarbara Maria" * 3


def late() -> Snapshot:
    """A day and more, nothing found: likely never heard of by Exchange."""
    return causes.c04(stuck(timedelta(hours=30)))


def unreadable() -> Snapshot:
    throttled = GraphTrace(429, "TooManyRequests", "Too many requests.", REQUEST_ID)
    unread = (("skus", DENIED), ("health", DENIED), ("holders", throttled), ("mailbox", GraphTrace()))
    return replace(healthy(), skus=None, health=None, holders=None, mailbox=None, unread=unread)


def hybrid() -> Snapshot:
    """Two certain causes of directory sync, and a note."""
    return replace(causes.c35(causes.c32(synced(stuck(timedelta(hours=5))))), name=f"jane.doe@{snapshots.INITIAL}")


def hostile() -> Diagnosis:
    """Nothing in it can be trusted, and there is too much of it."""
    kinds = (FixKind.GRAPH, FixKind.POWERSHELL, FixKind.ADVICE, FixKind.GRAPH)
    some = tuple(Fix(f"fix-{n}", HOSTILE[:25], kinds[n % 4], Risk(n % 4), HOSTILE, SPOILT) for n in range(8))
    shown = tuple(Evidence(HOSTILE, LONG) for _ in range(12))
    finding = Finding("C99", HOSTILE, HOSTILE, shown, some, Source(HOSTILE, "javascript:alert(1)"), 1)
    likely = replace(finding, is_likely=True, proof=HOSTILE)
    note = replace(finding, is_note=True, sentence=LONG)
    unread = tuple(Unread(HOSTILE, HOSTILE, HOSTILE, GraphTrace(403, HOSTILE, LONG, HOSTILE)) for _ in range(9))
    return Diagnosis(HOSTILE, False, HOSTILE, (finding, likely, likely, *(note,) * 7), unread, (LONG,) * 30)


def with_license() -> Snapshot:
    """Healthy: taking the license away may lose data."""
    return changed(healthy(), licenses=(AssignedLicense(snapshots.E3.id),))


def repairing() -> Repair:
    """Reassigning the license: the first step is done, the second runs."""
    snapshot = late()
    plan = fixes.plan("reassign-license", snapshot, {})
    fix = fixes.fix("reassign-license", snapshot)
    begun = NOW - timedelta(minutes=4)
    fresh = Repair(
        "repair-1", JANE, fix.id, fix.title, "C04", HELGA, begun, tuple(RepairStep(step.says) for step in plan.steps)
    )
    first = repair.finish_step(
        repair.start_step(fresh, 0, begun + timedelta(seconds=1)), 0, begun + timedelta(seconds=4)
    )
    return repair.start_step(first, 1, begun + timedelta(seconds=4))


def all_done() -> Repair:
    done = repairing()
    for index in (1, 2):
        done = repair.start_step(done, index, NOW - timedelta(minutes=1))
        done = repair.finish_step(done, index, NOW - timedelta(seconds=40))
    return done


def repair_failed() -> Repair:
    problem = Problem("Microsoft 365 refused the license. Choose another one.", REFUSED)
    return repair.stop(repairing(), problem, NOW)


def case() -> Case:
    """The case that has waited for more than a day."""
    since = NOW - timedelta(hours=30)
    order = Order(
        JANE, "Jane Doe", "US", snapshots.E3.id, "Office 365 E3", "m", "mona@contoso.com", "Mona Manager", "Sales"
    )
    done = StageRecord(Stage.ACCOUNT, StageState.DONE, f"Created {JANE}, manager Mona Manager.", since, since)
    licensed = StageRecord(Stage.LICENSE, StageState.DONE, "Office 365 E3, with Exchange Online.", since, since)
    waits = StageRecord(Stage.MAILBOX, StageState.RUNNING, "Past 24 hours.", since)
    return Case(
        "case-1",
        order,
        HELGA,
        since,
        CaseState.WAITING,
        (done, licensed, waits, *(StageRecord(stage) for stage in list(Stage)[3:])),
        account_origin=AccountOrigin.CREATED,
        waiting_since=since,
        checks=212,
        last_check_at=NOW - timedelta(minutes=9),
    )


def support_bundle() -> Bundle:
    snapshot = late()
    assert snapshot.mailbox
    trace = replace(snapshot.mailbox.trace, request_id=REQUEST_ID, date="Mon, 23 Nov 2026 11:59:58 GMT")
    snapshot = replace(snapshot, mailbox=replace(snapshot.mailbox, trace=trace))
    ended = repair.end(all_done(), RepairState.NOT_CURED, "The new snapshot still shows the cause.", NOW)
    return bundle(case(), snapshot, diagnose(snapshot), (ended, repair_failed()), NOW)


def hostile_bundle() -> Bundle:
    error = ProvisioningError("exchange", SPOILT + LONG)
    snapshot = changed(stuck(), upn=HOSTILE, display_name=HOSTILE, mail_nickname=HOSTILE, service_errors=(error,) * 30)
    return bundle(None, snapshot, hostile(), (replace(repair_failed(), title=HOSTILE, outcome=LONG),), NOW)


def matches(number: int) -> tuple[Match, ...]:
    known = (
        Match("1", JANE, "Jane Doe", "display name"),
        Match("2", "jane.dorsey@contoso.com", "Jane Dorsey", "proxy address"),
        Match("3", "j.doe@contoso.com", "Jane Doe (Contractor)", "mail", is_deleted=True),
    )
    more = (Match(str(n), f"jane{n}@contoso.com", f"Jane {LONG[:n]}", "display name") for n in range(4, number + 1))
    return (*known, *more)[:number]


def _of(damage: Callable[[Snapshot], Snapshot]) -> dict[str, Any]:
    return diagnosis_card(diagnose(damage(stuck())))


def _asked(fix_id: str, snapshot: Snapshot, choice: dict[str, str] | None = None) -> dict[str, Any]:
    plan = fixes.plan(fix_id, snapshot, choice or {})
    return confirm_card(fixes.fix(fix_id, snapshot), plan, JANE, "C05", choice)


def _diagnoses() -> dict[str, dict[str, Any]]:
    return {
        "diagnosis_healthy": diagnosis_card(diagnose(healthy())),
        "diagnosis_no_license": _of(causes.c05),
        "diagnosis_no_location": _of(causes.c10),
        "diagnosis_address_taken": _of(causes.c19),
        "diagnosis_recycle_bin": _of(causes.c21),
        "diagnosis_likely": diagnosis_card(diagnose(late()), case_id="case-1"),
        "diagnosis_likely_hybrid": _of(causes.c29),
        "diagnosis_hybrid": diagnosis_card(diagnose(hybrid())),
        "diagnosis_hybrid_webhook": diagnosis_card(diagnose(hybrid()), can_resync=True),
        "diagnosis_note": _of(causes.c24b),
        "diagnosis_works": _of(causes.c43),
        "diagnosis_unread": diagnosis_card(diagnose(unreadable())),
        "diagnosis_nobody": diagnosis_card(diagnose(snapshots.missing())),
        "diagnosis_hostile": diagnosis_card(hostile(), can_resync=True),
    }


def _fixings() -> dict[str, dict[str, Any]]:
    two_deleted = tuple(DeletedAccount(f"d{n}", JANE, f"Jane Doe {n}", NOW - timedelta(days=n), JANE) for n in (3, 20))
    no_location = changed(causes.c05(stuck()), usage_location="")
    plan = FixPlan(HOSTILE, Risk.DATA_LOSS, (PurgeDeleted("d", HOSTILE), PurgeDeleted("d", LONG)))
    return {
        "fixing_retry": _asked("retry-provisioning", late()),
        "fixing_choose_license": _asked("assign-license", no_location),
        "fixing_chosen": _asked("assign-license", no_location, {"license": snapshots.E3.id, "usage_location": "US"}),
        "fixing_conflict": _asked("swap-conflicting-licenses", causes.c14(stuck())),
        "fixing_recreate": _asked("recreate-mailbox", with_license()),
        "fixing_purge_choose": _asked("purge-deleted", replace(causes.c21(stuck()), deleted=two_deleted)),
        "fixing_hostile": confirm_card(
            Fix("purge-deleted", HOSTILE, FixKind.GRAPH, Risk.DATA_LOSS, LONG), plan, HOSTILE, HOSTILE
        ),
    }


def _repairs() -> dict[str, dict[str, Any]]:
    people = ["29:helga"]
    cured = repair.end(all_done(), RepairState.CURED, "The cause is gone, and the mailbox answers.", NOW)
    outcome = "The new snapshot still shows the cause. Microsoft 365 may need more time."
    not_cured = repair.end(all_done(), RepairState.NOT_CURED, outcome, NOW)
    spoilt = replace(repair_failed(), title=HOSTILE, user=HOSTILE, problem=Problem(HOSTILE, GraphTrace(400, HOSTILE)))
    return {
        "repair_running": repair_card(repairing(), NOW, refresh_for=people),
        "repair_looking": repair_card(all_done(), NOW, refresh_for=people),
        "repair_cured": repair_card(cured, NOW, refresh_for=people),
        "repair_not_cured": repair_card(not_cured, NOW),
        "repair_failed": repair_card(repair_failed(), NOW),
        "repair_hostile": repair_card(replace(spoilt, steps=(RepairStep(LONG),)), NOW),
    }


def diagnosis_cards() -> dict[str, dict[str, Any]]:
    """By name; the names are those of the golden files."""
    odd = (Match("9", HOSTILE, HOSTILE, HOSTILE, is_deleted=True),)
    return {
        **_diagnoses(),
        **_fixings(),
        **_repairs(),
        **approval_cards(with_license(), NOW, HOSTILE, LONG),
        "choices": choices_card("jane", matches(3)),
        "choices_many": choices_card(HOSTILE, (*odd, *matches(13))),
        "choices_none": choices_card("zaphod", ()),
        "escalation": escalation_card(support_bundle()),
        "escalation_hostile": escalation_card(hostile_bundle()),
    }
