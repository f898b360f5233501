"""`python -m bot.seal_key`: replace the key by which the bot knows its own buttons, so that all older cards lapse.

Stop every bot on the database first and start them afterwards: each holds the key in memory. Whoever needs a button
asks for the card again. It reads MAILROOM_DATABASE_URL (and what signs in there). Exit codes: 0 replaced, 1 not, 2
wrong settings.
"""

import argparse
import sys
from collections.abc import Sequence

from bot.refusing import refuse
from bot.settings import SettingsError, read
from provisioning.errors import MailroomError

REPLACED, NOT_REPLACED, BAD = range(3)


def main(arguments: Sequence[str] | None = None) -> int:
    _parser().parse_args(arguments)
    try:
        _replace()
    except SettingsError as error:
        return refuse(str(error), BAD)
    except MailroomError as error:
        return refuse(error.sentence, NOT_REPLACED)
    sys.stdout.write("The key is replaced: every older button is out of date. Start the bots again.\n")
    return REPLACED


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog="python -m bot.seal_key", description="Replace the key of the buttons.")


def _replace() -> None:
    from bot.database import open_made
    from jobs.keys import replace_key

    engine = open_made(read())
    try:
        replace_key(engine)
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
