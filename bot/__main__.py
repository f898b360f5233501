"""`python -m bot`: read the settings, serve until told to stop, stop within seconds."""

import asyncio
import errno
import logging
import os
import signal
import sys
import threading

from aiohttp import web

from bot import logs
from bot.refusing import refuse
from bot.settings import PREFIX, Settings, SettingsError, read
from provisioning.errors import DatabaseUnavailable

BAD_SETTINGS = 2
LINGER_SECONDS = 1.5  # told to stop by SIGTERM: time for load balancers to see /readyz; a person's Ctrl-C needs none
ANSWER_SECONDS = 0.5  # for answers on their way out, once the turns have ended
LAST_SECONDS = 9.5  # from the signal: whatever still holds the process up, such as a database that is gone

log = logging.getLogger(__name__)


class PortTaken(Exception):
    """Someone else listens there."""


def main() -> int:
    try:
        settings = read()
    except SettingsError as error:
        return refuse(str(error), BAD_SETTINGS)
    logs.set_up(settings.log_format)
    try:
        asyncio.run(serve(settings))
    except (PortTaken, DatabaseUnavailable) as error:
        return refuse(str(error), 1)
    except SettingsError as error:
        return refuse(str(error), BAD_SETTINGS)
    return 0


async def serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    # The SDKs behind the composition root take a second to import: wrong settings are told before.
    from bot.app import DRAIN, open_app, warn

    told: asyncio.Queue[int] = asyncio.Queue()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, told.put_nowait, signum)
    async with open_app(settings) as app:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=ANSWER_SECONDS, auto_decompress=False)
        await runner.setup()
        try:
            await _listen(runner, settings)
            warn(settings)
            linger = LINGER_SECONDS if await told.get() == signal.SIGTERM else 0.0
            _end_by_all_means()
            await app[DRAIN](linger)
        finally:
            await runner.cleanup()


def _end_by_all_means() -> None:
    """What is handed over by then is whatever was committed: the next process goes on from there."""

    def end() -> None:
        log.warning("stopped after %.1f s without waiting any longer", LAST_SECONDS)
        _leave(0)

    timer = threading.Timer(LAST_SECONDS, end)
    timer.daemon = True
    timer.start()


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise PortTaken(f"{PREFIX}HOST {settings.host}, {PREFIX}PORT {settings.port}: {error.strerror}") from error
        raise PortTaken(f"{PREFIX}PORT {settings.port} is taken by another program: choose another") from error
    host, port = runner.addresses[0][:2]
    sys.stdout.write(f"Mailroom listening on http://{f'[{host}]' if ':' in host else host}:{port}\n")
    sys.stdout.flush()


def _leave(code: int) -> None:
    """Not sys.exit, which waits for every thread: while the database is gone, some of them wait for it without end."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
