"""What a case itself tried and was refused: evidence that no later look at Graph can show. Pure."""

from provisioning.case import AccountOrigin, Case, Stage, StageState
from provisioning.recipients import Attempt, Operation


def attempts_of(case: Case) -> tuple[Attempt, ...]:
    """The refusal that ended the case, if one did; `()` otherwise."""
    if case.problem is None or not case.problem.trace.status or case.ended_at is None:
        return ()
    failed = next((record.stage for record in case.stages if record.state is StageState.FAILED), None)
    operation = _operation(case, failed)
    return (Attempt(operation, case.ended_at, case.problem.trace, case.problem.target),) if operation else ()


def _operation(case: Case, stage: Stage | None) -> Operation | None:
    if stage is Stage.LICENSE:
        return Operation.ASSIGN
    if stage is not Stage.ACCOUNT:
        return None
    makes_it = case.account_origin is AccountOrigin.CREATED and not case.account_id
    return Operation.CREATE if makes_it else Operation.UPDATE
