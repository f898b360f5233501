"""A case under any order of transitions: closed stays closed, versions grow, progress stays within 0 and 1."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from provisioning import case as transitions
from provisioning.case import OPEN_STATES, Case, CaseState, Order, Person, Problem, Stage, StageState

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NEW = Case("case-1", Order("jane@contoso.com", "Jane Doe", "US"), Person("id", "Helga"), START)
stages = st.sampled_from(list(Stage))


class CaseMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.case = NEW
        self.now = START
        self.closed_as = None
        self.first_starts = {}

    def change(self, new):
        assert new.version == self.case.version + 1
        assert new.updated_at == self.now
        assert (new.id, new.order, new.requester, new.created_at) == (NEW.id, NEW.order, NEW.requester, START)
        self.case = new
        self.now += timedelta(seconds=1)

    @rule(stage=stages)
    @precondition(lambda self: self.case.is_open)
    def enter(self, stage):
        self.first_starts.setdefault(stage, self.now)
        self.change(transitions.enter(self.case, stage, "working", self.now))
        assert self.case.stage(stage).state is StageState.RUNNING
        assert self.case.stage(stage).ended_at is None

    @rule(stage=stages)
    @precondition(lambda self: self.case.is_open)
    def finish(self, stage):
        self.first_starts.setdefault(stage, self.now)
        before = self.case.progress
        self.change(transitions.finish(self.case, stage, "done", self.now))
        assert self.case.progress >= before

    @rule(stage=stages)
    @precondition(lambda self: self.case.is_open)
    def skip(self, stage):
        self.first_starts.pop(stage, None)
        self.change(transitions.skip(self.case, stage, "not needed", self.now))

    @rule()
    @precondition(lambda self: self.case.is_open)
    def wait(self):
        since = self.case.waiting_since
        self.change(transitions.wait(self.case, self.now))
        assert self.case.state is CaseState.WAITING
        assert self.case.waiting_since == (since or self.case.updated_at)

    @rule(end=st.sampled_from(["fail", "cancel", "give_up", "ready"]))
    @precondition(lambda self: self.case.is_open)
    def close(self, end):
        ends = {
            "fail": lambda: transitions.fail(self.case, Problem("why"), self.now),
            "cancel": lambda: transitions.cancel(self.case, "Helga", self.now),
            "give_up": lambda: transitions.give_up(self.case, Problem("why"), self.now),
            "ready": lambda: transitions.ready(self.case, self.now),
        }
        self.change(ends[end]())
        self.closed_as = self.case.state

    @rule(state=st.sampled_from(sorted(OPEN_STATES)))
    @precondition(lambda self: not self.case.is_open)
    def reopen(self, state):
        with pytest.raises(ValueError, match="has ended"):
            transitions.touch(self.case, self.now, state=state)
        with pytest.raises(ValueError, match="has ended"):
            transitions.wait(self.case, self.now)

    @rule()
    def note(self):
        self.change(transitions.touch(self.case, self.now, checks=self.case.checks + 1))

    @invariant()
    def progress_is_a_share(self):
        assert 0.0 <= self.case.progress <= 1.0
        assert self.case.state is not CaseState.READY or self.case.progress == 1.0

    @invariant()
    def the_end_is_the_end(self):
        assert self.case.is_open is (self.closed_as is None)
        assert self.closed_as is None or self.case.state is self.closed_as
        assert (self.case.ended_at is None) is self.case.is_open
        assert self.case.is_open or self.case.next_check_at is None

    @invariant()
    def every_stage_is_there_once_in_order(self):
        assert [record.stage for record in self.case.stages] == list(Stage)

    @invariant()
    def nothing_runs_in_a_stopped_case(self):
        stopped = (CaseState.FAILED, CaseState.CANCELLED, CaseState.GIVEN_UP)
        assert self.case.state not in stopped or StageState.RUNNING not in [r.state for r in self.case.stages]

    @invariant()
    def the_first_start_is_kept(self):
        for stage, started in self.first_starts.items():
            assert self.case.stage(stage).started_at == started


TestCaseMachine = CaseMachine.TestCase


def test_the_failed_stage_carries_the_mark():
    case = transitions.enter(NEW, Stage.LICENSE, "assigning", START)
    failed = transitions.fail(case, Problem("No seats."), START)
    assert failed.stage(Stage.LICENSE).state is StageState.FAILED
    assert failed.stage(Stage.MAILBOX).state is StageState.PENDING
    assert failed.problem == Problem("No seats.")


def test_ready_forgets_what_it_struggled_with():
    case = replace(NEW, problem=Problem("slow"))
    assert transitions.ready(case, START).problem is None


def test_cancelled_forgets_what_it_struggled_with():
    case = replace(NEW, problem=Problem("slow"))
    assert transitions.cancel(case, "Helga", START).problem is None
