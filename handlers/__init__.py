"""What a command or a button does: one short module each. No Teams SDK, no Graph SDK, no engine."""

# isort: off
from handlers import (
    provision,
    bulk,
    bulk_view,
    bulk_fix,
    profiles,
    scheduling,
    following_up,
    watch,
    status,
    cases,
    cancel,
    diagnose,
    fix,
    approve,
    escalate,
    check,
    reveal,
    licenses,
    health,
    report,
    history,
    settings,
    help,  # noqa: A004
    run,
)

# isort: on

# Every module whose commands and buttons exist, in the order of the help card.
HANDLERS = (
    provision,
    bulk,
    bulk_view,
    bulk_fix,
    profiles,
    scheduling,
    following_up,
    watch,
    status,
    cases,
    cancel,
    diagnose,
    fix,
    approve,
    escalate,
    check,
    reveal,
    licenses,
    health,
    report,
    history,
    settings,
    help,
    run,
)
