"""What a command or a button does: one short module each. No Teams SDK, no Graph SDK, no engine."""

# isort: off
from handlers import (
    provision,
    status,
    cancel,
    diagnose,
    fix,
    approve,
    escalate,
    check,
    reveal,
    history,
    quiet,
    mute,
    help,  # noqa: A004
    run,
    find,
    from_message,
)

# isort: on

# Every module whose commands and buttons exist, in the order of the help card.
HANDLERS = (
    provision,
    status,
    cancel,
    diagnose,
    fix,
    approve,
    escalate,
    check,
    reveal,
    history,
    quiet,
    mute,
    help,
    run,
    find,
    from_message,
)
