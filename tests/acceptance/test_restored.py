"""A backup that was taken while mailboxes were waited for is put back: the bot goes on, and nothing is done twice."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from support.office import CHAT, HELGA, JANE, Office
from support.postgres import Cluster
from support.processes import ROOT, clean_env
from support.site import Chat, Site, running_site

from provisioning.case import CaseState, Stage, StageState

ONCE = {"created": 1, "licenses_assigned": 1}
ORDER = 'provision {upn} name="{upn}" license=E3 location=US'
DONE, WAITING, LATER = "done@contoso.com", "waiting@contoso.com", "later@contoso.com"
EVERYBODY = (DONE, WAITING, LATER)


def order(chat: Chat, upn: str) -> None:
    chat.say(ORDER.format(upn=upn))
    chat.see(upn, "preparing the mailbox", "Last look")


def get_ready(site: Site, chat: Chat, upn: str) -> None:
    site.mailbox_answers(upn)
    chat.see(upn, "mailbox ready", "Sign-in name")


def command(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", *arguments]
    return subprocess.run(argv, env=clean_env(**site.settings), cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_a_sqlite_backup_from_while_the_bot_ran_goes_on_where_it_was(tmp_path: Path) -> None:
    backup = str(tmp_path / "backup.db")
    with running_site(tmp_path, scenario="mailbox-never-ready") as site:
        chat = site.chat()
        order(chat, DONE)
        order(chat, WAITING)
        get_ready(site, chat, DONE)
        assert command(site, "bot.backup", "save", backup).returncode == 0
        get_ready(site, chat, WAITING)  # what follows is in no backup
        order(chat, LATER)
        anchor = command(site, "bot.audit", "verify").stdout.split()[-1]
        site.bot.stop()
        assert command(site, "bot.backup", "restore", backup).returncode == 0
        site.start_bot()

        again = site.chat()
        again.see(WAITING, "mailbox ready")  # it waited in the backup, so it is looked at, found ready and told again
        order(again, LATER)  # there is no case of it any more: the account is found and taken over
        get_ready(site, again, LATER)
        assert {upn: site.effects(upn) for upn in EVERYBODY} == dict.fromkeys(EVERYBODY, ONCE)
        assert command(site, "bot.audit", "verify").returncode == 0
        lost = command(site, "bot.audit", "verify", "--anchor", anchor)
        assert lost.returncode == 1, lost.stdout  # it speaks of entries that went with the restore


async def test_a_postgresql_dump_goes_on_where_it_was(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.new_database()
    office = Office(url)
    await office.open()
    case = await office.jobs.start(JANE, HELGA, CHAT)
    waiting = await office.until_state(case, CaseState.WAITING)
    await client(postgres, "pg_dump", "--format=custom", f"--file={tmp_path}/dump", url)
    office.directory.make_ready(waiting.account_id)
    await office.until(case, lambda one: one.stage(Stage.NOTIFICATION).state is StageState.DONE)
    await office.jobs.close()

    postgres.new_database()
    await client(postgres, "pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={url}", f"{tmp_path}/dump")
    after = Office(url)
    after.directory = office.directory  # the tenant does not go back in time
    await after.open()
    ready = await after.until(case, lambda one: one.stage(Stage.NOTIFICATION).state is StageState.DONE)
    await after.jobs.close()
    assert ready.state is CaseState.READY
    assert after.directory.count("create_account") == after.directory.count("assign_license") == 1


async def client(postgres: Cluster, program: str, *arguments: str) -> None:
    argv = [os.fspath(postgres.programs / program), *arguments]
    done = await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
