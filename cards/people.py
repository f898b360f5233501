"""How a case is told in words: the person, the state, the stages."""

from datetime import datetime

from cards.language import marked, say, told
from cards.parts import plain
from cards.texts import at
from provisioning.case import Case, CaseState, Person, Stage, StageState
from provisioning.listing import CaseLine

_STAGES: dict[Stage, str] = {
    Stage.ACCOUNT: marked("Account"),
    Stage.LICENSE: marked("License"),
    Stage.MAILBOX: marked("Mailbox"),
    Stage.SYNC: marked("Directory sync"),
    Stage.ACTIVATION: marked("Activation"),
    Stage.NOTIFICATION: marked("Notification"),
}

_IN_A_SENTENCE: dict[Stage, str] = {
    Stage.ACCOUNT: marked("account"),
    Stage.LICENSE: marked("license"),
    Stage.MAILBOX: marked("mailbox"),
    Stage.SYNC: marked("directory sync"),
    Stage.ACTIVATION: marked("activation"),
    Stage.NOTIFICATION: marked("notification"),
}

_AT_WORK: dict[Stage, str] = {
    Stage.ACCOUNT: marked("setting up the account"),
    Stage.LICENSE: marked("assigning the license"),
    Stage.MAILBOX: marked("preparing the mailbox"),
    Stage.SYNC: marked("waiting for directory sync"),
    Stage.ACTIVATION: marked("checking that the mailbox answers"),
    Stage.NOTIFICATION: marked("sending the notification"),
}

_STATES: dict[CaseState, str] = {
    CaseState.READY: marked("mailbox ready"),
    CaseState.FAILED: marked("stopped, needs attention"),
    CaseState.CANCELLED: marked("cancelled"),
    CaseState.GIVEN_UP: marked("no mailbox in time"),
    CaseState.WAITING: marked("preparing the mailbox"),
}


# What would end a value in quotation marks.
_NO_QUOTES = str.maketrans("", "", '"“”„‟«»″＂')


def stage_name(stage: Stage) -> str:
    return told(_STAGES[stage])


def stage_in_a_sentence(stage: Stage) -> str:
    return told(_IN_A_SENTENCE[stage])


def person(case: Case) -> str:
    return plain(case.order.display_name or case.order.upn, 80)


def asked_for_by(who: Person, moment: datetime, now: datetime) -> str:
    return say("Asked for by {who}, {when}", who=plain(who.name, 60), when=at(moment, now))


def state_words(case: Case) -> str:
    """The state, to be read after the person's name."""
    if case.state in _STATES:
        return told(_STATES[case.state])
    running = [record.stage for record in case.stages if record.state is StageState.RUNNING]
    return told(_AT_WORK[running[-1]]) if running else say("starting")


def line_words(line: CaseLine) -> str:
    """The same of a case in short."""
    if line.state in _STATES:
        return told(_STATES[line.state])
    return told(_AT_WORK[line.stage]) if line.stage else say("starting")


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
