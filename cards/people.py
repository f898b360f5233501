"""How a case is told in words: the person, the state, the stages."""

from cards.parts import plain
from provisioning.case import Case, CaseState, Stage, StageState
from provisioning.listing import CaseLine

STAGE_NAMES: dict[Stage, str] = {
    Stage.ACCOUNT: "Account",
    Stage.LICENSE: "License",
    Stage.MAILBOX: "Mailbox",
    Stage.SYNC: "Directory sync",
    Stage.ACTIVATION: "Activation",
    Stage.NOTIFICATION: "Notification",
}

_AT_WORK: dict[Stage, str] = {
    Stage.ACCOUNT: "setting up the account",
    Stage.LICENSE: "assigning the license",
    Stage.MAILBOX: "preparing the mailbox",
    Stage.SYNC: "waiting for directory sync",
    Stage.ACTIVATION: "checking that the mailbox answers",
    Stage.NOTIFICATION: "sending the notification",
}

_STATES: dict[CaseState, str] = {
    CaseState.READY: "mailbox ready",
    CaseState.FAILED: "stopped, needs attention",
    CaseState.CANCELLED: "cancelled",
    CaseState.GIVEN_UP: "no mailbox in time",
    CaseState.WAITING: "preparing the mailbox",
}


# What would end a value in quotation marks.
_NO_QUOTES = str.maketrans("", "", '"“”„‟«»″＂')


def person(case: Case) -> str:
    return plain(case.order.display_name or case.order.upn, 80)


def state_words(case: Case) -> str:
    """The state, to be read after the person's name."""
    if case.state in _STATES:
        return _STATES[case.state]
    running = [record.stage for record in case.stages if record.state is StageState.RUNNING]
    return _AT_WORK[running[-1]] if running else "starting"


def line_words(line: CaseLine) -> str:
    """The same of a case in short."""
    if line.state in _STATES:
        return _STATES[line.state]
    return _AT_WORK[line.stage] if line.stage else "starting"


def retry_text(case: Case) -> str:
    """The command that orders the same again."""
    order = case.order
    if case.is_watch:
        return f"watch {order.upn}"
    options = {
        "name": order.display_name,
        "location": order.usage_location,
        "license": order.license_name,
        "manager": order.manager_upn,
        "department": order.department,
    }
    written = [f'{key}="{value.translate(_NO_QUOTES)}"' for key, value in options.items() if value]
    profile = [f"as {order.profile}"] if order.profile else []
    return " ".join([f"provision {order.upn}", *profile, *written])
