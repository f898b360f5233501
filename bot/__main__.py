"""`python -m bot`: read the settings, serve until told to stop, stop within seconds."""

import asyncio
import errno
import logging
import os
import signal
import sys

from aiohttp import web

from bot import logs
from bot.settings import PREFIX, Settings, SettingsError, read
from provisioning.errors import DatabaseUnavailable

BAD_SETTINGS = 2
STOP_SECONDS = 3.0


class PortTaken(Exception):
    """Someone else listens there."""


def main() -> int:
    try:
        settings = read()
    except SettingsError as error:
        return _fail(str(error), BAD_SETTINGS)
    logs.set_up(settings.log_format)
    try:
        asyncio.run(serve(settings))
    except (PortTaken, DatabaseUnavailable) as error:
        return _fail(str(error), 1)
    return 0


async def serve(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    # The SDKs behind the composition root take a second to import: wrong settings are told before.
    from bot.app import open_app, warn

    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with open_app(settings) as app:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS, auto_decompress=False)
        await runner.setup()
        try:
            await _listen(runner, settings)
            warn(settings)
            await stop.wait()
        finally:
            await runner.cleanup()


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


def _fail(sentence: str, code: int) -> int:
    sys.stderr.write(f"mailroom: {sentence}\n")
    return code


def _leave(code: int) -> None:
    """Not sys.exit, which waits for every thread: while the database is gone, some of them wait for it without end."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
