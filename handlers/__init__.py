"""What a command or a button does: one short module each. No Teams SDK, no Graph SDK, no engine."""

from handlers import provision, profiles, scheduling, following_up, status, cancel, diagnose, fix, approve, escalate  # noqa: I001
from handlers import check, reveal, history, help, run  # noqa: A004

# Every module whose commands and buttons exist, in the order of the help card.
HANDLERS = (
    *(provision, profiles, scheduling, following_up, status, cancel, diagnose, fix, approve, escalate),
    *(check, reveal, history, help, run),
)
