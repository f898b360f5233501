"""A repair that waits for a second person, under any order of events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pydantic import TypeAdapter

from provisioning import approving, repair
from provisioning.case import Person, Problem
from provisioning.errors import BadOrder, MailroomError, NotAllowed
from provisioning.findings import Risk
from provisioning.repair import Approval, Repair, RepairState, RepairStep

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HELGA, MONA, ADAM = Person("A1", "Helga Desk"), Person("a2", "Mona Manager"), Person("a7", "Adam Admin")
APPROVAL = Approval((MONA, ADAM), START + timedelta(hours=4), Risk.DATA_LOSS, "The mailbox is broken.", "It is gone.")
NEW = Repair("r1", "jane@contoso.com", "f", "Fix it", "C04", HELGA, START, (RepairStep("One."), RepairStep("Two.")))
ASKED = approving.await_approval(NEW, APPROVAL)
people = st.sampled_from([HELGA, replace(HELGA, id="a1"), MONA, ADAM])
reasons = st.sampled_from(["", "Because.", "x" * 1000])


class ApprovalMachine(RuleBasedStateMachine):
    """Every event at any time: what it may not do is refused and changes nothing."""

    def __init__(self):
        super().__init__()
        self.repair = ASKED
        self.now = START
        self.decisions = 0
        self.seen = [RepairState.AWAITING]

    def attempt(self, transition):
        before = self.repair
        try:
            after = transition()
        except (MailroomError, ValueError):
            return
        if after is before:
            return
        assert after.version == before.version + 1
        self.repair = after
        if after.state is not before.state:
            self.seen.append(after.state)
            self.decisions += before.state is RepairState.AWAITING

    @rule(minutes=st.integers(1, 200))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(by=people, reason=reasons)
    def approve(self, by, reason):
        self.attempt(lambda: approving.approve(self.repair, by, reason, self.now))

    @rule(by=people, reason=reasons)
    def decline(self, by, reason):
        self.attempt(lambda: approving.decline(self.repair, by, reason, self.now))

    @rule(by=people)
    def withdraw(self, by):
        self.attempt(lambda: approving.withdraw(self.repair, by, self.now))

    @rule()
    def expire(self):
        self.attempt(lambda: approving.expire(self.repair, self.now))

    @rule()
    def give_up_asking(self):
        self.attempt(lambda: approving.give_up_asking(self.repair, self.now))

    @rule(index=st.integers(0, 1))
    def work(self, index):
        self.attempt(lambda: repair.start_step(self.repair, index, self.now))
        self.attempt(lambda: repair.finish_step(self.repair, index, self.now))

    @rule()
    @precondition(lambda self: self.repair.is_running)
    def end(self):
        self.attempt(lambda: repair.end(self.repair, RepairState.CURED, "Gone.", self.now))

    @rule()
    def stop(self):
        self.attempt(lambda: repair.stop(self.repair, Problem("No."), self.now))

    @invariant()
    def it_is_decided_at_most_once(self):
        assert self.decisions <= 1
        assert (self.repair.state is RepairState.AWAITING) is (self.decisions == 0)

    @invariant()
    def nothing_is_done_undecided(self):
        if RepairState.RUNNING not in self.seen:
            assert all(step.started_at is None and step.ended_at is None for step in self.repair.steps)

    @invariant()
    def what_ran_was_approved_in_time_by_somebody_else(self):
        if RepairState.RUNNING not in self.seen:
            return
        approval = self.repair.approval
        assert approval.decided_by.id.lower() != HELGA.id.lower()
        assert approval.decided_at < approval.expires_at
        assert len(approval.reason) <= approving.REASON_LIMIT

    @invariant()
    def only_the_requester_withdraws_and_a_decline_has_a_reason(self):
        approval = self.repair.approval
        if self.repair.state is RepairState.WITHDRAWN:
            assert approval.decided_by.id.lower() == HELGA.id.lower()
        if self.repair.state is RepairState.DECLINED:
            assert approval.reason
            assert approval.decided_by.id.lower() != HELGA.id.lower()

    @invariant()
    def the_end_has_its_time(self):
        assert (self.repair.ended_at is None) is self.repair.is_open


TestApprovalMachine = ApprovalMachine.TestCase


def test_the_requester_never_decides_however_the_id_is_written():
    for decide in (approving.approve, approving.decline):
        with pytest.raises(NotAllowed, match="second person"):
            decide(ASKED, replace(ADAM, id="a1"), "Because.", START)


def test_at_the_very_end_of_its_time_it_is_too_late():
    with pytest.raises(BadOrder, match="expired"):
        approving.approve(ASKED, ADAM, "", APPROVAL.expires_at)
    assert approving.expire(ASKED, APPROVAL.expires_at).state is RepairState.EXPIRED
    assert approving.expire(ASKED, APPROVAL.expires_at - timedelta(microseconds=1)) is ASKED


def test_a_second_decision_says_whose_the_first_was():
    approved = approving.approve(ASKED, ADAM, "", START)
    with pytest.raises(BadOrder, match="Adam Admin has approved"):
        approving.decline(approved, MONA, "No.", START)
    declined = approving.decline(ASKED, MONA, "No.", START)
    with pytest.raises(BadOrder, match="Mona Manager has declined"):
        approving.approve(declined, ADAM, "", START)
    with pytest.raises(BadOrder, match="needed no second person"):
        approving.approve(NEW, ADAM, "", START)


@pytest.mark.parametrize("state", [state for state in RepairState if state is not RepairState.RUNNING])
def test_nothing_is_written_unless_it_runs(state):
    still = replace(ASKED, state=state)
    with pytest.raises(ValueError, match=f"is {state}, not running"):
        repair.start_step(still, 0, START)


def test_a_repair_stored_before_there_were_approvals_still_loads():
    stored = TypeAdapter(Repair)
    document = stored.dump_python(NEW, mode="json")
    del document["approval"]
    assert stored.validate_python(document) == NEW
    assert stored.validate_json(stored.dump_json(ASKED)) == ASKED
