"""The step of `explain`: a case that is late or has failed says by itself what is likely wrong."""

import logging
from dataclasses import replace

from jobs.cases import Cases
from provisioning.attempts import attempts_of
from provisioning.case import Case, CaseState, Explanation, touch
from provisioning.diagnosis import diagnose
from provisioning.errors import GraphError
from provisioning.fixes import cure_of
from provisioning.ports import Directory
from provisioning.priority import Priority, as_priority

log = logging.getLogger(__name__)

WORTH_EXPLAINING = frozenset({CaseState.WAITING, CaseState.FAILED, CaseState.GIVEN_UP})


class ExplainSteps:
    """One snapshot, one diagnosis, its top finding on the case."""

    def __init__(self, directory: Directory, cases: Cases) -> None:
        self._directory = directory
        self._cases = cases

    @as_priority(Priority.WORK)
    async def run(self, case_id: str) -> None:
        case = await self._cases.get(case_id)
        if case.state not in WORTH_EXPLAINING or _is_denied(case):
            return
        try:
            snapshot = await self._directory.take_snapshot(case.account_id or case.order.upn)
        except GraphError as error:
            log.warning("case %s could not be explained: %s", case_id, error.sentence)
            return
        findings = diagnose(replace(snapshot, attempts=attempts_of(case))).findings
        if not findings:
            return
        top = findings[0]
        now, fix_id = self._cases.clock.now(), cure_of(top.fixes)
        explanation = Explanation(top.cause, top.sentence, top.is_likely, now, fix_id)

        def transition(current: Case) -> Case:
            return touch(current, explanation.at, explanation=explanation)

        await self._cases.change(case_id, transition)


def _is_denied(case: Case) -> bool:
    """Mailroom itself lacks a permission: the case says so, and no state of the account explains it better."""
    return case.problem is not None and case.problem.trace.status in (401, 403)
