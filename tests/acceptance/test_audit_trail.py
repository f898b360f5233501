"""The audit trail from the chat to the command line, while the bot runs."""

import json
import re
import subprocess
import sys

from support.processes import ROOT, clean_env
from support.site import Site, newcomer, text_of


def audit(desk: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With the one setting that it needs."""
    env = clean_env(MAILROOM_DATABASE_URL=f"sqlite:///{desk.folder / 'mailroom.db'}")
    command = [sys.executable, "-m", "bot.audit", *arguments]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=100)


def test_an_order_is_in_the_history_the_log_and_the_unbroken_trail(desk: Site) -> None:
    chat, upn = desk.chat(), newcomer()
    chat.say(f'provision {upn} name="Jane Doe" license=E3 location=US')
    chat.see(upn, "preparing the mailbox", "Last look")
    desk.mailbox_answers(upn)
    chat.see(upn, "Jane Doe — mailbox ready", "Sign-in name")

    chat.say(f"history {upn}")
    shown = text_of(chat.see(f"{upn}: what was done"))
    assert shown.index(f"The mailbox of {upn} is ready.") < shown.index(f"Helga Desk ordered a mailbox for {upn}.")

    anchors = re.findall(r"audit anchor (\d+:[0-9a-f]{64})", desk.bot.printed)
    assert len(anchors) >= 2
    verified = audit(desk, "verify", "--json", *(part for anchor in anchors for part in ("--anchor", anchor)))
    assert (verified.returncode, json.loads(verified.stdout)["unbroken"]) == (0, True)
    forged = audit(desk, "verify", "--anchor", f"{anchors[0].split(':')[0]}:{'0' * 64}")
    assert (forged.returncode, forged.stdout.startswith("Broken: entry")) == (1, True)

    lines = audit(desk, "export", "--subject", upn).stdout.splitlines()
    assert [json.loads(line)["kind"] for line in lines if json.loads(line)["kind"] != "change"] == ["order", "ended"]
