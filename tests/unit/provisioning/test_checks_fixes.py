"""Fixes: the exact writes of each, what is asked first, what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support import causes, snapshots
from support.causes import CAUSES
from support.snapshots import (
    E3,
    ENTERPRISE,
    GROUP,
    JANE,
    NOT_READY,
    PLAN_1,
    YAMMER,
    changed,
    healthy,
    stuck,
    synced,
)

from provisioning.checks.elimination import by_elimination
from provisioning.diagnosis import diagnose
from provisioning.directory import AssignedLicense, LicenseState, Snapshot
from provisioning.errors import BadOrder
from provisioning.findings import FixKind, Risk
from provisioning.fixes import FIXES, PLANNERS, fix, plan
from provisioning.fixes.steps import (
    AssignLicenses,
    CallResyncWebhook,
    ChangeGroupLicense,
    OrderAnew,
    PurgeDeleted,
    ReprocessLicenses,
    RestoreDeleted,
    RetryProvisioning,
    Step,
    Until,
    UpdateAccount,
    Wait,
)


def steps(fix_id: str, snapshot: Snapshot, **choice: str) -> tuple[Step, ...]:
    made = plan(fix_id, snapshot, choice)
    assert made.is_complete
    assert all(step.says.endswith(".") for step in made.steps)
    return made.steps


# Licenses.


def test_assign_asks_which_license_and_never_guesses_a_country() -> None:
    asked = plan("assign-license", causes.c10(causes.c05(stuck())), {})
    assert [ask.name for ask in asked.asks] == ["license", "usage_location"]
    assert asked.asks[0].options[0][0] in (E3.id, PLAN_1.id)
    assert (asked.asks[1].suggested, asked.steps) == ("", ())


def test_assign() -> None:
    location, assign = steps("assign-license", causes.c10(causes.c05(stuck())), license=E3.id, usage_location="de")
    assert isinstance(location, UpdateAccount)
    assert location.changes == (("usageLocation", "DE"),)
    assert isinstance(assign, AssignLicenses)
    assert (assign.account_id, assign.add, assign.remove) == (JANE, (AssignedLicense(E3.id),), ())


def test_assign_refuses_what_is_not_offered() -> None:
    with pytest.raises(BadOrder):
        plan("assign-license", causes.c05(stuck()), {"license": snapshots.FLOW.id})
    with pytest.raises(BadOrder, match="free seat"):
        plan("assign-license", replace(stuck(), skus=None), {})


def test_switching_the_plan_on_keeps_the_other_disabled_plans() -> None:
    (step,) = steps("enable-exchange-plan", causes.c07(stuck()))
    assert isinstance(step, AssignLicenses)
    assert step.add == (AssignedLicense(E3.id, (YAMMER.id,)),)
    assert step.remove == ()


def test_switching_the_plan_on_for_a_group() -> None:
    snapshot = causes.c07(stuck())
    off = (ENTERPRISE.id, YAMMER.id)
    snapshot = changed(snapshot, license_states=(LicenseState(E3.id, "Active", "", GROUP, off),))
    (step,) = steps("enable-exchange-plan", snapshot)
    assert isinstance(step, ChangeGroupLicense)
    assert (step.group_id, step.add) == (GROUP, (AssignedLicense(E3.id, (YAMMER.id,)),))
    assert plan("enable-exchange-plan", snapshot, {}).risk is Risk.MAIL_FLOW


def test_reassigning_is_off_wait_on_with_the_same_plans() -> None:
    off, wait, on = steps("reassign-license", stuck())
    assert isinstance(off, AssignLicenses)
    assert isinstance(on, AssignLicenses)
    assert isinstance(wait, Wait)
    assert (off.add, off.remove) == ((), (E3.id,))
    assert wait.until is Until.PLAN_OFF
    assert (on.add, on.remove) == ((AssignedLicense(E3.id, (YAMMER.id,)),), ())


def test_recreating_switches_only_the_exchange_plan() -> None:
    off, plan_off, gone, on = steps("recreate-mailbox", healthy())
    assert isinstance(off, AssignLicenses)
    assert isinstance(on, AssignLicenses)
    assert off.add == (AssignedLicense(E3.id, tuple(sorted((ENTERPRISE.id, YAMMER.id)))),)
    assert on.add == (AssignedLicense(E3.id, (YAMMER.id,)),)
    assert [step.until for step in (plan_off, gone) if isinstance(step, Wait)] == [Until.PLAN_OFF, Until.MAILBOX_GONE]


def test_recreating_is_risky_only_where_there_is_a_mailbox() -> None:
    assert fix("recreate-mailbox", healthy()).risk is Risk.DATA_LOSS
    assert "30 days" in fix("recreate-mailbox", healthy()).changes
    assert fix("recreate-mailbox", stuck()).risk is Risk.REVERSIBLE
    assert fix("recreate-mailbox", replace(stuck(), mailbox=None)).risk is Risk.DATA_LOSS
    assert plan("recreate-mailbox", healthy(), {}).risk is Risk.DATA_LOSS


def test_a_group_license_is_not_taken_off_one_member() -> None:
    by_group = changed(stuck(), license_states=(LicenseState(E3.id, "Active", "", GROUP),))
    for fix_id in ("reassign-license", "recreate-mailbox"):
        with pytest.raises(BadOrder, match="group"):
            plan(fix_id, by_group, {})
    (step,) = steps("reprocess-group-license", by_group)
    assert isinstance(step, ReprocessLicenses)
    with pytest.raises(BadOrder, match="No group"):
        plan("reprocess-group-license", stuck(), {})


def test_swapping_asks_then_changes_both_in_one_call() -> None:
    snapshot = causes.c14(stuck())
    asked = plan("swap-conflicting-licenses", snapshot, {})
    assert asked.asks[0].suggested == E3.id
    (keep_new,) = steps("swap-conflicting-licenses", snapshot, keep=PLAN_1.id)
    assert isinstance(keep_new, AssignLicenses)
    assert {one.sku_id: one.disabled_plans for one in keep_new.add} == {
        E3.id: tuple(sorted((ENTERPRISE.id, YAMMER.id))),
        PLAN_1.id: (),
    }
    (keep_old,) = steps("swap-conflicting-licenses", snapshot, keep=E3.id)
    assert isinstance(keep_old, AssignLicenses)
    assert {one.sku_id: one.disabled_plans for one in keep_old.add} == {
        E3.id: (YAMMER.id,),
        PLAN_1.id: (snapshots.STANDARD.id,),
    }
    with pytest.raises(BadOrder):
        plan("swap-conflicting-licenses", stuck(), {})


# Account, recycle bin, sync.


def test_usage_location() -> None:
    assert [ask.name for ask in plan("set-usage-location", stuck(), {}).asks] == ["usage_location"]
    (step,) = steps("set-usage-location", stuck(), usage_location="gb")
    assert isinstance(step, UpdateAccount)
    assert step.changes == (("usageLocation", "GB"),)
    with pytest.raises(BadOrder):
        plan("set-usage-location", stuck(), {"usage_location": "UK"})


def test_recycle_bin() -> None:
    (restore,) = steps("restore-account", causes.c21_missing(stuck()))
    assert restore == RestoreDeleted("d1", restore.says)
    (purge,) = steps("purge-deleted", causes.c21(stuck()))
    assert purge == PurgeDeleted("d1", purge.says)
    two = causes.c21(stuck())
    assert two.deleted
    asked = plan("restore-account", replace(two, deleted=(*two.deleted, replace(two.deleted[0], id="d2"))), {})
    assert [value for value, _ in asked.asks[0].options] == ["d1", "d2"]
    with pytest.raises(BadOrder, match="recycle bin"):
        plan("restore-account", stuck(), {})
    with pytest.raises(BadOrder, match="exists again"):
        plan("restore-account", replace(causes.c21_missing(stuck()), account=stuck().account), {})


def test_nickname() -> None:
    (step,) = steps("correct-mail-nickname", changed(stuck(), upn="jürgen.o'neil@contoso.com", mail_nickname=""))
    assert isinstance(step, UpdateAccount)
    assert step.changes == (("mailNickname", "jurgen.o'neil"),)
    with pytest.raises(BadOrder, match="Active Directory"):
        plan("correct-mail-nickname", synced(stuck()), {})
    steps("correct-mail-nickname", changed(synced(stuck()), is_cloud_managed=True))


def test_the_others() -> None:
    assert isinstance(steps("retry-provisioning", stuck())[0], RetryProvisioning)
    assert steps("use-free-name", causes.c24(stuck())) == (
        OrderAnew("jane2@contoso.com", "Order a new account as jane2@contoso.com."),
    )
    webhook, wait = steps("resync-directory", synced(stuck()))
    assert isinstance(webhook, CallResyncWebhook)
    assert isinstance(wait, Wait)
    organization = synced(stuck()).organization
    assert organization
    assert wait.since == organization.last_sync
    assert steps("re-check", stuck()) == ()
    (all_on,) = steps("enable-all-plans", causes.c15(stuck()))
    assert isinstance(all_on, AssignLicenses)
    assert all_on.add == (AssignedLicense(E3.id),)


def test_what_is_no_fix_of_ours_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadOrder, match="no fix called"):
        plan("format-disk", stuck(), {})
    with pytest.raises(BadOrder, match="person"):
        plan("release-address", stuck(), {})
    nobody = replace(snapshots.missing(), skus=())
    for fix_id in PLANNERS.keys() - {"use-free-name", "resync-directory", "re-check"}:
        with pytest.raises(BadOrder, match=r"\.$"):
            plan(fix_id, nobody, {})


def test_every_fix_has_a_kind_that_fits_and_a_consequence() -> None:
    for fix_id, build in FIXES.items():
        made = build(causes.c24b(stuck()))
        assert made.id == fix_id
        assert made.changes.endswith((".", "lost."))
        assert (made.kind is FixKind.GRAPH) <= (fix_id in PLANNERS)


def test_support_is_offered_after_a_day_whatever_the_cause() -> None:
    hybrid = diagnose(causes.c38(stuck()))
    assert hybrid.is_overdue
    assert [fix.id for fix in hybrid.advice] == ["contact-support"]
    assert not diagnose(stuck()).is_overdue
    ids = [fix.id for fix in diagnose(stuck(timedelta(hours=25))).findings[0].fixes]
    assert ids[0] == "retry-provisioning"
    assert "contact-support" in ids


def test_elimination_needs_a_missing_mailbox() -> None:
    assert by_elimination(healthy()) == ()
    assert by_elimination(replace(causes.c05(stuck()), mailbox=NOT_READY)) == ()
    assert set(CAUSES) >= {"C28", "C29", "C30", "C31", "C38"}
