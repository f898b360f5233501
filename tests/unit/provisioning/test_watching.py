"""A case that only watches, and what a list shows of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from support.contoso import CONTOSO, E3, MONA
from support.fake_answers import NOT_READY
from support.fake_jobs import NOW

from provisioning import case as cases
from provisioning.audit_records import ordered
from provisioning.case import AccountOrigin, Case, CaseState, Order, Person, Stage, StageState
from provisioning.directory import MAILBOX_PLANS, AssignedPlan, Lookup
from provisioning.errors import BadOrder
from provisioning.listing import is_late, line_of
from provisioning.support_evidence import steps_taken
from provisioning.waiting import LONGEST, observe
from provisioning.watching import NO_LICENSE, watched

HELGA = Person("helga", "Helga Desk")
PLAN = next(plan for plan in E3.plans if plan.id in MAILBOX_PLANS)


def lookup(**account: Any) -> Lookup:
    found = replace(MONA, **account) if account.get("id", "x") else None
    return Lookup("mona@contoso.com", found, None, CONTOSO, (E3,))


def licensed(age: timedelta) -> Case:
    plans = (AssignedPlan(PLAN.id, "exchange", "Enabled", NOW - age),)
    return watched(lookup(plans=plans), HELGA, NOW, "w1")


def test_it_waits_and_says_that_nothing_is_changed() -> None:
    case = licensed(timedelta(minutes=5))
    assert (case.state, case.is_watch, case.account_id) == (CaseState.WAITING, True, MONA.id)
    assert case.account_origin is AccountOrigin.ADOPTED  # no first sign-in details for it
    assert case.stage(Stage.ACCOUNT).state is case.stage(Stage.LICENSE).state is StageState.DONE
    assert case.next_check_at == NOW


def test_it_waits_since_the_license_so_that_what_is_late_is_seen_as_late() -> None:
    assert licensed(timedelta(hours=2)).waiting_since == NOW - timedelta(hours=2)
    assert is_late(line_of(licensed(timedelta(hours=2))), NOW)
    assert not is_late(line_of(licensed(timedelta(minutes=5))), NOW)


def test_however_old_the_license_it_is_watched_for_two_days() -> None:
    assert licensed(timedelta(days=30)).waiting_since == NOW - LONGEST


def test_without_a_license_it_says_that_it_assigns_none() -> None:
    case = watched(lookup(plans=(), licenses=()), HELGA, NOW, "w1")
    assert case.stage(Stage.LICENSE).note == NO_LICENSE
    assert (case.order.license, case.waiting_since) == ("", NOW)


def test_nobody_and_guests_cannot_be_watched() -> None:
    with pytest.raises(BadOrder, match="There is no account"):
        watched(lookup(id=""), HELGA, NOW, "w1")
    with pytest.raises(BadOrder, match="is a guest"):
        watched(lookup(user_type="Guest"), HELGA, NOW, "w1")


def test_the_bundle_for_support_does_not_claim_what_somebody_else_did() -> None:
    case = replace(licensed(timedelta(hours=30)), checks=4)
    taken = " ".join(steps_taken(case, (), str))
    assert "Provisioned" not in taken
    assert "Looked at the mailbox 4 times" in taken
    assert ordered(case).sentence == "Helga Desk asked to be told when there is a mailbox for mona@contoso.com."


def ready_after(minutes: int, *, checks: int = 3, is_watch: bool = False) -> Case:
    case = cases.wait(Case("c1", Order("jane@contoso.com", "Jane", "US", E3.id), HELGA, NOW), NOW)
    return cases.ready(replace(case, checks=checks, is_watch=is_watch), NOW + timedelta(minutes=minutes))


def test_only_mailboxes_that_were_waited_for_count() -> None:
    assert line_of(ready_after(12)).ready_seconds == 720
    assert line_of(ready_after(12, checks=0)).ready_seconds is None  # it was there at the first look
    assert line_of(ready_after(12, is_watch=True)).ready_seconds is None


def test_a_look_that_only_moves_the_next_one_changes_nothing_in_the_list() -> None:
    case = licensed(timedelta(minutes=5))
    first = observe(case, NOT_READY, NOW + timedelta(seconds=30), 30)
    second = observe(first, NOT_READY, NOW + timedelta(seconds=60), 30)
    assert second != first
    assert line_of(second) == line_of(first)
