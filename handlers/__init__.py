"""What a command or a button does: one short module each. No Teams SDK, no Graph SDK, no engine."""

from handlers import provision, status, cancel, diagnose, fix, approve, escalate, check, reveal, history, help, run  # noqa: A004, I001

# Every module whose commands and buttons exist, in the order of the help card.
HANDLERS = (provision, status, cancel, diagnose, fix, approve, escalate, check, reveal, history, help, run)
